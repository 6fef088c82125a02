"""The lattice."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from fiducial.errors import FrameMismatchError, GridMismatchError, ParameterError, UnitError
from fiducial.geometry import Frame, Grid, Region


def ct() -> Grid:
    return Grid.from_spacing((40, 256, 200), (3.0, 0.8, 0.7), origin=(-100.0, -90.0, 50.0))


def test_index_order_is_array_order_and_world_is_x_first() -> None:
    grid = ct()
    np.testing.assert_allclose(grid.index_to_world([1, 2, 3]), [-100 + 2.1, -90 + 1.6, 53.0])
    np.testing.assert_allclose(grid.world_to_index([-97.9, -88.4, 53.0]), [1, 2, 3])


def test_spacing_is_named_in_array_order() -> None:
    spacing = ct().spacing
    assert (spacing.z, spacing.y, spacing.x) == (3.0, 0.8, 0.7)
    assert tuple(spacing) == (3.0, 0.8, 0.7)
    assert repr(spacing) == "Spacing(z=3.0, y=0.8, x=0.7)"
    with pytest.raises(AttributeError, match="z, y, x"):
        spacing.t  # noqa: B018


def test_the_affine_maps_array_index_to_world() -> None:
    grid = ct()
    expected = [[0, 0, 0.7, -100], [0, 0.8, 0, -90], [3, 0, 0, 50], [0, 0, 0, 1]]
    np.testing.assert_allclose(grid.affine, expected)
    assert not grid.affine.flags.writeable


def test_the_direction_columns_are_world_vectors_of_array_axes() -> None:
    direction = [[0, 1, 0], [0, 0, 1], [1, 0, 0]]  # z along z, y along x, x along y
    grid = Grid.from_spacing((2, 3, 4), (3, 2, 1), direction=direction)
    np.testing.assert_allclose(grid.index_to_world([0, 1, 0]), [2, 0, 0])
    np.testing.assert_allclose(grid.index_to_world([0, 0, 1]), [0, 1, 0])
    assert grid.is_right_handed is False


def test_a_plain_axial_lattice_is_lps_and_a_flipped_one_says_so() -> None:
    assert ct().orientation == "LPS"
    assert ct().flipped((False, True, True)).orientation == "RAS"


def test_a_slice_keeps_its_place_in_the_world() -> None:
    plane = ct().sliced((5, slice(None), slice(10, None, 2)))
    assert plane is not None
    assert plane.axes == "yx"
    assert plane.shape == (256, 95)
    np.testing.assert_allclose(plane.index_to_world([2, 3]), ct().index_to_world([5, 2, 16]))
    coronal = ct().sliced((slice(None), 7))
    assert coronal is not None
    assert coronal.axes == "zx"
    assert coronal.spacing.z == 3.0


def test_a_negative_step_reverses_the_axis_in_the_same_place() -> None:
    grid = ct()
    back = grid.sliced((slice(None, None, -1),))
    assert back is not None
    np.testing.assert_allclose(back.index_to_world([0, 0, 0]), grid.index_to_world([39, 0, 0]))
    assert back.orientation == "LPI"


def test_resizing_keeps_the_outer_edges() -> None:
    grid = ct()
    for shape in [(13, 100, 77), (80, 512, 400), (1, 1, 1)]:
        resized = grid.resized(shape)
        np.testing.assert_allclose(resized.corners, grid.corners, atol=1e-9)
        np.testing.assert_allclose(tuple(resized.extent), tuple(grid.extent), rtol=1e-12)


def test_new_spacing_is_exact_and_covers_the_old_extent() -> None:
    grid = ct()
    iso = grid.with_spacing("1 mm")
    np.testing.assert_allclose(tuple(iso.spacing), (1, 1, 1), rtol=1e-12)
    np.testing.assert_allclose(iso.center, grid.center, atol=1e-9)
    assert np.all(iso.corners.min(axis=0) <= grid.corners.min(axis=0) + 1e-9)
    assert np.all(iso.corners.max(axis=0) >= grid.corners.max(axis=0) - 1e-9)


def test_reorienting_moves_no_sample() -> None:
    grid = ct()
    turned, order, flips = grid.reoriented("SAR")
    assert turned.orientation == "SAR"
    array = np.arange(40 * 256 * 200).reshape(grid.shape)
    moved = np.transpose(array, order)[tuple(slice(None, None, -1 if f else 1) for f in flips)]
    index = (3, 20, 5)
    value = moved[index]
    old = np.unravel_index(value, grid.shape)
    np.testing.assert_allclose(turned.index_to_world(index), grid.index_to_world(old), atol=1e-9)


def test_padding_and_cropping_keep_positions() -> None:
    grid = ct()
    padded = grid.padded((2, 3, 4), (1, 0, 5))
    assert padded.shape == (43, 259, 209)
    np.testing.assert_allclose(padded.index_to_world([2, 3, 4]), grid.index_to_world([0, 0, 0]))
    back = padded.cropped(Region((2, 3, 4), (42, 259, 204)))
    assert back.is_close(grid)


def test_voxel_volume_counts_shear_and_planes() -> None:
    grid = ct()
    assert grid.voxel_volume == pytest.approx(3 * 0.8 * 0.7)
    sheared = grid.affine.copy()
    sheared[1, 0] = 1.0
    assert Grid(grid.shape, sheared).voxel_volume == pytest.approx(3 * 0.8 * 0.7)
    plane = grid.sliced((0,))
    assert plane is not None
    assert plane.voxel_volume == pytest.approx(0.56)


def test_shear_is_seen() -> None:
    sheared = ct().affine.copy()
    sheared[1, 0] = 1.0
    grid = Grid((4, 4, 4), sheared)
    assert not grid.is_orthogonal
    assert grid.skew == pytest.approx(1 / np.sqrt(10), rel=1e-9)
    assert ct().is_orthogonal


def test_lengths_become_samples_on_each_axis() -> None:
    grid = ct()
    np.testing.assert_allclose(grid.in_index("2 mm"), (2 / 3, 2.5, 2 / 0.7))
    np.testing.assert_allclose(grid.in_index(2.0), grid.in_index("0.2 cm"))
    assert grid.in_index("3 px") == (3, 3, 3)
    assert grid.in_index(("1 px", "2 px", "3 px")) == (1, 2, 3)
    assert grid.in_unit("1 cm") == 10
    with pytest.raises(UnitError, match="no single size"):
        grid.in_unit("1 px")
    with pytest.raises(UnitError, match="3 in array order"):
        grid.in_index((1.0, 2.0))


def test_a_lattice_in_pixels_takes_no_millimetres() -> None:
    grid = Grid.from_spacing((5, 5), unit="px")
    assert grid.in_index(2) == (2, 2)
    with pytest.raises(UnitError, match="px"):
        grid.in_index("2 mm")


def test_close_is_judged_by_corners() -> None:
    grid = ct()
    moved = grid.affine.copy()
    moved[0, 3] += 1e-5
    assert grid.is_close(Grid(grid.shape, moved))
    moved[0, 3] += 1e-2
    assert not grid.is_close(Grid(grid.shape, moved))
    assert grid.is_close(Grid(grid.shape, moved), tolerance=0.02)
    with pytest.raises(GridMismatchError, match="apart"):
        grid.require_close(Grid(grid.shape, moved))
    with pytest.raises(GridMismatchError, match="shapes"):
        grid.require_close(grid.resized((4, 4, 4)))


def test_different_ids_never_match() -> None:
    one = ct().with_frame(Frame(id="1"))
    two = ct().with_frame(Frame(id="2"))
    assert not one.is_close(two)
    assert one.is_close(ct())
    with pytest.raises(FrameMismatchError):
        one.require_close(two)


def test_equal_grids_are_equal_hash_alike_and_survive_copies() -> None:
    grid = ct()
    again = pickle.loads(pickle.dumps(grid))
    assert again == grid
    assert hash(again) == hash(grid)
    assert not again.affine.flags.writeable
    assert copy.deepcopy(grid) == grid
    assert Grid.from_json(grid.as_json()) == grid
    assert grid != grid.resized((1, 1, 1))


@pytest.mark.parametrize(
    ("shape", "affine"),
    [
        ((0, 3), np.eye(3)),
        ((2, 3), np.zeros((3, 3))),
        ((2, 3), [[1, 1, 0], [1, 1, 0], [0, 0, 1]]),
        ((2, 3), [[1, 0, np.nan], [0, 1, 0], [0, 0, 1]]),
        ((2, 3), [[1, 0, 0], [0, 1, 0], [0, 1, 1]]),
        ((2, 3, 4), np.eye(3)),
        ((), np.eye(1)),
    ],
)
def test_what_places_no_lattice_is_refused(shape: tuple[int, ...], affine: object) -> None:
    with pytest.raises(ParameterError, match="of Grid must"):
        Grid(shape, affine)  # type: ignore[arg-type]


@pytest.mark.parametrize("spacing", [0, -1, (1, 2), (1, np.nan, 1), "1 mm"])
def test_a_bad_spacing_is_refused(spacing: object) -> None:
    with pytest.raises((ParameterError, ValueError)):
        Grid.from_spacing((2, 3, 4), spacing)  # type: ignore[arg-type]


def test_default_frames() -> None:
    assert Grid.from_spacing((2, 2, 2)).frame == Frame("LPS", "mm")
    assert Grid.from_spacing((2, 2)).frame == Frame("xy", "mm")
    assert Grid.from_spacing((2, 2, 2), unit="um").frame == Frame("xyz", "um")


def test_points_of_the_wrong_length_are_refused() -> None:
    with pytest.raises(ParameterError, match="3 index coordinates"):
        ct().index_to_world([1, 2])


# Never cut, never guessed, never changed from outside


@pytest.mark.parametrize(
    "make",
    [
        lambda: Grid((3.7, 4), np.eye(3)),
        lambda: Grid((float("nan"), 4), np.eye(3)),
        lambda: Grid(5, np.eye(3)),  # type: ignore[arg-type]
        lambda: Grid.from_spacing((3.5, 4)),  # type: ignore[arg-type]
        lambda: ct().resized((2.5, 3, 4)),  # type: ignore[arg-type]
        lambda: Region((0.5,), (4,)),  # type: ignore[arg-type]
        lambda: Region((), ()),
    ],
)
def test_a_fraction_where_a_count_is_wanted_is_refused_and_not_cut(make: object) -> None:
    with pytest.raises(ParameterError, match="must be whole numbers"):
        make()  # type: ignore[operator]


def test_whole_numbers_may_come_as_floats() -> None:
    assert Grid.from_spacing((3.0, np.float64(4))).shape == (3, 4)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: Grid.from_spacing((4, 5), "2 mm"), "spacing"),  # type: ignore[arg-type]
        (lambda: Grid.from_spacing((4, 5), origin="0 mm"), "origin"),  # type: ignore[arg-type]
        (lambda: Grid.from_spacing((4, 5), direction="zyx"), "direction"),  # type: ignore[arg-type]
        (lambda: Grid((4, 5), "eye"), "affine"),  # type: ignore[arg-type]
    ],
)
def test_a_text_where_numbers_are_wanted_is_named(make: object, name: str) -> None:
    with pytest.raises(ParameterError, match=f"{name} of Grid.* must be numbers"):
        make()  # type: ignore[operator]


def test_nothing_that_a_grid_gives_changes_the_grid() -> None:
    grid = ct()
    grid.origin[:] = 99
    np.testing.assert_allclose(grid.origin, (-100, -90, 50))
    for values in (grid.direction, grid.corners, grid.affine):
        with pytest.raises(ValueError, match="read-only"):
            values[:] = 0
    with pytest.raises(AttributeError, match="frozen"):
        grid.spacing.axes = "abc"
    with pytest.raises(AttributeError):
        grid.shape = (1, 2, 3)  # type: ignore[misc]
    again = pickle.loads(pickle.dumps(grid))
    assert again == grid
    assert hash(again) == hash(grid)


@pytest.mark.parametrize(
    ("other", "remedy"),
    [
        (Frame("xy", "mm"), "volume\\[10\\]"),
        (Frame("xyz", "px"), "Say it when reading"),
        (Frame("xyz", "um"), "unit='mm'"),
        (Frame("xyz", "mm"), "image.with_frame\\(frame\\)"),
        (Frame("LPS", "mm", "2"), "drop the id"),
    ],
)
def test_each_way_of_being_another_world_has_its_own_remedy(other: Frame, remedy: str) -> None:
    with pytest.raises(FrameMismatchError, match=remedy):
        Frame("LPS", "mm", "1").require_compatible(other)


def test_an_empty_id_is_none_and_another_type_is_refused() -> None:
    assert Frame(id="").id is None
    assert Frame(id="").is_compatible(Frame(id="1.2"))
    with pytest.raises(ParameterError, match="id of Frame must be a text"):
        Frame(id=5)  # type: ignore[arg-type]
