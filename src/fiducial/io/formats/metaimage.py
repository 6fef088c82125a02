"""MetaImage (.mha, and .mhd beside its .raw): LPS millimetres, as ITK writes it."""

from __future__ import annotations

import math
import re
import zlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ...errors import FileDefectError
from ...geometry import Frame, Grid
from ...units import LENGTH_UNITS, convert
from ..files import write_chunked
from ..format import Content, Format, Head, Header, Holds, Note, Output, Part, Request
from ..text_header import LIMIT, RawData, header_lines, integers, numbers, read_raw
from ..values import native, not_finite

__all__ = ["FORMAT"]

_TYPES = {
    "MET_UCHAR": "u1",
    "MET_CHAR": "i1",
    "MET_USHORT": "u2",
    "MET_SHORT": "i2",
    "MET_UINT": "u4",
    "MET_INT": "i4",
    "MET_ULONG": "u4",
    "MET_LONG": "i4",
    "MET_ULONG_LONG": "u8",
    "MET_LONG_LONG": "i8",
    "MET_FLOAT": "f4",
    "MET_DOUBLE": "f8",
}
_NAMES = {
    "uint8": "MET_UCHAR",
    "int8": "MET_CHAR",
    "uint16": "MET_USHORT",
    "int16": "MET_SHORT",
    "uint32": "MET_UINT",
    "int32": "MET_INT",
    "uint64": "MET_ULONG_LONG",
    "int64": "MET_LONG_LONG",
    "float32": "MET_FLOAT",
    "float64": "MET_DOUBLE",
}
_REMEDY = "Correct its header, or ask for the file again"
_LINE = re.compile(rb"\s*([A-Za-z]\w*)\s*=\s*([^\r\n]*?)\s*\r?\n")


@dataclass(frozen=True)
class _Layout:
    header: Header
    dtype: np.dtype[Any]
    stored: tuple[int, ...]
    source: RawData


def _claims(head: Head) -> bool:
    match = _LINE.match(head.raw)
    return (
        match is not None
        and match[1] in (b"ObjectType", b"NDims", b"Comment")
        and (b"DimSize" in head.raw)
    )


def _fields(path: Path) -> tuple[dict[str, str], int]:
    data = header_lines(path)
    fields: dict[str, str] = {}
    place = 0
    while True:
        match = _LINE.match(data, place)
        if match is None:
            if len(data) >= LIMIT:
                raise FileDefectError(path, "its header is too long", _REMEDY)
            raise FileDefectError(path, "its header ends without ElementDataFile", _REMEDY)
        name = match[1].decode()
        value = match[2].decode("latin-1")
        place = match.end()
        if name in fields:
            raise FileDefectError(path, f"its header has the field {name} twice", _REMEDY)
        fields[name] = value
        if name == "ElementDataFile":
            return fields, place


def _truth(fields: dict[str, str], *names: str) -> bool:
    return any(fields.get(name, "").lower() in ("true", "1") for name in names)


def _parse(path: Path, request: Request) -> _Layout:
    fields, end = _fields(path)
    if fields.get("ObjectType", "Image") != "Image":
        raise FileDefectError(path, "it is a MetaIO object, but no image", "Convert it")
    count = integers(path, "NDims", fields.get("NDims", ""), 1)[0]
    if not 2 <= count <= 4:
        raise FileDefectError(path, f"it has {count} axes, not 2 to 4", _REMEDY)
    sizes = integers(path, "DimSize", fields.get("DimSize", ""), count)
    if min(sizes) < 1:
        raise FileDefectError(path, f"its axes have the lengths {sizes}", _REMEDY)
    channels = integers(path, "channels", fields.get("ElementNumberOfChannels", "1"), 1)[0]
    kind = fields.get("ElementType", "").removesuffix("_ARRAY")
    if kind not in _TYPES or channels < 1:
        raise FileDefectError(path, "its type of values cannot be read", _REMEDY)
    is_big = _truth(fields, "BinaryDataByteOrderMSB", "ElementByteOrderMSB")
    dtype = np.dtype((">" if is_big else "<") + _TYPES[kind])
    if "BinaryData" in fields and not _truth(fields, "BinaryData"):
        raise FileDefectError(path, "its values are written as text", "Write it as binary data")
    name = fields["ElementDataFile"]
    if name.upper().startswith("LIST") or "%" in name:
        raise FileDefectError(path, "its values are spread over many files", "Join them first")
    is_local = name.upper() == "LOCAL"
    skip = integers(path, "HeaderSize", fields.get("HeaderSize", "0"), 1)[0]
    if skip < -1 or (is_local and skip != 0):
        raise FileDefectError(path, f"its HeaderSize is {skip}", _REMEDY)
    compression = "zlib" if _truth(fields, "CompressedData") else "raw"
    offset = end if is_local else skip
    if compression == "zlib" and offset < 0:
        raise FileDefectError(path, f"its HeaderSize is {skip}", _REMEDY)
    source = RawData(path, "" if is_local else name, offset, compression)
    notes: list[Note] = []
    axes = ("tzyx" if count == 4 else "zyx"[-count:]) + ("c" if channels > 1 else "")
    if request.axes == "zyxc" and axes == "tzyx":
        raise FileDefectError(path, "its fourth axis is read as time", 'Write axes="tzyx"')
    if request.axes not in (None, axes):
        raise FileDefectError(path, f"its axes are {axes!r}, not {request.axes!r} as asked")
    shape = tuple(reversed(sizes)) + ((channels,) if channels > 1 else ())
    source.check(math.prod(shape) * dtype.itemsize)
    grid = _grid(path, fields, sizes, notes)
    header = Header(
        "MetaImage", shape, axes, dtype.newbyteorder("=").name, grid, notes=tuple(notes)
    )
    return _Layout(header, dtype, shape, source)


def _first(fields: dict[str, str], *names: str) -> str | None:
    return next((fields[name] for name in names if name in fields), None)


def _grid(path: Path, fields: dict[str, str], sizes: list[int], notes: list[Note]) -> Grid:
    count = len(sizes)
    spatial = min(count, 3)
    spacing_text = _first(fields, "ElementSpacing", "ElementSize")
    matrix_text = _first(fields, "TransformMatrix", "Rotation", "Orientation")
    origin_text = _first(fields, "Offset", "Position", "Origin")
    centre = _first(fields, "CenterOfRotation")
    if centre is not None and any(numbers(path, "CenterOfRotation", centre.split(), count)):
        raise FileDefectError(path, "its centre of rotation is not 0", "Write it with ITK")
    matrix = np.eye(count)
    if matrix_text is not None:
        parts = numbers(path, "TransformMatrix", matrix_text.split(), count * count)
        # Row by row in the file: one row for the direction of each axis.
        matrix = np.array(parts).reshape(count, count).T
    origin = [0.0] * count
    if origin_text is not None:
        origin = numbers(path, "Offset", origin_text.split(), count)
    if spacing_text is None:
        notes.append(Note("its header holds no spacing: the lattice is in pixels", True))
        letters = "xyz"[:spatial]
        return Grid.from_spacing(sizes[:spatial][::-1], 1.0, frame=Frame(letters, "px"), unit="px")
    spacing = numbers(path, "ElementSpacing", spacing_text.split(), count)
    if min(spacing[:spatial]) <= 0:
        raise FileDefectError(path, f"its spacing is {spacing}", _REMEDY)
    if count == 4 and (np.any(matrix[:3, 3]) or np.any(matrix[3, :3])):
        raise FileDefectError(path, "its axes mix space and time", _REMEDY)
    affine = np.eye(spatial + 1)
    steps = matrix[:spatial, :spatial] * spacing[:spatial]
    affine[:-1, :-1] = steps[:, ::-1]
    affine[:-1, -1] = origin[:spatial]
    frame = Frame("LPS", "mm") if spatial == 3 else Frame("xy", "mm")
    lengths = np.linalg.norm(matrix[:spatial, :spatial], axis=0)
    if matrix_text is not None and np.max(np.abs(lengths - 1)) > 1e-3:
        notes.append(Note("its directions are not of length 1; they are used as they are", True))
    try:
        return Grid(sizes[:spatial][::-1], affine, frame)
    except ValueError as error:
        raise FileDefectError(path, "its orientation matrix is singular", _REMEDY) from error


def _headers(path: Path, request: Request) -> list[Header]:
    return [_parse(path, request).header]


def _read(path: Path, request: Request) -> Content:
    layout = _parse(path, request)
    raw, digest = read_raw(layout.source, layout.dtype, layout.stored)
    array = native(raw)
    header = layout.header
    return Content(array, replace(header, notes=(*header.notes, *not_finite(array))), digest)


def _write(item: Any, name: str) -> Output:
    array: NDArray[Any] = item.array
    if array.dtype == np.bool_:
        array = array.view(np.uint8)
    notes: list[Note] = []
    is_header = name.lower().endswith(".mhd")
    data_name = name[: -len(".mhd")] + ".raw" if is_header else "LOCAL"
    lines = _header_text(item, array, notes)
    lines.append(f"ElementDataFile = {data_name}")
    text = ("\n".join(lines) + "\n").encode()
    data = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))
    if is_header:
        parts = (
            Part(data_name, lambda stream: write_chunked(stream, data.reshape(-1))),
            Part(name, lambda stream: _put(stream, text)),
        )
        return Output(parts, tuple(notes))
    # ITK wants the length of the compressed data in the header.
    packed = zlib.compress(data.reshape(-1).view(np.uint8).data, 5)
    head = text.replace(
        b"CompressedData = False\n",
        f"CompressedData = True\nCompressedDataSize = {len(packed)}\n".encode(),
    )

    def write(stream: BinaryIO) -> None:
        stream.write(head)
        write_chunked(stream, packed)

    return Output((Part(name, write),), tuple(notes))


def _put(stream: BinaryIO, text: bytes) -> None:
    stream.write(text)


def _header_text(item: Any, array: NDArray[Any], notes: list[Note]) -> list[str]:
    grid: Grid = item.grid
    factor = 1.0
    if grid.unit == "px":
        notes.append(Note("MetaImage has no lattice in pixels: others take 1 pixel for 1 mm"))
    elif grid.unit != "mm":
        factor = convert(1.0, grid.unit, "mm")
        assert grid.unit in LENGTH_UNITS
        notes.append(Note(f"MetaImage holds mm: lengths in {grid.unit} were converted"))
    if grid.frame.axes == "xyz":
        notes.append(Note("MetaImage places only patients: others take x, y, z for L, P, S", True))
    affine = grid.affine
    sizes = list(grid.shape)
    if affine.shape == (4, 3):
        # A plane in the patient: MetaImage needs the third axis, along the normal.
        normal = np.cross(affine[:3, 1], affine[:3, 0])
        affine = np.insert(affine, 0, np.append(normal / np.linalg.norm(normal), 0), axis=1)
        sizes = [1, *sizes]
    steps = affine[:-1, :-1][:, ::-1] * factor
    spacing = np.linalg.norm(steps, axis=0)
    matrix = (steps / spacing).T
    origin = affine[:-1, -1] * factor
    sizes = sizes[::-1]
    if "t" in item.axes:
        count = len(spacing)
        while len(spacing) < 3:
            spacing = np.append(spacing, 1.0)
            sizes.append(1)
        whole = np.eye(4)
        whole[:count, :count] = matrix
        times = item.times
        step = times[1] - times[0] if times is not None and len(times) > 1 else 1.0
        matrix, spacing = whole, np.append(spacing, step)
        origin = np.append(np.append(origin, np.zeros(3 - count)), times[0] if times else 0.0)
        sizes.append(item.shape[0])
    channels = item.shape[-1] if "c" in item.axes else 1
    lines = [
        "ObjectType = Image",
        f"NDims = {len(sizes)}",
        "BinaryData = True",
        "BinaryDataByteOrderMSB = False",
        "CompressedData = False",
        f"TransformMatrix = {_text(matrix.ravel())}",
        f"Offset = {_text(origin)}",
        f"CenterOfRotation = {_text(np.zeros(len(sizes)))}",
        f"ElementSpacing = {_text(spacing)}",
        f"DimSize = {' '.join(str(size) for size in sizes)}",
    ]
    if channels > 1:
        lines.append(f"ElementNumberOfChannels = {channels}")
    lines.append(f"ElementType = {_NAMES[array.dtype.name]}")
    return lines


def _text(values: NDArray[np.float64]) -> str:
    return " ".join(repr(float(value) + 0.0) for value in values)


FORMAT = Format(
    name="MetaImage",
    suffixes=(".mha", ".mhd"),
    claims=_claims,
    headers=_headers,
    read=_read,
    write=_write,
    holds=Holds(
        dtypes=frozenset(_NAMES),
        axes=frozenset({"yx", "zyx", "tzyx", "tyx", "yxc", "zyxc", "tzyxc", "tyxc"}),
        geometry="pose",
    ),
)
