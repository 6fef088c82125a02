"""Histograms and equalisation against NumPy and scikit-image."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import exposure

import fiducial as fd


def values(dtype: str) -> np.ndarray:
    found = np.random.default_rng(21).normal(120, 40, (30, 40, 20))
    return found.clip(0, 255).astype(dtype)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("bins", [1, 7, 256])
def test_histogram_of_floats(dtype: str, bins: int) -> None:
    array = values(dtype)
    found = fd.histogram(fd.Image(array), bins=bins)
    counts, edges = np.histogram(array.astype(np.float64), bins)
    np.testing.assert_array_equal(found.counts, counts)
    np.testing.assert_allclose(found.edges, edges, rtol=1e-12)


def test_histogram_within_limits() -> None:
    array = values("int16")
    found = fd.histogram(fd.Image(array), bins=33, limits=(50, 150))
    np.testing.assert_array_equal(found.counts, np.histogram(array, 33, (50, 150))[0])


@pytest.mark.parametrize("dtype", ["uint8", "int16"])
def test_histogram_of_integers(dtype: str) -> None:
    array = values(dtype)
    counts, centers = exposure.histogram(array)
    found = fd.histogram(fd.Image(array), width=1)
    at = {float(centre): count for centre, count in zip(found.centers, found.counts, strict=True)}
    for centre, count in zip(centers, counts, strict=True):
        assert at.get(float(centre), 0) == count


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "int32", "float32", "float64"])
@pytest.mark.parametrize("bins", [256, 50])
def test_equalize_hist(dtype: str, bins: int) -> None:
    array = values(dtype)
    found = fd.equalize_hist(fd.Image(array), bins=bins).array
    if dtype == "float32":
        # NumPy places the edges for float32 in float32, which moves values on an edge (8-bit
        # steps here) across it; so the same values are given to it as float64.
        array = array.astype(np.float64)
    expected = exposure.equalize_hist(array, nbins=bins)
    np.testing.assert_allclose(found, expected, atol=2e-7)  # float32 of shares up to 1


@pytest.mark.parametrize("dtype", ["uint8", "float64"])
def test_equalize_hist_in_a_mask(dtype: str) -> None:
    array = values(dtype)
    inside = np.random.default_rng(22).random(array.shape) < 0.3
    found = fd.equalize_hist(fd.Image(array), mask=fd.Mask(inside)).array
    expected = exposure.equalize_hist(array, mask=inside)
    np.testing.assert_allclose(found, expected, atol=2e-7)


def test_window_is_rescale_intensity() -> None:
    array = values("int16")
    found = fd.window(fd.Image(array), centre=100, width=80).array
    expected = exposure.rescale_intensity(array, (60, 140), (0.0, 1.0))
    np.testing.assert_allclose(found, expected, atol=2e-7)
