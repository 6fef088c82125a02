"""NRRD (.nrrd, and .nhdr beside its data): any pose, units, and 3D Slicer's names of segments."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ...geometry import Grid
from ...image import Labels
from ..compressed import write_gzip
from ..format import Content, Format, Head, Header, Holds, Note, Output, Part, Request
from ..nrrd_header import parse
from ..text_header import read_raw
from ..values import native, not_finite

__all__ = ["FORMAT"]

_NAMES = {
    "uint8": "uint8",
    "int8": "int8",
    "uint16": "uint16",
    "int16": "int16",
    "uint32": "uint32",
    "int32": "int32",
    "uint64": "uint64",
    "int64": "int64",
    "float32": "float",
    "float64": "double",
}


def _claims(head: Head) -> bool:
    return head.raw.startswith(b"NRRD000")


def _headers(path: Path, request: Request) -> list[Header]:
    return [parse(path, request).header]


def _read(path: Path, request: Request) -> Content:
    layout = parse(path, request)
    raw, digest = read_raw(layout.source, layout.dtype, layout.stored)
    array = native(np.ascontiguousarray(raw.transpose(layout.order)))
    header = layout.header
    return Content(array, replace(header, notes=(*header.notes, *not_finite(array))), digest)


def _write(item: Any, name: str) -> Output:
    array: NDArray[Any] = item.array
    if array.dtype == np.bool_:
        array = array.view(np.uint8)
    notes: list[Note] = []
    is_header = name.lower().endswith(".nhdr")
    data_name = name[: -len(".nhdr")] + ".raw.gz" if is_header else ""
    text = _header_text(item, array, data_name, notes).encode()
    data = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))

    def write(stream: BinaryIO) -> None:
        stream.write(text)
        if not is_header:
            write_gzip(stream, [data.reshape(-1)])

    parts: tuple[Part, ...] = (Part(name, write),)
    if is_header:
        parts = (
            Part(data_name, lambda stream: write_gzip(stream, [data.reshape(-1)])),
            *parts,
        )
    return Output(parts, tuple(notes))


def _header_text(item: Any, array: NDArray[Any], data_name: str, notes: list[Note]) -> str:
    """Return the header: axes from the fastest, as in the file."""
    grid: Grid = item.grid
    letters = item.axes[::-1]
    directions, kinds, spacings, units, starts = [], [], [], [], []
    for letter in letters:
        if letter == "c":
            count = item.shape[-1]
            colour = (
                {3: "RGB-color", 4: "RGBA-color"} if array.dtype.name in ("uint8", "uint16") else {}
            )
            kinds.append(colour.get(count, "vector"))
        else:
            kinds.append("time" if letter == "t" else "domain")
        if letter in "tc":
            directions.append("none")
            is_timed = letter == "t" and item.times is not None and len(item.times) > 1
            step = item.times[1] - item.times[0] if is_timed else float("nan")
            spacings.append("nan" if not is_timed else repr(step))
            starts.append("nan" if not is_timed else repr(item.times[0]))
            units.append('"s"' if is_timed else '""')
            if is_timed and float(np.ptp(np.diff(item.times))) > 1e-6 * abs(step):
                notes.append(Note("NRRD holds one time step: the uneven times are in the sidecar"))
        else:
            column = grid.affine[:-1, grid.axes.index(letter)]
            directions.append("(" + ",".join(repr(float(v) + 0.0) for v in column) + ")")
            spacings.append("nan")
            starts.append("nan")
            units.append(f'"{grid.unit}"' if grid.unit != "px" else '""')
    origin = "(" + ",".join(repr(float(v)) for v in grid.origin) + ")"
    world = grid.frame.dimension
    lines = [
        "NRRD0005",
        f"type: {_NAMES[array.dtype.name]}",
        f"dimension: {array.ndim}",
        "space: left-posterior-superior" if grid.frame.is_patient else f"space dimension: {world}",
        f"sizes: {' '.join(str(size) for size in reversed(array.shape))}",
    ]
    if grid.unit != "px":
        lines += [
            f"space directions: {' '.join(directions)}",
            "space units: " + " ".join([f'"{grid.unit}"'] * world),
            f"space origin: {origin}",
        ]
    else:
        # Without a spacing the lattice is in pixels, here and for other readers.
        lines.pop(3)
    lines.append(f"kinds: {' '.join(kinds)}")
    if "t" in letters and grid.unit != "px":
        lines += [f"spacings: {' '.join(spacings)}", f"axis mins: {' '.join(starts)}"]
        lines.append(f"units: {' '.join(units)}")
    lines += ["endian: little", "encoding: gzip"]
    if data_name:
        lines.append(f"data file: {data_name}")
    if isinstance(item, Labels):
        for index, number in enumerate(sorted(item.names)):
            red, green, blue = (part / 255 for part in item.color(number))
            label = " ".join(item.names[number].split())
            lines += [
                f"Segment{index}_ID:=Segment_{number}",
                f"Segment{index}_Name:={label}",
                f"Segment{index}_LabelValue:={number}",
                f"Segment{index}_Layer:=0",
                f"Segment{index}_Color:={red:.6f} {green:.6f} {blue:.6f}",
            ]
    return "\n".join(lines) + ("\n\n" if not data_name else "\n")


_EVERY = frozenset(t + s + c for t in ("", "t") for s in ("zyx", "yx") for c in ("", "c"))

FORMAT = Format(
    name="NRRD",
    suffixes=(".nrrd", ".nhdr"),
    claims=_claims,
    headers=_headers,
    read=_read,
    write=_write,
    holds=Holds(
        dtypes=frozenset(_NAMES), axes=_EVERY, geometry="pose", has_times=True, has_names=True
    ),
)
