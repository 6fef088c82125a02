"""Lengths measured against a lattice: in samples, or in its world's unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import UnitError
from ..units import Measure, convert, length

if TYPE_CHECKING:
    from .grid import Grid

__all__ = ["CLOSE_FRACTION", "in_index", "in_unit"]

CLOSE_FRACTION = 1e-3
"""Two lengths on a lattice are the same within this share of the smallest spacing: far above
the rounding of float32 headers, far below what any result can show."""


def in_index(grid: Grid, value: object, name: str) -> tuple[float, ...]:
    """Return a length, or one for each axis, as a number of samples along each array axis."""
    measure = length(value, name)
    values = measure.values * grid.dimension if len(measure.values) == 1 else measure.values
    if len(values) != grid.dimension:
        raise UnitError(
            f"{name} must be one length or {grid.dimension} in array order; got {len(values)}."
        )
    if measure.unit == "px":
        return tuple(values)
    factor = _factor(grid, measure, name)
    return tuple(part * factor / step for part, step in zip(values, grid.spacing, strict=True))


def in_unit(grid: Grid, value: object, name: str) -> float:
    """Return one length in the world's unit."""
    measure = length(value, name)
    if len(measure.values) != 1:
        raise UnitError(f"{name} must be one length; got {measure}.")
    if measure.unit == "px" and grid.unit != "px":
        if max(grid.spacing) - min(grid.spacing) > CLOSE_FRACTION * min(grid.spacing):
            raise UnitError(
                f"{name} must be in {grid.unit}, for a voxel of {grid.spacing} has no single "
                f"size; got {measure}."
            )
        return measure.values[0] * grid.spacing[0]
    return measure.values[0] * _factor(grid, measure, name)


def _factor(grid: Grid, measure: Measure, name: str) -> float:
    """Return what turns the measure's unit into the grid's."""
    unit = measure.unit or grid.unit
    if unit != grid.unit and grid.unit == "px":
        raise UnitError(
            f"{name} must be in px, for the lattice has no physical size; got {measure}. "
            "Give it in px, or read the image with its spacing: read(path, spacing='0.5 um')."
        )
    return convert(1.0, unit, grid.unit)
