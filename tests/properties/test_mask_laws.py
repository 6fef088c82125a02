"""Laws of masks and metrics, on random masks and any lattice."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import fiducial as fd

seeds = st.integers(0, 2**32 - 1)
shares = st.sampled_from([0.0, 0.03, 0.3, 0.7, 0.97, 1.0])
radii = st.floats(0.0, 6.0)


@st.composite
def lattices(draw: st.DrawFn) -> fd.Grid:
    shape = draw(st.lists(st.integers(1, 7), min_size=2, max_size=3))
    random = np.random.default_rng(draw(seeds))
    turn, _ = np.linalg.qr(random.normal(size=(len(shape), len(shape))))  # may be left-handed
    grid = fd.Grid.from_spacing(
        shape, random.uniform(0.3, 4, len(shape)), direction=turn, unit="mm"
    )
    if draw(st.booleans()):
        affine = grid.affine.copy()
        affine[:-1, 0] += 0.4 * affine[:-1, 1]
        grid = fd.Grid(grid.shape, affine, grid.frame)
    return grid


def mask(grid: fd.Grid, seed: int, share: float) -> fd.Mask:
    inside = np.random.default_rng(seed).random(grid.shape) < share
    return fd.Mask(inside, grid, axes=grid.axes)


def same(a: fd.Mask, b: fd.Mask) -> bool:
    return np.array_equal(a.array, b.array)


@given(lattices(), seeds, shares, radii)
def test_morphology_is_ordered_and_dual(
    grid: fd.Grid, seed: int, share: float, radius: float
) -> None:
    x = mask(grid, seed, share)
    grown, shrunk = fd.dilate(x, radius=radius), fd.erode(x, radius=radius)
    assert (x - grown).is_empty
    assert (shrunk - x).is_empty
    assert same(shrunk, ~fd.dilate(~x, radius=radius))
    opened, closed = fd.opening(x, radius=radius), fd.closing(x, radius=radius)
    assert (shrunk - opened).is_empty
    assert (opened - x).is_empty
    assert (x - closed).is_empty
    assert (closed - grown).is_empty
    assert same(fd.opening(opened, radius=radius), opened)
    assert same(fd.closing(closed, radius=radius), closed)


@given(lattices(), seeds, seeds, radii)
def test_dilation_is_the_union_of_dilations(
    grid: fd.Grid, first: int, second: int, radius: float
) -> None:
    x, y = mask(grid, first, 0.3), mask(grid, second, 0.3)
    whole = fd.dilate(x | y, radius=radius)
    assert same(whole, fd.dilate(x, radius=radius) | fd.dilate(y, radius=radius))


@given(lattices(), seeds, shares, st.sampled_from(["full", "face"]))
def test_components_are_a_partition(
    grid: fd.Grid, seed: int, share: float, connectivity: str
) -> None:
    x = mask(grid, seed, share)
    numbers = fd.label(x, connectivity=connectivity)
    assert np.array_equal(numbers.array > 0, x.array)
    assert numbers.numbers == tuple(range(1, len(numbers.numbers) + 1))
    largest = fd.largest_component(x, connectivity=connectivity)
    assert largest.count == (numbers.mask(1).count if numbers.numbers else 0)
    filled = fd.fill_holes(x, connectivity=connectivity)
    assert (x - filled).is_empty
    assert same(fd.fill_holes(filled, connectivity=connectivity), filled)


@given(lattices(), seeds, seeds, shares, shares)
def test_metrics_are_symmetric_bounded_and_agree(
    grid: fd.Grid, first: int, second: int, a: float, b: float
) -> None:
    x, y = mask(grid, first, a), mask(grid, second, b)
    row = fd.compare(prediction=x, reference=y).iloc[0]
    back = fd.compare(prediction=y, reference=x).iloc[0]
    np.testing.assert_equal(row["precision"], back["recall"])
    for name in ("dice", "jaccard", "hausdorff_distance_mm", "centroid_distance_mm", "undefined"):
        np.testing.assert_equal(row[name], back[name])
    for name in ("precision", "recall", "dice", "jaccard"):
        assert np.isnan(row[name]) or 0 <= row[name] <= 1
    np.testing.assert_equal(row["dice"], fd.dice(x, y))
    assert np.isnan(row["hausdorff_distance_mm"]) == (x.is_empty or y.is_empty)
    if same(x, y) and not x.is_empty:
        assert row["hausdorff_distance_mm"] == 0


@given(lattices(), seeds, seeds)
def test_the_hausdorff_distance_keeps_the_triangle(grid: fd.Grid, first: int, second: int) -> None:
    x, y, z = (mask(grid, seed, 0.5) for seed in (first, second, first ^ second))
    if any(part.is_empty for part in (x, y, z)):
        return
    direct = fd.hausdorff_distance(x, z)
    # Rounding of roots of sums of squares, in mm.
    assert direct <= fd.hausdorff_distance(x, y) + fd.hausdorff_distance(y, z) + 1e-9


@given(lattices(), seeds, shares)
def test_sizes_add_up_and_stay_when_stored_otherwise(
    grid: fd.Grid, seed: int, share: float
) -> None:
    numbers = np.random.default_rng(seed).integers(0, 4, grid.shape) * (
        np.random.default_rng(seed + 1).random(grid.shape) < share
    )
    values = np.random.default_rng(seed).normal(size=grid.shape)
    labels = fd.Labels(numbers, grid, axes=grid.axes, names={1: "a", 2: "b", 3: "c"})
    image = fd.Image(values, grid, axes=grid.axes)
    table = fd.measure(labels, images=image)
    assert table["voxels"].sum() == np.count_nonzero(numbers)
    order = tuple(range(grid.dimension))[::-1]
    stored = grid.permuted(order).flipped([True] * grid.dimension)
    turned = np.flip(numbers.transpose(order)), np.flip(values.transpose(order))
    other = fd.measure(
        fd.Labels(turned[0], stored, axes=stored.axes, names=labels.names),
        images=fd.Image(turned[1], stored, axes=stored.axes),
    )
    columns = [c for c in table.columns if "index" not in c and c not in ("label", "name")]
    # Sums in another order.
    np.testing.assert_allclose(
        other[columns].to_numpy(float), table[columns].to_numpy(float), rtol=1e-9, atol=1e-9
    )
