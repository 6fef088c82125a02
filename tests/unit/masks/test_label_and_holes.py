from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError

DIAGONAL = fd.Mask([[1, 0, 0], [0, 1, 0], [0, 0, 1]])


@pytest.mark.parametrize(("connectivity", "count"), [("full", 1), ("face", 3)])
def test_connectivity_says_whether_corners_connect(connectivity: str, count: int) -> None:
    assert len(fd.label(DIAGONAL, connectivity=connectivity).numbers) == count
    kept = fd.largest_component(DIAGONAL, connectivity=connectivity)
    assert kept.count == (3 if count == 1 else 1)


def test_the_largest_component_is_number_1() -> None:
    mask = fd.Mask([[1, 0, 1, 1, 0, 1, 1, 1]])
    assert fd.label(mask).array.tolist() == [[3, 0, 2, 2, 0, 1, 1, 1]]
    assert fd.largest_component(mask).array.tolist() == [[False] * 5 + [True] * 3]


def test_equal_components_come_in_array_order() -> None:
    mask = fd.Mask([[1, 1, 0, 1, 1]])
    assert fd.label(mask).array.tolist() == [[1, 1, 0, 2, 2]]
    assert fd.largest_component(mask).array[0, 0]


def test_nothing_and_everything() -> None:
    empty = fd.Mask(np.zeros((1, 3, 5), bool))
    assert fd.label(empty).numbers == ()
    assert fd.largest_component(empty).is_empty
    assert fd.label(~empty).numbers == (1,)
    assert fd.largest_component(~empty).count == 15


def test_frames_are_taken_one_by_one() -> None:
    frames = fd.Mask([[[1, 0, 1]], [[0, 1, 1]]], axes="tyx")
    assert fd.label(frames).array.tolist() == [[[1, 0, 2]], [[0, 1, 1]]]


def ring() -> np.ndarray:
    array = np.zeros((7, 9), bool)
    array[1:6, 2:7] = True
    array[2:5, 3:6] = False
    return array


def test_a_hole_is_filled_and_a_bay_is_not() -> None:
    array = ring()
    assert fd.fill_holes(fd.Mask(array)).count == 25
    array[1, 4] = False
    assert fd.fill_holes(fd.Mask(array)).count == array.sum()


def test_a_wall_of_corners_is_tight_or_leaks() -> None:
    diamond = fd.Mask([[0, 1, 0], [1, 0, 1], [0, 1, 0]])
    assert fd.fill_holes(diamond).count == 5
    assert fd.fill_holes(diamond, connectivity="full").count == 4


def test_slices_are_filled_on_their_own_along_any_axis() -> None:
    tube = np.stack([ring()] * 4)
    assert fd.fill_holes(fd.Mask(tube)).count == tube.sum()
    assert fd.fill_holes(fd.Mask(tube), slices="z").count == 4 * 25
    turned = np.moveaxis(tube, 0, 2)
    assert fd.fill_holes(fd.Mask(turned, axes="zyx"), slices="x").count == 4 * 25
    assert fd.fill_holes(fd.Mask(tube[:1]), slices="z").count == 25
    assert fd.fill_holes(fd.Mask(tube[:1])).count == 25


def test_nothing_and_everything_have_no_holes() -> None:
    empty = fd.Mask(np.zeros((3, 4, 5), bool))
    assert fd.fill_holes(empty).is_empty
    assert fd.fill_holes(~empty).count == 60
    assert fd.fill_holes(fd.Mask([[0]])).is_empty
    assert fd.fill_holes(fd.Mask([[0, 0, 0]])).is_empty


def test_an_axis_that_is_not_there_is_refused() -> None:
    with pytest.raises(ParameterError, match="slices of fill_holes must be one of 'yx'"):
        fd.fill_holes(fd.Mask(ring()), slices="z")
