from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fiducial.errors import ParameterError
from fiducial.kernels.distance import distance, squared_distance

from .conftest import SHAPES


def by_search(mask: NDArray[np.bool_], spacing: tuple[float, ...]) -> NDArray[np.float64]:
    """Look at every pair of samples."""
    points = np.argwhere(np.ones_like(mask))
    best = np.full(len(points), np.inf)
    for target in np.argwhere(mask):
        best = np.minimum(best, (((points - target) * np.array(spacing)) ** 2).sum(axis=1))
    return best.reshape(mask.shape)


@pytest.mark.usefixtures("kernel_body")
class TestDistance:
    def test_one_point(self) -> None:
        mask = np.zeros((3, 5), bool)
        mask[1, 1] = True
        expected = [
            [5.0, 4.0, 5.0, 8.0, 13.0],
            [1.0, 0.0, 1.0, 4.0, 9.0],
            [5.0, 4.0, 5.0, 8.0, 13.0],
        ]
        assert squared_distance(mask, (2.0, 1.0)).tolist() == expected

    @pytest.mark.parametrize("shape", SHAPES)
    @pytest.mark.parametrize("share", [0.0005, 0.02, 0.5])
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_every_shape_against_a_search(
        self, shape: tuple[int, ...], share: float, dtype: Any
    ) -> None:
        rng = np.random.default_rng(1)
        mask = rng.random(shape) < share
        mask.flat[rng.integers(mask.size)] = True
        points = np.argwhere(mask)
        if len(points) > 400:
            mask[tuple(points[400:].T)] = False
        spacing = (2.5, 0.7, 1.3)[: len(shape)]
        expected = by_search(mask, spacing)
        result = squared_distance(mask, spacing, dtype=dtype)
        assert result.dtype == dtype
        # Three roundings of squares and sums, doubled.
        assert np.allclose(result, expected, rtol=6 * np.finfo(dtype).eps, atol=0)

    @pytest.mark.parametrize("shape", [(150, 130), (3, 150, 140), (130, 2, 150), (140, 130, 2)])
    def test_distances_beyond_the_window(self, shape: tuple[int, ...]) -> None:
        for place in (0.0, 0.3, 0.999):
            mask = np.zeros(shape, bool)
            mask[tuple(int(n * place) for n in shape)] = True
            mask[tuple(int((n - 1) * (1 - place)) if a else 0 for a, n in enumerate(shape))] = True
            assert np.array_equal(squared_distance(mask), by_search(mask, (1.0,) * len(shape)))

    def test_whole_spacings_are_exact(self) -> None:
        mask = np.random.default_rng(2).random((20, 70, 90)) < 1e-3
        assert np.array_equal(squared_distance(mask, (3, 1, 2)), by_search(mask, (3, 1, 2)))

    @pytest.mark.parametrize("shape", SHAPES)
    def test_nothing_is_infinitely_far(self, shape: tuple[int, ...]) -> None:
        assert np.isposinf(squared_distance(np.zeros(shape, bool))).all()
        assert not squared_distance(np.ones(shape, bool)).any()

    def test_flipping_and_turning_commute(self) -> None:
        mask = np.random.default_rng(3).random((6, 70, 80)) < 0.01
        result = squared_distance(mask, (3.0, 2.0, 1.0))
        flipped = squared_distance(mask[::-1, :, ::-1], (3.0, 2.0, 1.0))
        turned = squared_distance(mask.transpose(2, 0, 1), (1.0, 3.0, 2.0))
        assert np.array_equal(flipped, result[::-1, :, ::-1])
        assert np.array_equal(turned, result.transpose(2, 0, 1))

    def test_distance_is_the_root(self) -> None:
        mask = np.random.default_rng(4).random((9, 80)) < 0.01
        for dtype in (np.float32, np.float64):
            squared = squared_distance(mask, (3.0, 1.0), dtype=dtype)
            assert np.array_equal(distance(mask, (3.0, 1.0), dtype=dtype), np.sqrt(squared))

    def test_out_and_empty(self) -> None:
        mask = np.eye(5, dtype=bool)
        out = np.empty((10, 5), np.float32)[::2]
        assert squared_distance(mask, out=out) is out
        assert np.array_equal(out, squared_distance(mask))
        assert squared_distance(np.zeros((0, 3), bool)).shape == (0, 3)

    def test_four_dimensions(self) -> None:
        mask = np.random.default_rng(5).random((3, 4, 5, 6)) < 0.02
        mask[1, 1, 1, 1] = True
        spacing = (1.0, 2.0, 3.0, 4.0)
        assert np.allclose(squared_distance(mask, spacing), by_search(mask, spacing))


def test_bad_arguments() -> None:
    with pytest.raises(ParameterError, match="mask of squared_distance must be a boolean array"):
        squared_distance(np.zeros((3, 3)))
    with pytest.raises(ParameterError, match="spacing of distance"):
        distance(np.zeros((3, 3), bool), (1.0, 0.0))
    with pytest.raises(ParameterError, match="dtype of distance"):
        distance(np.zeros((3, 3), bool), dtype=np.int32)
