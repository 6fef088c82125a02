"""DICOM: one file is one slice with its pose; a folder of them is a series."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ...errors import FileDefectError
from ..dicom_pixels import read_stack
from ..dicom_slice import Slice, read_slice, slice_grid
from ..format import Content, Format, Head, Header, Note, Request

__all__ = ["FORMAT"]


def _claims(head: Head) -> bool:
    raw = head.raw
    if raw[128:132] == b"DICM":
        return True
    if len(raw) < 132 or raw[:2] not in (b"\x08\0", b"\x02\0") or raw[3] != 0:
        return False
    # Without the preamble: the first element is explicit with a type, or implicit and short.
    is_explicit = raw[4:6].isalpha() and raw[4:6].isupper()
    return is_explicit or (raw[2] <= 0x20 and int.from_bytes(raw[4:8], "little") < 256)


def _header(item: Slice) -> Header:
    grid = slice_grid(item)
    is_colour = item.samples == 3
    kind = item.stored_dtype.newbyteorder("=").name
    is_scaled = (item.slope, item.intercept) != (1.0, 0.0)
    notes = list(item.notes)
    if item.unit is None and item.code("modality") == "CT":
        notes.append(Note("its header has no rescaling to HU: values are the stored numbers"))
    return Header(
        what=f"{item.code('modality') or 'DICOM'} slice",
        shape=grid.shape + ((3,) if is_colour else ()),
        axes="yxc" if is_colour else "yx",
        dtype=kind + (" rescaled" if is_scaled else ""),
        grid=grid,
        unit=item.unit,
        about=item.about,
        notes=tuple(notes),
        uid=item.text("series") or None,
    )


def _sound(path: Path, request: Request) -> Slice:
    item = read_slice(path)
    if item.defect:
        raise FileDefectError(path, item.defect, item.remedy)
    axes = "yxc" if item.samples == 3 else "yx"
    if request.axes not in (None, axes):
        raise FileDefectError(path, f"its axes are {axes!r}, not {request.axes!r}")
    return item


def _headers(path: Path, request: Request) -> list[Header]:
    return [_header(_sound(path, request))]


def _read(path: Path, request: Request) -> Content:
    item = _sound(path, request)
    values, digest = read_stack([item])
    header = replace(_header(item), dtype=values.dtype.name)
    return Content(values[0], header, digest)


FORMAT = Format(
    name="DICOM",
    suffixes=(".dcm", ".ima", ".dicom"),
    claims=_claims,
    headers=_headers,
    read=_read,
)
