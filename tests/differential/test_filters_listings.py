"""The textbook's listings on images that the dependencies' wheels carry, beside our one line."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal
from skimage import color, data, exposure

import fiducial as fd


def dicom(name: str) -> NDArray[np.int16]:
    from pydicom import dcmread
    from pydicom.data import get_testdata_file

    path = get_testdata_file(name, download=False)
    assert path is not None
    return np.asarray(dcmread(path).pixel_array)


def test_equalisation_of_a_ct_slice() -> None:
    pixels = dicom("CT_small.dcm")
    found = fd.equalize_hist(fd.Image(pixels)).array
    # float32 of shares up to 1
    np.testing.assert_allclose(found, exposure.equalize_hist(pixels), atol=6e-8)


@pytest.mark.parametrize(
    ("name", "kernel"),
    [
        ("mean3", np.full((3, 3), 1 / 9)),
        ("gaussian3", np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16),
        ("gradient_x", np.array([[-1, 0, 1]] * 3)),
        ("gradient_y", np.array([[1, 0, -1]] * 3).T),
        ("laplacian8", np.array([[1, 1, 1], [1, -8, 1], [1, 1, 1]])),
    ],
)
def test_kernels_on_an_mr_slice(name: str, kernel: NDArray[np.float64]) -> None:
    pixels = dicom("MR_small.dcm")
    found = fd.convolve(fd.Image(pixels), name).array
    expected = signal.convolve2d(pixels.astype(float), kernel, mode="same", boundary="symm")
    # float32: values up to 4095 times weights that sum up to 16 keep 5e-3 of a step
    np.testing.assert_allclose(found, expected, atol=5e-3)


def test_the_mean_filter_by_length_is_the_kernel_on_unit_spacing() -> None:
    pixels = dicom("MR_small.dcm")
    image = fd.Image(pixels, fd.Grid.from_spacing(pixels.shape, 1.0))
    kernel = fd.convolve(image, "mean3").array
    np.testing.assert_allclose(fd.mean_filter(image, size="3 mm").array, kernel, atol=1e-3)


def test_stains_of_a_real_slide() -> None:
    rgb = data.immunohistochemistry()
    found = fd.separate_stains(fd.Image(rgb, axes="yxc"))
    expected = color.rgb2hed(rgb)
    np.testing.assert_allclose(found.image.array, expected, atol=1e-6)  # float32
    null = np.zeros_like(expected[..., 0])
    brown = color.hed2rgb(np.stack((null, null, expected[..., 2]), axis=-1))
    np.testing.assert_allclose(found.color("DAB").array, brown, atol=1.4e-5)
    blue = color.hed2rgb(np.stack((expected[..., 0], null, null), axis=-1))
    np.testing.assert_allclose(found.color("Haematoxylin").array, blue, atol=1.4e-5)
    kept = fd.separate_stains(fd.Image(rgb, axes="yxc"), negative="keep").image.array
    assert found.negative["eosin"] == np.count_nonzero(kept[..., 1] < -1e-6)
