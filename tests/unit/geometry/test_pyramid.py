"""Pyramids planned in millimetres."""

from __future__ import annotations

import numpy as np
import pytest

from fiducial.errors import ParameterError
from fiducial.geometry import Grid, coarsened, plan_pyramid


def test_only_axes_finer_than_the_level_are_coarsened_and_edges_stay() -> None:
    grid = Grid.from_spacing((20, 128, 128), (5.0, 1.0, 1.0), origin=(3, 4, 5))
    level = coarsened(grid, 4.0)
    assert level.shape == (20, 32, 32)
    np.testing.assert_allclose(level.corners, grid.corners, atol=1e-9)


def test_a_pyramid_goes_from_coarse_to_fine_without_repeats() -> None:
    grid = Grid.from_spacing((64, 64, 64), 1.0)
    shapes = [level.shape[0] for level in plan_pyramid(grid, [16.0, 8.0, 4.0, 2.0, 1.0, 0.5])]
    assert shapes == [16, 32, 64]


def test_a_spacing_of_zero_is_refused() -> None:
    with pytest.raises(ParameterError, match="spacing of coarsened"):
        coarsened(Grid.from_spacing((4, 4)), 0.0)
