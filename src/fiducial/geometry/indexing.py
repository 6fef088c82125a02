"""Index expressions in array order, made explicit."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ParameterError, shown

__all__ = ["Key", "coordinates", "normalise_key", "slice_count", "whole_numbers"]

Key: TypeAlias = tuple[int | slice, ...]


def normalise_key(key: object, shape: Sequence[int]) -> Key:
    """Return one non-negative integer or one explicit slice for each axis.

    Parameters
    ----------
    key
        Integers, slices and at most one Ellipsis, in array order.
    shape
        Length of each axis.

    Raises
    ------
    ParameterError
        If the key holds anything else, or selects nothing on an axis.
    IndexError
        If an integer lies outside its axis (so that iteration ends).

    Examples
    --------
    >>> normalise_key((-1, slice(None, None, 2)), (4, 5))
    (3, slice(0, 6, 2))
    """
    parts = list(key) if isinstance(key, tuple) else [key]
    dots = [position for position, part in enumerate(parts) if part is Ellipsis]
    if len(dots) > 1:
        raise ParameterError(f"index must hold at most one Ellipsis; got {shown(key)}.")
    if dots:
        missing = len(shape) - (len(parts) - 1)
        parts[dots[0] : dots[0] + 1] = [slice(None)] * missing
    if len(parts) > len(shape):
        raise ParameterError(f"index must have at most {len(shape)} axes; got {shown(key)}.")
    parts += [slice(None)] * (len(shape) - len(parts))
    found: list[int | slice] = []
    for axis, (part, size) in enumerate(zip(parts, shape, strict=True)):
        if isinstance(part, slice):
            found.append(_explicit(part, size, axis))
        else:
            try:
                index = operator.index(part)  # type: ignore[arg-type]
            except TypeError:
                raise ParameterError(
                    f"index of an image must be integers and slices; got {shown(part)}. "
                    "Take values with numpy.asarray(image)[...], or image[mask] with a Mask."
                ) from None
            if isinstance(part, bool):
                raise ParameterError(f"index of an image must be integers and slices; got {part}.")
            if not -size <= index < size:
                raise IndexError(f"index {part} is outside axis {axis} of length {size}")
            found.append(index % size)
    return tuple(found)


def whole_numbers(values: object, what: str) -> tuple[int, ...]:
    """Return a sequence of whole numbers as integers; a fraction is refused, never cut.

    Raises
    ------
    ParameterError
        If one is not whole; the message calls them `what`.

    Examples
    --------
    >>> whole_numbers((4, 5.0), "shape of Grid")
    (4, 5)
    """
    try:
        given: tuple[Any, ...] = tuple(values)  # type: ignore[arg-type]
        found = tuple(int(value) for value in given)
    except (TypeError, ValueError, OverflowError):
        found = given = ()
    if not given or any(a != b for a, b in zip(found, given, strict=True)):
        raise ParameterError(f"{what} must be whole numbers, one for each axis; got {values!r}.")
    return found


def coordinates(values: ArrayLike, count: int, space: str) -> NDArray[np.float64]:
    """Return (..., `count`) coordinates as float64; `space` is index or world."""
    try:
        points = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ParameterError(f"points must be numbers; got {shown(values)}.") from None
    if points.ndim == 0 or points.shape[-1] != count:
        raise ParameterError(
            f"points must have {count} {space} coordinates in the last axis; "
            f"got shape {points.shape}."
        )
    return points


def _explicit(part: slice, size: int, axis: int) -> slice:
    start, stop, step = part.indices(size)
    count = len(range(start, stop, step))
    if count == 0:
        raise ParameterError(
            f"index of axis {axis} must select at least one of {size} samples; got {shown(part)}."
        )
    end = start + count * step
    return slice(start, None if end < 0 else end, step)


def slice_count(part: slice) -> int:
    """Return how many samples an explicit slice selects.

    Examples
    --------
    >>> slice_count(slice(4, None, -2))
    3
    """
    stop = -1 if part.stop is None else part.stop
    return len(range(part.start, stop, part.step))
