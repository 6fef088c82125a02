"""Kernels against SimpleITK, OpenCV and edt."""

from __future__ import annotations

import numpy as np
import pytest

from fiducial.kernels.convolution import gaussian
from fiducial.kernels.distance import distance
from fiducial.kernels.histogram import histogram
from fiducial.kernels.interpolation import warp_affine, warp_displacement
from fiducial.kernels.morphology import dilate_ball
from fiducial.kernels.rank import median

SHAPE = (20, 60, 75)
MATRIX = np.eye(3, 4) + np.random.default_rng(9).normal(0, 0.05, (3, 4)) * [1, 1, 1, 30]
"""Random, so that no point is on an edge or halfway, where rounding decides."""


@pytest.fixture
def array() -> np.ndarray:
    return np.random.default_rng(0).normal(size=SHAPE).astype(np.float32)


@pytest.mark.parametrize("interpolation", ["linear", "nearest"])
def test_affine_as_simpleitk_edges_included(array: np.ndarray, interpolation: str) -> None:
    sitk = pytest.importorskip("SimpleITK")
    transform = sitk.AffineTransform(3)
    transform.SetMatrix(MATRIX[::-1, 2::-1].ravel())
    transform.SetTranslation(MATRIX[::-1, 3])
    method = sitk.sitkLinear if interpolation == "linear" else sitk.sitkNearestNeighbor
    image = sitk.Resample(sitk.GetImageFromArray(array), transform, method, -7.0)
    expected = sitk.GetArrayFromImage(image)
    result = warp_affine(array, MATRIX, SHAPE, interpolation=interpolation, outside=-7)
    # Both call a point inside up to half a voxel beyond the outer centres, and repeat the edge.
    assert np.array_equal(result == -7, expected == -7)
    assert np.abs(result - expected).max() < 3e-6  # float32 weights on values up to 5


def test_displacement_as_simpleitk(array: np.ndarray) -> None:
    sitk = pytest.importorskip("SimpleITK")
    field = 3 * np.random.default_rng(1).normal(size=(*SHAPE, 3))
    vectors = sitk.GetImageFromArray(np.ascontiguousarray(field[..., ::-1]), isVector=True)
    image = sitk.Resample(
        sitk.GetImageFromArray(array),
        sitk.DisplacementFieldTransform(vectors),
        sitk.sitkLinear,
        -7.0,
    )
    result = warp_displacement(array, np.eye(3, 4), field, outside=-7)
    assert np.abs(result - sitk.GetArrayFromImage(image)).max() < 3e-6  # as above


def test_ball_as_simpleitk_on_whole_radii() -> None:
    sitk = pytest.importorskip("SimpleITK")
    mask = np.random.default_rng(2).random(SHAPE) < 1e-3
    image = sitk.GetImageFromArray(mask.astype(np.uint8))
    for radius in (3.0, 7.0):
        # ITK's ball of radius r is an ellipsoid a little larger than r: the distance map is exact.
        far = sitk.SignedMaurerDistanceMap(image, squaredDistance=True, useImageSpacing=False)
        expected = sitk.GetArrayFromImage(far) <= radius**2
        assert np.array_equal(dilate_ball(mask, radius), expected | mask)


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (3.0, 0.75, 0.5)])
def test_distance_as_edt(spacing: tuple[float, float, float]) -> None:
    edt = pytest.importorskip("edt")
    mask = np.random.default_rng(3).random(SHAPE) < 1e-3
    expected = edt.edt(np.ascontiguousarray(~mask), anisotropy=spacing)
    # Float32 on both sides: squares, sums and a root.
    assert np.allclose(distance(mask, spacing), expected, rtol=1e-6, atol=0)


def test_gaussian_as_opencv_in_two_dimensions(array: np.ndarray) -> None:
    cv2 = pytest.importorskip("cv2")
    expected = cv2.GaussianBlur(array[3], (17, 17), 2.0, borderType=cv2.BORDER_REFLECT)
    assert np.abs(gaussian(array[3], 2.0) - expected).max() < 3e-6  # float32 sums on both sides


@pytest.mark.parametrize("size", [3, 5])
def test_median_as_opencv_in_two_dimensions(array: np.ndarray, size: int) -> None:
    cv2 = pytest.importorskip("cv2")
    assert np.array_equal(median(array[3], size, border="nearest"), cv2.medianBlur(array[3], size))


def test_histogram_as_numpy_with_the_edges_of_numpy(array: np.ndarray) -> None:
    for values in (array, (100 * array).astype(np.int16), array.astype(float)):
        low, high = float(values.min()), float(values.max())
        edges = np.linspace(low, high, 101)
        expected, _ = np.histogram(values.astype(float), edges)
        assert np.array_equal(histogram(values, 100, low, high).counts, expected)
