"""Smoothing before a lattice gets coarser."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.sampling import antialias_sigma, antialiased, place


def test_sigma_is_known_for_a_factor_of_two() -> None:
    grid = fd.Grid.from_spacing((16, 16), 1.0)
    sigma = antialias_sigma(place(grid.resized((8, 16)), grid).matrix)
    assert sigma == pytest.approx((np.sqrt(3) / 2.354820045, 0.0))


def test_a_finer_or_turned_lattice_needs_none() -> None:
    grid = fd.Grid.from_spacing((16, 16, 16), 1.0)
    turned = fd.Rigid((10, 20, 30))
    assert antialias_sigma(place(grid, grid, turned).matrix) == (0.0, 0.0, 0.0)
    assert antialias_sigma(place(grid.resized((32, 32, 32)), grid).matrix) == (0.0, 0.0, 0.0)
    values = np.random.default_rng(0).random((16, 16, 16), np.float32)
    assert antialiased(values, place(grid, grid, turned).matrix) is values


def test_smoothing_adds_up_over_levels() -> None:
    grid = fd.Grid.from_spacing((64, 64), 1.0)
    half, quarter = grid.resized((32, 32)), grid.resized((16, 16))
    at_once = antialias_sigma(place(quarter, grid).matrix)[0]
    first = antialias_sigma(place(half, grid).matrix)[0]
    second = 2.0 * antialias_sigma(place(quarter, half).matrix)[0]
    assert np.hypot(first, second) == pytest.approx(at_once)


def test_stripes_too_fine_for_the_lattice_do_not_come_back_as_others() -> None:
    grid = fd.Grid.from_spacing((1, 240), 1.0)
    stripes = fd.Image(np.cos(2 * np.pi * np.arange(240) / 2.2)[None], grid)
    coarse = fd.Grid.from_spacing((1, 60), (1.0, 4.0), origin=(1.0, 0.0))
    plain = fd.resample(stripes, coarse, antialias=False)
    smooth = fd.resample(stripes, coarse)
    inner = slice(4, -4)
    assert np.abs(plain.array[0, inner]).max() > 0.5
    assert np.abs(smooth.array[0, inner]).max() < 0.01
