"""MetaImage: ITK's text header, checked before its numbers are believed."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fiducial.errors import GeometryWarning
from fiducial.image import Image
from fiducial.io import read, write

VALUES = np.arange(24, dtype="<i2").reshape(2, 3, 4)
FIELDS = {
    "ObjectType": "Image",
    "NDims": "3",
    "BinaryData": "True",
    "BinaryDataByteOrderMSB": "False",
    "CompressedData": "False",
    "TransformMatrix": "0 1 0 1 0 0 0 0 -1",
    "Offset": "10 20 30",
    "CenterOfRotation": "0 0 0",
    "ElementSpacing": "0.5 0.8 3",
    "DimSize": "4 3 2",
    "ElementType": "MET_SHORT",
    "ElementDataFile": "LOCAL",
}


def put(folder: Path, data: bytes | None = None, name: str = "a.mha", **fields: str | None) -> Path:
    path = folder / name
    lines = [
        f"{key} = {value}\n" for key, value in {**FIELDS, **fields}.items() if value is not None
    ]
    path.write_bytes("".join(lines).encode() + (VALUES.tobytes() if data is None else data))
    return path


def test_geometry_and_values(tmp_path: Path) -> None:
    image = read(put(tmp_path))
    np.testing.assert_array_equal(image.array, VALUES)
    # The first axis runs along world y, the second along x, the third against z.
    np.testing.assert_allclose(image.grid.index_to_world([1, 2, 3]), [11.6, 21.5, 27])
    assert image.frame.is_patient


def test_compressed_and_big_endian(tmp_path: Path) -> None:
    data = zlib.compress(VALUES.astype(">i2").tobytes())
    path = put(tmp_path, data, CompressedData="True", BinaryDataByteOrderMSB="True")
    np.testing.assert_array_equal(read(path).array, VALUES)


def test_detached_data_in_the_same_folder(tmp_path: Path) -> None:
    (tmp_path / "a.raw").write_bytes(b"xx" + VALUES.tobytes())
    path = put(tmp_path, b"", "a.mhd", ElementDataFile="a.raw", HeaderSize="2")
    path.write_text(path.read_text().replace("HeaderSize = 2\n", ""))
    text = path.read_text().replace("ElementDataFile", "HeaderSize = 2\nElementDataFile")
    path.write_text(text)
    np.testing.assert_array_equal(read(path).array, VALUES)
    path.write_text(text.replace("HeaderSize = 2", "HeaderSize = -1"))
    np.testing.assert_array_equal(read(path).array, VALUES)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "another folder": ({"ElementDataFile": "../b.raw"}, "outside its folder"),
    "an absolute path": ({"ElementDataFile": "/etc/hostname"}, "outside its folder"),
    "no such data": ({"ElementDataFile": "b.raw"}, "no such file"),
    "a list": ({"ElementDataFile": "LIST"}, "many files"),
    "sizes of 0": ({"DimSize": "4 0 2"}, "lengths"),
    "sizes negative": ({"DimSize": "4 -3 2"}, "lengths"),
    "sizes that are words": ({"DimSize": "4 3 two"}, "whole numbers"),
    "sizes too few": ({"DimSize": "4 3"}, "whole numbers"),
    "sizes huge": ({"DimSize": "30000 30000 30000"}, "truncated"),
    "values missing": ({"DimSize": "4 3 3"}, "truncated .* 72 bytes .* holds 48"),
    "values too many": ({"DimSize": "4 3 1"}, "24 bytes follow"),
    "spacing 0": ({"ElementSpacing": "0.5 0 3"}, "spacing"),
    "spacing NaN": ({"ElementSpacing": "0.5 nan 3"}, "finite numbers"),
    "directions NaN": ({"TransformMatrix": "nan 0 0 0 1 0 0 0 1"}, "finite numbers"),
    "directions singular": ({"TransformMatrix": "1 0 0 1 0 0 0 0 1"}, "singular"),
    "origin infinite": ({"Offset": "0 inf 0"}, "finite numbers"),
    "type unknown": ({"ElementType": "MET_OTHER"}, "type of values"),
    "text values": ({"BinaryData": "False"}, "written as text"),
    "centre of rotation": ({"CenterOfRotation": "1 0 0"}, "centre of rotation"),
    "not compressed": ({"CompressedData": "True"}, "damaged"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_refused(tmp_path: Path, outcome: Any, name: str) -> None:
    import re

    fields, words = REFUSED[name]
    image, refusal, _ = outcome(put(tmp_path, **fields))
    assert image is None
    assert re.search(words, refusal), refusal


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path, outcome: Any) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (tmp_path / "secret.raw").write_bytes(VALUES.tobytes())
    (inner / "a.raw").symlink_to(tmp_path / "secret.raw")
    _, refusal, _ = outcome(put(inner, b"", "a.mhd", ElementDataFile="a.raw"))
    assert "outside its folder" in refusal


@pytest.mark.parametrize("kept", [10, 100, 250, -1, -20])
def test_truncated_is_refused(tmp_path: Path, outcome: Any, kept: int) -> None:
    path = put(tmp_path)
    path.write_bytes(path.read_bytes()[:kept])
    image, refusal, _ = outcome(path)
    assert image is None
    assert refusal


def test_no_spacing_is_a_lattice_in_pixels(tmp_path: Path) -> None:
    with pytest.warns(GeometryWarning, match="no spacing"):
        assert read(put(tmp_path, ElementSpacing=None)).grid.unit == "px"


@pytest.mark.filterwarnings("ignore::fiducial.errors.FiducialWarning")
@pytest.mark.parametrize("axes", ["", "t", "c", "tc"])
@pytest.mark.parametrize("ending", [".mha", ".mhd"])
def test_what_is_written_reads_back(
    tmp_path: Path, grid: Any, make_image: Any, axes: str, ending: str
) -> None:
    image: Image = make_image(grid, "float32", axes)
    path = write(image, tmp_path / f"a{ending}")
    again = read(path)
    np.testing.assert_array_equal(again.array, image.array)
    assert (again.axes, again.grid, again.times) == (image.axes, image.grid, image.times)
    (tmp_path / f"a{ending}.lineage.json").unlink()
    bare = read(path)
    np.testing.assert_array_equal(bare.array.reshape(image.shape), image.array)
    if image.frame.is_patient and bare.grid.shape == image.grid.shape:
        # Seventeen digits in the header: exact but for the products.
        assert bare.grid.corner_distance(image.grid) < 1e-10
