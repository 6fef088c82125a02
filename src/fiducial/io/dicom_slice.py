"""One DICOM file: what its header says of one slice, and whether that can be true."""

from __future__ import annotations

import math
import os
import re
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FileDefectError
from ..geometry import Frame, Grid
from .dicom_checks import check_kind, check_pixels
from .dicom_elements import Elements, scan
from .dicom_tags import TAGS
from .files import open_regular
from .format import Note

__all__ = ["Slice", "read_slice", "slice_grid"]

_WANTED = frozenset(TAGS.values())
_CODE = re.compile(r"[A-Z0-9_ ]{1,16}\Z")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\Z")
_PET_UNITS = {"BQML": "Bq/mL", "CNTS": "counts", "GML": "g/mL", "CPS": "counts/s"}
_REMEDY = "Ask for the file again, or leave it out"
_NO_IMAGE = "it holds no image"
_STORAGE = "1.2.840.10008.5.1.4.1.1."
_WITHOUT_IMAGE = re.compile(
    re.escape(_STORAGE)
    + r"(?:4\.2|9\..*|11\..*|66(?:\.[1-6])?|67|88\..*|104\..*|481\.(?:3|5|8|9))\Z"
)
"""Reports, presentation states, waveforms, structures, plans, registrations, raw data."""
ORTHONORMAL = 1e-3
"""Direction cosines may be off by this (two decimals are not enough, three are)."""


@dataclass(frozen=True)
class Slice:
    """One slice in one file.

    Parameters
    ----------
    path
        The file.
    elements
        What was kept of its header.
    rows, columns, samples
        Size, and values a pixel.
    position, orientation, spacing
        As the header has them, in mm; None when it has none.
    slope, intercept
        From stored numbers to values.
    defect
        Why it cannot be read; empty when it can.
    notes
        What is odd.
    """

    path: Path
    elements: Elements
    rows: int = 0
    columns: int = 0
    samples: int = 1
    position: tuple[float, ...] | None = None
    orientation: tuple[float, ...] | None = None
    spacing: tuple[float, ...] | None = None
    slope: float = 1.0
    intercept: float = 0.0
    defect: str = ""
    remedy: str = ""
    notes: tuple[Note, ...] = field(default=())

    def text(self, name: str) -> str:
        """Return an element as text; the b-value, which is binary, in digits."""
        if name == "b_value":
            value = self.elements.values.get(TAGS[name], b"")
            return (
                repr(struct.unpack(f"{self.elements.order}d", value)[0]) if len(value) == 8 else ""
            )
        return self.elements.text(TAGS[name])

    def code(self, name: str) -> str:
        """Return an element that is a code word; empty when it is anything else."""
        text = self.text(name)
        return text if _CODE.match(text) else ""

    @property
    def is_image(self) -> bool:
        """Whether it holds pixels at all."""
        return self.defect != _NO_IMAGE

    @property
    def stored_dtype(self) -> np.dtype[Any]:
        """Type of the numbers in the file."""
        bits = self.elements.integer(TAGS["allocated"]) or 8
        kind = "i" if self.elements.integer(TAGS["signed"]) == 1 else "u"
        return np.dtype(f"{self.elements.order}{kind}{bits // 8}")

    @property
    def nbytes(self) -> int:
        """Bytes of all numbers, as an unbounded integer."""
        return self.count * self.stored_dtype.itemsize

    @property
    def count(self) -> int:
        """How many numbers it has."""
        return self.rows * self.columns * self.samples

    @property
    def unit(self) -> str | None:
        """Unit of the values after rescaling."""
        modality = self.code("modality")
        if modality == "CT":
            has_scale = bool(self.text("slope")) and bool(self.text("intercept"))
            return "HU" if has_scale and self.code("rescale_type") in ("", "HU") else None
        if modality == "PT":
            return _PET_UNITS.get(self.code("units"))
        return None

    @property
    def about(self) -> dict[str, Any]:
        """What may be told of the acquisition: an allow-list, nothing of the person."""
        found: dict[str, Any] = {}
        for name in ("modality", "photometric", "body_part"):
            if self.code(name):
                found[name] = self.code(name)
        centre, width = (_numbers(self.text(f"window_{name}")) for name in ("centre", "width"))
        if centre and width and math.isfinite(centre[0]) and width[0] > 0:
            found["window_center"], found["window_width"] = centre[0], width[0]
        return found


def read_slice(path: Path) -> Slice:
    """Read the header of one file; what is wrong is said in ``defect``, not raised.

    Raises
    ------
    FileDefectError
        If it is not a DICOM file that can be walked through to its pixels.
    """
    with open_regular(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        elements = scan(path, stream, size, _WANTED)
    try:
        return _checked(path, elements, size)
    except FileDefectError as error:
        return Slice(path, elements, defect=error.defect, remedy=error.remedy)


def _numbers(text: str) -> list[float]:
    """Return the numbers of a decimal string; NaN for a part that is none."""
    parts = [part.strip() for part in text.split("\\")] if text else []
    return [float(part) if _NUMBER.match(part) else math.nan for part in parts]


def _finite(path: Path, elements: Elements, name: str, count: int) -> tuple[float, ...] | None:
    text = elements.text(TAGS[name])
    if not text:
        return None
    values = _numbers(text)
    if len(values) != count or not all(math.isfinite(value) for value in values):
        raise FileDefectError(
            path, f"its {_words(name)} is not {count} finite number{'s' * (count > 1)}", _REMEDY
        )
    return tuple(values)


def _words(name: str) -> str:
    return {
        "position": "position",
        "orientation": "orientation",
        "spacing": "pixel spacing",
        "slope": "rescale slope",
        "intercept": "rescale intercept",
    }[name]


def _checked(path: Path, elements: Elements, size: int) -> Slice:
    rows, columns = elements.integer(TAGS["rows"]), elements.integer(TAGS["columns"])
    if TAGS["directory"] in elements.values or _WITHOUT_IMAGE.match(
        elements.text(TAGS["sop_class"])
    ):
        raise FileDefectError(path, _NO_IMAGE)
    if rows is None and columns is None and not elements.pixel_tag:
        raise FileDefectError(
            path, "it ends before its pixels: truncated, or no image at all", _REMEDY
        )
    if not rows or not columns:
        raise FileDefectError(path, f"its size is {rows} x {columns}", _REMEDY)
    samples = elements.integer(TAGS["samples"]) or 1
    check_kind(path, elements)
    check_pixels(path, elements, rows * columns * samples, samples, size)
    position = _finite(path, elements, "position", 3)
    orientation = _finite(path, elements, "orientation", 6)
    spacing = _finite(path, elements, "spacing", 2)
    if spacing is not None and min(spacing) <= 0:
        raise FileDefectError(
            path, f"its pixel spacing is {spacing[0]:g} x {spacing[1]:g} mm", _REMEDY
        )
    if orientation is not None:
        _check_orientation(path, orientation)
    slope, intercept = _scale(path, elements)
    notes = []
    if spacing is None and elements.text(TAGS["imager_spacing"]):
        notes.append(
            Note(
                "it has no spacing in the patient, only at the detector, which is not used: the "
                "lattice is in pixels",
                True,
            )
        )
    return Slice(
        path,
        elements,
        rows,
        columns,
        samples,
        position,
        orientation,
        spacing,
        slope,
        intercept,
        notes=tuple(notes),
    )


def _check_orientation(path: Path, orientation: tuple[float, ...]) -> None:
    row, column = np.array(orientation[:3]), np.array(orientation[3:])
    worst = max(
        abs(float(np.linalg.norm(row)) - 1),
        abs(float(np.linalg.norm(column)) - 1),
        abs(float(row @ column)),
    )
    if worst > ORTHONORMAL:
        raise FileDefectError(
            path,
            f"its orientation is not two unit vectors at right angles (off by {worst:.3g})",
            _REMEDY,
        )


def _scale(path: Path, elements: Elements) -> tuple[float, float]:
    slope = _finite(path, elements, "slope", 1) or (1.0,)
    intercept = _finite(path, elements, "intercept", 1) or (0.0,)
    if slope[0] == 0:
        raise FileDefectError(path, "its rescale slope is 0, which would erase the values", _REMEDY)
    return slope[0], intercept[0]


def slice_grid(item: Slice) -> Grid:
    """Return where one slice lies: a plane in the patient's world, as far as the header says."""
    shape = (item.rows, item.columns)
    if item.spacing is None:
        return Grid.from_spacing(shape, 1.0, unit="px")
    if item.position is None or item.orientation is None:
        return Grid.from_spacing(shape, item.spacing, frame=Frame("xy", "mm"))
    affine: NDArray[np.float64] = np.zeros((4, 3))
    # Rows lie `spacing[0]` apart, along the direction of a column, and the other way round.
    affine[:3, 0] = np.array(item.orientation[3:]) * item.spacing[0]
    affine[:3, 1] = np.array(item.orientation[:3]) * item.spacing[1]
    affine[:3, 2] = item.position
    affine[3, 2] = 1.0
    return Grid(shape, affine, Frame("LPS", "mm", item.text("frame") or None))
