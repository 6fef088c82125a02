from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import fiducial as fd
from fiducial.errors import GridMismatchError, ParameterError
from fiducial.metrics.surface import surface_distances
from fiducial.shapes import boundary

SPACINGS = [(1.0, 1.0, 1.0), (3.0, 0.9, 0.9), (0.5, 1.5, 0.7)]


def lattice(spacing: tuple[float, ...], size: float = 40.0) -> fd.Grid:
    return fd.Grid.from_spacing([int(size / step) for step in spacing], spacing)


def sheared() -> fd.Grid:
    affine = lattice((2.0, 1.0, 0.8), 24.0).affine.copy()
    affine[0, 0], affine[1, 0] = 0.9, -0.5
    return fd.Grid((12, 24, 30), affine)


def apart(grid: fd.Grid, centre: NDArray[np.float64]) -> NDArray[np.float64]:
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    return np.asarray(np.linalg.norm(grid.index_to_world(index) - centre, axis=-1))


def ball(grid: fd.Grid, radius: float, shift: tuple[float, ...] = (0.0, 0.0, 0.0)) -> fd.Mask:
    centre = grid.center + np.asarray(shift[: grid.frame.dimension])
    return fd.Mask(apart(grid, centre) <= radius, grid)


def box(grid: fd.Grid, start: tuple[int, ...], sizes: tuple[int, ...]) -> fd.Mask:
    array = np.zeros(grid.shape, bool)
    array[tuple(slice(a, a + n) for a, n in zip(start, sizes, strict=True))] = True
    return fd.Mask(array, grid)


@pytest.mark.parametrize("spacing", SPACINGS)
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_box_moved_by_d_is_d_away(spacing: tuple[float, ...], axis: int) -> None:
    grid = lattice(spacing)
    start, moved = [2, 2, 2], [2, 2, 2]
    moved[axis] += 3
    sizes = (5, 6, 7)
    found = fd.hausdorff_distance(
        box(grid, (start[0], start[1], start[2]), sizes),
        box(grid, (moved[0], moved[1], moved[2]), sizes),
    )
    # Elements lie face to face, so nothing but rounding is left.
    assert found == pytest.approx(3 * spacing[axis], abs=1e-9)


@pytest.mark.parametrize("spacing", SPACINGS)
def test_a_longer_box_is_away_by_what_is_longer(spacing: tuple[float, ...]) -> None:
    grid = lattice(spacing)
    short, long = box(grid, (2, 3, 3), (4, 8, 8)), box(grid, (2, 3, 3), (7, 8, 8))
    assert fd.hausdorff_distance(short, long) == pytest.approx(3 * spacing[0], abs=1e-9)
    assert fd.hausdorff_distance(long, short) == pytest.approx(3 * spacing[0], abs=1e-9)


@pytest.mark.parametrize("spacing", SPACINGS)
def test_concentric_balls_are_as_far_as_their_radii(spacing: tuple[float, ...]) -> None:
    grid = lattice(spacing)
    small, large = ball(grid, 9.0), ball(grid, 14.0)
    found = fd.hausdorff_distance(small, large)
    # Each surface is within half a voxel of its sphere, and an element within its radius.
    half = max(spacing) / 2
    assert found == pytest.approx(5.0, abs=2 * half + boundary(small.array, grid).radius)


@pytest.mark.parametrize("grid", [lattice((1.0, 1.0)), sheared().sliced((4,))], ids=["2D", "plane"])
def test_a_disk_moved_by_whole_pixels(grid: fd.Grid | None) -> None:
    assert grid is not None
    array = np.zeros(grid.shape, bool)
    middle = np.array(grid.shape) // 2
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    array[np.linalg.norm(index - middle + [0, 4], axis=-1) <= 5] = True
    moved = np.roll(array, 6, axis=1)
    step = 6 * grid.spacing[1]
    assert fd.hausdorff_distance(fd.Mask(array, grid), fd.Mask(moved, grid)) == pytest.approx(step)


@pytest.mark.parametrize(
    "grid",
    [lattice((3.0, 0.9, 0.9), 18.0), sheared(), sheared().flipped((True, False, True))],
    ids=["anisotropic", "sheared", "flipped"],
)
def test_it_is_the_largest_of_all_smallest_distances(grid: fd.Grid) -> None:
    random = np.random.default_rng(6)
    a = ball(grid, 5.0).array & (random.random(grid.shape) < 0.9)
    b = ball(grid, 4.5, (1.5, -1.0, 2.0)).array & (random.random(grid.shape) < 0.9)
    first, second = boundary(a, grid).world, boundary(b, grid).world
    table = np.linalg.norm(first[:, None] - second, axis=-1)
    expected = max(table.min(axis=0).max(), table.min(axis=1).max())
    masks = fd.Mask(a, grid), fd.Mask(b, grid)
    assert fd.hausdorff_distance(*masks) == pytest.approx(expected, rel=1e-12)
    assert fd.hausdorff_distance(masks[1], masks[0]) == fd.hausdorff_distance(*masks)
    distances = surface_distances(a, b, grid)
    np.testing.assert_allclose(distances.from_first, table.min(axis=1), rtol=1e-9, atol=1e-12)
    assert len(distances.second_sizes) == len(distances.from_second) == len(second)


def test_it_is_far_from_the_surface_itself_by_less_than_an_element() -> None:
    """The stated bound, against surfaces that are sampled forty times as densely."""
    grid = lattice((3.0, 0.9, 0.9))
    a, b = box(grid, (3, 8, 8), (5, 20, 20)), box(grid, (4, 10, 14), (7, 22, 12))
    found = fd.hausdorff_distance(a, b)

    def planes(start: tuple[int, ...], sizes: tuple[int, ...]) -> NDArray[np.float64]:
        low = np.subtract(start, 0.5)
        high = low + sizes
        points = []
        for axis in range(3):
            others = [k for k in range(3) if k != axis]
            sides = [np.linspace(low[k], high[k], 40) for k in others]
            flat = np.stack(np.meshgrid(*sides, indexing="ij"), axis=-1).reshape(-1, 2)
            for end in (low[axis], high[axis]):
                points.append(np.insert(flat, axis, end, axis=1))
        return grid.index_to_world(np.concatenate(points))

    from scipy.spatial import cKDTree

    first, second = planes((3, 8, 8), (5, 20, 20)), planes((4, 10, 14), (7, 22, 12))
    truth = max(cKDTree(first).query(second)[0].max(), cKDTree(second).query(first)[0].max())
    assert abs(found - truth) <= boundary(a.array, grid).radius
    assert boundary(a.array, grid).radius < 0.6 * np.linalg.norm(grid.spacing)


def test_a_mask_is_nowhere_from_itself_and_a_single_voxel_counts() -> None:
    grid = lattice((3.0, 1.0, 1.0), 30.0)
    mask = ball(grid, 8.0)
    assert fd.hausdorff_distance(mask, mask) == 0.0
    speck = mask | box(grid, (9, 28, 28), (1, 1, 1))
    assert fd.hausdorff_distance(mask, speck) > 8.0


def test_an_empty_mask_has_no_surface() -> None:
    grid = lattice((3.0, 1.0, 1.0), 30.0)
    none = fd.Mask(np.zeros(grid.shape, bool), grid)
    for pair in ((none, ball(grid, 5.0)), (ball(grid, 5.0), none), (none, none)):
        assert np.isnan(fd.hausdorff_distance(*pair))


def test_a_single_slice_and_the_edge_of_the_image() -> None:
    grid = fd.Grid.from_spacing((1, 10, 12), (5.0, 1.0, 1.0))
    whole = fd.Mask(np.ones(grid.shape, bool), grid)
    part = box(grid, (0, 0, 0), (1, 10, 9))
    assert fd.hausdorff_distance(whole, part) == pytest.approx(3.0)


def test_what_it_refuses() -> None:
    a, b = ball(lattice((1.0, 1.0)), 5.0), ball(lattice((1.0, 2.0)), 5.0)
    with pytest.raises(GridMismatchError):
        fd.hausdorff_distance(a, b)
    frames = fd.Mask(np.ones((2, 3, 5), bool), axes="tyx")
    with pytest.raises(ParameterError, match="a of hausdorff_distance must be one frame"):
        fd.hausdorff_distance(frames, frames)
