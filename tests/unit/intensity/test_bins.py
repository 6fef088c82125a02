"""Where bins lie: edges, ranges, widths by rule, ranks."""

from __future__ import annotations

import math

import numpy as np
import pytest

import fiducial as fd
from fiducial.intensity import bins


def test_edges_are_equally_wide_and_exact_at_the_ends() -> None:
    edges = bins.Edges(0.0, 1.0, 4)
    assert edges.values.tolist() == [0, 0.25, 0.5, 0.75, 1]


@pytest.mark.parametrize("width", [0.1, 0.3, 1 / 3, 7.0])
@pytest.mark.parametrize("low", [-0.7, 0.0, 0.7, 123.4])
def test_bins_of_a_width_hold_both_ends_whatever_rounding_does(low: float, width: float) -> None:
    high = low + 10 * width
    edges = bins.counted(width, low, high, start=0.0)
    assert edges.low <= low
    assert edges.high >= high
    assert edges.bins in (10, 11)
    # 1e-8 of a bin: the slack of rounding
    np.testing.assert_allclose(np.diff(edges.values), width, rtol=1e-8)
    near = np.rint(edges.values / width)
    np.testing.assert_allclose(edges.values / width, near, atol=1e-8)


def test_integer_bins_hold_as_many_numbers_each() -> None:
    edges = bins.integer_edges(-3, 8, 5)
    assert edges.values.tolist() == [-5.5, -0.5, 4.5, 9.5]
    assert bins.integer_edges(7, 7, 1).values.tolist() == [6.5, 7.5]


def test_the_range_is_that_of_finite_values_inside() -> None:
    values = np.array([np.nan, -np.inf, 3.0, -2.0, np.inf, 50.0])
    inside = np.array([True, True, True, True, True, False])
    assert bins.range_of(values, None) == (-2, 50)
    assert bins.range_of(values, inside) == (-2, 3)
    assert bins.range_of(values[:2], None) is None
    assert bins.range_of(values, np.zeros(6, bool)) is None
    assert bins.range_of(np.array([4, 9], np.int16), None) == (4, 9)


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e6])
def test_the_rule_is_that_of_freedman_and_diaconis(scale: float) -> None:
    values = np.random.default_rng(6).normal(1000, 50, 20_000) * scale
    low, high = float(values.min()), float(values.max())
    q1, q3 = np.percentile(values, [25, 75])
    expected = 2 * (q3 - q1) / np.cbrt(values.size)
    # quartiles to a 4096th of the bins that hold them, and of NumPy's between two ranks
    assert bins.rule_width(values, None, low, high) == pytest.approx(expected, rel=2e-3)


def test_an_outlier_does_not_spoil_the_rule_beyond_its_cap() -> None:
    values = np.append(np.random.default_rng(6).normal(0, 1, 10_000), 1e9)
    width = bins.rule_width(values, None, float(values.min()), 1e9)
    assert width == pytest.approx(1e9 / bins.MOST_BY_RULE, rel=1e-6)


def test_the_rule_has_an_answer_where_quartiles_coincide_or_floats_are_few() -> None:
    mostly = np.append(np.zeros(1000), 8.0)
    assert bins.rule_width(mostly, None, 0, 8) == pytest.approx(8 / (math.log2(1001) + 1))
    close = np.array([1e16, 1e16 + 2, 1e16 + 4, 1e16 + 6])
    assert bins.rule_width(close, None, close[0], close[-1]) >= 2
    assert bins.rule_width(np.array([5.0]), None, 5.0, 5.0) > 0


def test_ranks_are_interpolated_within_bins_and_undefined_outside() -> None:
    counts, edges = np.array([0, 4, 0, 2]), np.arange(5.0)
    at = {rank: bins.quantile_of(counts, edges, 0, rank) for rank in (0, 2, 4, 5, 6)}
    assert at == {0: 1.0, 2: 1.5, 4: 2.0, 5: 3.5, 6: 4.0}
    assert math.isnan(bins.quantile_of(counts, edges, 3, 2))
    assert math.isnan(bins.quantile_of(counts, edges, 0, 7))
    assert math.isnan(bins.quantile_of(np.zeros(4, int), edges, 0, 0))


def test_a_mask_without_time_or_channels_holds_for_all() -> None:
    image = fd.Image(np.zeros((2, 3, 4, 3)), axes="tyxc")
    mask = fd.Mask(np.eye(3, 4) > 0)
    array = bins.aligned(image, mask, "histogram", "mask")
    assert array.shape == image.shape
    assert array.sum() == 2 * 3 * 3
    with pytest.raises(fd.errors.ParameterError, match="mask of histogram must have no axis"):
        bins.aligned(image[0], fd.Mask(np.ones((2, 3, 4), bool), axes="tyx"), "histogram", "mask")
