"""One spacing on all axes."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd

GRID = fd.Grid.from_spacing((5, 20, 21), (5.0, 1.0, 1.1))


def test_the_smallest_spacing_is_taken() -> None:
    found = fd.to_isotropic(fd.Image(np.ones(GRID.shape, np.float32), GRID))
    assert tuple(found.spacing) == pytest.approx((1.0, 1.0, 1.0))
    assert found.shape == (25, 20, 24)
    assert np.array_equal(found.array, np.ones(found.shape))


def test_a_spacing_can_be_given() -> None:
    found = fd.to_isotropic(fd.Labels(np.ones(GRID.shape, np.uint8), GRID), spacing="2.5 mm")
    assert tuple(found.spacing) == pytest.approx((2.5, 2.5, 2.5))
