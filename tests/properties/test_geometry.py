"""What holds for every lattice."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from fiducial.geometry import Grid, Region


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """Lattices of 2D or 3D: oblique, left-handed, sheared, anisotropic, single-slice."""
    from scipy.spatial.transform import Rotation

    dimension = draw(st.sampled_from([2, 3]))
    shape = tuple(draw(st.integers(1, 12)) for _ in range(dimension))
    spacing = np.array([draw(st.floats(0.01, 20)) for _ in range(dimension)])
    origin = [draw(st.floats(-1000, 1000)) for _ in range(dimension)]
    angles = [draw(st.floats(-180, 180)) for _ in range(3)]
    turn = Rotation.from_euler("xyz", angles, degrees=True).as_matrix()
    if dimension == 2:
        cosine, sine = np.cos(angles[0]), np.sin(angles[0])
        turn = np.array([[cosine, -sine], [sine, cosine]])
    direction = turn @ np.diag([draw(st.sampled_from([1.0, -1.0])) for _ in range(dimension)])
    direction = direction[:, ::-1].copy()
    if draw(st.booleans()):
        direction[:, 0] += draw(st.floats(0, 0.5)) * direction[:, 1]
    return Grid.from_spacing(shape, spacing, origin=origin, direction=direction)


def _centres(grid: Grid) -> np.ndarray:
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    return grid.index_to_world(index)


@given(grids(), st.integers(0, 2**32 - 1))
def test_index_to_world_and_back(grid: Grid, seed: int) -> None:
    index = np.random.default_rng(seed).uniform(-5, 20, (7, grid.dimension))
    # 1e-6 mm is the promise; indices are that over the smallest spacing.
    np.testing.assert_allclose(
        grid.world_to_index(grid.index_to_world(index)), index, atol=1e-6 / min(grid.spacing)
    )


@given(grids(), st.data())
def test_crop_then_pad_is_the_same_place(grid: Grid, data: st.DataObject) -> None:
    before = [data.draw(st.integers(0, 5)) for _ in grid.shape]
    after = [data.draw(st.integers(0, 5)) for _ in grid.shape]
    padded = grid.padded(before, after)
    stop = [a + n for a, n in zip(before, grid.shape, strict=True)]
    back = padded.cropped(Region(tuple(before), tuple(stop)))
    np.testing.assert_allclose(back.corners, grid.corners, atol=1e-6)
    assert back.is_close(grid)


@given(grids(), st.data())
def test_permuted_and_flipped_lattices_hold_the_same_points(
    grid: Grid, data: st.DataObject
) -> None:
    order = data.draw(st.sampled_from(list(itertools.permutations(range(grid.dimension)))))
    flips = [data.draw(st.booleans()) for _ in grid.shape]
    stored = grid.permuted(order).flipped(flips)
    moved = np.transpose(_centres(grid), (*order, grid.dimension))
    moved = moved[tuple(slice(None, None, -1 if flip else 1) for flip in flips)]
    np.testing.assert_allclose(_centres(stored), moved, atol=1e-6)
    assert np.isclose(stored.voxel_volume, grid.voxel_volume, rtol=1e-9)


@given(grids(), st.data())
def test_resized_lattices_keep_their_edges(grid: Grid, data: st.DataObject) -> None:
    shape = [data.draw(st.integers(1, 30)) for _ in grid.shape]
    np.testing.assert_allclose(grid.resized(shape).corners, grid.corners, atol=1e-6)


@given(grids())
def test_orientation_round_trips(grid: Grid) -> None:
    if grid.dimension == 3:
        there, _, _ = grid.reoriented("RAS")
        assert there.orientation == "RAS"
        back, _, _ = there.reoriented(grid.orientation)
        np.testing.assert_allclose(back.corners, grid.corners, atol=1e-6)
        assert back.is_close(grid)


@given(grids(), st.data())
def test_slices_keep_every_sample_in_place(grid: Grid, data: st.DataObject) -> None:
    key = []
    for size in grid.shape:
        start = data.draw(st.integers(0, size - 1))
        step = data.draw(st.sampled_from([1, 2, -1, -2]))
        key.append(slice(start, None, step))
    part = grid.sliced(tuple(key))
    assert part is not None
    np.testing.assert_allclose(_centres(part), _centres(grid)[tuple(key)], atol=1e-6)
