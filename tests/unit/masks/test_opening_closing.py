from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError

GRIDS = {
    "plane": fd.Grid.from_spacing((30, 34), (1.0, 1.0)),
    "anisotropic": fd.Grid.from_spacing((12, 20, 22), (3.0, 1.0, 1.2)),
    "single slice": fd.Grid.from_spacing((1, 30, 34), (3.0, 1.0, 1.0)),
}
SHAPES: list[dict[str, object]] = [
    {},
    {"radius": 2.5},
    {"footprint": "square", "iterations": 2},
    {"footprint": np.array([[0, 0, 0], [0, 1, 1]])},
]


def noise(grid: fd.Grid, share: float) -> fd.Mask:
    return fd.Mask(np.random.default_rng(7).random(grid.shape) < share, grid)


@pytest.mark.parametrize("name", GRIDS)
@pytest.mark.parametrize("number", range(len(SHAPES)))
def test_they_are_ordered_and_doing_it_twice_changes_nothing(name: str, number: int) -> None:
    grid, parameters = GRIDS[name], SHAPES[number]
    if isinstance(parameters.get("footprint"), np.ndarray) and grid.dimension == 3:
        parameters = {"footprint": np.asarray(parameters["footprint"])[None]}
    for share in (0.2, 0.95):
        mask = noise(grid, share)
        opened, closed = fd.opening(mask, **parameters), fd.closing(mask, **parameters)
        assert (opened - mask).is_empty
        assert (mask - closed).is_empty
        assert np.array_equal(fd.opening(opened, **parameters).array, opened.array)
        assert np.array_equal(fd.closing(closed, **parameters).array, closed.array)


def test_opening_cuts_a_bridge_that_the_ball_does_not_fit_into() -> None:
    array = np.zeros((15, 31), bool)
    array[3:12, 2:11] = array[3:12, 20:29] = True
    array[7, 11:20] = True
    opened = fd.opening(fd.Mask(array), radius=1)
    assert not opened.array[7, 13:18].any()
    assert opened.count > 150


def test_closing_bridges_a_gap_as_wide_as_the_ball() -> None:
    array = np.zeros((15, 31), bool)
    array[3:12, 2:14] = array[3:12, 16:29] = True
    closed = fd.closing(fd.Mask(array), radius=2)
    assert closed.array[7, 2:29].all()
    assert not closed.array[1].any()


def test_a_mask_that_the_edge_cuts_stays() -> None:
    array = np.zeros((9, 9), bool)
    array[:, :4] = True
    mask = fd.Mask(array)
    assert np.array_equal(fd.opening(mask, radius=2).array, array)
    assert np.array_equal(fd.closing(mask, radius=2).array, array)


def test_in_a_single_slice_they_work_as_in_a_plane() -> None:
    plane = noise(GRIDS["plane"], 0.5)
    slab = fd.Mask(plane.array[None], GRIDS["single slice"])
    for operation in (fd.opening, fd.closing):
        flat = operation(plane, radius=2.0).array
        assert np.array_equal(operation(slab, radius=2.0).array[0], flat)


@pytest.mark.parametrize("name", ["opening", "closing"])
def test_what_they_refuse(name: str) -> None:
    with pytest.raises(ParameterError, match=f"iterations of {name} must be 1 or more"):
        getattr(fd, name)(noise(GRIDS["plane"], 0.5), iterations=-1)
