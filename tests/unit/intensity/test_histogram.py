"""Histograms: bins, what lies outside, quantiles, parts, tables."""

from __future__ import annotations

import math
import pickle
from io import StringIO

import numpy as np
import pandas as pd
import pytest

import fiducial as fd
from fiducial.intensity.histogram import Histogram


def test_known_counts_of_integers() -> None:
    found = fd.histogram(fd.Image(np.array([[3, 3, 4, 7]], np.uint8), unit="counts"), width=1)
    assert found.edges.tolist() == [2.5, 3.5, 4.5, 5.5, 6.5, 7.5]
    assert found.counts.tolist() == [2, 1, 0, 0, 1]
    assert found.centers.tolist() == [3, 4, 5, 6, 7]
    assert (found.unit, found.total, found.width) == ("counts", 4, 1.0)


def test_bins_of_integers_hold_as_many_numbers_each() -> None:
    every = fd.Image(np.arange(3, 251, dtype=np.uint8)[None])
    found = fd.histogram(every, bins=100)
    assert found.counts.size == 83
    assert set(found.counts[:-1]) == {3}
    for bins in (1, 2, 5, 7, 247, 248, 300):
        assert fd.histogram(every, bins=bins).counts.size <= bins
    full = fd.histogram(fd.Image(np.arange(256, dtype=np.uint8)[None]), bins=256)
    assert full.counts.tolist() == [1] * 256


def test_widths_lie_at_multiples_so_that_two_images_can_be_compared() -> None:
    first = fd.histogram(fd.Image([[-1003.2, 12.0]], unit="HU"), width=50)
    second = fd.histogram(fd.Image([[-980.0, 400.5]], unit="HU"), width=50)
    assert first.edges[0] == -1050
    assert second.edges[0] == -1000
    assert set(first.edges) & set(second.edges) == set(np.arange(-1000, 51, 50.0))


def test_limits_count_what_lies_outside() -> None:
    image = fd.Image([[-5.0, 0.0, 0.5, 1.0, 7.0, np.nan, np.inf, -np.inf]])
    found = fd.histogram(image, bins=2, limits=(0, 1))
    assert found.counts.tolist() == [1, 2]
    assert (found.below, found.above, found.nan, found.total) == (2, 2, 1, 7)
    assert found.cumulative.tolist() == [3, 5]
    wide = fd.histogram(image, width=0.4, limits=(0, 1))
    np.testing.assert_allclose(wide.edges, [0, 0.4, 0.8, 1.2], rtol=1e-12)
    ruled = fd.histogram(image, limits=(0, 1))
    assert (ruled.edges[0], ruled.edges[-1]) == (0, 1)


@pytest.mark.parametrize("dtype", ["int16", "float32", "float64"])
def test_the_rule_is_the_default_and_shows_everything(dtype: str) -> None:
    values = np.random.default_rng(8).normal(40, 15, (20, 30, 40)).astype(dtype)
    found = fd.histogram(fd.Image(values, fd.Grid.from_spacing(values.shape, (3, 1, 1)), "HU"))
    assert found.total == found.counts.sum() == values.size
    assert 20 < found.counts.size < 1024
    if dtype == "int16":
        assert found.width == round(found.width)


def test_an_int16_image_of_wide_range_stays_within_the_cap() -> None:
    values = np.arange(-32768, 32768, dtype=np.int16)[None]
    found = fd.histogram(fd.Image(values))
    assert found.counts.size <= 1025
    assert found.counts.sum() == 65536


def test_quantiles_lie_within_a_bin_of_the_exact_ones() -> None:
    values = np.random.default_rng(9).gamma(2.0, 10.0, 5000)
    found = fd.histogram(fd.Image(values[None]), width=0.5)
    for share in (0.0, 0.01, 0.25, 0.5, 0.9, 1.0):
        exact = np.quantile(values, share)
        assert abs(found.quantile(share) - exact) <= 0.5
    clipped = fd.histogram(fd.Image(values[None]), width=0.5, limits=(10, 30))
    assert math.isnan(clipped.quantile(0.01))
    assert clipped.quantile(0.5) == pytest.approx(found.quantile(0.5), abs=0.5)


def test_density_and_cumulative_are_of_all_values() -> None:
    values = np.random.default_rng(10).normal(size=1000)
    found = fd.histogram(fd.Image(values[None]), bins=30)
    assert np.sum(found.density) * found.width == pytest.approx(1)
    assert found.cumulative[-1] == 1000


def test_a_constant_and_nothing_at_all() -> None:
    flat = fd.histogram(fd.Image(np.full((3, 3), 7.25)))
    assert flat.counts.tolist() == [9]
    assert flat.edges.tolist() == [6.75, 7.75]
    huge = fd.histogram(fd.Image([[1e18]]))
    assert huge.counts.tolist() == [1]
    empty = fd.histogram(fd.Image(np.full((2, 2), np.nan)))
    assert empty.counts.tolist() == [0]
    assert (empty.nan, empty.total) == (4, 0)
    assert math.isnan(empty.quantile(0.5))
    image = fd.Image(np.ones((3, 3), np.uint8))
    nowhere = fd.histogram(image, mask=fd.Mask(np.zeros((3, 3), bool)))
    assert nowhere.total == 0


def test_a_mask_chooses_and_labels_divide() -> None:
    values = np.array([[1, 1, 5], [5, 5, 9]], np.int16)
    image = fd.Image(values, unit="HU")
    mask = fd.Mask(values < 9)
    assert fd.histogram(image, width=1, mask=mask).counts.tolist() == [2, 0, 0, 0, 3]
    organs = fd.Labels(np.array([[1, 0, 1], [2, 2, 2]]), names={1: "liver"})
    found = fd.histogram(image, width=1, labels=organs, mask=mask)
    assert list(found) == ["liver", "2"]
    assert found["liver"].counts.tolist() == [1, 0, 0, 0, 1]
    assert found["2"].counts.tolist() == [0, 0, 0, 0, 2]
    assert found.total == 5


def test_channels_are_counted_together_and_alone() -> None:
    rgb = np.zeros((4, 5, 3), np.uint8)
    rgb[..., 1], rgb[..., 2] = 1, 2
    found = fd.histogram(fd.Image(rgb, axes="yxc"), width=1)
    assert found.counts.tolist() == [20, 20, 20]
    assert found["green"].counts.tolist() == [0, 20, 0]
    with pytest.raises(fd.errors.ParameterError, match="one of red, green, blue"):
        found["infrared"]
    mask = fd.Mask(np.arange(20).reshape(4, 5) < 3)
    assert fd.histogram(fd.Image(rgb, axes="yxc"), width=1, mask=mask)["blue"].total == 3
    frames = fd.histogram(fd.Image(rgb[..., :1].repeat(2, -1), axes="yxc"))
    assert list(frames) == ["0", "1"]


def test_tables_and_text_say_the_same() -> None:
    image = fd.Image(np.array([[0.0, 1.5, 2.5, 9.0]]), unit="SUV")
    found = fd.histogram(image, width=1, limits=(0, 3))
    table = found.table
    assert list(table.columns) == ["low", "high", "count"]
    assert table["count"].tolist() == [1, 1, 1]
    assert table.attrs["unit"] == "SUV"
    assert table.attrs["lineage"].operation == "histogram"
    assert pd.read_csv(StringIO(found.to_csv())).equals(pd.DataFrame(table))
    assert found.lines()[-1] == "above: 1"
    assert len(found.lines()) == 4
    assert found.as_json()["counts"] == [1, 1, 1]
    assert "4 values in 3 bins of 1 SUV from 0 to 3 SUV, 0 below, 1 above" in repr(found)


def test_a_histogram_is_frozen_and_survives_pickle() -> None:
    found = fd.histogram(fd.Image([[1, 2, 3]]))
    with pytest.raises(ValueError, match="read-only"):
        found.counts[0] = 5
    with pytest.raises(AttributeError):
        found.below = 3  # type: ignore[misc]
    again = pickle.loads(pickle.dumps(found))
    assert again.as_json() == found.as_json()
    assert again.lineage == found.lineage
    with pytest.raises(fd.errors.ParameterError, match="edges of Histogram must grow"):
        Histogram(np.array([1, 2]), np.array([0.0, 1.0]))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"bins": 0}, "bins of histogram must be from 1"),
        ({"bins": 10, "width": 1.0}, "width of histogram must be left out where bins is given"),
        ({"width": 0.0}, "width of histogram must be above 0"),
        ({"width": 1e-9}, "must give at most 1048576 bins"),
        ({"limits": (3, 3)}, "limits of histogram must be two finite, growing numbers"),
        ({"limits": (0, float("inf"))}, "limits of histogram must be two finite"),
        ({"limits": (1, 2, 3)}, "limits of histogram must be two finite"),
    ],
)
def test_what_is_refused(given: dict[str, object], words: str) -> None:
    with pytest.raises(fd.errors.ParameterError, match=words):
        fd.histogram(fd.Image([[1.0, 2.0, 5.0]]), **given)


def test_shares_outside_0_to_1_and_labels_of_colours_are_refused() -> None:
    found = fd.histogram(fd.Image([[1.0, 2.0]]))
    with pytest.raises(fd.errors.ParameterError, match="share of quantile must be from 0 to 1"):
        found.quantile(50)
    rgb = fd.Image(np.zeros((2, 2, 3), np.uint8), axes="yxc")
    with pytest.raises(fd.errors.ParameterError, match="must have no channels when labels"):
        fd.histogram(rgb, labels=fd.Labels(np.ones((2, 2), np.uint8)))


def test_it_is_drawn_by_the_figure_of_the_catalogue() -> None:
    found = fd.histogram(fd.Image([[1.0, 2.0, 2.5]], unit="HU"), bins=4)
    drawn = found.plot()
    assert drawn.axes[0].get_xlabel() == "value, HU"
    axes = drawn.axes[0]
    assert found.plot(ax=axes) is drawn
