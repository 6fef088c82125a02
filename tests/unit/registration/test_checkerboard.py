"""Two images in turns."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import GridMismatchError, ParameterError, UnitError

GRID = fd.Grid.from_spacing((10, 20), (2.0, 1.0))
ONE = fd.Image(np.full(GRID.shape, 1, np.int16), GRID, "HU")
TWO = fd.Image(np.full(GRID.shape, 2, np.int16), GRID, "HU")


def test_tiles_are_as_long_as_asked() -> None:
    found = fd.checkerboard(ONE, TWO, tile="4 mm")
    assert (
        found.array[5].tolist() == [1] * 2 + [2] * 4 + [1] * 8 + [2] * 4 + [1] * 2
        or (found.array[5].tolist() == [1, 1, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 1, 1])
        or set(np.diff(np.flatnonzero(np.diff(found.array[5])))) == {4}
    )
    assert (found.unit, found.dtype) == ("HU", np.dtype(np.int16))


def test_both_images_take_their_turn() -> None:
    share = (fd.checkerboard(ONE, TWO).array == 2).mean()
    assert 0.35 < share < 0.65


def test_bad_tiles_and_grids_are_refused() -> None:
    with pytest.raises(ParameterError, match="tile of checkerboard must be above 0"):
        fd.checkerboard(ONE, TWO, tile=0.0)
    with pytest.raises(GridMismatchError, match="one grid"):
        fd.checkerboard(ONE, fd.Image(TWO.array, fd.Grid.from_spacing((10, 20), 1.0)))
    pixels = fd.Image(ONE.array)
    with pytest.raises(UnitError):
        fd.checkerboard(pixels, pixels, tile="20 mm")
