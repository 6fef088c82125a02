"""TIFF, ImageJ's TIFF and OME-TIFF: z, t, channels, and the size of a pixel where it is stated."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ...errors import FileDefectError
from ...geometry import Grid
from ...image import Mask
from ..files import open_regular, read_digest
from ..format import Content, Format, Head, Header, Holds, Note, Output, Part, Request
from ..tiff_layout import TiffLayout, check_chain, layout, opened
from ..values import native, not_finite

__all__ = ["FORMAT"]

_MAGIC = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_OME = {
    "uint8": "uint8",
    "uint16": "uint16",
    "uint32": "uint32",
    "int8": "int8",
    "int16": "int16",
    "int32": "int32",
    "float32": "float",
    "float64": "double",
}
_IMAGEJ = ("uint8", "uint16", "float32")
_AGAIN = "Copy the file again from where it came"


def _claims(head: Head) -> bool:
    return head.raw[:4] in _MAGIC


def _header(found: TiffLayout, kind: np.dtype[Any], extra: list[str]) -> Header:
    notes = [*found.notes, *(Note(f"tifffile says: {text}") for text in extra)]
    channels = ("gray", "alpha") if found.axes == "yxc" and found.shape[-1] == 2 else None
    return Header(
        what=found.what,
        shape=found.shape,
        axes=found.axes,
        dtype="uint8" if kind == np.bool_ or found.has_palette else kind.newbyteorder("=").name,
        grid=found.grid,
        times=found.times,
        channels=channels if found.stored.endswith("c") else None,
        about=dict(found.about),
        notes=tuple(notes),
    )


def _headers(path: Path, request: Request) -> list[Header]:
    extra: list[str] = []
    with open_regular(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        check_chain(path, stream, size)
        stream.seek(0)
        with opened(path, stream, extra) as tif:
            found = layout(path, tif, size, request)
            return [_header(found, tif.series[0].dtype, extra)]


def _read(path: Path, request: Request) -> Content:
    extra: list[str] = []
    digest = read_digest(path)
    with open_regular(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        check_chain(path, stream, size)
        stream.seek(0)
        with opened(path, stream, extra) as tif:
            found = layout(path, tif, size, request)
            series = tif.series[0]
            values = np.asarray(series.asarray())
            table = series.keyframe.colormap if found.has_palette else None
            header = _header(found, series.dtype, extra)
    if values.shape != found.stored_shape or values.dtype.kind not in "biuf":
        raise FileDefectError(
            path, f"its values are {values.dtype} of shape {values.shape}, not as promised", _AGAIN
        )
    values = _ordered(values, found)
    if table is not None:
        values = _coloured(path, values, np.asarray(table))
    if values.dtype == np.bool_:
        values = values.astype(np.uint8) * np.uint8(255)
    values = native(np.ascontiguousarray(values))
    return Content(values, replace(header, notes=(*header.notes, *not_finite(values))), digest)


def _ordered(values: NDArray[Any], found: TiffLayout) -> NDArray[Any]:
    letters = "".join(letter for letter in "tzyxc" if letter in found.stored)
    values = values.transpose([found.stored.index(letter) for letter in letters])
    y, x = letters.index("y"), letters.index("x")
    turn = found.orientation
    if turn >= 5:
        values = values.swapaxes(y, x)
    # Tags 2 to 8: mirrored, turned half, upside down, then the same of the transposed picture.
    if turn in (2, 3, 6, 7):
        values = np.flip(values, x)
    if turn in (3, 4, 7, 8):
        values = np.flip(values, y)
    return values


def _coloured(path: Path, values: NDArray[Any], table: NDArray[Any]) -> NDArray[np.uint8]:
    """Return palette indices as colours; the table is of 16 bits, or of 8 in older files."""
    values = values.astype(np.uint8) if values.dtype == np.bool_ else values
    if table.ndim != 2 or table.shape[0] != 3 or int(values.max()) >= table.shape[1]:
        raise FileDefectError(path, "its table of colours is too short", _AGAIN)
    bytes_each = table // 257 if int(table.max()) > 255 else table
    return np.asarray(bytes_each.astype(np.uint8).T[values])


def _write(item: Any, name: str) -> Output:
    array: NDArray[Any] = item.array
    if isinstance(item, Mask):
        array = array.astype(np.uint8) * np.uint8(255)
    notes: list[Note] = []
    is_colour = (
        "c" in item.axes
        and item.shape[-1] in (3, 4)
        and array.dtype.name
        in (
            "uint8",
            "uint16",
        )
    )
    planes = _planes(array, item.axes, is_colour)
    is_ome = name.lower().endswith((".ome.tif", ".ome.tiff")) or array.dtype.name not in _IMAGEJ
    is_ome = is_ome or (is_colour and array.dtype == np.uint16)

    def write(stream: BinaryIO) -> None:
        import tifffile

        if is_ome:
            flat = planes.reshape(-1, *planes.shape[3:])
            tifffile.imwrite(
                stream,
                flat if is_colour else flat[..., 0],
                photometric="rgb" if is_colour else "minisblack",
                planarconfig="contig" if is_colour else None,
                description=_ome_text(item, planes.shape, array.dtype, is_colour).encode(),
                metadata=None,
                software="fiducial",
            )
            return
        grid: Grid = item.grid
        facts: dict[str, Any] = {"axes": "TZCYXS" if is_colour else "TZCYX"}
        spacing = dict(zip(grid.axes, grid.spacing, strict=True))
        resolution = None
        if grid.unit != "px":
            facts["unit"] = grid.unit
            resolution = (1.0 / spacing["x"], 1.0 / spacing["y"])
            if "z" in spacing:
                facts["spacing"] = spacing["z"]
        if item.times is not None and len(item.times) > 1:
            facts["finterval"] = item.times[1] - item.times[0]
        tifffile.imwrite(
            stream,
            planes if is_colour else planes[..., 0],
            imagej=True,
            metadata=facts,
            resolution=resolution,
        )

    if item.times is not None and len(item.times) > 1:
        steps = np.diff(item.times)
        if float(np.ptp(steps)) > 1e-6 * abs(float(steps.mean())) or item.times[0] != 0:
            notes.append(Note("TIFF holds one time step from 0: the times are in the sidecar"))
    return Output((Part(name, write),), tuple(notes))


def _planes(array: NDArray[Any], axes: str, is_colour: bool) -> NDArray[Any]:
    """Return (t, z, c, y, x, samples)."""
    if "c" not in axes:
        array = array[..., None]
    if "z" not in axes:
        array = np.expand_dims(array, 1 if "t" in axes else 0)
    if "t" not in axes:
        array = array[None]
    moved = array[:, :, None] if is_colour else np.moveaxis(array, -1, 2)[..., None]
    return np.ascontiguousarray(moved)


def _ome_text(item: Any, shape: tuple[int, ...], kind: np.dtype[Any], is_colour: bool) -> str:
    """Return the OME header: the same for the same image, whenever it is written."""
    from xml.sax.saxutils import quoteattr

    times, slices, channels, rows, columns, samples = shape
    grid: Grid = item.grid
    facts = {
        "ID": "Pixels:0",
        "DimensionOrder": "XYCZT",
        "Type": _OME[kind.name],
        "SizeX": columns,
        "SizeY": rows,
        "SizeZ": slices,
        "SizeC": channels * samples,
        "SizeT": times,
        "BigEndian": "false",
    }
    if grid.unit != "px":
        unit = {"um": "µm"}.get(grid.unit, grid.unit)
        for letter, step in zip(grid.axes, grid.spacing, strict=True):
            facts[f"PhysicalSize{letter.upper()}"] = repr(step)
            facts[f"PhysicalSize{letter.upper()}Unit"] = unit
    if item.times is not None and len(item.times) > 1:
        facts["TimeIncrement"] = repr(item.times[1] - item.times[0])
    names = getattr(item, "channels", None) or ()
    parts = []
    for index in range(1 if is_colour else channels):
        is_named = not is_colour and index < len(names)
        named = f" Name={quoteattr(names[index])}" if is_named else ""
        parts.append(f'<Channel ID="Channel:0:{index}" SamplesPerPixel="{samples}"{named}/>')
    attributes = " ".join(f'{key}="{value}"' for key, value in facts.items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">'
        f'<Image ID="Image:0"><Pixels {attributes}>{"".join(parts)}<TiffData/>'
        "</Pixels></Image></OME>"
    )


_EVERY = frozenset(t + s + c for t in ("", "t") for s in ("zyx", "yx") for c in ("", "c"))

FORMAT = Format(
    name="TIFF",
    suffixes=(".tif", ".tiff", ".ome.tif", ".ome.tiff"),
    claims=_claims,
    headers=_headers,
    read=_read,
    write=_write,
    holds=Holds(dtypes=frozenset(_OME), axes=_EVERY, geometry="spacing", has_times=True),
)
