"""Whether the bytes of a PNG, JPEG or BMP are whole, before a decoder sees them."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

from ..errors import FileDefectError

__all__ = ["check_jpeg", "check_png", "picture_size"]

_AGAIN = "Copy the file again from where it came"
_PNG = b"\x89PNG\r\n\x1a\n"
_SIZES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})


def picture_size(path: Path, data: bytes) -> tuple[int, int, int]:
    """Return width, height and bytes a pixel once decoded, from the header.

    Raises
    ------
    FileDefectError
        If the header is cut short or names no size.
    """
    try:
        if data.startswith(_PNG):
            width, height, bits, kind = struct.unpack(">IIBB", data[16:26])
            depth = {0: 1, 2: 3, 3: 4, 4: 2, 6: 4}.get(kind, 4) * (2 if bits == 16 else 1)
        elif data.startswith(b"\xff\xd8"):
            height, width = _jpeg_size(data)
            depth = 4
        else:
            length = struct.unpack("<I", data[14:18])[0]
            if length == 12:
                width, height = struct.unpack("<HH", data[18:22])
            else:
                width, height = struct.unpack("<ii", data[18:26])
                height = abs(height)
            depth = 4
    except (struct.error, IndexError) as error:
        raise FileDefectError(path, "it is truncated in its header", _AGAIN) from error
    if width < 1 or height < 1:
        raise FileDefectError(path, f"its header names a size of {width} x {height}", _AGAIN)
    return width, height, depth


def check_png(path: Path, data: bytes) -> None:
    """Walk through the chunks of a PNG and check each sum, to the end mark.

    Raises
    ------
    FileDefectError
        If a chunk is damaged, or the end is missing.
    """
    place = len(_PNG)
    view = memoryview(data)
    while True:
        if place + 12 > len(data):
            raise FileDefectError(path, "it is truncated: its end mark is missing", _AGAIN)
        length = struct.unpack_from(">I", data, place)[0]
        kind = bytes(view[place + 4 : place + 8])
        end = place + 8 + length
        if end + 4 > len(data):
            raise FileDefectError(path, "it is truncated inside a chunk", _AGAIN)
        if zlib.crc32(view[place + 4 : end]) != struct.unpack_from(">I", data, end)[0]:
            name = kind.decode("latin-1") if kind.isalpha() else "?"
            raise FileDefectError(path, f"its chunk {name} is damaged (checksum)", _AGAIN)
        if kind == b"IEND":
            return
        place = end + 4


def _segments(data: bytes) -> list[tuple[int, int, int]]:
    """Return (marker, start, end) of the segments before the first scan."""
    found = []
    place = 2
    while True:
        if data[place] != 0xFF:
            raise IndexError
        while data[place] == 0xFF:
            place += 1
        marker = data[place]
        place += 1
        if marker in _ALONE:
            continue
        length = struct.unpack_from(">H", data, place)[0]
        found.append((marker, place, place + length))
        if marker == 0xDA:
            return found
        place += length


def _jpeg_size(data: bytes) -> tuple[int, int]:
    for marker, start, _ in _segments(data):
        if marker in _SIZES:
            height, width = struct.unpack_from(">HH", data, start + 3)
            return height, width
    raise IndexError


def check_jpeg(path: Path, data: bytes) -> None:
    """Look for the end mark of a JPEG, which decoders add silently when it is missing.

    Raises
    ------
    FileDefectError
        If the scan does not end.
    """
    try:
        place = _segments(data)[-1][2]
    except (IndexError, struct.error) as error:
        raise FileDefectError(path, "it is truncated in its header", _AGAIN) from error
    if data.find(b"\xff\xd9", place) < 0:
        raise FileDefectError(path, "it is truncated: its end mark is missing", _AGAIN)
