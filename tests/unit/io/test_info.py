"""What a file is, in lines for people and JSON for programs."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from fiducial.image import Labels
from fiducial.io import read_info, write


def test_a_file_in_lines(tmp_path: Path, awkward: Any, make_image: Any) -> None:
    image = make_image(awkward["oblique"], unit="HU")
    info = read_info(write(image, tmp_path / "a.nii.gz"))
    text = "\n".join(info.lines())
    assert "NIfTI-1 image" in text
    assert "spacing: z 3, y 0.8, x 0.7 mm" in text
    assert "unit: HU" in text
    assert f"orientation: {image.grid.orientation}" in text
    assert "1.2.3" not in text, "the id of the frame is for programs"
    assert info.is_sound
    assert str(info) == text


def test_a_file_as_json(tmp_path: Path, awkward: Any, make_image: Any) -> None:
    image = make_image(awkward["oblique"])
    document = read_info(write(image, tmp_path / "a.nii.gz")).as_json()
    (entry,) = json.loads(json.dumps(document))["entries"]
    assert entry["shape"] == [4, 5, 6]
    assert entry["spacing"] == pytest.approx([3.0, 0.8, 0.7])
    assert entry["grid"]["frame"]["id"] == "1.2.3"
    assert entry["refused"] is None


def test_names_of_labels_are_listed(tmp_path: Path) -> None:
    path = write(Labels([[0, 1]], names={1: "liver"}), tmp_path / "a.nrrd")
    assert "labels: 1 liver" in "\n".join(read_info(path).lines())


def test_a_folder_lists_series_files_and_what_was_skipped(make_series: Any) -> None:
    folder = make_series()
    write(Labels([[0, 1]]), folder / "labels.nrrd")
    (folder / "notes.txt").write_text("canary")
    (folder / "broken.dcm").write_bytes(b"\0" * 128 + b"DICM" + b"\x08\0\x16\0UI\xff\xff")
    info = read_info(folder)
    text = "\n".join(info.lines())
    assert "series=1: CT series, 6 files" in text
    assert "labels.nrrd, NRRD image" in text
    assert "skipped notes.txt" in text
    assert "broken.dcm: refused: it is truncated" in text
    assert "canary" not in text
    assert {entry["series"] for entry in info.as_json()["entries"]} == {1, None}


def test_what_would_be_refused_is_said(make_series: Any) -> None:
    info = read_info(make_series(skip=(3,)))
    assert not info.is_sound
    assert any(line.strip().startswith("refused: 1 slice is missing") for line in info.lines())


def bytes_read() -> int:
    """Count what this process has asked the system to read so far."""
    text = Path("/proc/self/io").read_text()
    return int(text.split("rchar:")[1].split()[0])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts the bytes that are read")
def test_of_a_series_the_headers_alone_are_read(make_series: Any) -> None:
    def enlarge(data: Any, index: int) -> None:
        data.Rows = data.Columns = 512
        data.PixelData = bytes(2 * 512 * 512)

    folder = make_series(count=7, edit=enlarge)
    read_info(folder)  # loads what is imported at the first call
    before = bytes_read()
    info = read_info(folder)
    # Pixels are 512 KB a file; a header is 1 KB, and files are read in blocks of some KB.
    assert bytes_read() - before < 7 * 64 * 1024
    assert info.as_json()["entries"][0]["shape"] == [7, 512, 512]
    assert info.is_sound
