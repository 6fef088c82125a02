"""Images made ready to be compared."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.geometry import plan_pyramid
from fiducial.registration.prepare import prepare, pyramid

GRID = fd.Grid.from_spacing((40, 50), (2.0, 1.0))
VALUES = np.random.default_rng(0).normal(50.0, 10.0, GRID.shape).astype(np.float32)


def test_mean_and_deviation_are_those_of_the_mask() -> None:
    inside = np.zeros(GRID.shape, bool)
    inside[10:20] = True
    found = prepare(fd.Image(VALUES, GRID), fd.Mask(inside, GRID), "fixed")
    assert found.mean == pytest.approx(VALUES[inside].mean(), rel=1e-5)
    assert found.deviation == pytest.approx(VALUES[inside].std(), rel=1e-5)
    assert found.valid is not None
    assert np.array_equal(found.valid, inside)
    assert found.notes == ("fixed: 25.0% lies in its mask",)


def test_a_mask_on_another_lattice_is_brought_over() -> None:
    coarse = fd.Grid.from_spacing((20, 25), (4.0, 2.0), origin=(0.5, 1.0))
    half = np.zeros(coarse.shape, bool)
    half[:, :12] = True
    found = prepare(fd.Image(VALUES, GRID), fd.Mask(half, coarse), "fixed")
    assert found.valid is not None
    assert found.valid[:, :23].all()
    assert not found.valid[:, 25:].any()


def test_the_image_is_not_written_into() -> None:
    image = fd.Image(VALUES, GRID, "HU")
    wild = VALUES.copy()
    wild[3, 4] = -5000.0
    before = wild.copy()
    found = prepare(fd.Image(wild, GRID, "HU", copy=False), None, "moving")
    assert np.array_equal(wild, before)
    assert found.values.min() == pytest.approx(VALUES.min(), abs=100)
    assert prepare(image, None, "moving").notes == ()


def test_missing_values_make_no_edges() -> None:
    values = np.full(GRID.shape, 50.0, np.float32)
    values[:, 25:] += np.linspace(0, 1e-2, 25, dtype=np.float32)
    values[10:20, 10:20] = np.nan
    found = prepare(fd.Image(values, GRID), None, "fixed")
    levels = plan_pyramid(GRID, [8.0, 4.0, 2.0], 4)
    for grid, level, valid in pyramid(found, levels, 0.0, 1.0):
        assert level.shape == grid.shape
        assert valid is not None
        assert np.all(np.isfinite(level))
        assert np.abs(level[valid] - 50.0).max() < 0.02
        assert not valid.all()
