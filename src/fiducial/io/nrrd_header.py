"""What an NRRD header says, and whether it can be true."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FileDefectError, UnitError
from ..geometry import Frame, Grid, swap_ras_lps
from ..units import LENGTH_UNITS, canonical_unit
from .format import Header, Note, Request
from .text_header import LIMIT, RawData, header_lines, integers, numbers

__all__ = ["NrrdLayout", "parse"]

_TYPES = {
    "i1": ("signed char", "int8", "int8_t"),
    "u1": ("uchar", "unsigned char", "uint8", "uint8_t"),
    "i2": ("short", "short int", "signed short", "signed short int", "int16", "int16_t"),
    "u2": ("ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"),
    "i4": ("int", "signed int", "int32", "int32_t"),
    "u4": ("uint", "unsigned int", "uint32", "uint32_t"),
    "i8": ("longlong", "long long", "long long int", "signed long long", "int64", "int64_t"),
    "u8": ("ulonglong", "unsigned long long", "unsigned long long int", "uint64", "uint64_t"),
    "f4": ("float",),
    "f8": ("double",),
}
_CODES = {name: code for code, names in _TYPES.items() for name in names}
_SPACES = {
    "left-posterior-superior": "LPS",
    "lps": "LPS",
    "right-anterior-superior": "RAS",
    "ras": "RAS",
    "left-anterior-superior": "LAS",
    "las": "LAS",
    "left-posterior-superior-time": "LPS",
    "lpst": "LPS",
    "right-anterior-superior-time": "RAS",
    "rast": "RAS",
    "left-anterior-superior-time": "LAS",
    "last": "LAS",
}
_ALIASES = {
    "centers": "centerings",
    "datafile": "data file",
    "lineskip": "line skip",
    "byteskip": "byte skip",
    "axismins": "axis mins",
    "axismaxs": "axis maxs",
}
_CHANNELS = ("rgb-color", "rgba-color", "3-color", "4-color", "vector", "covariant-vector")
_CHANNELS_PLAIN = (*_CHANNELS, "list", "3-vector", "2-vector", "4-vector", "point", "normal")
_REMEDY = "Correct its header, or ask for the file again"
_VECTOR = re.compile(r"\(([^()]*)\)|\bnone\b")


@dataclass(frozen=True)
class NrrdLayout:
    """Where the values lie, and what they are.

    Parameters
    ----------
    header
        What reading gives.
    dtype, stored
        Type and shape as stored, slowest axis first.
    order
        Which stored axis becomes each axis of the result.
    source
        The file and the offset.
    """

    header: Header
    dtype: np.dtype[Any]
    stored: tuple[int, ...]
    order: tuple[int, ...]
    source: RawData


def parse(path: Path, request: Request) -> NrrdLayout:
    """Read the header of an .nrrd or .nhdr file.

    Raises
    ------
    FileDefectError
        If it contradicts itself or cannot be understood.
    """
    fields, pairs, end = _fields(path)
    count = integers(path, "dimension", fields.get("dimension", ""), 1)[0]
    if not 2 <= count <= 5:
        raise FileDefectError(path, f"it has {count} axes, not 2 to 5", _REMEDY)
    sizes = integers(path, "sizes", fields.get("sizes", ""), count)
    if min(sizes) < 1:
        raise FileDefectError(path, f"its axes have the lengths {sizes}", _REMEDY)
    code = _CODES.get(fields.get("type", "").lower())
    if code is None:
        raise FileDefectError(path, "its type of values cannot be read", _REMEDY)
    order = _order(path, fields, code)
    dtype = np.dtype(order + code)
    source = _source(path, fields, end)
    source.check(math.prod(sizes) * dtype.itemsize)
    notes: list[Note] = []
    letters, grid, spatial = _geometry(path, fields, sizes, notes, request)
    axes = "".join(letter for letter in "tzyxc" if letter in letters)
    places = [len(sizes) - 1 - letters.index(letter) for letter in axes]
    shape = tuple(sizes[letters.index(letter)] for letter in axes)
    if request.axes not in (None, axes):
        raise FileDefectError(path, f"its axes are {axes!r}, not {request.axes!r} as asked")
    names, colors = _segments(pairs)
    header = Header(
        what="NRRD image" if not names else "NRRD segmentation",
        shape=shape,
        axes=axes,
        dtype=dtype.newbyteorder("=").name,
        grid=grid,
        times=_times(fields, sizes, letters, axes),
        names=names,
        colors=colors,
        notes=tuple(notes),
    )
    assert len(spatial) == grid.dimension
    return NrrdLayout(header, dtype, tuple(reversed(sizes)), tuple(places), source)


def _fields(path: Path) -> tuple[dict[str, str], dict[str, str], int]:
    data = header_lines(path)
    end = re.search(rb"\r?\n\r?\n", data)
    if not data.startswith(b"NRRD000"):
        raise FileDefectError(path, "it is not NRRD, whatever its name says", _REMEDY)
    if end is None and len(data) >= LIMIT:
        raise FileDefectError(path, "its header does not end", _REMEDY)
    place = len(data) if end is None else end.end()
    text = data[: len(data) if end is None else end.start()].decode("utf-8", "replace")
    fields: dict[str, str] = {}
    pairs: dict[str, str] = {}
    for line in text.splitlines()[1:]:
        if line.startswith("#") or not line.strip():
            continue
        name, mark, value = line.partition(":")
        if not mark:
            raise FileDefectError(path, "its header holds a line that is no field", _REMEDY)
        if value.startswith("="):
            pairs[name] = value[1:]
            continue
        name = _ALIASES.get(name.strip().lower(), name.strip().lower())
        if name in fields:
            raise FileDefectError(path, f"its header has the field {name[:30]} twice", _REMEDY)
        fields[name] = value.strip()
    if end is None and "data file" not in fields:
        raise FileDefectError(path, "it is truncated in its header", _REMEDY)
    return fields, pairs, place


def _order(path: Path, fields: dict[str, str], code: str) -> str:
    given = fields.get("endian", "").lower()
    if given not in ("little", "big") and not (code.endswith("1") and given == ""):
        raise FileDefectError(path, "it does not say the order of its bytes (endian)", _REMEDY)
    return ">" if given == "big" else "<"


def _source(path: Path, fields: dict[str, str], end: int) -> RawData:
    encoding = fields.get("encoding", "raw").lower()
    compression = {"raw": "raw", "gzip": "gzip", "gz": "gzip"}.get(encoding)
    if compression is None:
        raise FileDefectError(
            path, f"its encoding {encoding[:20]!r} is not read", "Write it as raw or gzip"
        )
    name = fields.get("data file", "")
    if name and (name.upper().startswith("LIST") or "%" in name):
        raise FileDefectError(path, "its values are spread over many files", "Join them first")
    if integers(path, "line skip", fields.get("line skip", "0"), 1)[0] != 0:
        raise FileDefectError(path, "lines must be skipped before its values", "Write it anew")
    skip = integers(path, "byte skip", fields.get("byte skip", "0"), 1)[0]
    if skip < -1 or (skip != 0 and compression != "raw") or (skip == -1 and not name):
        raise FileDefectError(path, f"its byte skip is {skip}", _REMEDY)
    return RawData(path, name, skip if name else end + skip, compression)


def _vectors(
    path: Path, fields: dict[str, str], count: int, world: int
) -> list[list[float] | None]:
    text = fields["space directions"]
    found: list[list[float] | None] = []
    for match in _VECTOR.finditer(text):
        if match[1] is None:
            found.append(None)
        else:
            found.append(numbers(path, "space directions", match[1].split(","), world))
    if len(found) != count:
        raise FileDefectError(
            path, f"its space directions are not one for each of {count} axes", _REMEDY
        )
    return found


def _geometry(
    path: Path, fields: dict[str, str], sizes: list[int], notes: list[Note], request: Request
) -> tuple[str, Grid, list[int]]:
    """Return a letter for each stored axis (fastest first), the grid, and its stored axes."""
    count = len(sizes)
    kinds = fields.get("kinds", "").lower().split() or ["???"] * count
    if len(kinds) != count:
        raise FileDefectError(path, f"its kinds are not one for each of {count} axes", _REMEDY)
    space = fields.get("space", "").lower()
    if "space directions" in fields:
        world = 3 if space else int(fields.get("space dimension", "3") or 3)
        if "time" in space:
            raise FileDefectError(path, "its world has time as a fourth axis", "Write it without")
        if world not in (2, 3):
            raise FileDefectError(path, f"its world has {world} dimensions", _REMEDY)
        vectors = _vectors(path, fields, count, world)
        spatial = [axis for axis, vector in enumerate(vectors) if vector is not None]
    else:
        world, vectors = 0, []
        other = (*_CHANNELS_PLAIN, "time")
        spatial = [axis for axis in range(count) if kinds[axis] not in other]
    letters = _letters(path, count, spatial, kinds, request)
    shape = [sizes[axis] for axis in reversed(spatial)]
    if not vectors:
        return letters, _plain_grid(path, fields, spatial, shape, notes), spatial
    affine: NDArray[np.float64] = np.zeros((world + 1, len(spatial) + 1))
    for column, axis in enumerate(reversed(spatial)):
        affine[:-1, column] = vectors[axis]
    origin = re.fullmatch(r"\(([^()]*)\)", fields.get("space origin", ""))
    if origin is not None:
        affine[:-1, -1] = numbers(path, "space origin", origin[1].split(","), world)
    elif "space origin" in fields:
        raise FileDefectError(path, "its space origin is no point", _REMEDY)
    else:
        notes.append(Note("its header holds no origin: taken as 0", True))
    affine[-1, -1] = 1.0
    unit = _unit(path, fields, notes)
    frame, affine = _world(space, world, unit, affine, notes)
    try:
        return letters, Grid(shape, affine, frame), spatial
    except ValueError as error:
        raise FileDefectError(path, "its space directions are singular", _REMEDY) from error


def _letters(path: Path, count: int, spatial: list[int], kinds: list[str], request: Request) -> str:
    if not 2 <= len(spatial) <= 3:
        raise FileDefectError(
            path, f"it has {len(spatial)} axes in space, not two or three", "Take a part of it"
        )
    letters = [""] * count
    for letter, axis in zip("xyz", spatial, strict=False):
        letters[axis] = letter
    for axis in range(count):
        if letters[axis]:
            continue
        wanted = request.axes or ""
        if kinds[axis] == "time" or (kinds[axis] in ("list", "???", "none") and "t" in wanted):
            letters[axis] = "t"
        else:
            letters[axis] = "c"
    if len(set(letters)) != count:
        raise FileDefectError(
            path, "it has several axes beyond space of one kind", "Take a part of it"
        )
    return "".join(letters)


def _world(
    space: str, world: int, unit: str, affine: NDArray[np.float64], notes: list[Note]
) -> tuple[Frame, NDArray[np.float64]]:
    code = _SPACES.get(space)
    if code is None:
        if not space or space.startswith("3d-"):
            return Frame("xyz"[:world], unit), affine
        notes.append(Note("its space is that of a scanner: axes are not anatomical", True))
        return Frame("xyz"[:world], unit), affine
    if code == "RAS":
        affine = swap_ras_lps(affine)
    elif code == "LAS":
        affine = affine * np.array([[1.0], [-1.0], [1.0], [1.0]])
    if unit != "mm":
        affine = affine.copy()
        affine[:-1] *= LENGTH_UNITS[unit]
    return Frame("LPS", "mm"), affine


def _unit(path: Path, fields: dict[str, str], notes: list[Note]) -> str:
    text = fields.get("space units", fields.get("units", ""))
    names = {name for name in re.findall(r'"([^"]*)"', text) if name}
    names -= {"s", "sec", "ms", "second", "seconds", "???"}
    if not names:
        if not fields.get("space"):
            notes.append(Note("its header holds no unit of length: taken as mm", True))
        return "mm"
    try:
        found = {canonical_unit(name) for name in names}
    except UnitError as error:
        raise FileDefectError(path, "its unit of length is not known", _REMEDY) from error
    if len(found) != 1 or not found <= set(LENGTH_UNITS):
        raise FileDefectError(path, "its units of length differ or are none", _REMEDY)
    return found.pop()


def _plain_grid(
    path: Path, fields: dict[str, str], spatial: list[int], shape: list[int], notes: list[Note]
) -> Grid:
    letters = "xyz"[: len(spatial)]
    parts = fields.get("spacings", "").split()
    if not parts:
        notes.append(Note("its header holds no spacing: the lattice is in pixels", True))
        return Grid.from_spacing(shape, 1.0, frame=Frame(letters, "px"), unit="px")
    try:
        spacing = [float(parts[axis]) for axis in reversed(spatial)]
    except (ValueError, IndexError):
        spacing = [math.nan]
    if not all(math.isfinite(value) and value > 0 for value in spacing):
        raise FileDefectError(path, "its spacings are not all finite and above 0", _REMEDY)
    unit = _unit(path, fields, notes)
    return Grid.from_spacing(shape, spacing, frame=Frame(letters, unit), unit=unit)


def _times(
    fields: dict[str, str], sizes: list[int], letters: str, axes: str
) -> tuple[float, ...] | None:
    if "t" not in axes:
        return None
    axis = letters.index("t")
    parts = fields.get("spacings", "").split()
    units = re.findall(r'"([^"]*)"', fields.get("units", ""))
    factor = {"s": 1.0, "sec": 1.0, "ms": 1e-3}.get(units[axis] if axis < len(units) else "")
    try:
        step = float(parts[axis])
    except (ValueError, IndexError):
        return None
    if factor is None or not math.isfinite(step) or step <= 0:
        return None
    start = fields.get("axis mins", "").split()
    try:
        first = float(start[axis])
    except (ValueError, IndexError):
        first = 0.0
    first = first if math.isfinite(first) else 0.0
    return tuple((first + index * step) * factor for index in range(sizes[axis]))


def _segments(pairs: dict[str, str]) -> tuple[dict[int, str], dict[int, tuple[int, int, int]]]:
    """Return names and colours as 3D Slicer writes them."""
    names: dict[int, str] = {}
    colors: dict[int, tuple[int, int, int]] = {}
    for key, name in pairs.items():
        match = re.fullmatch(r"Segment(\d+)_Name", key)
        if match is None:
            continue
        value = pairs.get(f"Segment{match[1]}_LabelValue", "")
        number = int(value) if value.isdecimal() else int(match[1]) + 1
        names[number] = name
        try:
            parts = [float(part) for part in pairs[f"Segment{match[1]}_Color"].split()]
            red, green, blue = (round(255 * min(1.0, max(0.0, part))) for part in parts)
            colors[number] = (red, green, blue)
        except (KeyError, ValueError):
            continue
    return names, colors
