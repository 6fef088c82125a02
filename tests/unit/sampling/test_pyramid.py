"""The values of a pyramid's levels."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.geometry import plan_pyramid
from fiducial.sampling import level_values, place, resampled

GRID = fd.Grid.from_spacing((40, 48, 56), (2.0, 1.0, 1.0))


def smooth() -> np.ndarray:
    z, y, x = np.indices(GRID.shape)
    return np.exp(-((z - 18) ** 2 * 4 + (y - 25) ** 2 + (x - 30) ** 2) / 300.0)


def test_levels_come_in_the_order_asked_for() -> None:
    levels = plan_pyramid(GRID, [4.0, 2.0, 1.0])
    values = level_values(smooth(), GRID, levels)
    assert [part.shape for part in values] == [level.shape for level in levels]
    assert np.array_equal(values[-1], smooth())
    turned = level_values(smooth(), GRID, levels[::-1])
    assert all(np.array_equal(a, b) for a, b in zip(values, turned[::-1], strict=True))


def test_a_level_is_about_what_one_step_would_give() -> None:
    levels = plan_pyramid(GRID, [4.0, 2.0])
    by_steps = level_values(smooth(), GRID, levels)[0]
    at_once = resampled(smooth(), place(levels[0], GRID))
    # The linear interpolation of the step between smooths a little, too.
    assert by_steps == pytest.approx(at_once, abs=0.01)


def test_a_constant_stays_constant() -> None:
    for part in level_values(np.full(GRID.shape, 7.0), GRID, plan_pyramid(GRID, [8.0, 4.0, 2.0])):
        assert part == pytest.approx(7.0, abs=1e-12)
