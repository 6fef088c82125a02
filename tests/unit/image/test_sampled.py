"""What images, masks and labels share: parts, positions, survival, immutability."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import GridMismatchError, ParameterError
from fiducial.lineage import Call

GRID = fd.Grid.from_spacing((3, 4, 5), (3.0, 2.0, 1.0), origin=(-2.0, -3.0, -3.0))
IMAGE = fd.Image(np.arange(60, dtype=np.int16).reshape(3, 4, 5), GRID, "HU")
MASK = IMAGE > 40


# What is inside a mask


def test_an_index_with_a_mask_gives_the_values_inside() -> None:
    np.testing.assert_array_equal(IMAGE[MASK], np.arange(41, 60))
    assert IMAGE[MASK].mean() == IMAGE.array[MASK.array].mean()
    assert IMAGE[IMAGE > 99].shape == (0,)
    labels = fd.Labels(IMAGE.array % 3, GRID)
    np.testing.assert_array_equal(labels[MASK], np.arange(41, 60) % 3)
    with pytest.raises(ValueError, match="read-only"):
        IMAGE[MASK][0] = 1


def test_a_mask_serves_every_frame_and_every_channel() -> None:
    stack = np.stack([IMAGE.array, IMAGE.array + 100])
    sequence = fd.Image(stack, GRID, axes="tzyx")
    np.testing.assert_array_equal(sequence[MASK], [*range(41, 60), *range(141, 160)])
    vector = fd.Image(np.moveaxis(stack, 0, -1), GRID, axes="zyxc")
    assert vector[MASK].shape == (19, 2)
    np.testing.assert_array_equal(vector[MASK][:, 1], np.arange(141, 160))
    assert sequence[sequence > 140].tolist() == list(range(141, 160))


def test_a_mask_of_another_grid_or_length_is_refused() -> None:
    with pytest.raises(GridMismatchError):
        IMAGE[MASK[::-1]]
    two = fd.Image(np.zeros((2, 3, 4, 5)), GRID, axes="tzyx")
    three = fd.Image(np.zeros((3, 3, 4, 5)), GRID, axes="tzyx") > 0
    for use in (lambda: two[three], lambda: two.masked(three, 0), lambda: IMAGE[three]):
        with pytest.raises(ParameterError, match="mask of"):
            use()
    with pytest.raises(ParameterError, match="integers and slices"):
        IMAGE[MASK.array]
    with pytest.raises(ParameterError, match="outside of masked must be a number"):
        IMAGE.masked(MASK, "air")  # type: ignore[arg-type]


# Positions


def _turned(code: str) -> fd.Image:
    grid, order, flips = GRID.reoriented(code)
    values = np.transpose(IMAGE.array, order)
    return fd.Image(values[tuple(slice(None, None, -1 if f else 1) for f in flips)], grid, "HU")


@pytest.mark.parametrize("code", ["LPS", "RAS", "LAI", "PSR", "SLP", "IAR"])
def test_a_position_is_of_the_world_however_the_axes_run(code: str) -> None:
    image = _turned(code)
    for position in ({"z": "3 mm"}, {"y": 1.0}, {"x": "-0.1 cm"}):
        found, expected = image.at(**position), IMAGE.at(**position)
        assert sorted(found.array.ravel()) == sorted(expected.array.ravel())
    assert image.at(z="3 mm", y="1 mm", x="-1 mm") == IMAGE.at(z="3 mm", y="1 mm", x="-1 mm")


def test_a_position_in_px_is_an_index_of_the_array_axis() -> None:
    sagittal = _turned("PSR")
    np.testing.assert_array_equal(sagittal.at(z="1 px").array, sagittal.array[1])
    with pytest.raises(ParameterError, match="another position has taken"):
        sagittal.at(z="1 px", x="-1 mm")
    plane = sagittal.at(x="-1 mm")
    assert plane.at(z="3 mm").axes in ("y", "x")
    with pytest.raises(ParameterError, match="axis of at must be one of z, y; got 'x'"):
        plane.at(x="-1 mm")


def test_a_position_on_an_oblique_or_sheared_lattice_lies_on_the_middle_line() -> None:
    turn = np.deg2rad(20)
    direction = np.array(
        [[0, 0, 1.0], [np.sin(turn), np.cos(turn), 0], [np.cos(turn), -np.sin(turn), 0]]
    )
    oblique = fd.Grid.from_spacing((9, 9, 9), 2.0, direction=direction)
    sheared = oblique.affine.copy()
    sheared[0, 0] = 0.7
    for grid in (oblique, fd.Grid((9, 9, 9), sheared)):
        image = fd.Image(np.zeros((9, 9, 9)), grid)
        for index in range(9):
            height = grid.index_to_world([index, 4, 4])[2]
            plane = image.at(z=float(height))
            np.testing.assert_allclose(plane.grid.origin, image[index].grid.origin)


def test_numbers_of_numpy_are_numbers_of_frames_and_channels() -> None:
    sequence = fd.Image(np.zeros((2, 4, 5)), axes="tyx")
    assert sequence.at(t=np.int64(1)).axes == "yx"
    colour = fd.Image(np.zeros((4, 5, 3)), axes="yxc")
    assert colour.channel(np.int64(1)).axes == "yx"  # type: ignore[arg-type]
    for bad in (True, 1.0, -1, 2):
        with pytest.raises(ParameterError, match="t of at must be a frame"):
            sequence.at(t=bad)
    with pytest.raises(ParameterError, match="integers and slices"):
        sequence[True]


# Nothing is lost without a word


@pytest.mark.parametrize(
    "make",
    [
        lambda: fd.Image(IMAGE),
        lambda: fd.Image(MASK),
        lambda: fd.Mask(MASK.as_image()),
        lambda: fd.Labels(MASK),
        lambda: fd.Image(IMAGE.to_simpleitk()),
        lambda: fd.Image(IMAGE.to_nibabel()),
        lambda: fd.Image(np.ma.masked_equal(IMAGE.array, 3)),
        lambda: fd.Image([[1, 2], [3]]),
        lambda: fd.Points("abc"),
    ],
)
def test_an_object_that_knows_more_than_its_values_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ParameterError, match="must") as caught:
        make()
    assert "\n" not in str(caught.value)


def test_where_a_grid_is_wanted_an_image_will_do() -> None:
    assert fd.Mask(np.zeros((3, 4, 5), bool), IMAGE).grid is GRID
    assert fd.Image(MASK.array.astype(np.uint8), MASK).grid is GRID
    assert fd.Labels(MASK, GRID).grid is GRID
    with pytest.raises(ParameterError, match="grid of Image must be a Grid"):
        fd.Image(np.zeros((3, 4, 5)), 3)  # type: ignore[arg-type]


# Frozen


def test_no_way_in_changes_an_image() -> None:
    owner = np.zeros((3, 4, 5), np.int16)
    view = owner.view()
    view.setflags(write=False)
    image = fd.Image(view, GRID, about={"modality": "CT", "kernels": ["B30"]})
    owner[:] = 7
    assert not image.array.any()
    labels = fd.Labels(owner, GRID, names={7: "liver"}, colors={7: (1, 2, 3)})
    for write in (
        lambda: image.array.setflags(write=True),
        lambda: image.array.__setitem__(0, 1),
        lambda: image.about.__setitem__("modality", "MR"),  # type: ignore[attr-defined]
        lambda: image.about["kernels"].append("B50"),
        lambda: labels.names.__setitem__(7, "spleen"),  # type: ignore[attr-defined]
        lambda: labels.colors.clear(),  # type: ignore[attr-defined]
        lambda: setattr(image, "unit", "SUV"),
        lambda: delattr(image, "grid"),
        lambda: delattr(fd.Points([[1, 2]]), "world"),
    ):
        with pytest.raises((TypeError, ValueError, AttributeError)):
            write()
    for item in (image, labels):
        again = pickle.loads(pickle.dumps(item, protocol=5))
        for name in ("about", "names", "colors", "unit", "times", "channels"):
            assert getattr(again, name, None) == getattr(item, name, None)
        assert copy.deepcopy(item) is item


def test_an_unwritable_array_is_not_copied_again() -> None:
    again = fd.Image(IMAGE.array, GRID)
    assert np.shares_memory(again.array, IMAGE.array)


# Sets and dictionaries


def test_they_can_be_keys_by_identity() -> None:
    table = {IMAGE: "image", MASK: "mask"}
    assert table[IMAGE] == "image"
    assert len({IMAGE, IMAGE, MASK, copy.copy(MASK)}) == 2


def test_two_masks_are_compared_voxel_by_voxel() -> None:
    other = IMAGE > 50
    assert (MASK == MASK).count == 60
    assert (other == MASK).count == 50
    assert (other != MASK).count == 10
    with pytest.raises(ParameterError, match="comparison with a mask must be a Mask"):
        MASK == True  # noqa: B015, E712
    with pytest.raises(GridMismatchError):
        MASK[::-1] == MASK  # noqa: B015


def test_labels_have_no_order_and_no_half_numbers() -> None:
    labels = fd.Labels(IMAGE.array % 3, GRID, names={1: "a"})
    assert (labels == 1.0).count == (labels == np.uint8(1)).count == 20
    assert (labels != 0).count == 40
    for compare in (lambda: labels > 0, lambda: labels <= 2):
        with pytest.raises(ParameterError, match="labels != 0"):
            compare()
    for bad in (1.5, "x", None, True, float("nan")):
        with pytest.raises(ParameterError, match=r"Labels must be whole|one of a"):
            labels.mask(bad)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="names of Labels must be whole numbers"):
        fd.Labels(IMAGE.array, GRID, names={1.5: "a"})  # type: ignore[dict-item]


def test_points_are_equal_by_value() -> None:
    first, second = fd.Points([[1, 2, 3]]), fd.Points([[1.0, 2.0, 3.0]])
    assert first == second
    assert len({first, second}) == 1
    assert first != fd.Points([[1, 2, 3]], names=["a"])
    assert first != fd.Points([[1, 2, 3]], fd.Frame(id="1"))


# Pictures and other libraries


@pytest.mark.parametrize(
    "image",
    [
        fd.Image(np.full((4, 5), np.inf)),
        fd.Image(np.full(7, np.nan)),
        fd.Image(np.zeros((1, 1))),
        fd.Image(np.zeros((2, 3, 4, 5, 4), np.uint8), axes="tzyxc"),
        fd.Image(np.zeros((4, 5, 2)), axes="yxc"),
        fd.Image(np.array([[2**63]], np.uint64)),
        fd.Image(np.zeros((3, 500)), fd.Grid.from_spacing((3, 500), (90.0, 0.01))),
        fd.Labels(np.zeros((2, 4, 5), int), axes="tyx"),
    ],
)
def test_every_image_has_a_card(image: fd.Image) -> None:
    assert "data:image/png;base64," in image._repr_html_()


def test_pandas_holds_images_as_objects() -> None:
    import pandas as pd

    table = pd.DataFrame({"subject": ["a", "b"], "image": [IMAGE, IMAGE]}, dtype=object)
    assert table["image"].iloc[1] is IMAGE
    assert isinstance(table["image"].map(lambda image: image + 1).iloc[0], fd.Image)


def test_a_sum_of_images_is_an_image() -> None:
    total = sum([IMAGE, IMAGE, IMAGE])
    assert isinstance(total, fd.Image)
    np.testing.assert_array_equal(total.array, 3 * IMAGE.array.astype(int))
    assert isinstance(total.lineage, Call)


def test_frames_backwards_keep_their_times() -> None:
    sequence = fd.Image(np.zeros((3, 4, 5)), axes="tyx", times=(0, 1, 2))
    assert sequence[::-2].times == (2, 0)
    assert [frame.axes for frame in sequence] == ["yx"] * 3


def test_a_frame_must_be_a_frame_and_a_type_a_type() -> None:
    with pytest.raises(ParameterError, match="frame of with_frame must be a Frame"):
        IMAGE.with_frame("LPS")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="dtype of astype must be"):
        IMAGE.astype("foo")
    with pytest.raises(ParameterError, match="Compare: image > 0"):
        IMAGE.astype(bool)
