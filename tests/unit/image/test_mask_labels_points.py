"""Masks, labels and points."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import FrameMismatchError, GridMismatchError, ParameterError
from fiducial.geometry import Region

GRID = fd.Grid.from_spacing((4, 5, 6), (3, 2, 1), origin=(1, 2, 3))


def masks() -> tuple[fd.Mask, fd.Mask]:
    rng = np.random.default_rng(1)
    return fd.Mask(rng.random((4, 5, 6)) > 0.5, GRID), fd.Mask(rng.random((4, 5, 6)) > 0.5, GRID)


def test_operators_are_set_operations() -> None:
    a, b = masks()
    np.testing.assert_array_equal((a | b).array, a.array | b.array)
    np.testing.assert_array_equal((a & b).array, a.array & b.array)
    np.testing.assert_array_equal((a ^ b).array, a.array ^ b.array)
    np.testing.assert_array_equal((a - b).array, a.array & ~b.array)
    np.testing.assert_array_equal((~a).array, ~a.array)
    assert (a - a).is_empty
    assert (a | b).grid == GRID


def test_masks_on_other_grids_and_arrays_are_refused() -> None:
    a, b = masks()
    with pytest.raises(GridMismatchError):
        a | b[::-1]
    with pytest.raises(ParameterError, match="must be a Mask"):
        a | b.array


@pytest.mark.parametrize("values", [[[0, 1]], [[0, 255]], [[0.0, 1.0]], [[False, True]]])
def test_masks_of_zero_and_one_or_255_are_understood(values: object) -> None:
    assert fd.Mask(values).array.tolist() == [[False, True]]  # type: ignore[arg-type]


@pytest.mark.parametrize("values", [[[0, 2]], [[1, 255]], [[0, 1, 255]], [[0.5]], [["a"]]])
def test_other_numbers_are_no_mask(values: object) -> None:
    with pytest.raises(ParameterError, match="array of Mask"):
        fd.Mask(values)  # type: ignore[arg-type]


def test_the_region_is_the_smallest_box() -> None:
    inside = np.zeros((4, 5, 6), bool)
    inside[1:3, 2, 3:6] = True
    assert fd.Mask(inside, GRID).region == Region((1, 2, 3), (3, 3, 6))
    assert fd.Mask(np.zeros((4, 5, 6), bool), GRID).region is None
    assert fd.Mask(inside, GRID).count == 6


def test_a_mask_becomes_an_image_of_two_values() -> None:
    image = fd.Mask([[True, False]]).as_image(inside=40, outside=-1000)
    assert image.array.tolist() == [[40, -1000]]


def test_labels_have_names_colours_and_masks() -> None:
    organs = fd.Labels([[0, 1, 5]], names={1: "liver", 5: "spleen"}, colors={1: (10, 20, 30)})
    assert organs.numbers == (1, 5)
    assert organs.mask("spleen").array.tolist() == [[False, False, True]]
    assert (organs == 1).array.tolist() == [[False, True, False]]
    assert (organs != 1).array.tolist() == [[True, False, True]]
    assert organs.color(1) == (10, 20, 30)
    assert organs.color(5) != organs.color(6)
    assert organs[:, 1:].names == organs.names
    with pytest.raises(ParameterError, match="liver, spleen"):
        organs.mask("kidney")


@pytest.mark.parametrize("values", [[[0.5]], [[-1]], [[np.nan]], [["a"]]])
def test_what_is_no_label_is_refused(values: object) -> None:
    with pytest.raises(ParameterError, match="array of Labels"):
        fd.Labels(values)  # type: ignore[arg-type]


def test_masks_labels_and_points_survive_pickle() -> None:
    labels = fd.Labels([[0, 3]], names={3: "cyst"})
    again = pickle.loads(pickle.dumps(labels))
    assert again.names == {3: "cyst"}
    points = fd.Points([[1, 2, 3]], names=["apex"])
    again = pickle.loads(pickle.dumps(points))
    assert again.names == ("apex",)
    np.testing.assert_array_equal(again.world, points.world)


def test_points_go_from_index_to_world_and_back() -> None:
    points = fd.Points.from_index([[1, 1, 1], [0, 0, 0]], GRID)
    np.testing.assert_allclose(points.world, [[2, 4, 6], [1, 2, 3]])
    np.testing.assert_allclose(points.to_index(GRID), [[1, 1, 1], [0, 0, 0]])
    np.testing.assert_allclose(points.distance_to(points[::-1]), [np.sqrt(14)] * 2)
    assert len(fd.Points(np.zeros((0, 3)))) == 0


def test_points_of_another_frame_are_refused() -> None:
    points = fd.Points([[1, 2, 3]], fd.Frame(id="1"))
    with pytest.raises(FrameMismatchError):
        points.to_index(GRID.with_frame(fd.Frame(id="2")))
    with pytest.raises(ParameterError, match="world of Points"):
        fd.Points([1, 2, 3])  # type: ignore[list-item]
