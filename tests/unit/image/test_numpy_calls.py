"""NumPy's own functions on images, masks and labels: right, or refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import FrameMismatchError, GridMismatchError, ParameterError

GRID = fd.Grid.from_spacing((4, 5), (2.0, 1.0))
IMAGE = fd.Image(np.arange(20, dtype=np.int16).reshape(4, 5), GRID, "HU")
MASK = IMAGE > 5
LABELS = fd.Labels(np.arange(20).reshape(4, 5) % 3, GRID)
BYTES = fd.Image(np.full((4, 5), 250, np.uint8), GRID)


def test_clip_keeps_the_geometry_the_unit_and_the_type() -> None:
    for clipped in (np.clip(IMAGE, 3, 7), IMAGE.clip(3, 7)):
        assert isinstance(clipped, fd.Image)
        assert (clipped.grid, clipped.unit, clipped.dtype) == (GRID, "HU", np.dtype(np.int16))
        np.testing.assert_array_equal(clipped.array, np.clip(IMAGE.array, 3, 7))
    assert IMAGE.clip(high=3).array.max() == 3
    with pytest.raises(ParameterError, match="low or high"):
        IMAGE.clip()


def test_a_choice_between_an_integer_image_and_a_number_it_cannot_hold_widens() -> None:
    assert np.minimum(BYTES, 300).array.max() == 250
    assert np.maximum(BYTES, -1).dtype == np.int32
    assert np.maximum(BYTES, 3).dtype == np.uint8
    assert np.minimum(BYTES, 30.5).dtype == np.float32


@pytest.mark.parametrize(
    "use",
    [
        lambda: np.add(IMAGE, 1, where=IMAGE.array > 3),
        lambda: np.add(BYTES, 250, dtype=np.uint8),
        lambda: np.modf(IMAGE / 3),
        lambda: np.divmod(IMAGE, 3),
        lambda: np.matmul(IMAGE, np.zeros((5, 2))),
        lambda: np.add.outer(BYTES, BYTES),
        lambda: np.add.at(IMAGE, [0], 1),
        lambda: np.multiply(MASK, MASK),
        lambda: MASK * np.ones((4, 5)),  # type: ignore[operator]
        lambda: np.ones((4, 5)) * MASK,
        lambda: np.add(LABELS, 1),
    ],
)
def test_what_would_drop_the_grid_or_wrap_is_refused_with_the_way_around(
    use: Callable[[], object],
) -> None:
    with pytest.raises((ParameterError, TypeError)) as caught:
        use()
    assert "\n" not in str(caught.value)
    if isinstance(caught.value, ParameterError):
        assert "numpy.asarray" in str(caught.value)


def test_an_array_of_the_caller_can_receive_a_result_that_does_not_wrap() -> None:
    total = np.zeros((4, 5))
    total += BYTES
    np.add(total, BYTES, out=total)
    assert (total == 500).all()
    with pytest.raises(TypeError, match=r"same_kind|cast"):
        np.add(BYTES, BYTES, out=np.zeros((4, 5), np.uint8))
    with pytest.raises(ParameterError, match="images are frozen"):
        np.add(BYTES, 1, out=BYTES)  # type: ignore[call-overload]
    with pytest.raises(GridMismatchError):
        np.add(BYTES, BYTES[::-1], out=total)


def test_reductions_give_numbers_and_take_a_mask() -> None:
    assert np.sum(IMAGE) == 190
    assert np.sum(IMAGE, where=MASK) == IMAGE.array[MASK.array].sum()
    assert np.sum(MASK) == MASK.count
    assert bool(np.any(MASK))
    assert np.max(LABELS) == 2
    with pytest.raises(GridMismatchError):
        np.sum(IMAGE, where=MASK[::-1])


def test_the_set_functions_of_numpy_are_the_operators() -> None:
    other = IMAGE < 9
    pairs = [
        (np.logical_and(MASK, other), MASK & other),
        (np.bitwise_or(MASK, other), MASK | other),
        (np.logical_xor(MASK, other), MASK ^ other),
        (np.logical_not(MASK), ~MASK),
        (np.invert(MASK), ~MASK),
        (np.equal(LABELS, 2), LABELS == 2),
    ]
    for found, expected in pairs:
        assert isinstance(found, fd.Mask)
        np.testing.assert_array_equal(found.array, expected.array)
        assert found.lineage.operation == expected.lineage.operation  # type: ignore[union-attr]
    with pytest.raises(ParameterError, match="must be a Mask"):
        MASK.array | MASK


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.int64, np.uint64])
def test_integer_division_is_exact_to_the_end_of_the_type(dtype: type) -> None:
    limits = np.iinfo(dtype)
    image = fd.Image(np.array([[limits.min, limits.max]], dtype))
    exact = np.array([[limits.min, limits.max]], dtype=object)
    assert (image // 3).array.tolist() == (exact // 3).tolist()
    assert (image % 7).array.tolist() == (exact % 7).tolist()
    quotient, rest = divmod(image, 5)
    assert (quotient.array.tolist(), rest.array.tolist()) == (
        (exact // 5).tolist(),
        (exact % 5).tolist(),
    )
    if limits.max < 2**63 - 1:
        assert (image // -1).array.tolist() == (exact // -1).tolist()


def test_an_integer_divided_by_zero_has_no_right_answer() -> None:
    with pytest.raises(ParameterError, match="b of floor_divide must not be 0"):
        IMAGE // 0
    with pytest.raises(ParameterError, match="b of remainder must not be 0"):
        5 % IMAGE
    assert np.isinf((IMAGE[1:] / 0).array).all()


def test_reflected_operators() -> None:
    image = IMAGE[1:]
    np.testing.assert_array_equal((100 // image).array, 100 // image.array)
    np.testing.assert_array_equal((100 % image).array, 100 % image.array)
    np.testing.assert_allclose((2 ** (image / 20)).array, 2 ** (image.array / 20), rtol=1e-6)
    assert (+image) is image


def test_a_number_that_float32_does_not_hold_is_computed_in_float64() -> None:
    assert (IMAGE + 1e300).array.min() == 1e300
    assert (IMAGE + np.inf).dtype == np.float32


def test_an_in_place_operator_gives_a_new_image() -> None:
    image = before = IMAGE
    image += 1
    assert image is not before
    assert before.array[0, 0] == 0


@pytest.mark.parametrize("other", [None, "abc", [1, 2], 2j, np.zeros(5), np.array(["a"] * 20)])
def test_a_comparison_with_what_is_no_number_is_refused(other: object) -> None:
    with pytest.raises(ParameterError, match="of equal must be"):
        other == IMAGE  # noqa: B015
    with pytest.raises(ParameterError, match="of add must be"):
        IMAGE + other


def test_nan_is_unequal_to_everything() -> None:
    image = fd.Image(np.array([[np.nan, 1.0]]))
    assert (image == np.nan).count == 0
    assert (image != np.nan).count == 2
    assert np.isnan(image).count == 1


def test_a_chained_comparison_is_refused_and_not_half_done() -> None:
    with pytest.raises(ParameterError, match="truth of a whole Mask"):
        0 < IMAGE < 5  # noqa: B015


def test_images_of_other_times_are_refused() -> None:
    first = fd.Image(np.zeros((2, 4, 5)), GRID, times=(0, 1))
    assert (first + fd.Image(np.ones((2, 4, 5)), GRID)).times == (0, 1)
    with pytest.raises(ParameterError, match="same times"):
        first + fd.Image(np.ones((2, 4, 5)), GRID, times=(0, 2))


def test_lineage_says_that_a_frame_was_assumed() -> None:
    grid = fd.Grid.from_spacing((2, 4, 5), 1.0, frame=fd.Frame(id="1.2.3"))
    known = fd.Image(np.zeros((2, 4, 5)), grid)
    unknown = fd.Image(np.zeros((2, 4, 5)), grid.with_frame(fd.Frame()))
    for result in (known + unknown, (known > 0) | (unknown > 0), known.masked(unknown > 0, 0)):
        assert "1.2.3" in result.lineage.assumed[0]  # type: ignore[union-attr]
    assert (known + known).lineage.assumed == ()  # type: ignore[union-attr]
    with pytest.raises(FrameMismatchError):
        known + known.with_frame(fd.Frame(id="9"))
