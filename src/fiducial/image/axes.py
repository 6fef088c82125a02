"""Which axis of an array is which."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import GridMismatchError, ParameterError
from ..geometry import Grid

__all__ = ["AXES", "read_axes"]

AXES = "tzyxc"
"""Every axis an array can have, in the order it has them."""

_COLOUR_SIZES = (3, 4)


def read_axes(shape: Sequence[int], grid: Grid | None, axes: str | None, kind: str) -> str:
    """Return a letter for each axis of an array; refuse what could be read two ways.

    Parameters
    ----------
    shape
        Shape of the array.
    grid
        The lattice, if known: its axes are found at the end, after ``t``, or before ``c``.
    axes
        What the caller says, out of ``t z y x c`` in that order.
    kind
        What the message calls the object.
    """
    if axes is not None:
        letters = "".join(axes)
        if letters != "".join(a for a in AXES if a in letters) or len(letters) != len(shape):
            raise ParameterError(
                f"axes of {kind} must name {len(shape)} axes out of t, z, y, x, c in that order; "
                f"got {axes!r}."
            )
        spatial = "".join(letter for letter in letters if letter in "zyx")
        if not spatial:
            raise ParameterError(f"axes of {kind} must hold z, y or x; got {axes!r}.")
    elif grid is not None:
        letters = _from_grid(shape, grid, kind)
        spatial = grid.axes
    else:
        letters = spatial = _from_shape(shape, kind)
    if grid is not None:
        if spatial != grid.axes:
            raise ParameterError(
                f"axes of {kind} must hold those of its grid, {grid.axes!r}; got {letters!r}."
            )
        sizes = tuple(n for n, letter in zip(shape, letters, strict=True) if letter in "zyx")
        if sizes != grid.shape:
            raise GridMismatchError(
                f"array of {kind} must have the shape of its grid, {grid.shape}; got {sizes}."
            )
    return letters


def _from_grid(shape: Sequence[int], grid: Grid, kind: str) -> str:
    found = [
        lead + grid.axes + tail
        for lead in ("", "t")
        for tail in ("", "c")
        if len(lead) + len(tail) + grid.dimension == len(shape)
        and tuple(shape[len(lead) : len(lead) + grid.dimension]) == grid.shape
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise GridMismatchError(
            f"array of {kind} must have the shape of its grid, {grid.shape}, perhaps with t "
            f"before or c after; got {tuple(shape)}."
        )
    raise ParameterError(
        f"axes of {kind} must be given when an array of shape {tuple(shape)} can be read as "
        f"{' or '.join(found)}; got None."
    )


def _from_shape(shape: Sequence[int], kind: str) -> str:
    if len(shape) in (1, 2):
        return "zyx"[-len(shape) :]
    if len(shape) == 3 and shape[-1] not in _COLOUR_SIZES:
        return "zyx"
    if len(shape) == 3:
        raise ParameterError(
            f"axes of {kind} must be given for an array of shape {tuple(shape)}, which may be "
            'a colour image or a volume; got None. Write axes="yxc" or axes="zyx".'
        )
    raise ParameterError(
        f"axes of {kind} must be given for an array of {len(shape)} axes, out of t, z, y, x, c "
        'in that order; got None. Write axes="tzyx", axes="zyxc", ...'
    )
