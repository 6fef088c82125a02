from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fiducial.errors import ParameterError
from fiducial.kernels.borders import BORDERS
from fiducial.kernels.rank import median

from .conftest import REAL_TYPES, SHAPES
from .test_convolution import PAD_NAMES


def by_sorting(array: NDArray[Any], size: int, border: str, cval: float) -> NDArray[Any]:
    if border == "constant":
        padded = np.pad(array, size // 2, constant_values=cval)
    else:
        padded = np.pad(array, size // 2, mode=PAD_NAMES[border])  # type: ignore[call-overload]
    windows = np.lib.stride_tricks.sliding_window_view(padded, (size,) * array.ndim)
    flat = np.sort(windows.reshape(*array.shape, -1), axis=-1)
    middle = flat[..., flat.shape[-1] // 2]
    return np.where(np.isnan(flat[..., -1]), np.nan, middle)


@pytest.mark.usefixtures("kernel_body")
class TestMedian:
    def test_an_outlier_goes(self) -> None:
        array = np.zeros((5, 5), np.float32)
        array[2, 2] = 100
        assert not median(array).any()

    @pytest.mark.parametrize("shape", SHAPES)
    @pytest.mark.parametrize("border", BORDERS)
    @pytest.mark.parametrize("size", [3, 5])
    def test_every_shape_and_border(self, shape: tuple[int, ...], border: str, size: int) -> None:
        array = np.random.default_rng(1).normal(size=shape).astype(np.float32)
        result = median(array, size, border=border, cval=0.5)
        assert np.array_equal(result, by_sorting(array, size, border, 0.5))

    @pytest.mark.parametrize("size", [3, 5])
    def test_double_precision_survives(self, size: int) -> None:
        for shape in [(30, 70), (5, 9, 40)]:
            array = 1 + 1e-12 * np.random.default_rng(5).normal(size=shape)
            assert np.array_equal(median(array, size), by_sorting(array, size, "reflect", 0))

    @pytest.mark.parametrize("dtype", REAL_TYPES)
    def test_every_type_is_kept(self, dtype: str) -> None:
        array = np.random.default_rng(2).integers(0, 2 if dtype == "?" else 90, (6, 7, 20))
        array = array.astype(dtype)
        result = median(array)
        assert result.dtype == array.dtype.newbyteorder("=")
        assert np.array_equal(result, by_sorting(array.astype(float), 3, "reflect", 0))

    @pytest.mark.parametrize("border", BORDERS)
    @pytest.mark.parametrize("size", [3, 5])
    @pytest.mark.parametrize("shape", [(9, 80), (6, 9, 40)])
    def test_nan_marks_its_neighbourhood(
        self, shape: tuple[int, ...], size: int, border: str
    ) -> None:
        array = np.random.default_rng(3).normal(size=shape).astype(np.float32)
        array.flat[[3, 200]] = np.nan
        array.flat[[77, 501]] = np.inf
        result = median(array, size, border=border)
        assert np.array_equal(result, by_sorting(array, size, border, 0), equal_nan=True)

    def test_out_empty_and_size_one(self) -> None:
        array = np.random.default_rng(4).normal(size=(6, 9)).astype(np.float32)
        out = np.empty_like(array)
        assert median(array, out=out) is out
        assert np.array_equal(out, by_sorting(array, 3, "reflect", 0))
        assert np.array_equal(median(array, 1), array)
        assert median(np.zeros((0, 5))).shape == (0, 5)


def test_bad_arguments() -> None:
    with pytest.raises(ParameterError, match="size of median"):
        median(np.zeros((4, 4)), 2)
    with pytest.raises(ParameterError, match="cval of median"):
        median(np.zeros((4, 4), np.uint8), border="constant", cval=-1)
    with pytest.raises(ParameterError, match="array of median"):
        median(np.zeros((4, 4), complex))
