from __future__ import annotations

import numpy as np
import pytest

from fiducial.errors import ParameterError
from fiducial.kernels.histogram import histogram

from .conftest import REAL_TYPES


@pytest.mark.usefixtures("kernel_body")
class TestHistogram:
    def test_known_values(self) -> None:
        values = [0.0, 0.24, 0.25, 0.5, 0.999, 1.0, 1.001, -0.001, np.nan, np.inf, -np.inf]
        counts, below, above, nan = histogram(values, 4, 0.0, 1.0)
        assert counts.tolist() == [2, 1, 1, 2]
        assert (below, above, nan) == (2, 2, 1)
        assert counts.dtype == np.int64

    @pytest.mark.parametrize("dtype", REAL_TYPES)
    @pytest.mark.parametrize("size", [0, 1, 70, 70_000])
    def test_every_type_sums_and_agrees_with_numpy(self, dtype: str, size: int) -> None:
        rng = np.random.default_rng(1)
        spread = {"?": 2, "i1": 100, "u1": 200}.get(dtype, 2000)
        values = rng.integers(0, spread, size)
        if np.dtype(dtype).kind in "if":
            values -= spread // 2
        array = values.astype(dtype)
        low, high, bins = -0.3 * spread, 0.8 * spread, 37
        counts, below, above, nan = histogram(array, bins, low, high)
        doubles = array.astype(np.float64)
        expected, _ = np.histogram(doubles, np.linspace(low, high, bins + 1))
        assert np.array_equal(counts, expected)
        assert below == np.count_nonzero(doubles < low)
        assert above == np.count_nonzero(doubles > high)
        assert nan == 0

    @pytest.mark.parametrize("bins", [1, 7, 256, 5000, 100_000])
    @pytest.mark.parametrize("dtype", ["f4", "f8", "i4"])
    def test_values_on_the_edges(self, bins: int, dtype: str) -> None:
        edges = np.linspace(0.0, bins, bins + 1)
        values = np.repeat(edges, 3).astype(dtype)
        counts, below, above, nan = histogram(values, bins, 0.0, float(bins))
        expected = np.full(bins, 3)
        expected[-1] = 6
        assert np.array_equal(counts, expected)
        assert (below, above, nan) == (0, 0, 0)

    def test_edges_that_are_not_representable(self) -> None:
        edges = np.linspace(-0.1, 0.7, 98)
        values = np.concatenate([edges, np.nextafter(edges, -1), np.nextafter(edges, 1)])
        values = np.tile(values, 3)
        counts = histogram(values, 97, -0.1, 0.7).counts
        inside = values[(values >= -0.1) & (values <= 0.7)]
        assert np.array_equal(counts, np.histogram(inside, edges)[0])

    @pytest.mark.parametrize("dtype", ["f4", "u1", "i2", "f8"])
    def test_mask_and_views(self, dtype: str) -> None:
        rng = np.random.default_rng(2)
        array = rng.integers(0, 100, (40, 50, 60)).astype(dtype)
        mask = rng.random(array.shape) < 0.3
        expected, _ = np.histogram(array[mask].astype(float), np.linspace(10, 90, 31))
        assert np.array_equal(histogram(array, 30, 10, 90, mask=mask).counts, expected)
        view = array.transpose(2, 1, 0)[::-2]
        expected, _ = np.histogram(view.astype(float), np.linspace(10, 90, 31))
        assert np.array_equal(histogram(view, 30, 10, 90).counts, expected)
        assert histogram(array, 30, 10, 90, mask=np.zeros_like(mask)).counts.sum() == 0


def test_bad_arguments() -> None:
    values = np.zeros(5)
    with pytest.raises(ParameterError, match="bins of histogram"):
        histogram(values, 0, 0.0, 1.0)
    with pytest.raises(ParameterError, match="low, high of histogram"):
        histogram(values, 4, 1.0, 1.0)
    with pytest.raises(ParameterError, match="mask of histogram"):
        histogram(values, 4, 0.0, 1.0, mask=np.zeros(4, bool))
    with pytest.raises(ParameterError, match="array of histogram"):
        histogram(values.astype(complex), 4, 0.0, 1.0)
    with pytest.raises(ParameterError, match="few enough that each has a width"):
        histogram(values, 10, 1e16, 1e16 + 4)
