"""What a NIfTI header says, and whether it can be true."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FileDefectError
from ..geometry import Frame, Grid, swap_ras_lps
from .format import Header, Note, Request

__all__ = ["TYPES", "NiftiLayout", "parse"]

TYPES = {
    2: "u1",
    4: "i2",
    8: "i4",
    16: "f4",
    64: "f8",
    128: "u1",
    256: "i1",
    512: "u2",
    768: "u4",
    1024: "i8",
    1280: "u8",
    2304: "u1",
}
"""NumPy type of each code that is read; 128 and 2304 are three and four bytes of colour."""

_COLOUR = {128: 3, 2304: 4}
_SPACE_UNITS = {0: "mm", 1: "m", 2: "mm", 3: "um"}
_TIME_UNITS = {8: 1.0, 16: 1e-3, 24: 1e-6}
_VECTOR_INTENTS = (1005, 1006, 1007, 1008, 1009)
_REMEDY = "Ask for the file again, or correct its header"
_DIFFERENCE = 0.01
"""sform and qform differ when corners lie more than this share of the smallest voxel apart;
quaternions of float32 stay 100 times below."""


@dataclass(frozen=True)
class NiftiLayout:
    """Where the values lie in the file, and what they mean.

    Parameters
    ----------
    header
        What reading gives.
    dtype
        As stored.
    stored
        Shape as stored, slowest axis first.
    offset
        Byte of the first value.
    slope, intercept
        1 and 0 when the header scales nothing.
    """

    header: Header
    dtype: np.dtype[Any]
    stored: tuple[int, ...]
    offset: int
    slope: float
    intercept: float

    @property
    def nbytes(self) -> int:
        """Bytes of all values, as an unbounded integer."""
        return math.prod(self.stored) * self.dtype.itemsize


def parse(path: Path, head: bytes, request: Request) -> NiftiLayout:
    """Read the header of a NIfTI-1 or NIfTI-2 single file.

    Parameters
    ----------
    path
        What messages name.
    head
        At least the first 544 bytes, decompressed.
    request
        ``axes`` says what the fourth axis is, when it is not time.

    Raises
    ------
    FileDefectError
        If the header contradicts itself or cannot be understood.
    """
    fields, order = _fields(path, head)
    sizes = _sizes(path, fields)
    code = int(fields["datatype"])
    if code not in TYPES:
        raise FileDefectError(
            path, f"its datatype {code} cannot be read", "Convert the values to int16 or float32"
        )
    colours = _COLOUR.get(code, 1)
    dtype = np.dtype(order + TYPES[code])
    bits = 8 * dtype.itemsize * colours
    if int(fields["bitpix"]) != bits:
        raise FileDefectError(
            path,
            f"its header contradicts itself: datatype {code} has {bits} bits, and bitpix says "
            f"{int(fields['bitpix'])}",
            _REMEDY,
        )
    offset = float(fields["vox_offset"])
    least = 544 if int(fields["sizeof_hdr"]) == 540 else 352
    if not math.isfinite(offset) or offset < least or not offset.is_integer():
        raise FileDefectError(
            path, f"its values begin at byte {offset:g}, inside or before the header", _REMEDY
        )
    notes: list[Note] = []
    slope, intercept = _scaling(path, fields, notes)
    if colours > 1 and (slope, intercept) != (1.0, 0.0):
        raise FileDefectError(path, "its colours are scaled, which has no meaning", _REMEDY)
    axes, shape, stored = _axes(path, sizes, fields, colours, request)
    grid = _grid(path, sizes, fields, request, notes)
    header = Header(
        what="NIfTI-2 image" if least == 544 else "NIfTI-1 image",
        shape=shape,
        axes=axes,
        dtype=str(dtype.newbyteorder("=")) + (" scaled" if (slope, intercept) != (1, 0) else ""),
        grid=grid,
        times=_times(sizes, fields, axes, notes),
        notes=tuple(notes),
    )
    return NiftiLayout(header, dtype, stored, int(offset), slope, intercept)


def _fields(path: Path, head: bytes) -> tuple[NDArray[Any], str]:
    from nibabel.nifti1 import Nifti1Header
    from nibabel.nifti2 import Nifti2Header

    kinds: tuple[tuple[Any, int], ...] = ((Nifti1Header, 348), (Nifti2Header, 540))
    for kind, size in kinds:
        for order in "<>":
            word = int.from_bytes(head[:4], "little" if order == "<" else "big")
            if word == size:
                if len(head) < size:
                    raise FileDefectError(
                        path, f"it is truncated: {len(head)} bytes of header", _REMEDY
                    )
                fields = kind(binaryblock=head[:size], endianness=order, check=False)._structarr
                magic = bytes(fields["magic"])
                if magic.startswith((b"ni1", b"ni2")):
                    raise FileDefectError(
                        path,
                        "it is one half of a NIfTI pair (.hdr and .img)",
                        "Convert the pair to one .nii file, with nibabel or dcm2niix",
                    )
                if not magic.startswith((b"n+1", b"n+2")):
                    raise FileDefectError(
                        path,
                        "it is not NIfTI but the older Analyze, which holds no orientation",
                        "Convert it with the program that made it, stating the orientation",
                    )
                return fields, order
    if len(head) < 348:
        raise FileDefectError(path, f"it is truncated: {len(head)} bytes of header", _REMEDY)
    raise FileDefectError(path, "it is not a NIfTI file, whatever its name says", _REMEDY)


def _sizes(path: Path, fields: NDArray[Any]) -> list[int]:
    dim = [int(value) for value in fields["dim"]]
    if not 2 <= dim[0] <= 7:
        raise FileDefectError(path, f"its header names {dim[0]} axes, not 2 to 7", _REMEDY)
    sizes = dim[1 : dim[0] + 1]
    if min(sizes) < 1:
        raise FileDefectError(path, f"its axes have the lengths {sizes}, not all above 0", _REMEDY)
    while len(sizes) > 3 and sizes[-1] == 1:
        sizes.pop()
    if len(sizes) > 5:
        raise FileDefectError(path, f"it has {len(sizes)} axes", "Store the parts one by one")
    return sizes


def _axes(
    path: Path, sizes: list[int], fields: NDArray[Any], colours: int, request: Request
) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """Return axes and shape of the result, and the shape as stored."""
    spatial = "zyx" if len(sizes) >= 3 else "yx"
    stored = tuple(reversed(sizes)) + ((colours,) if colours > 1 else ())
    extra = sizes[3:]
    wanted = request.axes
    if colours > 1:
        letters = ("t" if extra else "") + spatial + "c"
        if len(extra) > 1:
            raise FileDefectError(path, "it has colour and five axes", "Store the parts one by one")
        shape = stored
    elif len(extra) == 2 or (len(extra) == 1 and wanted is not None and "c" in wanted):
        is_vector = int(fields["intent_code"]) in _VECTOR_INTENTS
        if wanted is None and not is_vector:
            raise FileDefectError(
                path,
                f"its fifth axis of length {extra[1]} has no stated meaning",
                'Say that it holds channels: axes="tzyxc" (axes="zyxc" when there is one time)',
            )
        has_time = len(extra) == 2 and extra[0] > 1
        letters = ("t" if has_time else "") + spatial + "c"
        times = (extra[0],) if has_time else ()
        shape = (*times, *reversed(sizes[:3]), extra[-1])
        stored = (extra[-1], *times, *reversed(sizes[:3]))
    else:
        letters = ("t" if extra else "") + spatial
        shape = stored
    if wanted is not None and wanted != letters:
        raise FileDefectError(
            path, f"its axes are {letters!r}, not {wanted!r} as asked", f"Write axes={letters!r}"
        )
    return letters, shape, stored


def _scaling(path: Path, fields: NDArray[Any], notes: list[Note]) -> tuple[float, float]:
    slope, intercept = float(fields["scl_slope"]), float(fields["scl_inter"])
    if math.isinf(slope) or (math.isfinite(slope) and slope != 0 and not math.isfinite(intercept)):
        raise FileDefectError(path, f"it scales values by {slope:g} and {intercept:g}", _REMEDY)
    if slope == 0 or math.isnan(slope):
        if math.isnan(slope) or not (intercept == 0 or math.isnan(intercept)):
            notes.append(
                Note(
                    f"its scaling (slope {slope:g}, intercept {intercept:g}) is not applied, as "
                    "the standard says for a slope that is 0 or undefined"
                )
            )
        return 1.0, 0.0
    return slope, intercept


def _times(
    sizes: list[int], fields: NDArray[Any], axes: str, notes: list[Note]
) -> tuple[float, ...] | None:
    if "t" not in axes:
        return None
    step, start = float(fields["pixdim"][4]), float(fields["toffset"])
    factor = _TIME_UNITS.get(int(fields["xyzt_units"]) & 0x38)
    if factor is None and int(fields["xyzt_units"]) & 0x38 == 0:
        factor = 1.0
    if factor is None or not math.isfinite(step) or step <= 0 or not math.isfinite(start):
        notes.append(Note("the times of its frames are not known"))
        return None
    return tuple((start + index * step) * factor for index in range(sizes[3]))


def _grid(
    path: Path, sizes: list[int], fields: NDArray[Any], request: Request, notes: list[Note]
) -> Grid:
    code = int(fields["xyzt_units"]) & 0x07
    if code not in _SPACE_UNITS:
        raise FileDefectError(path, f"its unit of length has the unknown code {code}", _REMEDY)
    unit = _SPACE_UNITS[code]
    steps = [float(value) for value in fields["pixdim"][1:4]]
    spatial = sizes[:3]
    sform = _sform(path, fields) if int(fields["sform_code"]) > 0 else None
    needs_steps = sform is None
    for axis in range(3):
        is_needed = axis < len(spatial) and (needs_steps or int(fields["qform_code"]) > 0)
        if math.isfinite(steps[axis]) and steps[axis] > 0:
            continue
        if needs_steps and is_needed and spatial[axis] > 1:
            raise FileDefectError(
                path, f"its spacing along axis {'xyz'[axis]} is {steps[axis]:g}", _REMEDY
            )
        if needs_steps and is_needed:
            notes.append(
                Note(f"its one slice has a thickness of {steps[axis]:g}; taken as 1 {unit}", True)
            )
        elif is_needed:
            notes.append(Note(f"its pixdim {steps[axis]:g} is ignored beside the sform", True))
        steps[axis] = 1.0 if needs_steps else math.nan
    qform = None
    if int(fields["qform_code"]) > 0 and all(math.isfinite(step) for step in steps):
        qform = _qform(path, fields, steps, needs_steps, notes)
    chosen = sform if sform is not None else qform
    if chosen is None:
        notes.append(
            Note(
                "its header holds no orientation (sform and qform codes are 0): the axes are not "
                'anatomical; image.with_frame(fd.Frame("LPS", "mm")) says that x, y, z grow to '
                "left, posterior, superior",
                True,
            )
        )
        letters = "xyz"[: len(spatial)]
        return Grid.from_spacing(
            spatial[::-1], steps[: len(spatial)][::-1], frame=Frame(letters, unit), unit=unit
        )
    scale = {"mm": 1.0, "m": 1000.0, "um": 1e-3}[unit]
    grid = _placed(path, chosen, spatial, scale)
    if max(grid.spacing) > 100:
        notes.append(
            Note(
                f"its voxels are {max(grid.spacing):g} mm large: is its unit, {unit}, right?", True
            )
        )
    if sform is not None and qform is not None:
        other = _placed(path, qform, spatial, scale)
        apart = grid.corner_distance(other)
        if apart > _DIFFERENCE * min(grid.spacing):
            notes.append(
                Note(
                    f"its sform and qform place corners {apart:.4g} mm apart; the sform is used",
                    True,
                )
            )
    elif sform is not None:
        lengths = np.asarray(grid.spacing)[::-1]
        given = np.asarray(steps[: len(spatial)]) * scale
        with np.errstate(invalid="ignore"):
            worst = float(np.nanmax(np.abs(given / lengths - 1), initial=0.0))
        if worst > _DIFFERENCE:
            notes.append(
                Note(
                    f"its pixdim {_listed(given)} mm contradicts its sform {_listed(lengths)} mm; "
                    "the sform is used",
                    True,
                )
            )
    return grid


def _listed(values: Any) -> str:
    return " x ".join(f"{value:.4g}" for value in values)


def _placed(path: Path, affine: NDArray[np.float64], spatial: list[int], scale: float) -> Grid:
    matrix = swap_ras_lps(affine)
    matrix[:3] *= scale
    count = len(spatial)
    columns = [*range(count - 1, -1, -1), 3]
    try:
        return Grid(spatial[::-1], matrix[:, columns], Frame("LPS", "mm"))
    except ValueError as error:
        raise FileDefectError(path, "its orientation matrix is singular", _REMEDY) from error


def _sform(path: Path, fields: NDArray[Any]) -> NDArray[np.float64]:
    affine = np.eye(4)
    affine[:3] = [[float(value) for value in fields[f"srow_{axis}"]] for axis in "xyz"]
    if not np.all(np.isfinite(affine)):
        raise FileDefectError(path, "its orientation matrix (sform) holds NaN", _REMEDY)
    return affine


def _qform(
    path: Path, fields: NDArray[Any], steps: list[float], is_used: bool, notes: list[Note]
) -> NDArray[np.float64] | None:
    b, c, d = (float(fields[f"quatern_{letter}"]) for letter in "bcd")
    offset = [float(fields[f"qoffset_{axis}"]) for axis in "xyz"]
    rest = 1.0 - (b * b + c * c + d * d)
    handed = float(fields["pixdim"][0])
    if not all(math.isfinite(value) for value in (*offset, rest, handed)) or rest < -1e-5:
        if is_used:
            raise FileDefectError(path, "its orientation (qform) is no rotation", _REMEDY)
        notes.append(Note("its qform is no rotation; the sform is used", True))
        return None
    # Below the rounding of float32 the angle is 180 degrees.
    length = math.sqrt(b * b + c * c + d * d)
    if rest < 1e-7:
        b, c, d, a = b / length, c / length, d / length, 0.0
    else:
        a = math.sqrt(rest)
    rotation = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )
    if handed not in (-1.0, 0.0, 1.0):
        notes.append(Note(f"its handedness is {handed:g}, not 1 or -1; its sign is used", True))
    affine = np.eye(4)
    affine[:3, :3] = rotation * [steps[0], steps[1], steps[2] * (-1.0 if handed < 0 else 1.0)]
    affine[:3, 3] = offset
    return affine
