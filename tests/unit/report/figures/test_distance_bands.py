"""Waves of distance."""

from __future__ import annotations

import io

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError
from fiducial.report.figures.distance_bands import distance_bands


def test_a_wave_has_its_length_in_mm() -> None:
    grid = fd.Grid.from_spacing((5, 41), (3.0, 0.5))
    distance = fd.Image(np.tile(np.arange(41) * 0.5, (5, 1)), grid)
    shown = np.asarray(distance_bands(distance, period="4 mm").axes[0].images[0].get_array())
    np.testing.assert_allclose(shown[0], np.sin(2 * np.pi * np.arange(41) / 8), atol=1e-9)


def test_without_a_distance_nothing_fails() -> None:
    empty = fd.Mask(np.zeros((4, 4), bool))
    figure = distance_bands(fd.Image(np.full((4, 4), np.inf)), empty)
    figure.savefig(io.BytesIO(), format="png")
    assert not figure.axes[0].lines


def test_refusals() -> None:
    with pytest.raises(ParameterError, match="period of distance_bands must be above 0"):
        distance_bands(fd.Image(np.ones((4, 4))), period=0)
