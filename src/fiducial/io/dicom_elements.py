"""The elements of a DICOM header, read one after the other and held against the file's length.

Only what is asked for is kept, so that a header costs a fraction of a millisecond and no length in
it can ask for memory.  Pixels are not read: where they lie is what counts.
"""

from __future__ import annotations

import struct
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..errors import FileDefectError

__all__ = ["Elements", "scan"]

_WINDOW = 1 << 15
_UNDEFINED = 0xFFFFFFFF
_LONG = frozenset({b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"SQ", b"UC", b"UR", b"UT", b"UN"}) | {
    b"SV",
    b"UV",
}
_PIXELS = frozenset({0x7FE00010, 0x7FE00008, 0x7FE00009})
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_DEEPEST = 32
_LARGEST = 1 << 20
_AGAIN = "Copy the file again from where it came"

IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"
DEFLATED = "1.2.840.10008.1.2.1.99"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
RLE = "1.2.840.10008.1.2.5"


@dataclass(frozen=True)
class Elements:
    """What was asked for of one file.

    Parameters
    ----------
    values
        Bytes of each element by its tag; of a sequence, nothing.
    syntax
        UID of the transfer syntax.
    order
        ``"<"`` or ``">"``.
    pixel_tag, pixel_offset, pixel_length
        Where the pixel data lie; 0 when there are none, length -1 when they are in fragments.
    pixel_kind
        Their type, ``OB`` or ``OW``; empty in the implicit form.
    """

    values: dict[int, bytes]
    syntax: str
    order: str
    pixel_tag: int = 0
    pixel_offset: int = 0
    pixel_length: int = 0
    pixel_kind: bytes = b""

    def text(self, tag: int) -> str:
        """Return an element as text, without padding; empty when it is not there."""
        return self.values.get(tag, b"").decode("latin-1").strip(" \0")

    def integer(self, tag: int) -> int | None:
        """Return a binary US or SS; None when it is not there or too short."""
        value = self.values.get(tag, b"")
        if len(value) < 2:
            return None
        return int.from_bytes(value[:2], "little" if self.order == "<" else "big")


class _Reader:
    """A window over a file; asking for bytes beyond its end is a defect."""

    def __init__(self, path: Path, stream: BinaryIO, size: int) -> None:
        self.path, self.stream, self.size = path, stream, size
        self.start = 0
        self.window = stream.read(_WINDOW)

    def at(self, place: int, count: int) -> int:
        """Return where in the window `count` bytes from `place` of the file begin."""
        offset = place - self.start
        if offset >= 0 and offset + count <= len(self.window):
            return offset
        if place + count > self.size:
            raise FileDefectError(
                self.path, f"it is truncated: its header goes on after byte {self.size}", _AGAIN
            )
        self.stream.seek(place)
        self.start = place
        self.window = self.stream.read(max(_WINDOW, count))
        if len(self.window) < count:
            raise FileDefectError(self.path, "it became shorter while it was read", _AGAIN)
        return 0


def scan(path: Path, stream: BinaryIO, size: int, wanted: AbstractSet[int]) -> Elements:
    """Read the header of a DICOM file.

    Parameters
    ----------
    path
        What messages name.
    stream
        The open file, at its beginning.
    size
        Its length in bytes.
    wanted
        Tags to keep, as ``group << 16 | element``.

    Raises
    ------
    FileDefectError
        If the file ends before its header does, or is not DICOM.
    """
    reader = _Reader(path, stream, size)
    head = reader.window
    place, syntax = 0, IMPLICIT
    if head[128:132] == b"DICM":
        place, meta = _meta(reader, 132)
        syntax = meta.decode("latin-1").strip(" \0") or EXPLICIT
    elif head[:4] == b"\x02\0\0\0" and head[4:6] == b"UL":
        place, meta = _meta(reader, 0)
        syntax = meta.decode("latin-1").strip(" \0") or EXPLICIT
    elif head[4:6].isalpha() and head[4:6].isupper():
        syntax = EXPLICIT
    elif len(head) < 132:
        raise FileDefectError(path, f"it is truncated: {len(head)} bytes are no DICOM file", _AGAIN)
    elif head[:2] != b"\x08\0":
        raise FileDefectError(path, "it is not DICOM, whatever its name says", _AGAIN)
    if syntax == DEFLATED:
        raise FileDefectError(
            path,
            "its header is compressed (deflated transfer syntax), which is not read",
            "Convert it with dcmconv (DCMTK): dcmconv +te in.dcm out.dcm",
        )
    order = ">" if syntax == BIG_ENDIAN else "<"
    values, found = _data_set(reader, place, order, syntax != IMPLICIT, wanted)
    return Elements(values, syntax, order, *found)


def _meta(reader: _Reader, place: int) -> tuple[int, bytes]:
    """Read the file meta information: where it ends, and the transfer syntax."""
    syntax = b""
    while place + 8 <= reader.size:
        at = reader.at(place, 8)
        group, element = struct.unpack_from("<HH", reader.window, at)
        if group != 2:
            break
        place, length, _ = _header(reader, place, "<", True)
        if element == 0x10:
            at = reader.at(place, min(length, 128))
            syntax = reader.window[at : at + min(length, 128)]
        place += length
    return place, syntax


def _header(reader: _Reader, place: int, order: str, is_explicit: bool) -> tuple[int, int, bytes]:
    """Return where the value begins, its length, and its type."""
    at = reader.at(place, 8)
    window = reader.window
    if not is_explicit:
        return place + 8, struct.unpack_from(order + "I", window, at + 4)[0], b""
    kind = window[at + 4 : at + 6]
    if kind not in _LONG:
        if not kind.isalpha():
            raise FileDefectError(reader.path, f"its header is damaged at byte {place}", _AGAIN)
        return place + 8, struct.unpack_from(order + "H", window, at + 6)[0], kind
    at = reader.at(place, 12)
    return place + 12, struct.unpack_from(order + "I", reader.window, at + 8)[0], kind


def _data_set(
    reader: _Reader, place: int, order: str, is_explicit: bool, wanted: AbstractSet[int]
) -> tuple[dict[int, bytes], tuple[int, int, int, bytes]]:
    values: dict[int, bytes] = {}
    tag_form = struct.Struct(order + "HH")
    while place + 8 <= reader.size:
        at = reader.at(place, 8)
        group, element = tag_form.unpack_from(reader.window, at)
        tag = group << 16 | element
        start, length, kind = _header(reader, place, order, is_explicit)
        if tag in _PIXELS:
            return values, (tag, start, -1 if length == _UNDEFINED else length, kind)
        if length == _UNDEFINED:
            if tag in wanted:
                values[tag] = b""
            # A value of unknown type and length is written in the implicit form (PS3.5 6.2.2).
            inner_explicit = is_explicit and kind != b"UN"
            place = _skip(reader, start, order, inner_explicit, 0)
            continue
        if start + length > reader.size:
            raise FileDefectError(
                reader.path,
                f"it is truncated: an element of its header needs {length} bytes, and "
                f"{reader.size - start} are left",
                _AGAIN,
            )
        if tag in wanted:
            if kind == b"SQ" or length > _LARGEST:
                values[tag] = b""
            else:
                at = reader.at(start, length)
                values[tag] = reader.window[at : at + length]
        place = start + length
    if place < reader.size and any(_rest(reader, place)):
        raise FileDefectError(reader.path, "it is truncated inside its header", _AGAIN)
    return values, (0, 0, 0, b"")


def _rest(reader: _Reader, place: int) -> bytes:
    at = reader.at(place, reader.size - place)
    return reader.window[at:]


def _skip(reader: _Reader, place: int, order: str, is_explicit: bool, depth: int) -> int:
    """Return where a sequence of undefined length ends."""
    if depth > _DEEPEST:
        raise FileDefectError(reader.path, "its header is nested without end", _AGAIN)
    while True:
        tag, length = _item(reader, place, order)
        place += 8
        if tag == _SEQUENCE_END:
            return place
        if tag != _ITEM:
            raise FileDefectError(reader.path, f"its header is damaged at byte {place}", _AGAIN)
        if length != _UNDEFINED:
            place += length
            reader.at(place, 0)
            continue
        while True:
            tag, _ = _item(reader, place, order)
            if tag == _ITEM_END:
                place += 8
                break
            start, size, kind = _header(reader, place, order, is_explicit)
            if size == _UNDEFINED:
                inner = is_explicit and kind != b"UN"
                place = _skip(reader, start, order, inner, depth + 1)
            else:
                place = start + size
                reader.at(place, 0)


def _item(reader: _Reader, place: int, order: str) -> tuple[int, int]:
    at = reader.at(place, 8)
    group, element, length = struct.unpack_from(order + "HHI", reader.window, at)
    return group << 16 | element, length
