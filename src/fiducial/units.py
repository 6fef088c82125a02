"""Lengths and angles with their unit: ``2.0``, ``"2 mm"``, ``"30 um"``, ``"3 px"``, ``"5 deg"``.

A bare number is in the image's own unit; ``px`` counts samples of the lattice.  The
annotations :data:`Length` and :data:`Angle` mark a parameter of an operation as such, so
that every face (Python, command line, recipe) reads it alike.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Annotated, TypeAlias

import numpy as np

from .errors import UnitError, shown

__all__ = [
    "ANGLE_UNITS",
    "LENGTH_UNITS",
    "Angle",
    "Length",
    "Measure",
    "angle",
    "canonical_unit",
    "convert",
    "length",
]

LENGTH_UNITS = {"nm": 1e-6, "um": 1e-3, "mm": 1.0, "cm": 10.0, "m": 1000.0}
"""Physical units of length, in mm."""

ANGLE_UNITS = {"deg": math.pi / 180.0, "rad": 1.0}
"""Units of angle, in radians."""

_SPELLINGS = {
    "µm": "um",
    "μm": "um",
    "micron": "um",
    "microns": "um",
    "micrometer": "um",
    "micrometre": "um",
    "millimeter": "mm",
    "millimetre": "mm",
    "centimeter": "cm",
    "centimetre": "cm",
    "meter": "m",
    "metre": "m",
    "nanometer": "nm",
    "nanometre": "nm",
    "pixel": "px",
    "pixels": "px",
    "voxel": "px",
    "voxels": "px",
    "vx": "px",
    "degree": "deg",
    "degrees": "deg",
    "°": "deg",
    "radian": "rad",
    "radians": "rad",
}

_QUANTITY = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)\s*([^\d\s]*)\s*\Z")


@dataclass(frozen=True)
class Measure:
    """One length or angle, or one for each axis in array order.

    Parameters
    ----------
    values
        One number, or one for each axis.
    unit
        A unit of :data:`LENGTH_UNITS` or :data:`ANGLE_UNITS`, ``"px"``, or None for the
        image's own unit.

    Examples
    --------
    >>> str(Measure((2.0,), "mm"))
    '2 mm'
    """

    values: tuple[float, ...]
    unit: str | None = None

    def __post_init__(self) -> None:
        if not self.values or not all(math.isfinite(value) for value in self.values):
            raise UnitError(f"values of Measure must be finite numbers; got {self.values}.")

    def __str__(self) -> str:
        parts = [f"{value:.12g}" + (f" {self.unit}" if self.unit else "") for value in self.values]
        return parts[0] if len(parts) == 1 else "(" + ", ".join(parts) + ")"

    def as_text(self) -> str | list[str]:
        """Return the form that recipes and lineage hold."""
        parts = [repr(value) + (f" {self.unit}" if self.unit else "") for value in self.values]
        return parts[0] if len(parts) == 1 else parts


Length: TypeAlias = Annotated[float | str | Sequence[float | str] | Measure, "length"]
"""A length: a number (the image's unit), ``"2 mm"``, ``"3 px"``, or one for each axis."""

Angle: TypeAlias = Annotated[float | str | Sequence[float | str] | Measure, "angle"]
"""An angle: a number (degrees), ``"5 deg"``, ``"0.1 rad"``, or one for each axis."""


def canonical_unit(unit: str) -> str:
    """Return the one spelling used here of a unit (``"µm"`` gives ``"um"``).

    Raises
    ------
    UnitError
        If the unit is not known.
    """
    name = _SPELLINGS.get(unit, unit)
    if name not in LENGTH_UNITS and name not in ANGLE_UNITS and name != "px":
        known = ", ".join([*LENGTH_UNITS, "px", *ANGLE_UNITS])
        raise UnitError(f"unit must be one of {known}; got {shown(unit)}.")
    return name


def _units(kind: str) -> set[str]:
    return set(ANGLE_UNITS) if kind == "angle" else {*LENGTH_UNITS, "px"}


def _article(kind: str) -> str:
    return f"an {kind}" if kind == "angle" else f"a {kind}"


def _one(value: object, kind: str, name: str) -> tuple[float, str | None]:
    example = '"5 deg"' if kind == "angle" else '"2 mm", "30 um" or "3 px"'
    if isinstance(value, Real) and not isinstance(value, bool | np.bool_):
        number, unit = float(value), None
    elif isinstance(value, str):
        match = _QUANTITY.match(value)
        if match is None:
            raise UnitError(
                f"{name} must be a number with a unit; got {shown(value)}. Write {example}."
            )
        number = float(match.group(1))
        unit = match.group(2) or None
        unit = _SPELLINGS.get(unit, unit) if unit else None
        if unit is not None and unit not in _units(kind):
            raise UnitError(
                f"{name} must be {_article(kind)} in {', '.join(sorted(_units(kind)))}; "
                f"got {shown(value)}. Write {example}."
            )
    else:
        raise UnitError(f"{name} must be {_article(kind)}; got {shown(value)}. Write {example}.")
    if not math.isfinite(number):
        raise UnitError(f"{name} must be finite; got {shown(value)}.")
    return number, unit


def _parse(value: object, kind: str, name: str) -> Measure:
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, Measure):
        if value.unit is not None and value.unit not in _units(kind):
            known = ", ".join(sorted(_units(kind)))
            raise UnitError(f"{name} must be {_article(kind)} in {known}; got {value}.")
        return value
    if not isinstance(value, list | tuple):
        number, unit = _one(value, kind, name)
        return Measure((number,), unit)
    parts = [_one(part, kind, name) for part in value]
    if not parts:
        raise UnitError(f"{name} must hold at least one {kind}; got none.")
    found = {unit for _, unit in parts}
    if len(found) > 1:
        raise UnitError(
            f"{name} must have one unit on all axes; got {shown(value)}. Write each with its unit."
        )
    return Measure(tuple(number for number, _ in parts), found.pop())


def length(value: object, name: str = "length") -> Measure:
    """Read a length.

    Parameters
    ----------
    value
        A number (the image's unit), a text such as ``"2 mm"``, a sequence of these in array
        order, or a :class:`Measure`.
    name
        What the error message calls it.

    Raises
    ------
    UnitError
        If it is not a finite length.

    Examples
    --------
    >>> length("30 µm")
    Measure(values=(30.0,), unit='um')
    >>> length([1, 2])
    Measure(values=(1.0, 2.0), unit=None)
    """
    return _parse(value, "length", name)


def angle(value: object, name: str = "angle") -> tuple[float, ...]:
    """Read an angle, or one for each axis, and return radians; a bare number is in degrees.

    Examples
    --------
    >>> angle("180 deg")
    (3.141592653589793,)
    """
    measure = _parse(value, "angle", name)
    factor = ANGLE_UNITS[measure.unit or "deg"]
    return tuple(part * factor for part in measure.values)


def convert(value: float, unit: str, to: str) -> float:
    """Convert a physical length from one unit to another.

    Raises
    ------
    UnitError
        If one of them is ``px``: samples have no size of their own.

    Examples
    --------
    >>> convert(30.0, "um", "mm")
    0.03
    """
    unit, to = canonical_unit(unit), canonical_unit(to)
    if unit == to:
        return value
    if unit not in LENGTH_UNITS or to not in LENGTH_UNITS:
        raise UnitError(
            f"a length in {unit} cannot be given in {to}. "
            "Give the image a spacing in a physical unit, or the length in px."
        )
    return value * (LENGTH_UNITS[unit] / LENGTH_UNITS[to])
