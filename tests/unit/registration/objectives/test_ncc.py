"""Normalised cross correlation."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.registration.level import make_level, products
from fiducial.registration.objectives import NormalisedCrossCorrelation, objective_named

GRID = fd.Grid.from_spacing((40, 50), 1.0)
VALUES = np.random.default_rng(0).standard_normal(GRID.shape).astype(np.float32)
NCC = NormalisedCrossCorrelation()


def cost(fixed: np.ndarray, moving: np.ndarray) -> float:
    level = make_level(
        (GRID, fixed.astype(np.float32), None), (GRID, moving.astype(np.float32), None), 10**6
    )
    return NCC.cost(products(level, np.eye(3), None, is_scaled=True))


def test_known_values() -> None:
    assert cost(VALUES, VALUES) == 0.0
    assert cost(VALUES, -VALUES) == pytest.approx(2.0, abs=1e-6)
    assert cost(VALUES, np.random.default_rng(1).standard_normal(GRID.shape)) == pytest.approx(
        1.0, abs=0.1
    )


def test_scale_and_offset_change_nothing() -> None:
    other = VALUES + 0.3 * np.random.default_rng(1).standard_normal(GRID.shape)
    # 1e-5: sums in float32 of values up to 10.
    assert cost(VALUES, 3 * other + 5) == pytest.approx(cost(VALUES, other), abs=1e-5)


def test_small_costs_keep_their_digits() -> None:
    noise = np.random.default_rng(1).standard_normal(GRID.shape)
    other = (VALUES + 1e-4 * noise).astype(np.float32)
    level = make_level((GRID, VALUES, None), (GRID, other, None), 10**6)
    there, _, _ = level.compared(np.eye(3))
    expected = 1 - np.corrcoef(level.values.astype(np.float64), there.astype(np.float64))[0, 1]
    found = NCC.cost(products(level, np.eye(3), None, is_scaled=True))
    # The products are summed in float32: 1e-3 of a cost of 5e-9, where 1 - r would be 0.
    assert found == pytest.approx(expected, rel=5e-3)


def test_a_constant_image_is_uncorrelated() -> None:
    assert cost(VALUES, np.full(GRID.shape, 3.0)) == 1.0


def test_names() -> None:
    assert objective_named("ncc") == NCC
    assert objective_named(NCC) is NCC
    assert NCC.shown(0.25) == 0.75
    assert NCC.as_json() == {"similarity": "ncc"}
