"""Laws that filters keep on any lattice: linearity, constants, orientation, scale."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import fiducial as fd
from fiducial.filters.convolve import KERNELS

BORDERS = ("reflect", "mirror", "nearest", "wrap")
seeds = st.integers(0, 2**32 - 1)
shapes = st.lists(st.integers(1, 6), min_size=2, max_size=3).map(tuple)


@st.composite
def lattices(draw: st.DrawFn) -> fd.Grid:
    shape = draw(shapes)
    generator = np.random.default_rng(draw(seeds))
    turn, _ = np.linalg.qr(generator.normal(size=(len(shape), len(shape))))  # may be left-handed
    spacing = generator.uniform(0.3, 5, len(shape))
    return fd.Grid.from_spacing(shape, spacing, direction=turn, unit="mm")


def image(grid: fd.Grid, seed: int) -> fd.Image:
    values = np.random.default_rng(seed).normal(size=grid.shape)
    return fd.Image(values, grid, axes=grid.axes)


def filtered(source: fd.Image, name: str, border: str) -> np.ndarray:
    calls = {
        "gaussian": lambda: fd.gaussian(source, sigma="1.2 mm", border=border),
        "mean": lambda: fd.mean_filter(source, size="2.5 mm", border=border),
        "gradient": lambda: fd.gradient(source, method="sobel", border=border),
        "laplacian": lambda: fd.laplacian(source, border=border),
        "convolve": lambda: fd.convolve(
            source, np.array(KERNELS["gradient_y"]), axes="yx", border=border
        ),
    }
    return calls[name]().array


names = st.sampled_from(["gaussian", "mean", "gradient", "laplacian", "convolve"])


@given(lattices(), names, st.sampled_from(BORDERS), seeds, st.floats(-3, 3))
def test_filters_are_linear(
    grid: fd.Grid, name: str, border: str, seed: int, factor: float
) -> None:
    first, second = image(grid, seed), image(grid, seed + 1)
    together = filtered(first * factor + second, name, border)
    apart = factor * filtered(first, name, border) + filtered(second, name, border)
    # float64: a few hundred products of values below 20, over spacings squared of 0.1 at least
    np.testing.assert_allclose(together, apart, atol=1e-10)


@given(lattices(), names, st.sampled_from(BORDERS), seeds)
def test_smoothing_keeps_a_constant_and_derivatives_remove_it(
    grid: fd.Grid, name: str, border: str, seed: int
) -> None:
    flat = fd.Image(np.full(grid.shape, 42.0), grid, axes=grid.axes)
    expected = 42.0 if name in ("gaussian", "mean") else 0.0
    np.testing.assert_allclose(filtered(flat, name, border), expected, atol=1e-9)


@given(lattices(), st.sampled_from(["gaussian", "mean"]), seeds)
def test_smoothing_stays_within_the_values(grid: fd.Grid, name: str, seed: int) -> None:
    source = image(grid, seed)
    found = filtered(source, name, "reflect")
    assert found.min() >= source.array.min() - 1e-12
    assert found.max() <= source.array.max() + 1e-12


@given(lattices(), st.sampled_from(["gaussian", "mean", "gradient", "laplacian"]), seeds)
def test_flipping_the_array_of_the_same_object_changes_nothing(
    grid: fd.Grid, name: str, seed: int
) -> None:
    source = image(grid, seed)
    flips = [bool(bit) for bit in np.random.default_rng(seed).integers(0, 2, grid.dimension)]
    steps = tuple(slice(None, None, -1) if flip else slice(None) for flip in flips)
    again = fd.Image(source.array[steps], grid.flipped(flips), axes=grid.axes)
    found = filtered(again, name, "reflect")[steps]
    np.testing.assert_allclose(found, filtered(source, name, "reflect"), atol=1e-10)


@given(lattices(), seeds, st.sampled_from(["central", "sobel", "prewitt", "scharr"]))
def test_a_ramp_has_its_slope_wherever_the_lattice_reaches(
    grid: fd.Grid, seed: int, method: str
) -> None:
    slope = np.random.default_rng(seed).normal(size=grid.frame.dimension)
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    source = fd.Image(grid.index_to_world(index) @ slope, grid, axes=grid.axes)
    found = fd.gradient(source, method=method).array
    # An axis of one sample shows no slope: the rest is what lies in the others.
    seen = grid.affine[:-1, :-1][:, [size > 1 for size in grid.shape]]
    expected = seen @ np.linalg.pinv(seen) @ slope
    np.testing.assert_allclose(found, np.broadcast_to(expected, found.shape), atol=1e-9)
