"""Stains against scikit-image, on unit spacing and the same clipping."""

from __future__ import annotations

import numpy as np
import pytest
from skimage import color, data

import fiducial as fd


def rgb(dtype: str) -> np.ndarray:
    values = np.random.default_rng(19).integers(0, 256, (40, 50, 3)).astype(np.uint8)
    values[:20] = data.immunohistochemistry()[100:120, 100:150]
    if dtype == "uint16":
        return values.astype(np.uint16) * 257
    return values if dtype == "uint8" else (values / 255).astype(dtype)


@pytest.mark.parametrize(
    ("dtype", "tolerance"),
    # float32 logarithms up to 1, times an inverse with entries up to 2.1; float64 exactly so
    [("uint8", 1e-6), ("uint16", 1e-6), ("float32", 1e-6), ("float64", 1e-13)],
)
def test_rgb2hed(dtype: str, tolerance: float) -> None:
    values = rgb(dtype)
    found = fd.rgb2hed(fd.Image(values, axes="yxc"))
    np.testing.assert_allclose(found.image.array, color.rgb2hed(values), atol=tolerance)


def test_the_pictures_of_single_stains() -> None:
    values = rgb("uint8")
    found = fd.separate_stains(fd.Image(values, axes="yxc"))
    expected = color.rgb2hed(values)
    for index, name in enumerate(("hematoxylin", "eosin", "DAB")):
        alone = np.zeros_like(expected)
        alone[..., index] = expected[..., index]
        # 14 times the error of a concentration, in a transmittance of at most 1
        np.testing.assert_allclose(found.color(name).array, color.hed2rgb(alone), atol=1.4e-5)


def test_hed2rgb() -> None:
    values = np.random.default_rng(20).uniform(0, 0.3, (10, 12, 3))
    found = fd.hed2rgb(fd.Image(values, axes="yxc")).array
    np.testing.assert_allclose(found, color.hed2rgb(values), atol=1e-13)


def test_gray_is_rgb2gray_without_its_rescaling() -> None:
    values = rgb("uint8")
    found = fd.gray(fd.Image(values, axes="yxc")).array
    # float32 of values up to 255
    np.testing.assert_allclose(found / 255, color.rgb2gray(values), atol=2e-7)
