"""NRRD: spaces, units, kinds and names, and headers that lie."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fiducial.image import Image, Labels
from fiducial.io import read, read_labels, write

VALUES = np.arange(24, dtype="<i2").reshape(2, 3, 4)
FIELDS = {
    "type": "short",
    "dimension": "3",
    "space": "left-posterior-superior",
    "sizes": "4 3 2",
    "space directions": "(0.5,0,0) (0,0.8,0.1) (0,0,3)",
    "kinds": "domain domain domain",
    "endian": "little",
    "encoding": "raw",
    "space origin": "(10,20,30)",
}


def put(
    folder: Path, data: bytes | None = None, name: str = "a.nrrd", **fields: str | None
) -> Path:
    path = folder / name
    named = {key.replace("_", " "): value for key, value in fields.items()}
    lines = [f"{key}: {value}\n" for key, value in {**FIELDS, **named}.items() if value is not None]
    body = VALUES.tobytes() if data is None else data
    path.write_bytes(b"NRRD0004\n# comment\n" + "".join(lines).encode() + b"\n" + body)
    return path


def test_geometry_and_values(tmp_path: Path) -> None:
    image = read(put(tmp_path))
    np.testing.assert_array_equal(image.array, VALUES)
    np.testing.assert_allclose(image.grid.index_to_world([1, 2, 3]), [11.5, 21.6, 33.2])
    assert not image.grid.is_orthogonal


@pytest.mark.parametrize(
    ("space", "signs"),
    [
        ("left-posterior-superior", (1, 1, 1)),
        ("LPS", (1, 1, 1)),
        ("right-anterior-superior", (-1, -1, 1)),
        ("RAS", (-1, -1, 1)),
        ("left-anterior-superior", (1, -1, 1)),
    ],
)
def test_spaces_become_lps(tmp_path: Path, space: str, signs: tuple[int, ...]) -> None:
    image = read(put(tmp_path, space=space))
    assert image.frame.is_patient
    np.testing.assert_allclose(
        image.grid.index_to_world([1, 2, 3]), np.multiply([11.5, 21.6, 33.2], signs)
    )


def test_a_space_without_anatomy_is_not_called_lps(tmp_path: Path) -> None:
    image = read(put(tmp_path, space="3D-right-handed", space_units='"um" "um" "um"'))
    assert not image.frame.is_patient
    assert image.grid.unit == "um"


def test_units_of_a_patient_become_mm(tmp_path: Path) -> None:
    image = read(put(tmp_path, space_units='"cm" "cm" "cm"'))
    np.testing.assert_allclose(image.grid.index_to_world([1, 2, 3]), [115, 216, 332])


def test_gzip_big_endian_and_detached(tmp_path: Path) -> None:
    big = VALUES.astype(">i2").tobytes()
    np.testing.assert_array_equal(
        read(put(tmp_path, gzip.compress(big), encoding="gzip", endian="big")).array, VALUES
    )
    (tmp_path / "a.raw").write_bytes(b"12345" + VALUES.tobytes())
    path = put(tmp_path, b"", "a.nhdr", data_file="a.raw", byte_skip="5")
    np.testing.assert_array_equal(read(path).array, VALUES)
    path = put(tmp_path, b"", "a.nhdr", data_file="a.raw", byte_skip="-1")
    np.testing.assert_array_equal(read(path).array, VALUES)


def test_colour_that_comes_first_is_put_last(tmp_path: Path) -> None:
    path = put(
        tmp_path,
        VALUES.astype("u1").tobytes(),
        type="uchar",
        dimension="3",
        sizes="3 4 2",
        kinds="RGB-color domain domain",
        space=None,
        space_directions=None,
        space_origin=None,
        spacings="nan 0.5 0.8",
        units='"" "mm" "mm"',
    )
    image = read(path)
    assert image.axes == "yxc"
    np.testing.assert_array_equal(image.array, VALUES.reshape(2, 4, 3))
    assert image.grid.spacing == (0.8, 0.5)


def test_segments_have_names_and_colours(tmp_path: Path) -> None:
    path = put(tmp_path)
    data = path.read_bytes()
    pairs = b"Segment0_Name:=liver\nSegment0_LabelValue:=7\nSegment0_Color:=1 0.5 0\n"
    path.write_bytes(data.replace(b"\n\n", b"\n" + pairs + b"\n", 1))
    labels = read_labels(path)
    assert labels.names == {7: "liver"}
    assert labels.color(7) == (255, 128, 0)


def test_names_of_labels_survive_without_the_sidecar(tmp_path: Path, awkward: Any) -> None:
    values = np.arange(120).reshape(4, 5, 6) % 3
    labels = Labels(values, awkward["oblique"], names={1: "liver", 2: "left kidney"})
    path = write(labels, tmp_path / "a.nrrd", sidecar=False)
    again = read_labels(path)
    assert again.names == labels.names
    assert again.color(2) == labels.color(2)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "another folder": ({"data_file": "../b.raw"}, "outside its folder"),
    "an absolute path": ({"data_file": "/etc/hostname"}, "outside its folder"),
    "a list": ({"data_file": "LIST"}, "many files"),
    "sizes of 0": ({"sizes": "4 0 2"}, "lengths"),
    "sizes huge": ({"sizes": "30000 30000 30000"}, "truncated"),
    "values missing": ({"sizes": "4 3 3"}, "truncated"),
    "values too many": ({"sizes": "4 3 1"}, "24 bytes follow"),
    "directions NaN": ({"space_directions": "(nan,0,0) (0,1,0) (0,0,1)"}, "finite numbers"),
    "directions singular": ({"space_directions": "(1,0,0) (2,0,0) (0,0,1)"}, "singular"),
    "directions too few": ({"space_directions": "(1,0,0) (0,1,0)"}, "one for each"),
    "origin a word": ({"space_origin": "here"}, "no point"),
    "origin NaN": ({"space_origin": "(nan,0,0)"}, "finite numbers"),
    "type unknown": ({"type": "block"}, "type of values"),
    "endian missing": ({"endian": None}, "order of its bytes"),
    "encoding text": ({"encoding": "ascii"}, "not read"),
    "not gzip": ({"encoding": "gzip"}, "damaged"),
    "unit unknown": ({"space_units": '"furlong" "furlong" "furlong"'}, "not known"),
    "kinds too few": ({"kinds": "domain"}, "kinds"),
    "lines to skip": ({"line_skip": "2"}, "lines must be skipped"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_refused(tmp_path: Path, outcome: Any, name: str) -> None:
    import re

    fields, words = REFUSED[name]
    image, refusal, _ = outcome(put(tmp_path, **fields))
    assert image is None
    assert re.search(words, refusal), refusal


@pytest.mark.parametrize("kept", [6, 20, 100, -1, -20])
def test_truncated_is_refused(tmp_path: Path, outcome: Any, kept: int) -> None:
    path = put(tmp_path)
    path.write_bytes(path.read_bytes()[:kept])
    image, refusal, _ = outcome(path)
    assert image is None
    assert refusal


@pytest.mark.filterwarnings("ignore::fiducial.errors.FiducialWarning")
@pytest.mark.parametrize("axes", ["", "t", "c", "tc"])
@pytest.mark.parametrize("ending", [".nrrd", ".nhdr"])
def test_what_is_written_reads_back_without_the_sidecar(
    tmp_path: Path, grid: Any, make_image: Any, axes: str, ending: str
) -> None:
    image: Image = make_image(grid, "int16", axes)
    again = read(write(image, tmp_path / f"a{ending}", sidecar=False))
    np.testing.assert_array_equal(again.array, image.array)
    assert again.axes == image.axes
    assert again.times == (image.times if image.grid.unit != "px" else None)
    assert again.grid.frame.without_id() == image.grid.frame.without_id()
    assert again.grid.corner_distance(image.grid.with_frame(again.grid.frame)) < 1e-10
