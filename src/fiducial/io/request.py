"""What a caller tells a reader beside the path, checked, and the spacing that follows from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import ParameterError, parameter_error
from ..geometry import Frame, Grid
from ..units import Measure, convert, length
from .format import Header, Note, Request

__all__ = ["ACCEPTED", "calibrated", "checked_request"]

ACCEPTED = ("uneven steps", "missing slice", "unreadable files")
"""What `accept` can name."""


def checked_request(
    function: str,
    purpose: Any,
    series: Any,
    axes: Any,
    accept: Sequence[str] = (),
    spacing: Any = None,
) -> Request:
    """Return what the reader is told.

    Parameters
    ----------
    function
        Which reader, for messages.
    purpose, series, axes, accept, spacing
        As :class:`Request` has them, as the caller wrote them.

    Raises
    ------
    ParameterError
        If one of them cannot be; the message names it.
    """
    names = (accept,) if isinstance(accept, str) else tuple(accept)
    for name in names:
        if name not in ACCEPTED:
            known = ", ".join(repr(item) for item in ACCEPTED)
            raise parameter_error(function, "accept", f"one or several of {known}", name)
    if isinstance(series, bool) or not isinstance(series, str | int | None):
        raise parameter_error(function, "series", "a number, a UID or a text", series)
    if axes is not None:
        letters = "".join(axes)
        if letters != "".join(letter for letter in "tzyxc" if letter in letters) or not letters:
            raise parameter_error(function, "axes", "out of t, z, y, x, c in that order", axes)
        axes = letters
    steps = None
    if spacing is not None:
        steps = length(spacing, f"spacing of {function}")
        if steps.unit in (None, "px") or min(steps.values) <= 0:
            raise parameter_error(
                function, "spacing", "above 0 and in a unit", spacing, 'Write "0.5 um" or "2 mm".'
            )
    return Request(purpose, series, axes, names, steps)


def calibrated(header: Header, spacing: Measure | None, function: str = "read") -> Header:
    """Return the header with the spacing that the caller gave.

    Parameters
    ----------
    header
        As the file has it.
    spacing
        With a unit; one length or one for each axis.  None changes nothing.
    function
        Which reader, for messages.

    Raises
    ------
    ParameterError
        If there are neither one length nor as many as axes.

    Notes
    -----
    A spacing that the file has, and has otherwise, is replaced, and a note says so.  The world
    keeps its axes; one in pixels takes the unit of `spacing`, and its first sample stays as
    many samples from the origin as it was; any other world keeps its unit and the first sample
    its place.
    """
    grid = header.grid
    if spacing is None or grid is None:
        return header
    assert spacing.unit is not None
    count = grid.dimension
    if len(spacing.values) not in (1, count):
        raise ParameterError(
            f"spacing of {function} must be one length, or {count} in the order {grid.axes}; "
            f"got {spacing}."
        )
    is_new = grid.unit == "px"
    unit = spacing.unit if is_new else grid.unit
    steps = np.array([convert(value, spacing.unit, unit) for value in spacing.values])
    steps = np.broadcast_to(steps, count)
    old = np.asarray(grid.spacing)
    notes = header.notes
    if not is_new and not np.allclose(steps, old, rtol=1e-6, atol=0):
        known = " x ".join(f"{value:.6g}" for value in old)
        notes = (*notes, Note(f"its spacing is {known} {unit}, and is taken for {spacing}", True))
    affine = np.array(grid.affine)
    start = np.linalg.pinv(affine[:-1, :-1]) @ affine[:-1, -1]
    rest = affine[:-1, -1] - affine[:-1, :-1] @ start
    affine[:-1, :-1] *= steps / old
    if is_new:
        affine[:-1, -1] = affine[:-1, :-1] @ start + rest
    frame = Frame(grid.frame.axes, unit) if is_new else grid.frame
    return replace(header, grid=Grid(grid.shape, affine, frame, grid.axes), notes=notes)
