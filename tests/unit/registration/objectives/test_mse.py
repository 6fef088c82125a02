"""Mean squared difference."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.registration.level import make_level, products
from fiducial.registration.objectives import MeanSquaredError

GRID = fd.Grid.from_spacing((40, 50), 1.0)
MSE = MeanSquaredError()


def test_known_value() -> None:
    values = np.zeros(GRID.shape, np.float32)
    level = make_level((GRID, values, None), (GRID, values + 3, None), 10**6)
    assert MSE.cost(products(level, np.eye(3), None, is_scaled=False)) == pytest.approx(9.0)


def test_without_overlap_it_is_infinite() -> None:
    values = np.zeros(GRID.shape, np.float32)
    level = make_level((GRID, values, None), (GRID, values, None), 10**6)
    away = fd.Translation((1e3, 0)).homogeneous
    assert MSE.cost(products(level, away, None, is_scaled=False)) == np.inf


def test_names() -> None:
    assert (MSE.name, MSE.shown(4.0), MSE.as_json()) == ("mse", 4.0, {"similarity": "mse"})
