"""Flat views: the same patient looks the same however the samples are stored."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from fiducial.errors import ParameterError
from fiducial.geometry import Frame, Grid
from fiducial.image import Image, Labels, Mask, Points
from fiducial.report.plane import as_image, is_colour, plane_of, points_near

GRID = Grid.from_spacing((6, 8, 10), (3.0, 2.0, 1.0), origin=(-4.5, -7.0, -7.5))
RANDOM = np.random.default_rng(0)
VALUES = RANDOM.random((6, 8, 10))
CODES = [
    "".join(letters)
    for order in itertools.permutations(("LR", "PA", "SI"))
    for letters in itertools.product(*order)
]


def stored(code: str) -> Image:
    """Return the same patient with its samples stored in another order."""
    grid, order, flips = GRID.reoriented(code)
    values = np.transpose(VALUES, order)
    for axis, is_flipped in enumerate(flips):
        if is_flipped:
            values = np.flip(values, axis)
    return Image(values, grid)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    ("axis", "where", "letters"),
    [("z", 1.5, "RLAP"), ("y", 1.0, "RLSI"), ("x", 0.5, "APSI")],
)
def test_a_patient_looks_the_same_however_stored(
    code: str, axis: str, where: float, letters: str
) -> None:
    image = stored(code)
    plane = plane_of(image, {axis: where})
    reference = {
        "z": VALUES[3],
        "y": VALUES[::-1, 4, :],
        "x": VALUES[::-1, :, 5],
    }[axis]
    np.testing.assert_array_equal(plane.values, reference)
    assert plane.letters == tuple(letters)
    assert f"{axis} = {where:.4g} mm" == plane.where


@pytest.mark.parametrize("code", ["LPS", "RAS", "SPL", "AIR", "PIR"])
def test_world_points_fall_on_their_pixels(code: str) -> None:
    plane = plane_of(stored(code))
    rows, columns = plane.shape
    index = np.array([[0, 0], [1, 2], [rows - 1, columns - 1]])
    world = plane.to_world(index)
    np.testing.assert_allclose(plane.from_world(world), plane.on_paper(index), atol=1e-12)
    # The pixel's value is that of the sample at this place in the image.
    source = stored(code)
    places = np.rint(source.grid.world_to_index(world)).astype(int)
    np.testing.assert_array_equal(
        plane.values[index[:, 0], index[:, 1]], source.array[tuple(places.T)]
    )


def test_proportions_are_physical() -> None:
    plane = plane_of(stored("LPS"), {"y": 1.0})
    assert plane.ratio == pytest.approx(18 / 10)  # 6 slices of 3 mm over 10 pixels of 1 mm
    assert plane.bounds == pytest.approx((-0.5, 9.5, 16.5, -1.5))


def test_a_sheared_plane_keeps_its_shear() -> None:
    grid = Grid.from_spacing((5, 5), (1.0, 2.0), direction=[[0.6, 1.0], [0.8, 0.0]])
    plane = plane_of(Image(np.ones((5, 5)), grid))
    np.testing.assert_allclose(plane.on_paper(np.array([[1.0, 0.0]])), [[0.6, 0.8]])
    np.testing.assert_allclose(plane.on_paper(np.array([[0.0, 1.0]])), [[2.0, 0.0]])


def test_slices_of_a_patient_keep_their_letters() -> None:
    image = stored("LPS")
    np.testing.assert_array_equal(plane_of(image[:, 2]).values, VALUES[::-1, 2])
    assert plane_of(image[:, 2]).letters == ("R", "L", "S", "I")
    assert plane_of(image[2]).letters == ("R", "L", "A", "P")


def test_what_is_no_patient_is_drawn_as_stored() -> None:
    image = Image(VALUES[0], Grid.from_spacing((8, 10), 2.0))
    plane = plane_of(image)
    np.testing.assert_array_equal(plane.values, VALUES[0])
    assert plane.letters is None
    assert plane.where == ""


def test_sequences_channels_and_vectors() -> None:
    cine = Image(np.stack([np.zeros((4, 4)), np.ones((4, 4))]), axes="tyx")
    assert plane_of(cine, frame=1).values.min() == 1
    with pytest.raises(ParameterError, match="frame of show must be from 0 to 1; got 2"):
        plane_of(cine, frame=2)
    colour = Image(np.zeros((4, 4, 3), np.uint8), axes="yxc")
    assert is_colour(colour)
    assert plane_of(colour).values.shape == (4, 4, 3)
    field = Image(np.full((4, 4, 2), (3.0, 4.0)), axes="yxc", channels=("x", "y"))
    assert set(plane_of(field).values.ravel()) == {5.0}
    stains = Image(np.full((4, 4, 2), (3.0, 4.0)), axes="yxc", channels=("a", "b"))
    assert set(plane_of(stains).values.ravel()) == {3.0}


@pytest.mark.parametrize(
    "grid",
    [
        None,
        Grid.from_spacing((5,), 2.0),
        Grid((5,), [[0.0, 1.0], [2.0, 3.0], [0.0, 4.0], [0.0, 1.0]], Frame("LPS", "mm")),
    ],
)
def test_a_line_is_drawn_as_one_row(grid: Grid | None) -> None:
    plane = plane_of(Image(np.arange(5.0), grid))
    assert sorted(plane.shape) == [1, 5]
    np.testing.assert_array_equal(np.sort(plane.values.ravel()), np.arange(5.0))


def test_a_single_slice_and_a_single_voxel() -> None:
    one = Image(np.ones((1, 4, 5)), Grid.from_spacing((1, 4, 5), (9.0, 1.0, 1.0)))
    assert plane_of(one).shape == (4, 5)
    assert plane_of(Image(np.ones((1, 1)))).shape == (1, 1)


def test_points_off_the_plane_are_left_out() -> None:
    plane = plane_of(stored("LPS"), {"z": 1.5})
    points = Points([[0.5, 1.0, 1.5], [0.5, 1.0, 2.4], [0.5, 1.0, 7.5]])
    found = points_near(plane, points, 1.0)
    np.testing.assert_allclose(found, [[5.0, 8.0], [5.0, 8.0]])


def test_arrays_are_taken_as_images() -> None:
    assert isinstance(as_image(np.zeros((3, 3)), "show"), Image)
    assert isinstance(as_image(np.zeros((3, 3), bool), "show"), Mask)
    assert is_colour(as_image(np.zeros((3, 3, 3), np.uint8), "show"))
    labels = Labels([[1]])
    assert as_image(labels, "show") is labels
    with pytest.raises(ParameterError, match="images of show must be images"):
        as_image("picture.png", "show")


@pytest.mark.parametrize(
    ("at", "message"),
    [
        ({"t": 0}, "at of show must name spatial axes"),
        ({"z": "900 mm"}, "z of at must lie inside"),
        ({"z": 1.5, "y": 1.0, "x": 0.5}, "at of show must leave two axes"),
    ],
)
def test_refusals(at: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        plane_of(stored("LPS"), at)
