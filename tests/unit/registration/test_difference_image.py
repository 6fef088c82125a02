"""What differs."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import GridMismatchError, ParameterError


def test_fixed_less_moving_without_wrapping() -> None:
    a = fd.Image(np.array([[200, 3]], np.uint8), unit="counts")
    b = fd.Image(np.array([[250, 1]], np.uint8), unit="counts")
    found = fd.difference_image(a, b)
    assert found.array.tolist() == [[-50, 2]]
    assert found.unit == "counts"


def test_units_and_grids_are_not_mixed() -> None:
    a = fd.Image([[1.0, 2.0]], unit="HU")
    with pytest.raises(ParameterError, match="one unit"):
        fd.difference_image(a, fd.Image([[1.0, 2.0]], unit="SUV"))
    with pytest.raises(GridMismatchError):
        fd.difference_image(a, fd.Image([[1.0, 2.0, 3.0]], unit="HU"))
