"""Filters against SciPy, NumPy and SimpleITK, each in its own units."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from scipy import ndimage, signal

import fiducial as fd
from fiducial.filters.convolve import KERNELS

SHAPE = (9, 12, 14)
BORDERS = ("reflect", "mirror", "nearest", "wrap", "constant")


def values(*shape: int, dtype: str = "float64") -> np.ndarray:
    return np.random.default_rng(23).normal(0, 100, shape or SHAPE).astype(dtype)


def tolerance(dtype: str) -> float:
    """Sums of a few dozen products of values up to 400: 1e-13 of them, or 1e-6 in float32."""
    return 1e-10 if dtype == "float64" else 1e-3


@pytest.mark.parametrize("name", KERNELS)
@pytest.mark.parametrize("dtype", ["float64", "int16", "uint8"])
def test_the_named_kernels_are_convolve2d(name: str, dtype: str) -> None:
    array = values(20, 23).clip(0, 255).astype(dtype)
    found = fd.convolve(fd.Image(array), name).array
    expected = signal.convolve2d(array.astype(float), KERNELS[name], mode="same", boundary="symm")
    np.testing.assert_allclose(found, expected, atol=tolerance(dtype))


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_convolve(border: str, dtype: str) -> None:
    array = values(dtype=dtype)
    for shape in ((3, 3, 3), (1, 5, 2), (4, 1, 1)):
        kernel = np.random.default_rng(24).normal(size=shape)
        found = fd.convolve(fd.Image(array), kernel, border=border, cval=5.0).array
        expected = ndimage.convolve(array.astype(float), kernel, mode=border, cval=5.0)
        np.testing.assert_allclose(found, expected, atol=tolerance(dtype))


@pytest.mark.parametrize("border", BORDERS)
@pytest.mark.parametrize("size", [1, 3, 5])
def test_mean_filter(border: str, size: int) -> None:
    array = values()
    found = fd.mean_filter(fd.Image(array), size=f"{size} px", border=border, cval=5.0).array
    expected = ndimage.uniform_filter(array, size, mode=border, cval=5.0)
    np.testing.assert_allclose(found, expected, atol=1e-10)


@pytest.mark.parametrize("border", BORDERS)
def test_gaussian(border: str) -> None:
    array = values()
    grid = fd.Grid.from_spacing(SHAPE, (2.0, 1.0, 0.5))
    found = fd.gaussian(fd.Image(array, grid), sigma="1.5 mm", border=border, cval=5.0).array
    sigmas = (0.75, 1.5, 3.0)
    expected = ndimage.gaussian_filter(array, sigmas, mode=border, cval=5.0, truncate=4.0)
    np.testing.assert_allclose(found, expected, atol=1e-10)


def test_gradient_is_that_of_numpy_on_an_upright_lattice() -> None:
    array = values()
    grid = fd.Grid.from_spacing(SHAPE, (3.0, 0.7, 0.9))
    found = fd.gradient(fd.Image(array, grid)).array
    for row, expected in enumerate(reversed(np.gradient(array, 3.0, 0.7, 0.9))):
        np.testing.assert_allclose(found[..., row], expected, atol=1e-10)


@pytest.mark.parametrize(
    ("method", "scale", "peer"),
    [("sobel", 32, ndimage.sobel), ("prewitt", 18, ndimage.prewitt)],
)
@pytest.mark.parametrize("border", BORDERS)
def test_sobel_and_prewitt(method: str, scale: float, peer: object, border: str) -> None:
    array = values()
    found = fd.gradient(fd.Image(array), method=method, border=border, cval=5.0).array
    for axis in range(3):
        expected = peer(array, axis, mode=border, cval=5.0) / scale
        if border == "constant":  # SciPy pads each pass anew with cval, as here, but in 3D
            inner = (slice(1, -1),) * 3  # the order of the passes shows at the edges
            np.testing.assert_allclose(found[..., 2 - axis][inner], expected[inner], atol=1e-10)
        else:
            np.testing.assert_allclose(found[..., 2 - axis], expected, atol=1e-10)


@pytest.mark.parametrize("border", BORDERS)
def test_laplacian(border: str) -> None:
    array = values()
    found = fd.laplacian(fd.Image(array), border=border, cval=5.0).array
    np.testing.assert_allclose(found, ndimage.laplace(array, mode=border, cval=5.0), atol=1e-10)


def test_gradient_and_laplacian_with_spacing_and_pose_are_those_of_simpleitk() -> None:
    turn = np.array([[0.8, -0.6, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])[:, ::-1]
    grid = fd.Grid.from_spacing(SHAPE, (3.0, 0.7, 0.9), direction=turn)
    image = fd.Image(values(), grid)
    inner = (slice(1, -1),) * 3
    peer = sitk.GetArrayFromImage(sitk.Gradient(image.to_simpleitk(), True, True))
    found = fd.gradient(image).array
    # SimpleITK gives float32, of slopes up to 400.
    np.testing.assert_allclose(found[inner], peer[inner], atol=1e-4)
    peer = sitk.GetArrayFromImage(sitk.Laplacian(image.to_simpleitk()))
    np.testing.assert_allclose(fd.laplacian(image).array[inner], peer[inner], atol=1e-9)
