"""Index expressions in array order, made explicit."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import TypeAlias

from ..errors import ParameterError, shown

__all__ = ["Key", "normalise_key", "slice_count"]

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
            if isinstance(part, bool) or not -size <= index < size:
                raise IndexError(f"index {part} is outside axis {axis} of length {size}")
            found.append(index % size)
    return tuple(found)


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
