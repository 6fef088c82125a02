"""Which sample of an axis lies nearest to a position said in words."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING

import numpy as np

from ..errors import ParameterError, shown
from ..geometry import axis_assignment
from ..units import convert, length

if TYPE_CHECKING:
    from .sampled import Sampled

__all__ = ["frame_at", "place_at"]


def frame_at(position: object, count: int) -> int:
    """Return the frame of this number."""
    try:
        index = -1 if isinstance(position, bool) else operator.index(position)  # type: ignore[arg-type]
    except TypeError:
        index = -1
    if not 0 <= index < count:
        raise ParameterError(
            f"t of at must be a frame from 0 to {count - 1}; got {shown(position)}."
        )
    return index


def place_at(image: Sampled, letter: str, position: object) -> tuple[int, int]:
    """Return the spatial axis that a position lies along, and the index of the nearest sample.

    A length is a coordinate on the axis of the *world* that `letter` names, found along the
    array axis which follows it best, on the line through the middle of the lattice: the same
    place however the samples are stored.  ``px`` counts samples of the *array* axis `letter`.
    """
    grid = image.grid
    measure = length(position, f"{letter} of at")
    if len(measure.values) != 1:
        raise ParameterError(f"{letter} of at must be one position; got {shown(position)}.")
    row = "xyz".index(letter)
    rows = [place for place, _ in axis_assignment(grid.direction)]
    if measure.unit == "px":
        column, choices = grid.axes.find(letter), list(grid.axes)
    else:
        column, choices = rows.index(row) if row in rows else -1, ["xyz"[place] for place in rows]
    if column < 0:
        raise ParameterError(f"axis of at must be one of {', '.join(choices)}; got {letter!r}.")
    if measure.unit == "px":
        index = measure.values[0]
    else:
        value = convert(measure.values[0], measure.unit or grid.unit, grid.unit)
        step = grid.affine[row, column]
        if step == 0:
            raise ParameterError(
                f"{letter} of at must be in px, for no array axis leads along the world's "
                f"{letter}; got {shown(position)}."
            )
        index = (grid.shape[column] - 1) / 2 + (value - grid.center[row]) / step
    size = grid.shape[column]
    if not -0.5 <= index <= size - 0.5:
        raise ParameterError(
            f"{letter} of at must lie inside the image; got {shown(position)}, "
            f"which is index {index:.4g} of {size}."
        )
    return column, min(size - 1, max(0, int(np.floor(index + 0.5))))
