"""Kernels against SciPy on volumes of a size that threads and blocks see."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from fiducial.kernels.borders import BORDERS
from fiducial.kernels.convolution import dense, gaussian, separable
from fiducial.kernels.distance import squared_distance
from fiducial.kernels.interpolation import warp_affine, warp_coordinates
from fiducial.kernels.morphology import dilate_footprint, erode_footprint
from fiducial.kernels.rank import median

SHAPES = [(40, 70, 90), (1, 300, 260), (300, 257), (2, 3, 12_000)]


@pytest.fixture(params=SHAPES, ids=str)
def array(request: pytest.FixtureRequest) -> np.ndarray:
    return np.random.default_rng(0).normal(size=request.param).astype(np.float32)


@pytest.mark.parametrize("border", BORDERS)
def test_gaussian(array: np.ndarray, border: str) -> None:
    sigma = (0.7, 2.0, 3.3)[: array.ndim]
    expected = ndimage.gaussian_filter(array.astype(float), sigma, mode=border, cval=1.5)
    result = gaussian(array, sigma, border=border, cval=1.5)
    # Float32 sums of positive weights that add up to 1, on values up to 5, in each of 3 passes.
    assert np.abs(result - expected).max() < 3e-6


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("size", [4, 5])
def test_separable_in_double_precision(array: np.ndarray, border: str, size: int) -> None:
    rng = np.random.default_rng(1)
    weights = [rng.normal(size=size + axis) for axis in range(array.ndim)]
    expected = array.astype(float)
    for axis, kernel in enumerate(weights):
        expected = ndimage.convolve1d(expected, kernel, axis, mode=border, cval=-2)
    result = separable(array.astype(float), weights, border=border, cval=-2)
    # Float64 sums of some 20 terms of a size near 10.
    assert np.abs(result - expected).max() < 1e-12


@pytest.mark.parametrize("border", BORDERS)
def test_dense(array: np.ndarray, border: str) -> None:
    kernel = np.random.default_rng(2).normal(size=(3, 4, 5)[: array.ndim])
    expected = ndimage.convolve(array.astype(float), kernel, mode=border, cval=-2)
    result = dense(array.astype(float), kernel, border=border, cval=-2)
    assert np.abs(result - expected).max() < 1e-12  # as above, 60 terms


def test_affine(array: np.ndarray) -> None:
    ndim = array.ndim
    rng = np.random.default_rng(3)
    sizes = np.array([*array.shape, 1.0])
    matrix = np.eye(ndim, ndim + 1)
    matrix += rng.normal(0, 0.05, (ndim, ndim + 1)) * sizes[:-1, None] / sizes
    expected = ndimage.affine_transform(
        array.astype(float), matrix[:, :ndim], matrix[:, ndim], order=1, mode="nearest"
    )
    result = warp_affine(array, matrix, array.shape, outside=np.nan)
    covered = np.isfinite(result)
    assert covered.mean() > 0.3
    # Weights in float32, values up to 5.
    assert np.abs(result - expected)[covered].max() < 3e-6


def test_coordinates(array: np.ndarray) -> None:
    rng = np.random.default_rng(4)
    points = rng.uniform(0, 1, (100_000, array.ndim)) * (np.array(array.shape) - 1)
    expected = ndimage.map_coordinates(array.astype(float), points.T, order=1)
    assert np.abs(warp_coordinates(array, points) - expected).max() < 3e-6  # as above


@pytest.mark.parametrize("share", [1e-5, 1e-2, 0.5, 0.999])
def test_distance(array: np.ndarray, share: float) -> None:
    mask = np.random.default_rng(5).random(array.shape) < share
    mask.flat[mask.size // 3] = True
    spacing = (3.0, 0.75, 0.5)[: array.ndim]
    expected = ndimage.distance_transform_edt(~mask, sampling=spacing) ** 2
    # Roots, squares and sums in float64 on their side; ours is exact up to three roundings.
    assert np.allclose(
        squared_distance(mask, spacing, dtype=np.float64), expected, rtol=1e-14, atol=0
    )
    assert np.allclose(squared_distance(mask, spacing), expected, rtol=4e-7, atol=0)


@pytest.mark.parametrize("beyond", [0, 1])
def test_footprints(array: np.ndarray, beyond: int) -> None:
    rng = np.random.default_rng(6)
    mask = array > 1.5
    footprint = rng.random((3, 4, 5)[: array.ndim]) < 0.3
    footprint.flat[2] = True
    assert np.array_equal(
        dilate_footprint(mask, footprint, 3, bool(beyond)),
        ndimage.binary_dilation(mask, footprint, 3, border_value=beyond),
    )
    assert np.array_equal(
        erode_footprint(~mask, footprint, 2, bool(beyond)),
        ndimage.binary_erosion(~mask, footprint, 2, border_value=beyond),
    )


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("size", [3, 5])
def test_median(array: np.ndarray, border: str, size: int) -> None:
    if array.ndim == 3 and size == 5:
        pytest.skip("the face calls SciPy for this size")
    expected = ndimage.median_filter(array, size, mode=border, cval=0.5)
    assert np.array_equal(median(array, size, border=border, cval=0.5), expected)
