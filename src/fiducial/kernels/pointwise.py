"""Maps of single values: ramps, tables, curves, and the unmixing of colours.

All give float32, the type of pictures.  Each value is computed from itself alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fiducial import progress
from fiducial.errors import parameter_error

from . import body
from .arrays import Output, floating_dtype, native_order

__all__ = ["Unmixed", "curve", "lookup", "ramp", "unmix"]

_CHUNK = 1 << 15
"""Values the references work on at a time, so that what lies between stays in the cache."""

_RAMP_TYPES = frozenset({"int8", "uint8", "int16", "uint16", "float32"})


class Unmixed(NamedTuple):
    """What :func:`unmix` found."""

    values: NDArray[np.float32]
    negative: tuple[int, int, int]
    dark: int
    bright: int


def ramp(
    array: ArrayLike, low: float, high: float, *, out: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Map values linearly, `low` to 0 and `high` to 1, and cut what lies beyond.

    Parameters
    ----------
    array
        Real numbers, of any shape.
    low, high
        Finite, ``low < high``.
    out
        Where to write, or None.

    Returns
    -------
    ndarray of float32
        NaN stays NaN.

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled; `out` is then unspecified.

    Notes
    -----
    ``(array - low) * (1 / (high - low))``, in float32; in float64 for float64 and 32- or
    64-bit integers.

    Examples
    --------
    >>> ramp([0, 1, 3, 9], 1, 5).tolist()
    [0.0, 0.0, 0.5, 1.0]
    """
    given = _real(array, "ramp")
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise parameter_error("ramp", "low, high", "finite, with low below high", (low, high))
    output = Output(out, given.shape, np.float32, "ramp", given)
    source, target = given.reshape(-1), output.work.reshape(-1)
    scale = 1.0 / (high - low)
    module = body.native()
    if module is not None and given.dtype.name in _RAMP_TYPES:
        body.completed(module.ramp(source, target, low, scale, progress.cancel_flag()), "ramp")
        return output.result()
    kind = floating_dtype(given.dtype) or np.dtype(np.float64)
    for part in _chunks(source.size, "ramp"):
        values = source[part].astype(kind)
        np.subtract(values, kind.type(low), out=values)
        np.multiply(values, kind.type(scale), out=values)
        target[part] = np.clip(values, 0, 1, out=values)
    return output.result()


def lookup(
    codes: NDArray[Any], table: ArrayLike, *, out: NDArray[np.float32] | None = None
) -> NDArray[np.float32]:
    """Replace 8- or 16-bit codes by the entries of a table.

    Parameters
    ----------
    codes
        uint8 or uint16, of any shape.
    table
        256 or 65536 numbers: one for every code.
    out
        Where to write, or None.

    Returns
    -------
    ndarray of float32

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled; `out` is then unspecified.

    Examples
    --------
    >>> lookup(np.array([0, 255], np.uint8), np.arange(256) / 255).tolist()
    [0.0, 1.0]
    """
    given = native_order(codes)
    if given.dtype not in (np.uint8, np.uint16):
        raise parameter_error("lookup", "codes", "uint8 or uint16", given.dtype.name)
    entries = np.ascontiguousarray(table, np.float32)
    if entries.shape != (1 << 8 * given.dtype.itemsize,):
        raise parameter_error("lookup", "table", "one number for every code", entries)
    output = Output(out, given.shape, np.float32, "lookup", given)
    source, target = given.reshape(-1), output.work.reshape(-1)
    module = body.native()
    if module is not None:
        body.completed(module.lookup(source, entries, target, progress.cancel_flag()), "lookup")
        return output.result()
    for part in _chunks(source.size, "lookup"):
        np.take(entries, source[part], out=target[part], mode="clip")
    return output.result()


def curve(
    array: ArrayLike,
    heights: ArrayLike,
    low: float,
    step: float,
    *,
    out: NDArray[np.float32] | None = None,
) -> NDArray[np.float32]:
    """Interpolate linearly between the heights of a curve over equally spaced places.

    Parameters
    ----------
    array
        Real numbers, of any shape.
    heights
        (K,): the heights at low, low + step, ..., low + (K - 1) step.
    low, step
        Finite; the step above 0.
    out
        Where to write, or None.

    Returns
    -------
    ndarray of float32
        Beyond its ends the curve is flat.  NaN stays NaN.

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled; `out` is then unspecified.

    Notes
    -----
    Places are computed in float64, heights and slopes held in float32.

    Examples
    --------
    >>> curve([-1.0, 0.5, 1.5, 9.0], [0, 1, 5], 0, 1).tolist()
    [0.0, 0.5, 3.0, 5.0]
    """
    given = _real(array, "curve")
    line = np.asarray(heights, np.float64)
    if line.ndim != 1 or line.size < 1 or not np.all(np.isfinite(line)):
        raise parameter_error("curve", "heights", "one or more finite numbers", line)
    if not (np.isfinite(low) and np.isfinite(step) and step > 0):
        raise parameter_error("curve", "low, step", "finite, and the step above 0", (low, step))
    bases = line.astype(np.float32)
    slopes = np.append(np.diff(line), 0.0).astype(np.float32)
    output = Output(out, given.shape, np.float32, "curve", given)
    source, target = given.reshape(-1), output.work.reshape(-1)
    scale = 1.0 / step
    module = body.native()
    if module is not None and given.dtype in (np.float32, np.float64):
        done = module.curve(source, target, bases, slopes, low, scale, progress.cancel_flag())
        body.completed(done, "curve")
        return output.result()
    for part in _chunks(source.size, "curve"):
        places = source[part].astype(np.float64)
        places -= low
        places *= scale
        np.clip(places, 0.0, line.size - 1.0, out=places)
        index = np.where(np.isnan(places), 0.0, places).astype(np.intp)
        places -= index
        target[part] = bases[index] + slopes[index].astype(np.float64) * places
    return output.result()


def unmix(
    pixels: NDArray[Any],
    tables: ArrayLike,
    matrix: ArrayLike,
    *,
    clip: bool,
    least: float,
    bright: ArrayLike,
    out: NDArray[np.float32] | None = None,
) -> Unmixed:
    """Look the densities of coloured pixels up and multiply them with a matrix.

    Parameters
    ----------
    pixels
        uint8 or uint16 of shape (..., 3).
    tables
        (3, 256) or (3, 65536): what each code means in each channel.
    matrix
        (3, 3): the row of densities is multiplied with it from the left.
    clip
        Whether negative results become 0.
    least
        Results below it are counted.
    bright
        (3,): whole numbers; codes of a channel from here on are counted.
    out
        Where to write, or None.

    Returns
    -------
    Unmixed
        The results, how many of each were below `least`, at how many pixels a channel was 0,
        and at how many one reached `bright`.

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled; `out` is then unspecified.

    Examples
    --------
    >>> found = unmix(
    ...     np.array([[1, 2, 0]], np.uint8), np.tile(np.arange(256), (3, 1)), np.diag([1, -1, 1]),
    ...     clip=True, least=-0.5, bright=(255, 255, 255),
    ... )
    >>> found.values.tolist(), found.negative, found.dark
    ([[1.0, 0.0, 0.0]], (0, 1, 0), 1)
    """
    given = native_order(pixels)
    if given.dtype not in (np.uint8, np.uint16) or given.ndim < 1 or given.shape[-1] != 3:
        raise parameter_error("unmix", "pixels", "uint8 or uint16 of shape (..., 3)", given)
    densities = np.ascontiguousarray(tables, np.float32)
    if densities.shape != (3, 1 << 8 * given.dtype.itemsize):
        raise parameter_error("unmix", "tables", "a row of every code for each channel", densities)
    weights = np.ascontiguousarray(matrix, np.float32)
    if weights.shape != (3, 3):
        raise parameter_error("unmix", "matrix", "of shape (3, 3)", weights)
    limits = np.ascontiguousarray(bright, np.int32)
    output = Output(out, given.shape, np.float32, "unmix", given)
    source, target = given.reshape(-1, 3), output.work.reshape(-1, 3)
    counts = np.zeros(5, np.int64)
    module = body.native()
    if module is not None:
        flag = progress.cancel_flag()
        done = module.unmix(source, target, densities, weights, least, clip, limits, counts, flag)
        body.completed(done, "unmix")
    else:
        for part in _chunks(len(source), "unmix"):
            _reference_unmix(source[part], target[part], densities, weights, least, limits, counts)
            if clip:
                np.maximum(target[part], 0, out=target[part])
    negative = (int(counts[0]), int(counts[1]), int(counts[2]))
    return Unmixed(output.result(), negative, int(counts[3]), int(counts[4]))


def _reference_unmix(
    source: NDArray[Any],
    target: NDArray[np.float32],
    tables: NDArray[np.float32],
    matrix: NDArray[np.float32],
    least: float,
    limits: NDArray[np.int32],
    counts: NDArray[np.int64],
) -> None:
    red, green, blue = (tables[channel][source[:, channel]] for channel in range(3))
    for stain in range(3):
        weights = matrix[:, stain]
        target[:, stain] = red * weights[0] + green * weights[1] + blue * weights[2]
        counts[stain] += np.count_nonzero(target[:, stain] < np.float32(least))
    for place, found in ((3, source == 0), (4, source >= limits)):
        counts[place] += np.count_nonzero(found[:, 0] | found[:, 1] | found[:, 2])


def _real(array: ArrayLike, function: str) -> NDArray[Any]:
    given = native_order(array)
    if given.dtype == np.float16 or given.dtype.kind == "b":
        given = given.astype(np.float32 if given.dtype.kind == "f" else np.uint8)
    if given.dtype.kind not in "iuf" or given.dtype.itemsize > 8:
        raise parameter_error(function, "array", "an array of real numbers", given.dtype.name)
    return given


def _chunks(size: int, function: str) -> Iterator[slice]:
    for start in range(0, size, _CHUNK):
        progress.report(start, size, function)
        yield slice(start, min(start + _CHUNK, size))
