from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fiducial.errors import ParameterError
from fiducial.kernels import morphology
from fiducial.kernels.distance import squared_distance
from fiducial.kernels.histogram import histogram
from fiducial.kernels.morphology import dilate_ball, dilate_footprint, erode_ball, erode_footprint

from .conftest import SHAPES


def ball_by_search(
    mask: NDArray[np.bool_], radius: float, spacing: tuple[float, ...], beyond: bool
) -> NDArray[np.bool_]:
    """Shift the mask by every offset of the ball, with a margin that holds the world beyond."""
    reach = [int(radius / step) + 1 for step in spacing]
    padded = np.pad(mask, [(r, r) for r in reach], constant_values=beyond)
    result = np.zeros_like(mask)
    for offset in np.ndindex(*(2 * r + 1 for r in reach)):
        distance = sum(((o - r) * s) ** 2 for o, r, s in zip(offset, reach, spacing, strict=True))
        if distance <= (radius * (1 + 1e-9)) ** 2:
            result |= padded[
                tuple(slice(o, o + n) for o, n in zip(offset, mask.shape, strict=True))
            ]
    return result


def footprint_by_search(
    mask: NDArray[np.bool_], footprint: NDArray[np.bool_], beyond: bool, erode: bool
) -> NDArray[np.bool_]:
    centre = np.array(footprint.shape) // 2
    result = np.full(mask.shape, erode)
    for index in np.ndindex(mask.shape):
        for offset in np.argwhere(footprint) - centre:
            at = np.array(index) + (offset if erode else -offset)
            is_inside = np.all((at >= 0) & (at < mask.shape))
            value = mask[tuple(at)] if is_inside else beyond
            if erode:
                result[index] &= value
            else:
                result[index] |= value
    return result


@pytest.mark.usefixtures("kernel_body")
class TestBall:
    def test_a_point_becomes_a_ball(self) -> None:
        mask = np.zeros((5, 5), bool)
        mask[2, 2] = True
        diamond = [
            [0, 0, 1, 0, 0],
            [0, 1, 1, 1, 0],
            [1, 1, 1, 1, 1],
            [0, 1, 1, 1, 0],
            [0, 0, 1, 0, 0],
        ]
        assert np.array_equal(dilate_ball(mask, 2.0), np.array(diamond, bool))

    @pytest.mark.parametrize("shape", SHAPES)
    @pytest.mark.parametrize("beyond", [False, True])
    @pytest.mark.parametrize("radius", [0.0, 1.0, 2.5, 4.2])
    def test_every_shape(self, shape: tuple[int, ...], beyond: bool, radius: float) -> None:
        mask = np.random.default_rng(1).random(shape) < 0.03
        spacing = (2.0, 1.0, 0.7)[: len(shape)]
        expected = ball_by_search(mask, radius, spacing, beyond)
        result = dilate_ball(mask, radius, spacing, border_value=beyond)
        assert np.array_equal(result, expected)
        eroded = erode_ball(~mask, radius, spacing, border_value=not beyond)
        assert np.array_equal(eroded, ~expected)

    def test_wide_rows_cross_words(self) -> None:
        for size in (63, 64, 65, 128, 300):
            for radius in (31.0, 63.0, 64.0, 70.0, 150.0):
                mask = np.zeros((1, size), bool)
                mask[0, size // 3] = True
                expected = np.abs(np.arange(size) - size // 3) <= radius
                assert np.array_equal(dilate_ball(mask, radius, (1000.0, 1.0))[0], expected)

    def test_a_large_ball_is_the_same_by_rows_and_by_distance(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mask = np.random.default_rng(2).random((30, 40, 70)) < 2e-3
        for beyond in (False, True):
            monkeypatch.setattr(morphology, "_MOST_ROWS", 10**9)
            by_rows = dilate_ball(mask, 7.3, (1.0, 0.9, 0.8), border_value=beyond)
            monkeypatch.setattr(morphology, "_MOST_ROWS", 0)
            by_distance = dilate_ball(mask, 7.3, (1.0, 0.9, 0.8), border_value=beyond)
            assert np.array_equal(by_rows, by_distance)
            eroded = erode_ball(~mask, 7.3, (1.0, 0.9, 0.8), border_value=not beyond)
            assert np.array_equal(eroded, ~by_rows)

    def test_rounding_of_the_radius_does_not_matter(self) -> None:
        mask = np.zeros(9, bool)
        mask[4] = True
        assert dilate_ball(mask, 0.3, 0.1).sum() == 7  # 3 * 0.1 is a little more than 0.3

    def test_out_empty_and_views(self) -> None:
        mask = np.random.default_rng(3).random((6, 70)) < 0.1
        out = np.empty((6, 70), bool)
        assert dilate_ball(mask, 2, out=out) is out
        assert np.array_equal(
            dilate_ball(mask[::-1, ::3], 2), dilate_ball(mask[::-1, ::3].copy(), 2)
        )
        assert dilate_ball(np.zeros((0, 4), bool), 2).shape == (0, 4)
        own = mask.copy()
        dilate_ball(own, 2, out=own)
        assert np.array_equal(own, out)


@pytest.mark.usefixtures("kernel_body")
def test_a_boolean_made_by_a_view_of_bytes_counts_as_numpy_counts_it() -> None:
    codes = np.random.default_rng(5).choice([0, 0, 0, 0, 1, 2, 128, 255], (9, 200)).astype(np.uint8)
    mask, plain = codes.view(bool), codes != 0
    cross = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], bool)
    assert np.array_equal(dilate_ball(mask, 1.0), dilate_ball(plain, 1.0))
    assert np.array_equal(dilate_footprint(mask, cross), dilate_footprint(plain, cross))
    assert np.array_equal(erode_footprint(mask, cross), erode_footprint(plain, cross))
    assert np.array_equal(squared_distance(mask), squared_distance(plain))
    assert histogram(codes, 9, 0.0, 255.0, mask=mask).counts.sum() == plain.sum()


@pytest.mark.usefixtures("kernel_body")
class TestFootprint:
    def test_twenty_crosses_make_a_diamond(self) -> None:
        mask = np.zeros((61, 61), bool)
        mask[30, 30] = True
        cross = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], bool)
        result = dilate_footprint(mask, cross, 20)
        assert result.sum() == 841  # 2 * 20 * 21 + 1
        y, x = np.indices(mask.shape)
        assert np.array_equal(result, np.abs(y - 30) + np.abs(x - 30) <= 20)
        assert np.array_equal(erode_footprint(~mask, cross, 20), ~result)

    @pytest.mark.parametrize("shape", [s for s in SHAPES if np.prod(s) < 900])
    @pytest.mark.parametrize("beyond", [False, True])
    @pytest.mark.parametrize("erode", [False, True])
    def test_every_shape(self, shape: tuple[int, ...], beyond: bool, erode: bool) -> None:
        rng = np.random.default_rng(4)
        mask = rng.random(shape) < (0.8 if erode else 0.1)
        footprint = rng.random((3, 2, 4)[: len(shape)]) < 0.5
        footprint.flat[0] = True
        apply: Any = erode_footprint if erode else dilate_footprint
        expected = footprint_by_search(mask, footprint, beyond, erode)
        assert np.array_equal(apply(mask, footprint, border_value=beyond), expected)
        again = footprint_by_search(expected, footprint, beyond, erode)
        out = np.empty_like(mask)
        assert apply(mask, footprint, 2, beyond, out=out) is out
        assert np.array_equal(out, again)

    def test_footprint_wider_than_the_image(self) -> None:
        mask = np.array([[False, True, False]])
        assert dilate_footprint(mask, np.ones((9, 9), bool)).all()
        assert not erode_footprint(mask, np.ones((9, 9), bool)).any()


def test_bad_arguments() -> None:
    mask = np.zeros((3, 3), bool)
    with pytest.raises(ParameterError, match="radius of dilate_ball"):
        dilate_ball(mask, -1.0)
    with pytest.raises(ParameterError, match="radius of erode_ball"):
        erode_ball(mask, np.nan)
    with pytest.raises(ParameterError, match="mask of dilate_ball"):
        dilate_ball(mask.astype(int), 1.0)
    with pytest.raises(ParameterError, match="footprint of dilate_footprint"):
        dilate_footprint(mask, np.zeros((3, 3), bool))
    with pytest.raises(ParameterError, match="footprint of erode_footprint"):
        erode_footprint(mask, np.ones(3, bool))
    with pytest.raises(ParameterError, match="iterations of dilate_footprint"):
        dilate_footprint(mask, np.ones((3, 3), bool), 0)


@pytest.mark.parametrize("function", [dilate_footprint, erode_footprint])
def test_iterations_end_when_nothing_changes_any_more(function: Any) -> None:
    mask = np.zeros((5, 6, 7), bool)
    mask[2, 3, 3] = True
    # Far more than would ever be counted; after 9 nothing is left to reach, or to take away.
    often = function(mask, np.ones((3, 1, 3), bool), 10**15)
    assert np.array_equal(often, function(mask, np.ones((3, 1, 3), bool), 9))
