"""Cropping to a mask."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import GridMismatchError, ParameterError

GRID = fd.Grid.from_spacing((6, 8, 10), (3.0, 2.0, 1.0))
IMAGE = fd.Image(np.arange(480, dtype=np.int16).reshape(GRID.shape), GRID, "HU")


def test_the_box_holds_the_mask_and_its_margin_within_the_image() -> None:
    inside = np.zeros(GRID.shape, bool)
    inside[0, 3, 4] = inside[1, 4, 5] = True
    found = fd.crop_to(IMAGE, fd.Mask(inside, GRID), margin="3 mm")
    assert np.array_equal(found.array, IMAGE.array[0:3, 1:7, 1:9])
    assert found.grid.origin == pytest.approx(GRID.index_to_world([0, 1, 1]))


def test_an_empty_mask_and_another_grid_are_refused() -> None:
    with pytest.raises(ParameterError, match="at least one voxel"):
        fd.crop_to(IMAGE, fd.Mask(np.zeros(GRID.shape, bool), GRID))
    with pytest.raises(GridMismatchError):
        fd.crop_to(IMAGE, fd.Mask(np.ones((6, 8, 9), bool), fd.Grid.from_spacing((6, 8, 9))))
    with pytest.raises(ParameterError, match="0 or more"):
        fd.crop_to(IMAGE, fd.Mask(np.ones(GRID.shape, bool), GRID), margin=-2.0)
