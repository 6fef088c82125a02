"""Changing the spacing."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError

GRID = fd.Grid.from_spacing((9, 20, 21), (5.0, 1.0, 1.1), origin=(1, 2, 3))


def plane(grid: fd.Grid) -> np.ndarray:
    world = grid.index_to_world(np.moveaxis(np.indices(grid.shape), 0, -1))
    return world @ np.array([0.5, -2.0, 1.5]) + 7.0


def test_a_linear_ramp_is_exact_inside_and_no_sample_lies_outside() -> None:
    found = fd.to_spacing(fd.Image(plane(GRID), GRID), spacing="0.7 mm")
    assert found.grid.spacing == pytest.approx((0.7, 0.7, 0.7))
    assert found.grid.center == pytest.approx(GRID.center)
    assert not np.isnan(found.array).any()
    index = GRID.world_to_index(
        found.grid.index_to_world(np.moveaxis(np.indices(found.grid.shape), 0, -1))
    )
    between = np.all((index >= 0) & (index <= np.array(GRID.shape) - 1), axis=-1)
    assert found.array[between] == pytest.approx(plane(found.grid)[between], abs=1e-9)


def test_one_length_for_each_axis_in_array_order() -> None:
    found = fd.to_spacing(fd.Image(plane(GRID), GRID), spacing=["10 mm", "2 mm", "1.1 mm"])
    assert tuple(found.spacing) == pytest.approx((10.0, 2.0, 1.1))


def test_masks_keep_their_volume() -> None:
    world = GRID.index_to_world(np.moveaxis(np.indices(GRID.shape), 0, -1))
    ball = fd.Mask(np.linalg.norm(world - GRID.center, axis=-1) < 8.0, GRID)
    fine = fd.to_spacing(ball, spacing="1 mm")
    before = ball.count * ball.grid.voxel_volume
    # A surface of 5 mm steps: a tenth.
    assert fine.count * fine.grid.voxel_volume == pytest.approx(before, rel=0.1)


def test_a_spacing_of_nothing_is_refused() -> None:
    with pytest.raises(ParameterError, match="above 0"):
        fd.to_spacing(fd.Image(plane(GRID), GRID), spacing=0.0)
