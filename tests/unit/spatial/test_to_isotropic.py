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
    # A weighted mean of ones in float32.
    np.testing.assert_allclose(found.array, 1.0, rtol=1e-6)


def test_a_spacing_can_be_given() -> None:
    found = fd.to_isotropic(fd.Labels(np.ones(GRID.shape, np.uint8), GRID), spacing="2.5 mm")
    assert tuple(found.spacing) == pytest.approx((2.5, 2.5, 2.5))
