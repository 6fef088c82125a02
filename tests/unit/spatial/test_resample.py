"""Resampling."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import FrameMismatchError, ParameterError
from fiducial.lineage import Call

GRID = fd.Grid.from_spacing((6, 8, 10), (3.0, 2.0, 1.0), origin=(-5, 4, 9))
CT = fd.Image(np.random.default_rng(0).integers(-1000, 2000, GRID.shape, np.int16), GRID, "HU")
BESIDE = GRID.padded(1)


def test_ct_stays_in_hu_and_nothing_is_invented_beyond_it() -> None:
    found = fd.resample(CT, BESIDE)
    assert (found.unit, found.dtype) == ("HU", np.dtype(np.float32))
    assert found.grid == BESIDE
    assert np.array_equal(found.array[1:-1, 1:-1, 1:-1], CT.array)
    assert np.isnan(found.array).sum() == BESIDE.padded(0).shape[0] * 10 * 12 - CT.array.size
    assert fd.resample(CT, BESIDE, outside=-1000).array.min() >= -1000


@pytest.mark.parametrize("other", [BESIDE, fd.Mask(np.ones(BESIDE.shape, bool), BESIDE)])
def test_an_image_stands_for_its_grid_in_the_call_and_in_the_record(other: object) -> None:
    for found in (fd.resample(CT, other), fd.resample(CT, like=other), fd.resample_to(CT, other)):
        assert found.grid == BESIDE
        assert isinstance(found.lineage, Call)
        assert [role for role, _ in found.lineage.parents] == ["image"]
        written = found.lineage.resolved
        name = next(name for name in ("grid", "like", "target") if written.get(name))
        assert fd.Grid.from_json(written[name]) == BESIDE


def test_the_record_holds_the_transform() -> None:
    found = fd.resample(CT, transform=fd.Rigid((0, 0, 5)), grid=GRID, outside=0)
    assert isinstance(found.lineage, Call)
    assert found.lineage.resolved["transform"]["transform"] == "Rigid"


def test_a_transform_pulls_back() -> None:
    spot = np.zeros(GRID.shape, np.float32)
    spot[3, 4, 5] = 1.0
    moved = fd.resample(fd.Image(spot, GRID), GRID, transform=fd.Translation((2, 2, -3)), outside=0)
    # The output at x takes the input at x + (2, 2, -3) mm, so the spot moves the other way.
    assert np.argwhere(moved.array == 1).tolist() == [[4, 3, 3]]


def test_masks_are_where_the_interpolation_reaches_a_half() -> None:
    mask = fd.Mask([[False, True, True, False]], fd.Grid.from_spacing((1, 4), 1.0))
    fine = fd.Grid.from_spacing((1, 8), (1.0, 0.5), origin=(-0.25, 0.0))
    for interpolation in (None, "linear", "nearest"):
        found = fd.resample(mask, fine, interpolation=interpolation)
        assert isinstance(found, fd.Mask)
        assert found.array.astype(int).tolist() == [[0, 0, 1, 1, 1, 1, 0, 0]]
    assert not fd.resample(mask, fine.padded(3)).array[0].any()


def test_labels_keep_their_numbers_and_names() -> None:
    labels = fd.Labels([[0, 3, 3, 7]], fd.Grid.from_spacing((1, 4), 1.0), names={3: "liver"})
    fine = fd.Grid.from_spacing((3, 10), (1.0, 0.5), origin=(-0.25, -1.0))
    found = fd.resample(labels, fine)
    assert isinstance(found, fd.Labels)
    assert found.names == {3: "liver"}
    assert found.array[1].tolist() == [0, 0, 3, 3, 3, 3, 7, 7, 0, 0]
    assert not found.array[0].any()
    with pytest.raises(ParameterError, match="nearest"):
        fd.resample(labels, fine, interpolation="linear")


def test_every_frame_and_channel_is_sampled_alone() -> None:
    grid = fd.Grid.from_spacing((5, 6), 1.0)
    values = np.random.default_rng(1).random((3, 5, 6, 2), np.float32)
    movie = fd.Image(values, grid, axes="tyxc", times=(0, 1, 2), channels=("a", "b"))
    fine = grid.resized((10, 12))
    found = fd.resample(movie, fine)
    assert (found.axes, found.times, found.channels) == ("tyxc", (0.0, 1.0, 2.0), ("a", "b"))
    for t in range(3):
        for c in range(2):
            alone = fd.resample(fd.Image(np.ascontiguousarray(values[t, ..., c]), grid), fine)
            assert np.array_equal(found.array[t, ..., c], alone.array)


def test_an_image_from_a_colour_picture_as_grid_keeps_its_own_channels() -> None:
    grid = fd.Grid.from_spacing((5, 6), 1.0)
    colour = fd.Image(np.zeros((5, 6, 3), np.uint8), grid, axes="yxc")
    found = fd.resample(fd.Image(np.ones((5, 6), np.float32), grid), colour)
    assert found.axes == "yx"


def test_a_slice_comes_out_of_a_volume_with_its_pose() -> None:
    plane = CT[2].grid
    found = fd.resample(CT, plane)
    assert found.axes == "yx"
    assert np.array_equal(found.array, CT.array[2])
    with pytest.raises(ParameterError, match="in the plane of the image"):
        fd.resample(CT[2], GRID)
    one = GRID.sliced((slice(2, 3), slice(None), slice(None)))
    with pytest.raises(ParameterError, match="must have 2 axes"):
        fd.resample(CT[2], one)


def test_nan_reaches_only_what_it_takes_part_in() -> None:
    values = np.ones((1, 5), np.float32)
    values[0, 2] = np.nan
    image = fd.Image(values, fd.Grid.from_spacing((1, 5), 1.0))
    found = fd.resample(image, fd.Grid.from_spacing((1, 9), (1.0, 0.5)))
    assert np.isnan(found.array[0]).nonzero()[0].tolist() == [3, 4, 5]


def test_refusals_name_the_remedy() -> None:
    with pytest.raises(ParameterError, match=r"resample\(image, like=other\)"):
        fd.resample(CT)
    with pytest.raises(ParameterError, match="got grid and like"):
        fd.resample(CT, GRID, like=GRID)
    with pytest.raises(ParameterError, match="must be a grid or an image"):
        fd.resample(CT, (6, 8, 10))  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="must be a Transform"):
        fd.resample(CT, GRID, transform=np.eye(4))  # type: ignore[arg-type]
    with pytest.raises(FrameMismatchError, match="Give the transform"):
        fd.resample(CT.with_frame(fd.Frame(id="a")), GRID.with_frame(fd.Frame(id="b")))
    with pytest.raises(ParameterError, match="one of 'linear', 'nearest'"):
        fd.resample(CT, GRID, interpolation="sinc")  # type: ignore[arg-type]
