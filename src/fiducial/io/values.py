"""Stored numbers to values: byte order, slope and intercept."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .format import Note

__all__ = ["native", "not_finite", "rescaled"]


def native(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array in this machine's byte order."""
    return array if array.dtype.isnative else array.astype(array.dtype.newbyteorder("="))


def rescaled(raw: NDArray[Any], slope: float, intercept: float) -> NDArray[Any]:
    """Return ``slope * raw + intercept`` without losing a value.

    Whole slopes and intercepts of integers give the smallest of int16, int32 and int64 that
    holds every value (or the type itself, for slope 1 and intercept 0); anything else
    float32, or float64 for input that float32 would not hold.  Computed in float64.
    """
    if slope == 1 and intercept == 0:
        return raw
    is_whole = float(slope).is_integer() and float(intercept).is_integer()
    if raw.dtype.kind in "iu" and is_whole:
        ends = [int(raw.min()), int(raw.max())] if raw.size else [0]
        bounds = [value * int(slope) + int(intercept) for value in ends]
        for kind in (np.int16, np.int32, np.int64):
            limits = np.iinfo(kind)
            if limits.min <= min(bounds) and max(bounds) <= limits.max:
                if kind is np.int16 and raw.dtype.itemsize <= 2:
                    # The sum wraps back into range, for the ends are known to fit.
                    wide = raw.astype(np.int16) * np.int16(((int(slope) + 32768) % 65536) - 32768)
                    wide += np.int16(((int(intercept) + 32768) % 65536) - 32768)
                    return wide
                wide_values = raw.astype(np.int64) * int(slope) + int(intercept)
                return wide_values.astype(kind)
    wide_type = np.float64 if raw.dtype.itemsize > 2 and raw.dtype != np.float32 else np.float32
    if wide_type is np.float32 and raw.dtype != np.float32:
        table_like = raw.astype(np.float64)
        table_like *= slope
        table_like += intercept
        return table_like.astype(np.float32)
    return (raw.astype(np.float64) * slope + intercept).astype(wide_type)


def not_finite(array: NDArray[Any]) -> tuple[Note, ...]:
    """Return a note that counts NaN and infinite values, which are kept; none if there are none."""
    if array.dtype.kind != "f":
        return ()
    count = array.size - int(np.count_nonzero(np.isfinite(array)))
    return (Note(f"{count} values are NaN or infinite; they are kept"),) if count else ()
