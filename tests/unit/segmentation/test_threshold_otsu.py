from __future__ import annotations

import warnings

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import FiducialWarning, ParameterError


def between(values: np.ndarray, level: float) -> float:
    """Variance between the two classes, by its definition."""
    low, high = values[values <= level], values[values > level]
    if not len(low) or not len(high):
        return 0.0
    return float(len(low) * len(high) * (low.mean() - high.mean()) ** 2)


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.int32, np.int64])
def test_it_maximises_the_variance_between_the_classes(kind: type[np.generic]) -> None:
    random = np.random.default_rng(1)
    values = np.r_[random.normal(40, 12, 500), random.normal(120, 25, 300)].clip(0, 250)
    values = values.astype(kind)
    level = fd.threshold_otsu(fd.Image(values.reshape(20, 40)))
    best = max(between(values.astype(float), t) for t in np.unique(values))
    assert between(values.astype(float), level) == pytest.approx(best, rel=1e-12)
    assert level == int(level)


def test_offset_and_scale_of_integers_move_the_threshold_alike() -> None:
    values = np.random.default_rng(2).integers(0, 100, (30, 30))
    level = fd.threshold_otsu(fd.Image(values))
    assert fd.threshold_otsu(fd.Image(values - 1024)) == level - 1024
    # A wide range, or numbers too large for edges between them, are sorted instead of counted.
    assert fd.threshold_otsu(fd.Image(values + 2**60)) == float(2**60 + int(level))
    assert fd.threshold_otsu(fd.Image(values * 10**7)) == level * 10**7


def test_floats_are_resolved_by_the_bins() -> None:
    values = np.r_[np.linspace(0, 1, 50), np.linspace(9, 10, 50)].reshape(10, 10)
    level = fd.threshold_otsu(fd.Image(values))
    assert 1.0 - 10 / 256 <= level <= 9.0
    assert abs(fd.threshold_otsu(fd.Image(values), bins=4096) - 1.0) < 10 / 4096


def test_nan_and_infinity_are_left_out() -> None:
    values = np.r_[np.zeros(60), np.ones(40)].reshape(10, 10)
    level = fd.threshold_otsu(fd.Image(values))
    spoiled = np.r_[values.ravel(), [np.nan, np.inf, -np.inf, np.nan, np.nan]].reshape(15, 7)
    assert fd.threshold_otsu(fd.Image(spoiled)) == level
    assert np.isnan(fd.threshold_otsu(fd.Image(np.full((3, 5), np.nan))))


def test_a_constant_image_gives_its_value_and_an_empty_mask() -> None:
    image = fd.Image(np.full((4, 5), 7, np.int16))
    assert fd.threshold_otsu(image) == 7.0
    assert fd.otsu(image).is_empty


def test_a_mask_says_where_to_look() -> None:
    values = np.array([[0, 0, 10, 10, 500, 500]])
    mask = fd.Mask([[1, 1, 1, 1, 0, 0]])
    image = fd.Image(values)
    assert fd.threshold_otsu(image, mask=mask) == 0.0
    assert fd.otsu(image, mask=mask).array.tolist() == [[False, False, True, True, True, True]]
    assert np.isnan(fd.threshold_otsu(image, mask=mask - mask))
    frames = fd.Image(np.stack([values, values]), axes="tyx")
    assert fd.threshold_otsu(frames, mask=mask) == 0.0


def test_one_number_serves_all_frames() -> None:
    frames = fd.Image(np.array([[[0, 1, 0, 1, 1]], [[8, 9, 9, 8, 9]]]), axes="tyx")
    assert fd.threshold_otsu(frames) == 1.0
    mask = fd.otsu(frames)
    assert [frame.count for frame in mask] == [0, 5]
    assert np.array_equal(mask.array, (frames > 1).array)


def test_a_hot_pixel_is_told_and_percentiles_help() -> None:
    random = np.random.default_rng(3)
    values = np.r_[random.normal(1, 0.1, 10_000), random.normal(3, 0.1, 10_000)].reshape(100, 200)
    clean = fd.threshold_otsu(fd.Image(values))
    hot = values.copy()
    hot[5, 5] = 1e4
    with pytest.warns(FiducialWarning, match=r"separates only 1 of 20000 values.*percentiles"):
        assert fd.threshold_otsu(fd.Image(hot)) > 10
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        level = fd.threshold_otsu(fd.Image(hot), percentiles=(0.1, 99.9))
    assert level == pytest.approx(clean, abs=0.1)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"bins": 1}, "bins of threshold_otsu must be from 2"),
        ({"percentiles": (5, 5)}, "percentiles of threshold_otsu must be"),
        ({"percentiles": (1, 2, 3)}, "percentiles of threshold_otsu must be"),
        ({"mask": fd.Mask(np.ones((2, 4, 5), bool), axes="tyx")}, "mask of threshold_otsu"),
    ],
)
def test_what_it_refuses(parameters: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        fd.threshold_otsu(fd.Image(np.arange(20.0).reshape(4, 5)), **parameters)
