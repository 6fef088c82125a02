"""Every format that can be written: what it holds comes back, what it lacks is said."""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import numpy as np
import pytest

from fiducial.errors import FiducialError, FiducialWarning, ParameterError
from fiducial.geometry import Frame, Grid
from fiducial.image import Image, Labels, Mask
from fiducial.io import read, read_info, read_labels, read_mask, read_sidecar, write
from fiducial.io.format import formats

WRITABLE = [
    (item, suffix)
    for item in formats()
    if item.write is not None and item.holds is not None and not item.holds.is_lossy
    for suffix in item.suffixes
    if suffix not in (".jpg", ".jpeg")  # whose values change, and which says so
]
IDS = [suffix for _, suffix in WRITABLE]


def grid_for(letters: str) -> Grid:
    """Give an oblique, anisotropic grid in a patient, or a slice of it."""
    turn = np.linalg.qr(np.array([[1.0, 0.2, 0.1], [-0.1, 1.0, 0.3], [0.0, -0.2, 1.0]]))[0]
    volume = Grid.from_spacing(
        (3, 4, 5),
        (2.5, 0.8, 0.7),
        origin=(-30.5, 12.25, 7.0),
        direction=turn[:, ::-1],
        frame=Frame("LPS", "mm", "1.2.3"),
    )
    if letters == "zyx":
        return volume
    if letters == "yx":
        return Grid.from_spacing((4, 5), (0.8, 0.7), frame=Frame("xy", "um"))
    return Grid.from_spacing([5] * len(letters), 1.0, unit="px")


def image_for(axes: str, dtype: str) -> Image:
    letters = "".join(letter for letter in axes if letter in "zyx")
    grid = grid_for(letters)
    if grid.axes != letters:
        grid = Grid(grid.shape, grid.affine, grid.frame, letters)
    shape = (2,) * ("t" in axes) + grid.shape + (3,) * ("c" in axes)
    values = (np.arange(math.prod(shape)).reshape(shape) % 200).astype(dtype)
    times = (0.0, 1.5) if "t" in axes else None
    return Image(values, grid, "HU", axes, times=times, about={"modality": "CT"})


@pytest.mark.filterwarnings("ignore::fiducial.errors.FiducialWarning")
@pytest.mark.parametrize(("item", "suffix"), WRITABLE, ids=IDS)
def test_all_it_holds_comes_back(tmp_path: Path, item: object, suffix: str) -> None:
    holds = item.holds  # type: ignore[attr-defined]
    every = sorted(holds.dtypes)
    for number, axes in enumerate(sorted(holds.axes)):
        # All types with one combination of axes, and two types with each other one.
        for dtype in every if number == 0 else every[number % len(every) :][:2]:
            if suffix == ".bmp" and dtype == "uint16":
                continue
            image = image_for(axes, dtype)
            kept = image.array.copy()
            path = write(image, tmp_path / f"a{suffix}")
            again = read(path)
            np.testing.assert_array_equal(again.array, kept, err_msg=f"{axes} {dtype}")
            np.testing.assert_array_equal(image.array, kept)
            assert again.dtype == image.dtype
            assert (again.axes, again.grid) == (image.axes, image.grid)
            assert (again.unit, again.times) == (image.unit, image.times)
            assert dict(again.about)["modality"] == "CT"
            assert read_info(path).entries[0].grid == image.grid
            record = read_sidecar(path)
            assert record is not None
            assert record.lineage.id == image.lineage.id


@pytest.mark.filterwarnings("ignore::fiducial.errors.FiducialWarning")
@pytest.mark.parametrize(("item", "suffix"), WRITABLE, ids=IDS)
def test_masks_and_labels_come_back(tmp_path: Path, item: object, suffix: str) -> None:
    values = (np.arange(20).reshape(4, 5) % 3).astype(np.uint8)
    labels = Labels(values, names={1: "one", 2: "two"}, colors={1: (1, 2, 3)})
    again = read_labels(write(labels, tmp_path / f"l{suffix}"))
    np.testing.assert_array_equal(again.array, values)
    assert again.names == labels.names
    assert again.color(1) == (1, 2, 3)
    mask = Mask(values == 1)
    found = read_mask(write(mask, tmp_path / f"m{suffix}"))
    np.testing.assert_array_equal(found.array, mask.array)


@pytest.mark.filterwarnings("ignore::fiducial.errors.FiducialWarning")
@pytest.mark.parametrize(("item", "suffix"), WRITABLE, ids=IDS)
def test_the_bytes_depend_on_the_image_alone(tmp_path: Path, item: object, suffix: str) -> None:
    image = image_for("yx", "uint8")
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one = write(image, tmp_path / "one" / f"a{suffix}").read_bytes()
    assert write(image, tmp_path / "two" / f"a{suffix}").read_bytes() == one


@pytest.mark.parametrize(("item", "suffix"), WRITABLE, ids=IDS)
def test_what_it_does_not_hold_is_refused_or_said(
    tmp_path: Path, item: object, suffix: str
) -> None:
    holds = item.holds  # type: ignore[attr-defined]
    if "zyx" not in holds.axes:
        with pytest.raises(ParameterError, match="must have axes"):
            write(image_for("zyx", "uint8"), tmp_path / f"a{suffix}")
        assert list(tmp_path.iterdir()) == []
        return
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        write(image_for("zyx", "uint8"), tmp_path / f"a{suffix}", sidecar=False)
    said = " ".join(str(w.message) for w in seen if issubclass(w.category, FiducialWarning))
    assert ("orientation" in said) == (holds.geometry != "pose")
    assert ("HU is lost" in said) == (not holds.has_unit)


@pytest.mark.filterwarnings("ignore::fiducial.errors.FiducialWarning")
@pytest.mark.parametrize(("item", "suffix"), WRITABLE, ids=IDS)
def test_cut_anywhere_it_is_refused(tmp_path: Path, item: object, suffix: str) -> None:
    path = write(image_for("yx", "uint8"), tmp_path / f"a{suffix}", sidecar=False)
    data = path.read_bytes()
    for share in (0.0, 0.1, 0.5, 0.9):
        path.write_bytes(data[: int(share * len(data))])
        with pytest.raises(FiducialError):
            read(path)
