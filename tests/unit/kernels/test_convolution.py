from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fiducial.errors import ParameterError
from fiducial.kernels.borders import BORDERS
from fiducial.kernels.convolution import dense, gaussian, gaussian_weights, separable

from .conftest import REAL_TYPES, SHAPES

PAD_NAMES = {"reflect": "symmetric", "mirror": "reflect", "nearest": "edge", "wrap": "wrap"}


def convolved(
    array: NDArray[Any], kernel: NDArray[Any], border: str, cval: float = 0.0
) -> NDArray[np.float64]:
    """Sum shifted copies of a padded array, in double precision."""
    centre = [size // 2 for size in kernel.shape]
    pads = [(size - 1 - c, c) for size, c in zip(kernel.shape, centre, strict=True)]
    if border == "constant":
        padded = np.pad(array.astype(np.float64), pads, constant_values=cval)
    else:
        padded = np.pad(array.astype(np.float64), pads, mode=PAD_NAMES[border])  # type: ignore[call-overload]
    total = np.zeros(array.shape)
    for index in np.ndindex(kernel.shape):
        if kernel[index] == 0:
            continue
        window = tuple(
            slice(kernel.shape[a] - 1 - i, kernel.shape[a] - 1 - i + array.shape[a])
            for a, i in enumerate(index)
        )
        total += kernel[index] * padded[window]
    return total


def along(kernel: NDArray[Any], axis: int, ndim: int) -> NDArray[Any]:
    return kernel.reshape([-1 if a == axis else 1 for a in range(ndim)])


def bound(array: NDArray[Any], *kernels: NDArray[Any], axes: int = 1) -> float:
    """Rounding of sums in float32: half a unit a term, on the sum of magnitudes, twice over."""
    terms = sum(k.size for k in kernels)
    magnitude = float(np.prod([np.abs(k).sum() for k in kernels])) * np.abs(array).max(initial=0)
    return float((terms + 4) * np.finfo(np.float32).eps * magnitude * axes + 1e-30)


@pytest.mark.usefixtures("kernel_body")
class TestSeparable:
    def test_an_impulse_becomes_the_kernel(self) -> None:
        array = np.zeros((7, 9), np.float32)
        array[3, 4] = 1
        result = separable(array, [[1.0, 2.0, 3.0], [1.0, 10.0]])
        expected = np.zeros((7, 9))
        expected[2:5, 3:5] = np.outer([1, 2, 3], [1, 10])
        assert np.array_equal(result, expected)

    @pytest.mark.parametrize("shape", SHAPES)
    @pytest.mark.parametrize("border", BORDERS)
    def test_every_shape_and_border(self, shape: tuple[int, ...], border: str) -> None:
        rng = np.random.default_rng(1)
        array = rng.normal(100, 50, shape).astype(np.float32)
        kernels = [rng.normal(size=size) for size in (5, 4, 7)[: len(shape)]]
        result = separable(array, kernels, border=border, cval=3.0)
        expected = array.astype(np.float64)
        for axis, kernel in enumerate(kernels):
            expected = convolved(expected, along(kernel, axis, len(shape)), border, 3.0)
        assert result.dtype == np.float32
        assert np.abs(result - expected).max() <= bound(array, *kernels)

    @pytest.mark.parametrize("size", [1, 2, 3, 8, 33])
    @pytest.mark.parametrize("axis", [0, 1, 2])
    def test_one_axis_at_a_time_with_kernels_longer_than_the_axis(
        self, size: int, axis: int
    ) -> None:
        rng = np.random.default_rng(2)
        array = rng.normal(size=(6, 10, 70))
        kernel = rng.normal(size=size)
        weights = [kernel if a == axis else None for a in range(3)]
        result = separable(array, weights, border="mirror")
        expected = convolved(array, along(kernel, axis, 3), "mirror")
        assert result.dtype == np.float64
        assert np.allclose(result, expected, rtol=0, atol=1e-13)  # 33 terms near 1 in float64

    @pytest.mark.parametrize("dtype", REAL_TYPES)
    def test_every_type(self, dtype: str) -> None:
        rng = np.random.default_rng(3)
        array = rng.integers(0, 2 if dtype == "?" else 100, (6, 7, 8)).astype(dtype)
        result = separable(array, [[0.25, 0.5, 0.25], None, [1.0, -1.0]])
        wide = np.dtype(dtype).kind in "iu" and np.dtype(dtype).itemsize > 2
        assert result.dtype == (np.float64 if wide or dtype == "f8" else np.float32)
        values = array.astype(np.float64)
        expected = convolved(values, along(np.array([0.25, 0.5, 0.25]), 0, 3), "reflect")
        expected = convolved(expected, along(np.array([1.0, -1.0]), 2, 3), "reflect")
        assert np.array_equal(result, expected)  # sums of quarters of small integers are exact

    def test_a_view_is_read_as_it_is_seen(self) -> None:
        whole = np.random.default_rng(4).normal(size=(8, 9, 20)).astype(np.float32)
        view = whole.transpose(2, 0, 1)[::-1, ::2, 1:]
        kernels = [[1.0, 2.0, 1.0]] * 3
        assert np.array_equal(separable(view, kernels), separable(view.copy(), kernels))

    def test_nan_and_infinity_reach_as_far_as_the_kernel(self) -> None:
        for bad in (np.nan, np.inf):
            array = np.ones((9, 80), np.float32)
            array[4, 40] = bad
            result = separable(array, [[1.0, 1.0, 1.0], [1.0] * 5])
            touched = np.zeros((9, 80), bool)
            touched[3:6, 38:43] = True
            assert np.array_equal(~np.isfinite(result), touched)

    def test_empty_and_untouched(self) -> None:
        assert separable(np.zeros((3, 0)), [[1.0], [1.0]]).shape == (3, 0)
        array = np.arange(6.0).reshape(2, 3)
        result = separable(array, [None, None])
        assert np.array_equal(result, array)
        assert not np.shares_memory(result, array)

    def test_out_is_filled_and_returned(self) -> None:
        array = np.random.default_rng(5).normal(size=(5, 6)).astype(np.float32)
        expected = separable(array, [[1.0, 1.0], None])
        out = np.empty((5, 6), np.float32)
        assert separable(array, [[1.0, 1.0], None], out=out) is out
        assert np.array_equal(out, expected)
        assert separable(array, [[1.0, 1.0], None], out=array) is array
        assert np.array_equal(array, expected)

    def test_the_input_is_not_written(self) -> None:
        array = np.random.default_rng(6).normal(size=(5, 6)).astype(np.float32)
        before = array.copy()
        array.flags.writeable = False
        separable(array, [[1.0, 2.0, 3.0], [1.0, 1.0]])
        assert np.array_equal(array, before)

    def test_four_dimensions(self) -> None:
        array = np.random.default_rng(7).normal(size=(2, 3, 4, 5))
        result = separable(array, [None, None, [1.0, 2.0], None])
        assert np.allclose(
            result, convolved(array, np.array([1.0, 2.0]).reshape(1, 1, 2, 1), "reflect")
        )


@pytest.mark.usefixtures("kernel_body")
class TestGaussian:
    @pytest.mark.parametrize("shape", SHAPES)
    def test_a_constant_stays(self, shape: tuple[int, ...]) -> None:
        result = gaussian(np.full(shape, 1000.0, np.float32), 1.7)
        # Weights rounded to float32, and their sum, three times: a few units of 6e-8.
        assert np.abs(result - 1000).max() < 1e-3

    def test_variances_add(self) -> None:
        array = np.zeros((1, 101, 101))
        array[0, 50, 50] = 1
        twice = gaussian(gaussian(array, (0, 3, 2), truncate=8), (0, 4, 3), truncate=8)
        once = gaussian(array, (0, 5, 13**0.5), truncate=8)
        # Sampled Gaussians of sigma 2 or more convolve to one another to about exp(-2 pi**2 s**2).
        assert np.abs(twice - once).max() < 1e-12

    def test_anisotropic_sigma_is_in_array_order(self) -> None:
        array = np.zeros((31, 31, 31), np.float32)
        array[15, 15, 15] = 1
        result = gaussian(array, (1, 2, 3)).astype(np.float64)
        for axis, sigma in enumerate((1, 2, 3)):
            profile = result.sum(axis=tuple(a for a in range(3) if a != axis))
            variance = np.sum(profile * (np.arange(31) - 15) ** 2)
            assert variance == pytest.approx(sigma**2, rel=2e-3)  # cut at 4 sigma


@pytest.mark.usefixtures("kernel_body")
class TestDense:
    @pytest.mark.parametrize("shape", SHAPES)
    @pytest.mark.parametrize("border", BORDERS)
    def test_every_shape_and_border(self, shape: tuple[int, ...], border: str) -> None:
        rng = np.random.default_rng(8)
        array = rng.normal(size=shape).astype(np.float32)
        kernel = rng.normal(size=(3, 4, 5)[: len(shape)])
        result = dense(array, kernel, border=border, cval=-2.0)
        expected = convolved(array, kernel, border, -2.0)
        assert np.abs(result - expected).max() <= bound(np.append(array, 2.0), kernel)

    def test_kernel_larger_than_the_image(self) -> None:
        array = np.arange(6, dtype=np.float64).reshape(2, 3)
        kernel = np.random.default_rng(9).normal(size=(7, 9))
        for border in BORDERS:
            assert np.allclose(
                dense(array, kernel, border=border), convolved(array, kernel, border), atol=1e-12
            )

    def test_zero_entries_are_not_looked_at(self) -> None:
        array = np.ones((9, 9), np.float32)
        array[4, 4] = np.nan
        cross = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]])
        result = dense(array, cross)
        assert np.isnan(result).sum() == 5
        assert result[3, 3] == 5

    def test_kernel_of_zeros_gives_zeros(self) -> None:
        assert not dense(np.ones((4, 5), np.float32), np.zeros((3, 3))).any()


class TestWeights:
    @pytest.mark.parametrize("sigma", [0.0, 0.3, 0.5, 1.0, 2.5, 10.0])
    def test_what_should_be_exact_is_exact(self, sigma: float) -> None:
        for derivative, inputs in [
            (0, {0: 1.0, 1: 0.0}),
            (1, {0: 0.0, 1: 1.0, 2: 0.0}),
            (2, {0: 0.0, 1: 0.0, 2: 2.0, 3: 0.0}),
        ]:
            weights = gaussian_weights(sigma, derivative=derivative)
            offsets = np.arange(len(weights)) - len(weights) // 2
            for power, value in inputs.items():
                # Convolution at 0: the sample at -k has the weight k.
                assert np.sum(weights * (-offsets.astype(float)) ** power) == pytest.approx(
                    value, abs=1e-9
                )

    def test_length_follows_truncate(self) -> None:
        assert len(gaussian_weights(2.0, 4.0)) == 17
        assert len(gaussian_weights(2.0, 3.0)) == 13
        assert gaussian_weights(0.0).tolist() == [1.0]

    @pytest.mark.parametrize("bad", [{"sigma": -1.0}, {"sigma": np.nan}])
    def test_bad_sigma(self, bad: dict[str, float]) -> None:
        with pytest.raises(ParameterError, match="sigma of gaussian_weights"):
            gaussian_weights(**bad)
        with pytest.raises(ParameterError, match="derivative of gaussian_weights"):
            gaussian_weights(1.0, derivative=3)


class TestRefusals:
    def test_bad_arguments(self) -> None:
        array = np.zeros((4, 5))
        with pytest.raises(ParameterError, match="weights of separable"):
            separable(array, [[1.0]])
        with pytest.raises(ParameterError, match="weights of separable"):
            separable(array, [[1.0, np.nan], None])
        with pytest.raises(ParameterError, match="border of separable"):
            separable(array, [[1.0], None], border="zero")
        with pytest.raises(ParameterError, match="sigma of gaussian"):
            gaussian(array, -1.0)
        with pytest.raises(ParameterError, match="kernel of dense"):
            dense(array, np.ones(3))
        with pytest.raises(ParameterError, match="array of separable"):
            separable(np.zeros(3, complex), [[1.0]])
