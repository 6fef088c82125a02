from __future__ import annotations

import numpy as np
import pytest

from fiducial.errors import Cancelled, ParameterError
from fiducial.kernels.pointwise import curve, lookup, ramp, unmix
from fiducial.progress import listening

from .conftest import REAL_TYPES, SHAPES

LARGE = (3, 150, 301)  # past several tasks and the size from which threads share


def numbers(shape: tuple[int, ...], dtype: str) -> np.ndarray:
    rng = np.random.default_rng(1)
    if np.dtype(dtype).kind == "b":
        return rng.integers(0, 2, shape).astype(dtype)
    return rng.integers(0 if np.dtype(dtype).kind == "u" else -100, 120, shape).astype(dtype)


@pytest.mark.usefixtures("kernel_body")
class TestRamp:
    @pytest.mark.parametrize("shape", [*SHAPES, LARGE, (0, 4)])
    def test_known_values_of_every_shape(self, shape: tuple[int, ...]) -> None:
        array = numbers(shape, "f4")
        found = ramp(array, -30.0, 50.0)
        assert found.dtype == np.float32
        expected = np.clip((array.astype(float) + 30) / 80, 0, 1)
        np.testing.assert_allclose(found, expected, atol=1.2e-7)  # two float32 roundings

    @pytest.mark.parametrize("dtype", REAL_TYPES)
    def test_every_type(self, dtype: str) -> None:
        array = numbers((7, 70), dtype)
        expected = np.clip((array.astype(float) - 0.25) / 50, 0, 1)
        np.testing.assert_allclose(ramp(array, 0.25, 50.25), expected, atol=1.2e-7)

    def test_nan_stays_and_infinity_is_cut(self) -> None:
        array = np.array([np.nan, np.inf, -np.inf, -0.0] * 20, np.float32)
        found = ramp(array, 0.0, 1.0)
        np.testing.assert_array_equal(found[:4], [np.nan, 1, 0, 0])

    def test_out_and_views(self) -> None:
        array = numbers((40, 60), "i2")
        out = np.empty((40, 30), np.float32)
        assert ramp(array[:, ::2], 0.0, 10.0, out=out) is out
        np.testing.assert_array_equal(out, ramp(array[:, ::2].copy(), 0.0, 10.0))

    def test_what_is_refused(self) -> None:
        for low, high in ((1, 1), (2, 1), (0, np.inf), (np.nan, 1)):
            with pytest.raises(ParameterError, match="low, high of ramp"):
                ramp([1.0], low, high)
        with pytest.raises(ParameterError, match="array of real numbers"):
            ramp(np.zeros(3, complex), 0, 1)


@pytest.mark.usefixtures("kernel_body")
class TestLookup:
    @pytest.mark.parametrize("dtype", ["u1", "u2"])
    @pytest.mark.parametrize("shape", [*SHAPES, LARGE, (0,)])
    def test_every_code_finds_its_entry(self, dtype: str, shape: tuple[int, ...]) -> None:
        most = np.iinfo(dtype).max
        table = np.random.default_rng(2).normal(size=most + 1).astype(np.float32)
        codes = np.random.default_rng(3).integers(0, most + 1, shape).astype(dtype)
        np.testing.assert_array_equal(lookup(codes, table), table[codes])

    def test_what_is_refused(self) -> None:
        with pytest.raises(ParameterError, match="codes of lookup must be uint8 or uint16"):
            lookup(np.zeros(3, np.int16), np.zeros(256))
        with pytest.raises(ParameterError, match="one number for every code"):
            lookup(np.zeros(3, np.uint16), np.zeros(256))


@pytest.mark.usefixtures("kernel_body")
class TestCurve:
    @pytest.mark.parametrize("dtype", REAL_TYPES)
    @pytest.mark.parametrize("shape", [(5,), (7, 70), LARGE])
    def test_it_is_that_of_numpy(self, dtype: str, shape: tuple[int, ...]) -> None:
        array = numbers(shape, dtype)
        heights = np.cumsum(np.random.default_rng(4).random(50))
        heights /= heights[-1]
        places = -20.25 + 2.5 * np.arange(50)
        expected = np.interp(array.astype(float), places, heights)
        # heights and slopes up to 1 in float32
        np.testing.assert_allclose(curve(array, heights, -20.25, 2.5), expected, atol=1.2e-7)

    @pytest.mark.parametrize("dtype", ["f4", "f8"])
    def test_nan_infinity_and_a_single_height(self, dtype: str) -> None:
        array = np.array([np.nan, np.inf, -np.inf, 0.5] * 40, dtype)
        np.testing.assert_array_equal(curve(array, [3, 5], 0, 1)[:4], [np.nan, 5, 3, 4])
        np.testing.assert_array_equal(curve(array, [3], 0, 1)[:4], [np.nan, 3, 3, 3])

    def test_what_is_refused(self) -> None:
        with pytest.raises(ParameterError, match="heights of curve"):
            curve([1.0], [], 0, 1)
        with pytest.raises(ParameterError, match="low, step of curve"):
            curve([1.0], [1, 2], 0, 0)


@pytest.mark.usefixtures("kernel_body")
class TestUnmix:
    @pytest.mark.parametrize("dtype", ["u1", "u2"])
    @pytest.mark.parametrize("shape", [(3,), (5, 3), (200, 301, 3), (0, 3)])
    def test_results_and_counts(self, dtype: str, shape: tuple[int, ...]) -> None:
        rng = np.random.default_rng(5)
        most = int(np.iinfo(dtype).max)
        pixels = rng.choice([0, 1, most // 2, most - 1, most], shape).astype(dtype)
        tables = rng.random((3, most + 1)).astype(np.float32)
        matrix = rng.normal(size=(3, 3)).astype(np.float32)
        bright = np.array([most, most - 1, most + 1])
        densities = np.stack([tables[c][pixels[..., c]] for c in range(3)], axis=-1)
        expected = densities.astype(float) @ matrix.astype(float)
        for clip in (False, True):
            found = unmix(pixels, tables, matrix, clip=clip, least=-0.1, bright=bright)
            wanted = np.maximum(expected, 0) if clip else expected
            np.testing.assert_allclose(found.values, wanted, atol=1e-6)  # float32 sums of three
            below = (expected < -0.1).reshape(-1, 3).sum(axis=0)
            assert list(found.negative) == below.tolist()
            assert found.dark == np.count_nonzero((pixels == 0).any(axis=-1))
            assert found.bright == np.count_nonzero((pixels >= bright).any(axis=-1))

    def test_what_is_refused(self) -> None:
        good = {"clip": True, "least": 0.0, "bright": (9, 9, 9)}
        pixels, tables = np.zeros((2, 3), np.uint8), np.zeros((3, 256))
        with pytest.raises(ParameterError, match="pixels of unmix"):
            unmix(pixels[:, :2], tables, np.eye(3), **good)
        with pytest.raises(ParameterError, match="tables of unmix"):
            unmix(pixels.astype(np.uint16), tables, np.eye(3), **good)
        with pytest.raises(ParameterError, match="matrix of unmix"):
            unmix(pixels, tables, np.eye(2), **good)


@pytest.mark.usefixtures("kernel_body")
def test_cancelled_work_says_so() -> None:
    array = np.zeros(LARGE, np.float32)
    with listening(lambda done, total, message: True) as work:
        work.cancel()
        with pytest.raises(Cancelled):
            ramp(array, 0.0, 1.0)
