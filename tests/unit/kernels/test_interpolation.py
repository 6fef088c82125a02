from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fiducial.errors import ParameterError
from fiducial.kernels.interpolation import (
    sample,
    warp_affine,
    warp_coordinates,
    warp_displacement,
)

from .conftest import REAL_TYPES, SHAPES


def value_at(array: NDArray[Any], point: NDArray[Any], interpolation: str, outside: float) -> float:
    """Apply the rules of the module to one point, in plain Python."""
    sizes = array.shape
    if any(not -0.5 - 1e-6 <= c <= n - 0.5 + 1e-6 for c, n in zip(point, sizes, strict=True)):
        return outside
    if interpolation == "nearest":
        index = [
            min(max(int(np.floor(c + 0.5 + 1e-6)), 0), n - 1)
            for c, n in zip(point, sizes, strict=True)
        ]
        return float(array[tuple(index)])
    total = 0.0
    clamped = [min(max(c, 0.0), n - 1.0) for c, n in zip(point, sizes, strict=True)]
    for corner in itertools.product((0, 1), repeat=len(sizes)):
        weight, index = 1.0, []
        for c, up, n in zip(clamped, corner, sizes, strict=True):
            low = int(np.floor(c))
            weight *= c - low if up else 1 - (c - low)
            index.append(min(low + up, n - 1))
        if weight > 0:
            total += weight * float(array[tuple(index)])
    return total


def random_matrix(rng: np.random.Generator, shape: tuple[int, ...]) -> NDArray[np.float64]:
    ndim = len(shape)
    matrix = np.eye(ndim, ndim + 1) + rng.normal(0, 0.15, (ndim, ndim + 1))
    matrix[:, ndim] += rng.normal(0, 0.7, ndim)
    return matrix


@pytest.mark.usefixtures("kernel_body")
@pytest.mark.parametrize("interpolation", ["linear", "nearest"])
class TestBoth:
    @pytest.mark.parametrize("shape", [s for s in SHAPES if np.prod(s) < 1000])
    def test_affine_against_the_rules(self, shape: tuple[int, ...], interpolation: str) -> None:
        rng = np.random.default_rng(1)
        array = rng.normal(size=shape).astype(np.float32)
        matrix = random_matrix(rng, shape)
        target = tuple(n + 2 for n in shape)
        result = warp_affine(array, matrix, target, interpolation=interpolation, outside=-9)
        for index in np.ndindex(target):
            point = matrix[:, :-1] @ index + matrix[:, -1]
            expected = value_at(array, point, interpolation, -9)
            # Weights and sums of up to 8 values near 1 in float32.
            assert result[index] == pytest.approx(expected, abs=2e-6)

    @pytest.mark.parametrize("shape", SHAPES)
    def test_identity_returns_the_array(self, shape: tuple[int, ...], interpolation: str) -> None:
        array = (np.random.default_rng(2).normal(size=shape) * 1e8).astype(np.float32)
        array.flat[0] = np.nan
        array.flat[-1] = np.inf
        ndim = len(shape)
        result = warp_affine(array, np.eye(ndim, ndim + 1), shape, interpolation=interpolation)
        assert np.array_equal(result, array, equal_nan=True)

    @pytest.mark.parametrize("shape", SHAPES)
    def test_the_four_faces_agree(self, shape: tuple[int, ...], interpolation: str) -> None:
        rng = np.random.default_rng(3)
        ndim = len(shape)
        array = rng.normal(size=shape).astype(np.float32)
        matrix = random_matrix(rng, shape)
        field = rng.normal(0, 2, (*shape, ndim))
        points = np.indices(shape).reshape(ndim, -1).T @ matrix[:, :-1].T + matrix[:, -1]
        points = points.reshape(field.shape) + field
        by_points = warp_coordinates(array, points, interpolation=interpolation, outside=7)
        by_field = warp_displacement(array, matrix, field, interpolation=interpolation, outside=7)
        listed = sample(array, points.reshape(-1, ndim), interpolation=interpolation, outside=7)
        assert np.allclose(by_points, by_field, rtol=0, atol=2e-6)
        assert np.array_equal(by_points.reshape(-1), listed)
        assert (by_points == 7).any() or max(shape) > 60

    def test_field_in_single_precision(self, interpolation: str) -> None:
        rng = np.random.default_rng(4)
        array = rng.normal(size=(9, 40, 75)).astype(np.float32)
        field = rng.normal(0, 2, (9, 40, 75, 3)).astype(np.float32)
        matrix = random_matrix(rng, array.shape)
        single = warp_displacement(array, matrix, field, interpolation=interpolation)
        double = warp_displacement(array, matrix, field.astype(float), interpolation=interpolation)
        assert np.array_equal(single, double)

    def test_the_edge_reaches_half_a_sample(self, interpolation: str) -> None:
        array = np.array([1.0, 2.0, 3.0], np.float32)
        points = np.array([[-0.51], [-0.5], [0.0], [2.0], [2.5], [2.51], [np.nan], [np.inf]])
        result = sample(array, points, interpolation=interpolation, outside=-1)
        assert result.tolist() == [-1, 1, 1, 3, 3, -1, -1, -1]

    def test_out_and_views(self, interpolation: str) -> None:
        whole = np.random.default_rng(5).normal(size=(6, 7, 8)).astype(np.float32)
        view = whole[::-1, :, ::2]
        matrix = random_matrix(np.random.default_rng(6), view.shape)
        expected = warp_affine(view.copy(), matrix, view.shape, interpolation=interpolation)
        out = np.empty((*view.shape, 2), np.float32)[..., 0]
        result = warp_affine(view, matrix, view.shape, interpolation=interpolation, out=out)
        assert result is out
        assert np.array_equal(out, expected)
        square = whole.copy()
        expected = warp_affine(whole, matrix, whole.shape, interpolation=interpolation)
        warp_affine(square, matrix, square.shape, interpolation=interpolation, out=square)
        assert np.array_equal(square, expected)

    def test_empty(self, interpolation: str) -> None:
        eye = np.eye(2, 3)
        nothing = np.zeros((0, 4), np.float32)
        assert warp_affine(
            nothing, eye, (2, 2), interpolation=interpolation, outside=5
        ).tolist() == [
            [5, 5],
            [5, 5],
        ]
        array = np.ones((3, 4), np.float32)
        assert warp_affine(array, eye, (0, 4), interpolation=interpolation).shape == (0, 4)
        assert sample(array, np.zeros((0, 2)), interpolation=interpolation).shape == (0,)


@pytest.mark.usefixtures("kernel_body")
class TestLinear:
    @pytest.mark.parametrize("dtype", REAL_TYPES)
    def test_every_type(self, dtype: str) -> None:
        array = np.random.default_rng(7).integers(0, 2, (4, 5, 6)).astype(dtype)
        matrix = np.eye(3, 4)
        matrix[:, 3] = 0.5
        result = warp_affine(array, matrix, (3, 4, 5))
        wide = np.dtype(dtype).kind in "iu" and np.dtype(dtype).itemsize > 2
        assert result.dtype == (np.float64 if wide or dtype == "f8" else np.float32)
        values = array.astype(float)
        for axis in range(3):
            lower, upper = [slice(None)] * 3, [slice(None)] * 3
            lower[axis], upper[axis] = slice(None, -1), slice(1, None)
            values = (values[tuple(lower)] + values[tuple(upper)]) / 2
        assert np.array_equal(result, values)  # eighths are exact

    def test_a_ramp_is_reproduced(self) -> None:
        z, y, x = np.meshgrid(*(np.arange(n) for n in (20, 30, 90)), indexing="ij")
        ramp = (3 * z - 2 * y + x).astype(np.float64)
        points = np.random.default_rng(8).uniform(0, 1, (500, 3)) * (19, 29, 89)
        result = sample(ramp, points)
        assert np.allclose(result, points @ (3, -2, 1), rtol=0, atol=1e-12)

    def test_nan_reaches_only_what_it_takes_part_in(self) -> None:
        array = np.zeros((5, 80), np.float32)
        array[2, 40] = np.nan
        matrix = np.eye(2, 3)
        matrix[1, 2] = 0.5
        result = warp_affine(array, matrix, (5, 79))
        assert [tuple(i) for i in np.argwhere(np.isnan(result))] == [(2, 39), (2, 40)]

    def test_far_positions_are_exact(self) -> None:
        # In single precision a position near 2e6 would be off by an eighth of a sample.
        array = np.zeros((1, 2_000_003), np.float32)
        array[0, 2_000_001] = 1
        matrix = np.array([[1.0, 0, 0], [0, 1e-3, 2_000_000]])
        result = warp_affine(array, matrix, (1, 2001))
        expected = 1 - np.abs(np.arange(2001) * 1e-3 - 1)
        assert np.abs(result[0] - expected).max() < 1e-6  # float32 of a weight below 1


@pytest.mark.usefixtures("kernel_body")
class TestNearest:
    @pytest.mark.parametrize("dtype", [*REAL_TYPES, "c8", "c16"])
    def test_every_type_is_kept(self, dtype: str) -> None:
        array = np.random.default_rng(9).integers(0, 2, (4, 5, 6)).astype(dtype)
        result = warp_affine(
            array, np.eye(3, 4) + 1e-9, (6, 5, 6), interpolation="nearest", outside=1
        )
        assert result.dtype == array.dtype.newbyteorder("=")
        assert np.array_equal(result[:4], array)
        assert (result[4:] == 1).all()

    def test_large_labels_survive(self) -> None:
        array = np.array([2**63 - 1, -(2**62) - 1], np.int64)
        assert sample(array, [[0.0], [1.0]], interpolation="nearest").tolist() == array.tolist()

    def test_ties_go_up_whatever_the_rounding(self) -> None:
        array = np.arange(5)
        points = [[0.5], [0.5 - 1e-9], [0.5 + 1e-9], [1.5]]
        assert sample(array, points, interpolation="nearest").tolist() == [1, 1, 1, 2]


class TestRefusals:
    def test_bad_arguments(self) -> None:
        array = np.zeros((4, 5), np.uint8)
        eye = np.eye(2, 3)
        with pytest.raises(ParameterError, match="interpolation of warp_affine"):
            warp_affine(array, eye, (4, 5), interpolation="cubic")
        with pytest.raises(ParameterError, match="matrix of warp_affine"):
            warp_affine(array, np.eye(3), (4, 5))
        with pytest.raises(ParameterError, match="matrix of warp_affine"):
            warp_affine(array, eye * np.nan, (4, 5))
        with pytest.raises(ParameterError, match="shape of warp_affine"):
            warp_affine(array, eye, (4,))
        with pytest.raises(ParameterError, match="displacement of warp_displacement"):
            warp_displacement(array, eye, np.zeros((4, 5, 3)))
        with pytest.raises(ParameterError, match="coordinates of warp_coordinates"):
            warp_coordinates(array, np.zeros((4, 5, 3)))
        with pytest.raises(ParameterError, match="points of sample"):
            sample(array, np.zeros(2))
        with pytest.raises(ParameterError, match="array of warp_affine"):
            warp_affine(np.zeros((2,) * 4), np.eye(4, 5), (2,) * 4)

    @pytest.mark.parametrize("outside", [-1, 256, 0.5, np.nan])
    def test_outside_must_fit_labels(self, outside: float) -> None:
        array = np.zeros((4, 5), np.uint8)
        with pytest.raises(
            ParameterError, match="outside of warp_affine must be a value that uint8"
        ):
            warp_affine(array, np.eye(2, 3), (4, 5), interpolation="nearest", outside=outside)
