"""NumPy arrays (.npy): values without geometry, which the sidecar keeps."""

from __future__ import annotations

import hashlib
import math
import warnings
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ...errors import FileDefectError
from ...geometry import Grid
from ...image.axes import read_axes
from ..files import check_size, open_regular, write_chunked
from ..format import Content, Format, Head, Header, Holds, Output, Part, Request
from ..values import native, not_finite

__all__ = ["FORMAT"]

_MAGIC = b"\x93NUMPY"
_TYPES = frozenset(
    {
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "int8",
        "int16",
        "int32",
        "int64",
        "float16",
        "float32",
        "float64",
    }
)
_REMEDY = "Save it again with numpy.save(path, array, allow_pickle=False)"


def _claims(head: Head) -> bool:
    return head.raw.startswith(_MAGIC)


def _parse(path: Path, stream: BinaryIO, request: Request) -> tuple[Header, Any, bool, int]:
    """Return what the header says, the stored type, its order, and where the values begin."""
    from numpy.lib import format as npy

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            version = npy.read_magic(stream)
            read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
            shape, is_fortran, dtype = read(stream)
    except Exception as error:  # its header is a Python literal: parsing raises whatever it meets
        raise FileDefectError(path, "its NumPy header is damaged", _REMEDY) from error
    if dtype.hasobject:
        raise FileDefectError(
            path, "it holds pickled objects, which could run any program", _REMEDY
        )
    is_mask = dtype == np.bool_ and request.purpose != "image"
    if not is_mask and dtype.newbyteorder("=").name not in _TYPES:
        remedy = "Read it with fd.read_mask" if dtype == np.bool_ else _REMEDY
        raise FileDefectError(path, f"its values are of type {dtype}, not numbers", remedy)
    offset = stream.tell()
    size = stream.seek(0, 2)
    wanted = math.prod(int(n) for n in shape) * dtype.itemsize
    if min(shape, default=1) < 1:
        raise FileDefectError(path, f"its array of shape {shape} holds nothing", _REMEDY)
    check_size(path, wanted, size - offset)
    if size - offset != wanted:
        raise FileDefectError(path, f"{size - offset - wanted} bytes follow its values", _REMEDY)
    try:
        axes = read_axes(shape, None, request.axes, "file")
    except ValueError as error:
        raise FileDefectError(
            path, f"its array of shape {shape} can be read in several ways", 'Say which: axes="zyx"'
        ) from error
    spatial = [n for n, letter in zip(shape, axes, strict=True) if letter in "zyx"]
    letters = "".join(letter for letter in axes if letter in "zyx")
    plain = Grid.from_spacing(spatial, 1.0, unit="px")
    grid = Grid(plain.shape, plain.affine, plain.frame, letters)
    kind = dtype.newbyteorder("=").name
    header = Header("NumPy array", tuple(shape), axes, kind, grid)
    return header, dtype, is_fortran, offset


def _headers(path: Path, request: Request) -> list[Header]:
    with open_regular(path) as stream:
        return [_parse(path, stream, _told(path, request))[0]]


def _told(path: Path, request: Request) -> Request:
    """Take the axes from the sidecar when the caller does not say them."""
    from dataclasses import replace

    from ..sidecar import read_sidecar

    if request.axes is not None:
        return request
    try:
        beside = read_sidecar(path)
    except FileDefectError:
        return request
    axes = None if beside is None else beside.describes.get("axes")
    is_known = isinstance(axes, str) and beside is not None and beside.size == path.stat().st_size
    return replace(request, axes=axes) if is_known else request


def _read(path: Path, request: Request) -> Content:
    from dataclasses import replace

    with open_regular(path) as stream:
        header, dtype, is_fortran, offset = _parse(path, stream, _told(path, request))
        stream.seek(0)
        state = hashlib.sha256(stream.read(offset))
        count = math.prod(header.shape) * dtype.itemsize
        raw = np.fromfile(stream, np.uint8, count)
        check_size(path, count, raw.size)
        state.update(raw.data)
    flat = raw.view(dtype)
    array = flat.reshape(header.shape, order="F" if is_fortran else "C")
    array = native(np.ascontiguousarray(array))
    header = replace(header, notes=not_finite(array))
    return Content(array, header, f"sha256:{state.hexdigest()}")


def _write(item: Any, name: str) -> Output:
    array = np.ascontiguousarray(item.array)

    def write(stream: BinaryIO) -> None:
        from numpy.lib import format as npy

        npy.write_array_header_1_0(stream, npy.header_data_from_array_1_0(array))
        write_chunked(stream, array.reshape(-1).view(np.uint8))

    return Output((Part(name, write),))


_EVERY = frozenset(
    t + s + c
    for t in ("", "t")
    for s in ("zyx", "yx", "zx", "zy", "x", "y", "z")
    for c in ("", "c")
)

FORMAT = Format(
    name="NumPy",
    suffixes=(".npy",),
    claims=_claims,
    headers=_headers,
    read=_read,
    write=_write,
    holds=Holds(dtypes=_TYPES, axes=_EVERY),
)
