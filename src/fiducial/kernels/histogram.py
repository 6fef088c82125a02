"""Counting values in bins."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fiducial import progress
from fiducial.errors import parameter_error

from . import body
from .arrays import boolean, native_order

__all__ = ["Counts", "histogram"]

_MOST_BINS = 1 << 24


class Counts(NamedTuple):
    """What :func:`histogram` found: in each bin, and outside all of them."""

    counts: NDArray[np.int64]
    below: int
    above: int
    nan: int


def histogram(
    array: ArrayLike,
    bins: int,
    low: float,
    high: float,
    *,
    mask: ArrayLike | None = None,
) -> Counts:
    """Count values in bins of equal width.

    Parameters
    ----------
    array
        Real numbers, of any dimension.
    bins
        How many, from 1 to 2**24.
    low, high
        The first and the last edge; finite, ``low < high``.
    mask
        Boolean, of the shape of `array`: count only there.

    Returns
    -------
    Counts
        ``(counts, below, above, nan)``: `counts` is (bins,), int64; the others count what is
        in no bin.

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled.

    Notes
    -----
    The edges are ``numpy.linspace(low, high, bins + 1)``, in float64.  A value belongs to the
    bin whose lower edge it reaches and whose upper edge it stays below; the last bin includes
    `high`, as in :func:`numpy.histogram`.  Values are compared in float64, so 64-bit integers
    beyond 2**53 are rounded first.

    Examples
    --------
    >>> histogram([0.0, 0.5, 1.0, 2.0, -1.0, float("nan")], 2, 0.0, 1.0)
    Counts(counts=array([1, 2]), below=1, above=1, nan=1)
    """
    function = "histogram"
    given = native_order(array)
    if given.dtype == np.float16 or given.dtype.kind == "b":
        given = given.astype(np.float32 if given.dtype.kind == "f" else np.uint8)
    if given.dtype.kind not in "iuf" or given.dtype.itemsize > 8:
        raise parameter_error(function, "array", "an array of real numbers", given.dtype.name)
    if isinstance(bins, bool) or int(bins) != bins or not 1 <= bins <= _MOST_BINS:
        raise parameter_error(function, "bins", f"a whole number from 1 to {_MOST_BINS}", bins)
    if not (np.isfinite(low) and np.isfinite(high) and low < high):
        raise parameter_error(function, "low, high", "finite, with low below high", (low, high))
    edges = np.linspace(float(low), float(high), int(bins) + 1)
    if not np.all(np.diff(edges) > 0):
        raise parameter_error(
            function, "bins", "few enough that each has a width", bins, "Take fewer."
        )
    chosen = None
    if mask is not None:
        chosen = boolean(mask, function)
        if chosen.shape != given.shape:
            raise parameter_error(function, "mask", f"of shape {given.shape}", chosen)
    counts = np.zeros(int(bins) + 3, np.int64)
    module = body.native()
    if module is not None:
        flat = None if chosen is None else chosen.reshape(-1).view(np.uint8)
        done = module.histogram(given.reshape(-1), flat, edges, counts, progress.cancel_flag())
        body.completed(done, function)
    else:
        _reference_histogram(given if chosen is None else given[chosen], edges, counts)
    below, above, nan = (int(value) for value in counts[int(bins) :])
    return Counts(counts[: int(bins)].copy(), below, above, nan)


def _reference_histogram(
    array: NDArray[Any], edges: NDArray[np.float64], counts: NDArray[np.int64]
) -> None:
    """Search the edges for every value."""
    values = array.reshape(-1).astype(np.float64)
    bins = len(edges) - 1
    counts[bins] = np.count_nonzero(values < edges[0])
    counts[bins + 1] = np.count_nonzero(values > edges[-1])
    counts[bins + 2] = np.count_nonzero(np.isnan(values))
    values = values[(values >= edges[0]) & (values <= edges[-1])]
    index = np.minimum(np.searchsorted(edges, values, side="right") - 1, bins - 1)
    counts[:bins] = np.bincount(index, minlength=bins)
