"""Formats are found by scanning; one that is dropped in needs no other edit."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from fiducial.errors import FileDefectError
from fiducial.image import Image
from fiducial.io import format as registry
from fiducial.io import formats as folder
from fiducial.io import read, read_info, write

NEW = '''
"""A format made of one line: sizes, then the values as text."""

import hashlib
import numpy as np
from fiducial.geometry import Grid
from fiducial.io.format import Content, Format, Header, Holds, Output, Part

def headers(path, request):
    first = path.read_text().split(" | ")[0]
    shape = tuple(int(part) for part in first.split()[1:])
    grid = Grid.from_spacing(shape, 1.0, unit="px")
    return [Header("one-line image", shape, "yx", "int64", grid)]

def read(path, request):
    (header,) = headers(path, request)
    text = path.read_text().split(" | ")[1]
    values = np.array(text.split(), int).reshape(header.shape)
    return Content(values, header, "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest())

def write(item, name):
    sizes = " ".join(map(str, item.shape))
    values = " ".join(map(str, item.array.ravel()))
    text = f"LINE {sizes} | {values}".encode()
    return Output((Part(name, lambda stream: stream.write(text)),))

FORMAT = Format(
    "One line", (".line",), lambda head: head.raw.startswith(b"LINE "), headers, read, write,
    Holds(frozenset({"int64"}), frozenset({"yx"})),
)
'''


@pytest.fixture
def dropped_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the folder of formats be two folders, the second with the new file."""
    extra = tmp_path / "formats"
    extra.mkdir()
    (extra / "one_line.py").write_text(NEW)
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(extra)])
    registry.formats.cache_clear()
    yield
    registry.formats.cache_clear()


@pytest.mark.usefixtures("dropped_in")
def test_a_format_dropped_in_is_read_written_and_listed(tmp_path: Path) -> None:
    image = Image(np.arange(6).reshape(2, 3))
    path = write(image, tmp_path / "a.line")
    np.testing.assert_array_equal(read(path).array, image.array)
    assert read(path).lineage.format == "One line"
    assert read_info(path).lines()[1].strip() == "one-line image"
    (tmp_path / "named.png").write_bytes(path.read_bytes())
    assert registry.format_of(tmp_path / "named.png").name == "One line"


def test_the_formats_of_this_version() -> None:
    names = {item.name for item in registry.formats()}
    assert names >= {"NIfTI", "DICOM", "MetaImage", "NRRD", "NumPy", "TIFF", "PNG, JPEG or BMP"}
    suffixes = [suffix for item in registry.formats() for suffix in item.suffixes]
    assert len(suffixes) == len(set(suffixes)), "two formats want the same ending"


def test_every_writable_format_says_what_it_holds() -> None:
    for item in registry.formats():
        assert (item.write is None) == (item.holds is None), item.name


def test_the_longest_ending_decides() -> None:
    assert registry.format_for_writing("a.ome.tif").name == "TIFF"
    assert registry.format_for_writing("A.NII.GZ").name == "NIfTI"


def test_format_modules_are_light_at_import() -> None:
    heavy = {"nibabel", "pydicom", "tifffile", "PIL", "imagecodecs", "scipy", "pandas"}
    for path in Path(folder.__path__[0]).glob("*.py"):
        for node in ast.parse(path.read_text()).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and not node.level:
                names.append(node.module or "")
            assert not {name.split(".")[0] for name in names} & heavy, path.name


def test_a_file_that_nobody_claims(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"\1\2\3")
    with pytest.raises(FileDefectError, match=r"no format .* Convert it to one of DICOM"):
        registry.format_of(tmp_path / "a.bin")
