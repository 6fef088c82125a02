"""Equalisation: ranks as shades."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd


def test_integers_become_the_share_of_values_up_to_their_own() -> None:
    for dtype in ("int8", "uint8", "int16", "uint16", "int32", "int64"):
        image = fd.Image(
            np.array([[-100 if dtype[0] == "i" else 3, 4, 4, 5, 100]], dtype), unit="HU"
        )
        shades = fd.equalize_hist(image)
        np.testing.assert_allclose(shades.array, [[0.2, 0.6, 0.6, 0.8, 1]], rtol=1e-7)
        assert (shades.unit, shades.dtype) == (None, np.float32)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_normal_distribution_becomes_uniform(dtype: str) -> None:
    values = np.random.default_rng(11).normal(1e4, 5, (64, 64, 32)).astype(dtype)
    shades = fd.equalize_hist(fd.Image(values), bins=2000).array
    shares = np.histogram(shades, 10, (0, 1))[0] / shades.size
    # 131072 values: a standard deviation of 0.0008; the bins add their own share
    np.testing.assert_allclose(shares, 0.1, atol=0.004)


def test_the_order_of_values_is_kept() -> None:
    values = np.sort(np.random.default_rng(12).gamma(1.0, 3.0, 70_000))
    shades = fd.equalize_hist(fd.Image(values[None])).array[0]
    assert np.all(np.diff(shades) >= -1e-7)  # a float32 step: the share of two bins' rounding


def test_a_mask_gives_the_curve_for_everything() -> None:
    values = np.array([[0, 10, 20, 30, 99]], np.uint8)
    mask = fd.Mask(np.array([[False, True, True, True, False]]))
    shades = fd.equalize_hist(fd.Image(values), mask=mask).array[0]
    np.testing.assert_allclose(shades, [1 / 3, 1 / 3, 2 / 3, 1, 1], rtol=1e-6)
    floats = fd.equalize_hist(fd.Image(values.astype(float)), mask=mask, bins=3).array[0]
    np.testing.assert_allclose(floats[[0, 4]], [1 / 3, 1], rtol=1e-6)


def test_nan_stays_and_infinity_goes_to_the_ends() -> None:
    image = fd.Image(np.array([[np.nan, -np.inf, 1.0, 2.0, 3.0, np.inf]]))
    shades = fd.equalize_hist(image, bins=2).array[0]
    assert np.isnan(shades[0])
    assert shades[1] == shades[2] == np.float32(1 / 3)
    assert shades[4] == shades[5] == 1


def test_constants_and_single_slices() -> None:
    for value in (7, 7.5):
        image = fd.Image(np.full((1, 4, 5), value), fd.Grid.from_spacing((1, 4, 5), (3, 1, 1)))
        assert np.isfinite(fd.equalize_hist(image).array).all()


def test_frames_and_channels_share_one_curve() -> None:
    values = np.random.default_rng(13).integers(0, 255, (2, 5, 6, 3)).astype(np.uint8)
    shades = fd.equalize_hist(fd.Image(values, axes="tyxc"))
    flat = fd.equalize_hist(fd.Image(values.reshape(1, -1))).array.reshape(values.shape)
    np.testing.assert_array_equal(shades.array, flat)


def test_what_is_refused() -> None:
    image = fd.Image(np.full((2, 2), np.nan))
    with pytest.raises(fd.errors.ParameterError, match="must hold a finite value; got none"):
        fd.equalize_hist(image)
    whole = fd.Image(np.ones((2, 2)))
    with pytest.raises(fd.errors.ParameterError, match="finite value inside the mask; got none"):
        fd.equalize_hist(whole, mask=fd.Mask(np.zeros((2, 2), bool)))
    with pytest.raises(fd.errors.ParameterError, match="bins of equalize_hist must be from 1"):
        fd.equalize_hist(whole, bins=0)
