"""NIfTI (.nii, .nii.gz): RAS in the file, LPS here."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ...errors import FileDefectError, ParameterError
from ...geometry import Grid, swap_ras_lps
from ...units import LENGTH_UNITS
from ..compressed import DEFLATE_BOUND, read_gzip, write_gzip
from ..files import check_size, open_regular, write_chunked
from ..format import Content, Format, Head, Header, Holds, Note, Output, Part, Request, read_head
from ..nifti_header import NiftiLayout, parse
from ..values import native, not_finite, rescaled

__all__ = ["FORMAT"]

_CODES = {
    "uint8": 2,
    "int16": 4,
    "int32": 8,
    "float32": 16,
    "float64": 64,
    "int8": 256,
    "uint16": 512,
    "uint32": 768,
    "int64": 1024,
    "uint64": 1280,
}
_MAGIC = (b"n+1\0", b"ni1\0", b"n+2\0", b"ni2\0")
_LONGEST = 32767


def _claims(head: Head) -> bool:
    return head.inner[344:348] in _MAGIC or (
        len(head.inner) >= 8
        and head.inner[4:8] in _MAGIC
        and 540 in (int.from_bytes(head.inner[:4], order) for order in ("little", "big"))
    )


def _layout(path: Path, request: Request) -> tuple[NiftiLayout, bool]:
    head = read_head(path)
    is_gzip = head.raw[:2] == b"\x1f\x8b"
    if is_gzip and not head.inner:
        raise FileDefectError(
            path, "its compressed data are damaged", "Copy the file again from where it came"
        )
    layout = parse(path, head.inner, request)
    size = os.stat(path).st_size
    wanted = layout.offset + layout.nbytes
    check_size(path, wanted, size * DEFLATE_BOUND if is_gzip else size)
    return layout, is_gzip


def _headers(path: Path, request: Request) -> list[Header]:
    return [_layout(path, request)[0].header]


def _read(path: Path, request: Request) -> Content:
    layout, is_gzip = _layout(path, request)
    wanted = layout.offset + layout.nbytes
    notes: list[Note] = []
    if is_gzip:
        data, digest = read_gzip(path, wanted)
        raw = data[layout.offset : wanted]
    else:
        raw, digest = _whole(path, layout, notes)
    array: NDArray[Any] = native(raw.view(layout.dtype).reshape(layout.stored))
    header = layout.header
    if "c" in header.axes and header.shape != layout.stored:
        array = np.ascontiguousarray(np.moveaxis(array, 0, -1))
        if request.axes is None:
            notes.append(
                Note("its vectors are kept as they are in the file, in its maker's sense", True)
            )
    array = rescaled(array, layout.slope, layout.intercept, in_place=True)
    notes += not_finite(array)
    return Content(array, _with_notes(header, notes), digest)


def _with_notes(header: Header, notes: list[Note]) -> Header:
    from dataclasses import replace

    return replace(header, notes=(*header.notes, *notes))


def _whole(path: Path, layout: NiftiLayout, notes: list[Note]) -> tuple[NDArray[np.uint8], str]:
    with open_regular(path) as stream:
        state = hashlib.sha256(stream.read(layout.offset))
        raw = np.fromfile(stream, np.uint8, layout.nbytes)
        check_size(path, layout.nbytes, raw.size)
        state.update(raw.data)
        rest = 0
        while piece := stream.read(1 << 20):
            rest += len(piece)
            state.update(piece)
    if rest:
        notes.append(Note(f"{rest} bytes follow its values; they are ignored"))
    return raw, f"sha256:{state.hexdigest()}"


def _write(item: Any, name: str) -> Output:
    from nibabel.nifti1 import Nifti1Header

    array: NDArray[Any] = item.array
    notes: list[Note] = []
    if max(array.shape) > _LONGEST:
        raise ParameterError(
            f"image of write must have axes up to {_LONGEST} for NIfTI; got {array.shape}. "
            "Write .nrrd or .mha instead."
        )
    if array.dtype == np.bool_:
        array = array.view(np.uint8)
    grid: Grid = item.grid
    spatial = list(reversed(grid.shape))
    times = item.shape[0] if "t" in item.axes else 1
    is_colour = "c" in item.axes and array.dtype == np.uint8 and item.shape[-1] in (3, 4)
    sizes = [*spatial]
    if times > 1 or ("c" in item.axes and not is_colour):
        sizes += [1] * (3 - len(sizes)) + [times]
    code = _CODES[array.dtype.name]
    if is_colour:
        code = 128 if item.shape[-1] == 3 else 2304
    elif "c" in item.axes:
        sizes.append(item.shape[-1])
        array = np.moveaxis(array, -1, 0)
    header = Nifti1Header(endianness="<")
    fields = header._structarr
    fields["dim"] = [len(sizes), *sizes, *[1] * (7 - len(sizes))]
    fields["datatype"] = code
    fields["bitpix"] = 8 * array.dtype.itemsize * (item.shape[-1] if is_colour else 1)
    fields["vox_offset"] = 352
    fields["scl_slope"], fields["scl_inter"] = 1, 0
    fields["magic"] = b"n+1"
    if "c" in item.axes and not is_colour:
        fields["intent_code"] = 1007
    elif hasattr(item, "names"):
        fields["intent_code"] = 1002
    _place(header, grid, notes)
    if "t" in item.axes and item.times is not None and len(item.times) > 1:
        steps = np.diff(item.times)
        fields["pixdim"][4], fields["toffset"] = float(steps.mean()), item.times[0]
        if float(np.ptp(steps)) > 1e-6 * abs(float(steps.mean())) + 1e-9:
            notes.append(Note("NIfTI holds one time step: the uneven times are in the sidecar"))
    elif "t" in item.axes:
        fields["pixdim"][4] = 0
    data = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("<"), copy=False))
    block = fields.tobytes() + b"\0\0\0\0"

    def write(stream: BinaryIO) -> None:
        if name.lower().endswith(".gz"):
            write_gzip(stream, [block, data.reshape(-1)])
        else:
            stream.write(block)
            write_chunked(stream, data.reshape(-1))

    return Output((Part(name, write),), tuple(notes))


def _place(header: Any, grid: Grid, notes: list[Note]) -> None:
    fields = header._structarr
    unit = grid.unit
    steps = list(reversed(grid.spacing))
    factor = 1.0
    code = {"mm": 2, "um": 3, "m": 1}.get(unit, 0)
    if code == 0 and unit != "px":
        factor, code = LENGTH_UNITS[unit], 2
        notes.append(Note(f"NIfTI has no unit {unit}: lengths are written in mm"))
    if unit == "px":
        notes.append(
            Note("NIfTI has no lattice in pixels: other programs will take 1 pixel for 1 mm")
        )
    fields["pixdim"][:4] = 1.0
    fields["pixdim"][1 : len(steps) + 1] = [step * factor for step in steps]
    fields["xyzt_units"] = code | 8
    affine = np.eye(4)
    world, count = grid.affine[:-1, :-1][:, ::-1].shape
    affine[:world, :count] = grid.affine[:-1, :-1][:, ::-1] * factor
    affine[:world, 3] = grid.affine[:-1, -1] * factor
    if not grid.frame.is_patient:
        plain = np.eye(world)[:, :count] * np.asarray(steps) * factor
        if np.any(grid.origin) or not np.allclose(affine[:world, :count], plain):
            notes.append(
                Note(
                    "NIfTI places only patients: origin and direction of this frame are in the "
                    "sidecar alone",
                    True,
                )
            )
        fields["sform_code"] = fields["qform_code"] = 0
        return
    if count == 2:
        normal = np.cross(affine[:3, 0], affine[:3, 1])
        affine[:3, 2] = normal / np.linalg.norm(normal)
    affine = swap_ras_lps(affine)
    header.set_sform(affine, code=1)
    is_straight = grid.is_orthogonal
    if is_straight and count >= 2:
        header.set_qform(affine, code=1, strip_shears=True)
        fields["pixdim"][1 : len(steps) + 1] = [step * factor for step in steps]
    else:
        fields["qform_code"] = 0


FORMAT = Format(
    name="NIfTI",
    suffixes=(".nii", ".nii.gz"),
    claims=_claims,
    headers=_headers,
    read=_read,
    write=_write,
    holds=Holds(
        dtypes=frozenset(_CODES),
        axes=frozenset({"yx", "zyx", "tyx", "tzyx", "yxc", "zyxc", "tyxc", "tzyxc"}),
        geometry="pose",
        has_times=True,
    ),
)
