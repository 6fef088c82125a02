from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError, UnitError


def point(shape: tuple[int, ...], grid: fd.Grid | None = None) -> fd.Mask:
    array = np.zeros(shape, bool)
    array[tuple(size // 2 for size in shape)] = True
    return fd.Mask(array, grid)


def sheared(shape: tuple[int, ...] = (9, 11, 13)) -> fd.Grid:
    affine = fd.Grid.from_spacing(shape, (2.0, 1.0, 0.7)).affine.copy()
    affine[1, 0] = 1.1
    affine[0, 1] = -0.3
    return fd.Grid(shape, affine)


def within(grid: fd.Grid, radius: float) -> np.ndarray:
    """Say which samples lie within a radius of the middle one, by their world points."""
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    middle = grid.index_to_world([size // 2 for size in grid.shape])
    apart = np.linalg.norm(grid.index_to_world(index) - middle, axis=-1)
    return np.asarray(apart <= radius * (1 + 1e-9))


def test_twenty_crosses_from_a_point_are_841_pixels() -> None:
    assert fd.dilate(point((41, 41)), iterations=20).count == 841


@pytest.mark.parametrize(
    ("footprint", "count_2d", "count_3d"),
    [("cross", 5, 7), ("square", 9, 27), ("box", 9, 27), ("cube", 9, 27)],
)
def test_a_point_becomes_the_footprint(footprint: str, count_2d: int, count_3d: int) -> None:
    assert fd.dilate(point((5, 5)), footprint=footprint).count == count_2d
    assert fd.dilate(point((5, 5, 5)), footprint=footprint).count == count_3d


@pytest.mark.parametrize(
    "grid",
    [
        fd.Grid.from_spacing((15, 15)),
        fd.Grid.from_spacing((9, 15, 17), (3.0, 1.0, 0.8)),
        sheared(),
        sheared().sliced((slice(None), 3)),
        fd.Grid.from_spacing((1, 15, 15), (5.0, 1.0, 1.0)),
    ],
    ids=["plane", "anisotropic", "sheared", "sheared plane in a volume", "single slice"],
)
def test_a_radius_is_a_length_in_the_world(grid: fd.Grid | None) -> None:
    assert grid is not None
    grown = fd.dilate(point(grid.shape, grid), radius="3.1 mm")
    assert np.array_equal(grown.array, within(grid, 3.1))


def test_an_array_is_a_footprint_that_is_not_mirrored() -> None:
    grown = fd.dilate(point((5, 5)), footprint=np.array([[0, 0, 0], [0, 1, 1], [0, 0, 0]]))
    assert np.argwhere(grown.array).tolist() == [[2, 2], [2, 3]]


def test_the_border_may_come_in() -> None:
    empty = fd.Mask(np.zeros((5, 5), bool))
    assert fd.dilate(empty, border="inside").count == 16
    assert fd.dilate(empty).is_empty


def test_frames_grow_alone_and_radius_zero_is_nothing() -> None:
    frames = np.zeros((2, 7, 7), bool)
    frames[1, 3, 3] = True
    mask = fd.Mask(frames, axes="tyx", times=[0.0, 0.5])
    grown = fd.dilate(mask, radius=1)
    assert [frame.count for frame in grown] == [0, 5]
    assert grown.times == (0.0, 0.5)
    assert np.array_equal(fd.dilate(mask, radius=0).array, frames)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"radius": 2, "footprint": "cross"}, "radius or footprint of dilate"),
        ({"radius": -1}, "radius of dilate must be 0 or more; got '-1'"),
        ({"iterations": 0}, "iterations of dilate must be 1 or more; got 0"),
        ({"footprint": "disk"}, "A ball has a radius"),
        ({"footprint": "star"}, "footprint of dilate must be 'cross', 'square' or an array"),
        ({"footprint": np.ones((3, 3, 3))}, "must have 2 axes"),
        ({"footprint": np.zeros((3, 3))}, "at least one element"),
        ({"footprint": np.full((3, 3), 2)}, "footprint of dilate must be"),
    ],
)
def test_what_it_refuses(parameters: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        fd.dilate(point((5, 5)), **parameters)


def test_pixels_have_no_single_size_on_anisotropic_voxels() -> None:
    mask = point((5, 5), fd.Grid.from_spacing((5, 5), (2.0, 1.0)))
    with pytest.raises(UnitError, match="radius of dilate must be in mm"):
        fd.dilate(mask, radius="2 px")
