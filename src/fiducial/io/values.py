"""Stored numbers to values: byte order, slope and intercept."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .format import Note

__all__ = ["native", "not_finite", "rescaled"]

_CHUNK = 1 << 18


def native(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array in this machine's byte order."""
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def rescaled(
    raw: NDArray[Any], slope: float, intercept: float, *, in_place: bool = False
) -> NDArray[Any]:
    """Return ``slope * raw + intercept`` without losing a value.

    Whole slopes and intercepts of integers give the smallest of int16, int32 and int64 that
    holds every value (or the type itself, for slope 1 and intercept 0); anything else
    float32, or float64 for input that float32 would not hold.  Computed in float64.

    Parameters
    ----------
    raw
        The stored numbers.
    slope, intercept
        Finite.
    in_place
        Whether the memory of `raw` may become that of the result.
    """
    if slope == 1 and intercept == 0:
        return raw
    if raw.dtype.kind in "iu" and float(slope).is_integer() and float(intercept).is_integer():
        whole = _whole(raw, int(slope), int(intercept), in_place)
        if whole is not None:
            return whole
    is_wide = raw.dtype.itemsize > 2 and raw.dtype != np.float32
    out = np.empty(raw.shape, np.float64 if is_wide else np.float32)
    source, target = np.ascontiguousarray(raw).reshape(-1), out.reshape(-1)
    for start in range(0, source.size, _CHUNK):
        part = source[start : start + _CHUNK].astype(np.float64)
        part *= slope
        part += intercept
        target[start : start + _CHUNK] = part
    return out


def _whole(raw: NDArray[Any], slope: int, intercept: int, in_place: bool) -> NDArray[Any] | None:
    ends = [int(raw.min()), int(raw.max())] if raw.size else [0]
    bounds = [value * slope + intercept for value in ends]
    for kind in (np.int16, np.int32, np.int64):
        limits = np.iinfo(kind)
        if not (limits.min <= min(bounds) and max(bounds) <= limits.max):
            continue
        # Sums wrap around on their way, and back into range, for the ends are known to fit.
        is_own = in_place and raw.flags.writeable and raw.dtype.itemsize == limits.bits // 8
        values: NDArray[Any] = raw.view(kind) if is_own else raw.astype(kind)
        bits = limits.bits
        if slope != 1:
            values *= kind((slope + (1 << (bits - 1))) % (1 << bits) - (1 << (bits - 1)))
        values += kind((intercept + (1 << (bits - 1))) % (1 << bits) - (1 << (bits - 1)))
        return values
    return None


def not_finite(array: NDArray[Any]) -> tuple[Note, ...]:
    """Return a note that counts NaN and infinite values, which are kept; none if there are none."""
    if array.dtype.kind != "f":
        return ()
    count = array.size - int(np.count_nonzero(np.isfinite(array)))
    return (Note(f"{count} values are NaN or infinite; they are kept"),) if count else ()
