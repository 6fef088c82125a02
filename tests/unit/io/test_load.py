"""The readers as users call them: lineage, parameters, masks, labels, grids, fuzz."""

from __future__ import annotations

import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import FiducialError, FiducialWarning, FileDefectError, ParameterError
from fiducial.image import Image, Labels
from fiducial.io import (
    imread,
    read,
    read_grid,
    read_info,
    read_labels,
    read_mask,
    read_source,
    write,
)
from fiducial.lineage import Source, file_digest


def test_the_public_names_are_these() -> None:
    assert fd.read is read
    assert fd.write is write
    assert fd.read_info is read_info


def test_the_source_is_recorded(tmp_path: Path) -> None:
    path = write(Image([[1, 2]]), tmp_path / "a.npy")
    source = imread(path, unit="counts").lineage
    assert isinstance(source, Source)
    assert source.digest == file_digest(path)
    assert source.path == str(path.resolve())
    assert source.format == "NumPy"
    assert source.options == {"unit": "counts"}


def test_a_unit_that_contradicts_the_file_is_taken_with_a_word(tmp_path: Path) -> None:
    path = write(Image([[1, 2]], unit="HU"), tmp_path / "a.npy")
    with pytest.warns(FiducialWarning, match="in HU, and are taken for counts"):
        assert read(path, unit="counts").unit == "counts"
    assert read(path, unit="HU").unit == "HU"


def test_a_source_can_be_read_again_and_its_bytes_are_checked(tmp_path: Path) -> None:
    path = write(Labels([[0, 1]]), tmp_path / "a.npy")
    first = read_labels(path)
    again = read_source(first.lineage)
    assert isinstance(again, Labels)
    np.testing.assert_array_equal(again.array, first.array)
    (tmp_path / "a.npy.lineage.json").unlink()
    np.save(path, np.array([[0, 2]]))
    with pytest.raises(FileDefectError, match="digest differs"):
        read_source(first.lineage)


def test_a_mask_must_be_one(tmp_path: Path) -> None:
    path = write(Image([[0, 1, 2]]), tmp_path / "a.npy")
    with pytest.raises(FileDefectError, match=r"from 0 to 2. Compare .*read_labels\(path\) == 1"):
        read_mask(path)
    path = write(Image([[0.5, 1]]), tmp_path / "b.npy")
    with pytest.raises(FileDefectError, match="not those of labels"):
        read_labels(path)


@pytest.mark.filterwarnings("ignore::fiducial.errors.FiducialWarning")
@pytest.mark.parametrize("ending", ["nii.gz", "mha", "nrrd", "npy", "tif"])
def test_the_header_alone_gives_the_same_grid(
    tmp_path: Path, grid: Any, make_image: Any, ending: str
) -> None:
    image = make_image(grid)
    path = write(image, tmp_path / f"a.{ending}")
    assert read_grid(path) == image.grid
    entry = read_info(path).entries[0]
    assert (entry.shape, entry.axes) == (image.shape, image.axes)
    assert entry.grid == image.grid


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"accept": "anything"}, "accept of read"),
        ({"axes": "xyz"}, "axes of read"),
        ({"axes": ""}, "axes of read"),
        ({"series": 1.5}, "series of read"),
        ({"series": True}, "series of read"),
        ({"series": 1}, "None for a file"),
        ({"unit": 3}, "unit of read"),
        ({"spacing": "2 kg"}, "spacing of read must be a length"),
        ({"spacing": 0.5}, 'in a unit; got 0.5. Write "0.5 um"'),
        ({"spacing": "3 px"}, "spacing of read"),
        ({"spacing": "0 mm"}, "spacing of read"),
        ({"spacing": ("1 mm", "1 mm", "1 mm")}, "must be one length, or 2 in the order yx"),
        ({"accept": "gantry tilt"}, "one or several of 'uneven steps', 'missing slice'"),
    ],
)
def test_bad_parameters_are_named(tmp_path: Path, options: dict[str, Any], words: str) -> None:
    path = write(Image([[1, 2]]), tmp_path / "a.npy")
    with pytest.raises(ParameterError, match=words):
        read(path, **options)


def test_what_is_no_path_is_named() -> None:
    with pytest.raises(ParameterError, match="path of read"):
        read(3)  # type: ignore[arg-type]


def test_what_is_not_there_or_not_an_image_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileDefectError, match="no such file"):
        read(tmp_path / "none.nii")
    (tmp_path / "empty.nii").write_bytes(b"")
    with pytest.raises(FileDefectError, match="empty"):
        read(tmp_path / "empty.nii")
    (tmp_path / "text.txt").write_text("hello")
    with pytest.raises(FileDefectError, match="no format"):
        read(tmp_path / "text.txt")
    with pytest.raises(FileDefectError, match="device"):
        read(os.devnull)


def test_bytes_come_before_the_name(tmp_path: Path) -> None:
    path = write(Image([[1, 2]]), tmp_path / "a.npy")
    renamed = tmp_path / "b.nii.gz"
    renamed.write_bytes(path.read_bytes())
    np.testing.assert_array_equal(read(renamed).array, [[1, 2]])


def samples(folder: Path) -> dict[str, Path]:
    """Write one small file of each format."""
    rng = np.random.default_rng(7)
    volume = Image(rng.integers(0, 200, (3, 5, 6)).astype(np.int16))
    picture = Image(rng.integers(0, 200, (5, 6)).astype(np.uint8))
    found = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for ending in ("nii", "nii.gz", "mha", "nrrd", "npy", "tif", "ome.tif"):
            found[ending] = write(volume, folder / f"v.{ending}", sidecar=False)
        for ending in ("png", "jpg", "bmp"):
            found[ending] = write(picture, folder / f"p.{ending}", sidecar=False)
    return found


ENDINGS = ("nii", "nii.gz", "mha", "nrrd", "npy", "tif", "ome.tif", "png", "jpg", "bmp", "dcm")
LOSSLESS = {"nii.gz", "png"}
"""Formats with a checksum over every byte that matters."""


def spoil(data: bytes, rng: np.random.Generator) -> bytes:
    """Change a file as disks and networks do: cut, flip bytes, repeat, overwrite."""
    spoilt = bytearray(data)
    kind = rng.integers(0, 4)
    if kind == 0:
        return bytes(spoilt[: rng.integers(0, len(spoilt))])
    if kind == 1:
        for place in rng.integers(0, len(spoilt), rng.integers(1, 6)):
            spoilt[place] = rng.integers(0, 256)
    elif kind == 2:  # the header, where most harm is done
        for place in rng.integers(0, min(400, len(spoilt)), rng.integers(1, 4)):
            spoilt[place] = rng.choice([0, 1, 127, 128, 255, int(rng.integers(0, 256))])
    else:
        start = int(rng.integers(0, len(spoilt)))
        spoilt[start : start + 8] = bytes(rng.integers(0, 256, 8, dtype=np.uint8))
    return bytes(spoilt)


def fuzz(folder: Path, ending: str, make_series: Any, count: int) -> None:
    if ending == "dcm":
        original = make_series(count=1) / "0.dcm"
    else:
        original = samples(folder)[ending]
    data = original.read_bytes()
    rng = np.random.default_rng(len(ending))
    path = folder / f"spoilt.{ending}"
    messages: list[str] = []
    for number in range(count):
        spoilt = spoil(data, rng)
        path.write_bytes(spoilt)
        for step in (read, read_info):
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                warnings.simplefilter("ignore", FiducialWarning)
                try:
                    result = step(path)
                except FiducialError as error:
                    messages.append(str(error))
                    continue
            if isinstance(result, Image):
                assert result.array.nbytes < 1 << 24, number
    assert messages, "nothing was refused: the files are not spoilt"
    assert not any("\n" in message for message in messages)


@pytest.mark.parametrize("ending", ENDINGS)
def test_damaged_files_end_in_one_line_or_an_image(
    tmp_path: Path, make_series: Any, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setenv("FIDUCIAL_MEMORY_BUDGET", str(1 << 24))
    fuzz(tmp_path, ending, make_series, 80)


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS)
def test_many_damaged_files_end_in_one_line_or_an_image(
    tmp_path: Path, make_series: Any, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setenv("FIDUCIAL_MEMORY_BUDGET", str(1 << 24))
    fuzz(tmp_path, ending, make_series, 2000)


@pytest.mark.parametrize("ending", ["nii.gz", "png"])
def test_one_flipped_bit_anywhere_in_checked_data_changes_no_value_silently(
    tmp_path: Path, ending: str
) -> None:
    original = samples(tmp_path)[ending]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = read(original).array
    data = original.read_bytes()
    path = tmp_path / f"spoilt.{ending}"
    for place in range(10, len(data)):
        spoilt = bytearray(data)
        spoilt[place] ^= 1 << (place % 8)
        path.write_bytes(bytes(spoilt))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                found = read(path).array
            except FiducialError:
                continue
        np.testing.assert_array_equal(found, expected, err_msg=str(place))
