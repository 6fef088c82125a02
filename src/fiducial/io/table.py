"""Landmarks and tables as CSV."""

from __future__ import annotations

import csv
import hashlib
import io
import math
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FileDefectError, parameter_error
from ..geometry import Frame, default_frame
from ..image import Points
from ..lineage import Source
from ..units import LENGTH_UNITS
from .files import check_size, open_regular
from .sidecar import read_sidecar

__all__ = ["read_points", "table_text"]

_COLUMN = re.compile(r"([xyz])(?:[_ (\[]*(nm|um|µm|mm|cm|m|px)[)\]]*)?\Z")


def table_text(obj: Any) -> str:
    """Return points or a DataFrame as CSV, numbers with all their digits."""
    if isinstance(obj, Points):
        lines = io.StringIO()
        writer = csv.writer(lines, lineterminator="\n")
        letters = "xyz"[: obj.frame.dimension]
        names = [] if obj.names is None else ["name"]
        writer.writerow([*names, *(f"{letter}_{obj.frame.unit}" for letter in letters)])
        for index, point in enumerate(obj.world):
            lead = [] if obj.names is None else [obj.names[index]]
            writer.writerow([*lead, *(repr(float(value)) for value in point)])
        return lines.getvalue()
    if hasattr(obj, "to_csv") and hasattr(obj, "columns"):
        is_counted = obj.index.name is None and list(obj.index) == list(range(len(obj)))
        return str(obj.to_csv(index=not is_counted, lineterminator="\n"))
    raise parameter_error(
        "write",
        "obj",
        "an Image, Mask, Labels, Points or DataFrame",
        obj,
        "Wrap it: fd.Image(array).",
    )


def read_points(path: str | os.PathLike[str], *, unit: str | None = None) -> Points:
    """Read landmarks from CSV: one row a point, columns ``name`` (optional), ``x``, ``y``, ``z``.

    Parameters
    ----------
    path
        The file.  A column may carry its unit: ``x_mm``, ``x_um``, ``x_px``.  A first column
        without a head, as pandas writes its index, holds the names too.
    unit
        Unit of columns that carry none, such as ``"px"`` for landmarks clicked in a picture;
        mm when None.

    Returns
    -------
    Points
        In LPS mm when three coordinates are in mm; the frame of the sidecar when there is one.

    Raises
    ------
    FileDefectError
        If a column is missing, a row holds anything but numbers, or the columns carry another
        unit than `unit`.
    """
    where = Path(path)
    if unit is not None:
        known = [*LENGTH_UNITS, "px"]
        if unit not in known:
            raise parameter_error("read_points", "unit", f"one of {', '.join(known)}", unit)
    world, frame, names, digest = _points_from_csv(where, unit)
    options = {"reader": "read_points"} | ({} if unit is None else {"unit": unit})
    source = Source(str(where.resolve()), digest, "CSV", options)
    return Points(world, frame, names=names, lineage=source, copy=False)


def _points_from_csv(
    path: Path, asked: str | None
) -> tuple[NDArray[np.float64], Frame, tuple[str, ...] | None, str]:
    """Return coordinates, frame, names and digest of a CSV of landmarks."""
    remedy = "Give it a first row such as name,x_mm,y_mm,z_mm"
    with open_regular(path) as stream:
        data = stream.read(1 << 28)
        check_size(path, len(data) + (1 if stream.read(1) else 0), 1 << 28, "text")
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    try:
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileDefectError(path, "it is not a table of text", remedy) from error
    rows = [row for row in rows if row]
    heads = [cell.strip() for cell in rows[0]] if rows else []
    places: dict[str, int] = {}
    units = set()
    for place, cell in enumerate(heads):
        match = _COLUMN.match(cell.lower())
        if match:
            places[match[1]] = place
            units.add(match[2])
    letters = "".join(letter for letter in "xyz" if letter in places)
    if letters not in ("x", "xy", "xyz") or len(units) > 1:
        raise FileDefectError(path, "it has no columns x, y, z in one unit", remedy)
    said = units.pop()
    unit = (said or asked or "mm").replace("µ", "u")
    if asked not in (None, unit):
        raise FileDefectError(path, f"its columns are in {unit}, not in {asked}", "Omit the unit")
    world = np.empty((len(rows) - 1, len(letters)))
    for number, row in enumerate(rows[1:]):
        try:
            world[number] = [float(row[places[letter]]) for letter in letters]
        except (ValueError, IndexError) as error:
            raise FileDefectError(
                path, f"row {number + 2} holds no {len(letters)} numbers", "Correct the row"
            ) from error
        if not all(math.isfinite(value) for value in world[number]):
            raise FileDefectError(path, f"row {number + 2} holds NaN", "Correct the row")
    names = None
    if "name" in heads or not heads[0]:
        place = heads.index("name") if "name" in heads else 0
        names = tuple(row[place] if place < len(row) else "" for row in rows[1:])
    return world, _frame(path, letters, unit, digest), names, digest


def _frame(path: Path, letters: str, unit: str, digest: str) -> Frame:
    frame = default_frame(len(letters), unit)
    beside = read_sidecar(path)
    if beside is not None and beside.matches(digest) and "frame" in beside.describes:
        known = Frame(**beside.describes["frame"])
        if known.dimension == frame.dimension and known.unit == frame.unit:
            return known
    return frame
