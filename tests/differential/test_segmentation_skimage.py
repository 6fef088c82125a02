"""Otsu and Chan-Vese against scikit-image."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray
from scipy import ndimage
from skimage import data, filters, segmentation

import fiducial as fd


def cortex(size: int = 96) -> NDArray[np.uint8]:
    """Folds in three grey levels with noise and a bias, as in a slice of a brain."""
    random = np.random.default_rng(5)
    folds = ndimage.gaussian_filter(random.normal(size=(size, size)), 5)
    y, x = np.mgrid[:size, :size] / size - 0.5
    head = np.hypot(1.1 * y, x) < 0.42
    values = np.where(head, np.where(folds > 0, 170.0, 105.0), 12.0)
    values *= 1 + 0.3 * x
    return (values + random.normal(0, 9, values.shape)).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"mu": 0.13, "max_num_iter": 200},
        {"mu": 0.13, "max_num_iter": 60, "init_level_set": "disk"},
        {"mu": 0.4, "max_num_iter": 60, "init_level_set": "small disk"},
        {"mu": 0.1, "lambda1": 1.0, "lambda2": 2.0, "dt": 0.8, "max_num_iter": 50},
    ],
    ids=["defaults", "lecture", "disk", "small disk", "weights"],
)
def test_chan_vese_is_the_same_to_the_pixel(parameters: dict[str, object]) -> None:
    values = cortex()
    expected = segmentation.chan_vese(values, **parameters)
    found = fd.chan_vese(fd.Image(values), **parameters)
    assert np.array_equal(found.array, expected)
    millimetres = fd.Image(values, fd.Grid.from_spacing(values.shape, 1.0))
    assert np.array_equal(fd.chan_vese(millimetres, **parameters).array, expected)


def test_chan_vese_of_floats_and_of_a_given_level_set() -> None:
    values = cortex() / 255.0
    start = np.random.default_rng(1).normal(size=values.shape)
    expected = segmentation.chan_vese(values, init_level_set=start, max_num_iter=40)
    found = fd.chan_vese(fd.Image(values), init_level_set=fd.Image(start), max_num_iter=40)
    assert np.array_equal(found.array, expected)


def test_chan_vese_stops_where_scikit_image_stops() -> None:
    values = (np.hypot(*np.mgrid[-20:20, -20:20]) < 9).astype(float)
    start = np.where(np.hypot(*np.mgrid[-20:20, -20:20]) < 12, 1.0, -1.0)
    for tol in (0.05, 0.02):
        expected = segmentation.chan_vese(values, tol=tol, init_level_set=start)
        found = fd.chan_vese(fd.Image(values), tol=tol, init_level_set=fd.Image(start))
        assert np.array_equal(found.array, expected)


@pytest.mark.slow
def test_chan_vese_of_a_photograph_is_the_same_to_the_pixel() -> None:
    values = data.camera()
    expected = segmentation.chan_vese(values, mu=0.13, max_num_iter=200)
    assert np.array_equal(fd.chan_vese(fd.Image(values), mu=0.13, max_num_iter=200).array, expected)


@pytest.mark.parametrize("name", ["camera", "coins", "cell", "moon"])
def test_otsu_of_photographs(name: str) -> None:
    values = getattr(data, name)()
    level = fd.threshold_otsu(fd.Image(values))
    assert level == filters.threshold_otsu(values)
    assert np.array_equal(fd.otsu(fd.Image(values)).array, values > level)


@pytest.mark.parametrize("kind", ["uint8", "int16", "uint16", "int32"])
def test_otsu_of_integers(kind: str) -> None:
    random = np.random.default_rng(9)
    values = np.r_[random.normal(60, 15, 3000), random.normal(150, 30, 2000)].clip(0, 255)
    if kind.startswith("int"):
        values -= 100
    values = values.reshape(50, 100).astype(kind)
    assert fd.threshold_otsu(fd.Image(values)) == filters.threshold_otsu(values)


@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize("bins", [256, 1000])
def test_otsu_of_floats(kind: str, bins: int) -> None:
    values = np.random.default_rng(9).gamma(2.0, 30.0, (60, 80)).astype(kind)
    # The centre of a bin, in float32 there.
    expected = filters.threshold_otsu(values, nbins=bins)
    assert fd.threshold_otsu(fd.Image(values), bins=bins) == pytest.approx(expected, rel=1e-6)


def test_otsu_of_simpleitk_lies_in_the_same_gap() -> None:
    values = cortex()
    otsu = sitk.OtsuThresholdImageFilter()
    otsu.SetNumberOfHistogramBins(256)
    otsu.Execute(sitk.GetImageFromArray(values))
    # Its bins are not those of whole numbers: half a grey level either way, and one of ours.
    assert abs(otsu.GetThreshold() - fd.threshold_otsu(fd.Image(values))) <= 1.5
