"""The walk through a DICOM header: sequences, odd lengths, and nothing beyond the file's end."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest

from fiducial.errors import FileDefectError
from fiducial.io.dicom_elements import Elements, scan

UNDEFINED = 0xFFFFFFFF
LEAD = b"\0" * 128 + b"DICM"


def short(group: int, element: int, kind: bytes, value: bytes, order: str = "<") -> bytes:
    return struct.pack(order + "HH2sH", group, element, kind, len(value)) + value


def long(group: int, element: int, kind: bytes, value: bytes, length: int | None = None) -> bytes:
    size = len(value) if length is None else length
    return struct.pack("<HH2sHI", group, element, kind, 0, size) + value


def item(value: bytes, length: int | None = None) -> bytes:
    size = len(value) if length is None else length
    return struct.pack("<HHI", 0xFFFE, 0xE000, size) + value


ITEM_END = struct.pack("<HHI", 0xFFFE, 0xE00D, 0)
SEQUENCE_END = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)
META = short(2, 0x10, b"UI", b"1.2.840.10008.1.2.1\0")
IMPLICIT_META = short(2, 0x10, b"UI", b"1.2.840.10008.1.2\0")
ROWS = short(0x28, 0x10, b"US", b"\x07\0")
PIXELS = long(0x7FE0, 0x10, b"OW", b"\1\2\3\4")
WANTED = {0x00280010, 0x00080060, 0x00082112}


def walk(data: bytes, size: int | None = None) -> Elements:
    return scan(Path("f.dcm"), io.BytesIO(data), len(data) if size is None else size, WANTED)


def test_what_is_wanted_is_kept_and_pixels_are_found() -> None:
    data = LEAD + META + short(8, 0x60, b"CS", b"CT") + ROWS + PIXELS
    found = walk(data)
    assert found.text(0x00080060) == "CT"
    assert found.integer(0x00280010) == 7
    assert (found.pixel_tag, found.pixel_length) == (0x7FE00010, 4)
    assert data[found.pixel_offset :] == b"\1\2\3\4"


def test_an_empty_element_is_none() -> None:
    assert walk(LEAD + META + PIXELS).integer(0x00280010) is None
    assert walk(LEAD + META + PIXELS).text(0x00080060) == ""


def test_sequences_of_known_and_unknown_length_are_passed_over() -> None:
    hidden = short(0x28, 0x10, b"US", b"\x63\0")
    inner = long(0x08, 0x1140, b"SQ", item(hidden, UNDEFINED) + ITEM_END + SEQUENCE_END, UNDEFINED)
    for sequence in (
        long(8, 0x2112, b"SQ", item(hidden)),
        long(8, 0x2112, b"SQ", item(hidden) + SEQUENCE_END, UNDEFINED),
        long(8, 0x2112, b"SQ", item(inner, UNDEFINED) + ITEM_END + SEQUENCE_END, UNDEFINED),
        long(8, 0x2112, b"SQ", SEQUENCE_END, UNDEFINED),
        long(8, 0x2112, b"SQ", b""),
    ):
        found = walk(LEAD + META + sequence + ROWS + PIXELS)
        assert found.integer(0x00280010) == 7
        assert found.values[0x00082112] == b""


def test_a_private_value_of_unknown_type_and_length_is_implicit_inside() -> None:
    inside = struct.pack("<HHI", 0x28, 0x10, 2) + b"\x63\0"
    unknown = long(9, 0x1001, b"UN", item(inside, UNDEFINED) + ITEM_END + SEQUENCE_END, UNDEFINED)
    assert walk(LEAD + META + unknown + ROWS + PIXELS).integer(0x00280010) == 7


def test_implicit_files() -> None:
    rows = struct.pack("<HHI", 0x28, 0x10, 2) + b"\x07\0"
    pixels = struct.pack("<HHI", 0x7FE0, 0x10, 4) + b"\1\2\3\4"
    found = walk(LEAD + IMPLICIT_META + rows + pixels)
    assert found.integer(0x00280010) == 7
    assert found.pixel_length == 4


def test_big_endian_files() -> None:
    meta = short(2, 0x10, b"UI", b"1.2.840.10008.1.2.2\0")
    found = walk(LEAD + meta + short(0x28, 0x10, b"US", b"\0\x07", ">"))
    assert found.integer(0x00280010) == 7


def test_encapsulated_pixels_have_no_length() -> None:
    pixels = long(0x7FE0, 0x10, b"OB", item(b"") + SEQUENCE_END, UNDEFINED)
    assert walk(LEAD + META + pixels).pixel_length == -1


def test_a_long_element_before_the_pixels_is_not_read() -> None:
    data = LEAD + META + long(9, 0x1001, b"OB", b"\0" * 200_000) + ROWS + PIXELS
    found = walk(data)
    assert found.integer(0x00280010) == 7
    assert data[found.pixel_offset : found.pixel_offset + 4] == b"\1\2\3\4"


@pytest.mark.parametrize("end", range(1, len(LEAD + META + ROWS + PIXELS)))
def test_a_header_that_is_cut_anywhere_is_truncated_or_without_pixels(end: int) -> None:
    data = LEAD + META + ROWS + PIXELS
    try:
        found = walk(data[:end])
    except FileDefectError as error:
        message = str(error)
        assert "truncated" in message or "not DICOM" in message
        return
    # A cut between two elements, or inside the pixels, which the reader of pixels sees.
    is_inside_pixels = found.pixel_tag and found.pixel_offset + found.pixel_length > end
    assert is_inside_pixels or not found.pixel_tag


def test_lengths_beyond_the_file_are_refused() -> None:
    with pytest.raises(FileDefectError, match="needs 4294967280 bytes, and 4 are left"):
        walk(LEAD + META + long(9, 0x1001, b"OB", b"\0" * 4, 0xFFFFFFF0))


def test_nesting_has_an_end() -> None:
    deep = long(8, 0x2112, b"SQ", b"", UNDEFINED) + item(b"", UNDEFINED)
    with pytest.raises(FileDefectError, match="nested without end"):
        walk(LEAD + META + deep * 60)


def test_deflated_headers_are_refused_with_a_command() -> None:
    meta = short(2, 0x10, b"UI", b"1.2.840.10008.1.2.1.99")
    with pytest.raises(FileDefectError, match="dcmconv"):
        walk(LEAD + meta + b"\x78\x9c")


def test_rubbish_is_not_dicom() -> None:
    with pytest.raises(FileDefectError):
        walk(b"\xff" * 500)
