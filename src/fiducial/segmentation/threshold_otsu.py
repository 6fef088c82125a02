"""Otsu's threshold, as a number."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FiducialWarning, ParameterError, parameter_error
from ..image import Image, Mask
from ..kernels.histogram import histogram
from ..operation import operation

__all__ = ["otsu_level", "threshold_otsu"]

_MOST_BINS = 1 << 20
"""Integers over a wider range than this are sorted rather than counted one by one."""

_EXACT = 1 << 52
"""Beyond this a float64 has no room for halves between whole numbers."""

_FEW = 1e-4
"""A class with a smaller share of the values than this looks like outliers, not an object."""


@operation(uses="tc")
def threshold_otsu(
    image: Image,
    *,
    bins: int = 256,
    mask: Mask | None = None,
    percentiles: Sequence[float] | None = None,
) -> float:
    """Return the threshold that maximises the variance between two classes of values.

    ``image > threshold_otsu(image)`` is the brighter class; :func:`fiducial.otsu` gives it at
    once.  One number is found for all frames and channels together.

    Parameters
    ----------
    image
        Any image.  NaN and infinite values are left out.
    bins
        Bins of the histogram of an image of floats, from 2 to 16777216.  Integers have one
        bin for each value, whatever this says.
    mask
        Where to look; everywhere when None.  It may lack the image's axes t and c.
    percentiles
        (low, high) from 0 to 100: values beyond these percentiles count as if they lay on
        them.  None takes all values as they are.

    Returns
    -------
    float
        In the image's unit: a bin's centre, the highest bin of the darker class.  The value
        itself for a constant image; NaN if there is no finite value.

    Raises
    ------
    ParameterError
        If bins or percentiles are out of range, or the mask does not fit the image.

    Warns
    -----
    FiducialWarning
        If fewer than one value in 10,000 lies on one side: outliers, most likely.

    Notes
    -----
    With the share w and the mean m of the values at most t (0) and above t (1), t maximises
    w0 w1 (m0 - m1)^2; this also minimises the variance within the classes [1]_.  The first of
    equal maxima is taken.  Differs from scikit-image only in its sums, which here are float64.

    The bins of floats span the range of the values, so a single hot pixel can push all others
    into one bin and the threshold far from them: give `percentiles=(0.1, 99.9)`.

    Cost: one pass for the range and one for the counts.

    References
    ----------
    .. [1] N. Otsu, "A Threshold Selection Method from Gray-Level Histograms", IEEE Trans.
       Systems, Man, and Cybernetics 9:62-66, 1979. :doi:`10.1109/TSMC.1979.4310076`

    Examples
    --------
    >>> import fiducial as fd
    >>> fd.threshold_otsu(fd.Image([[1, 2, 2, 9, 10, 11]]))
    2.0
    """
    return otsu_level(image, bins, mask, percentiles, "threshold_otsu")


def otsu_level(
    image: Image,
    bins: int,
    mask: Mask | None,
    percentiles: Sequence[float] | None,
    function: str,
) -> float:
    """Do what :func:`threshold_otsu` says, for the operation that messages name."""
    if not 2 <= bins <= 1 << 24:
        raise parameter_error(function, "bins", "from 2 to 16777216", bins)
    limits = None if percentiles is None else _checked(percentiles, function)
    values = _values(image, mask, function)
    if values.dtype.kind in "iu":
        centres, counts = _of_integers(values, limits)
    else:
        centres, counts = _of_floats(values, bins, limits)
    if len(centres) < 2:
        return float(centres[0]) if len(centres) else float("nan")
    position = _best_split(centres, counts)
    below = int(counts[: position + 1].sum())
    total = int(counts.sum())
    if min(below, total - below) < _FEW * total:
        warnings.warn(
            f"{function} separates only {min(below, total - below)} of {total} values at "
            f"{centres[position]:.6g}: outliers, most likely. "
            "Give percentiles=(0.1, 99.9), or a mask.",
            FiducialWarning,
            stacklevel=2,
        )
    return float(centres[position])


def _values(image: Image, mask: Mask | None, function: str) -> NDArray[Any]:
    """Return the values inside the mask, flat."""
    values = image.array
    if mask is not None:
        if any(letter not in image.axes for letter in mask.axes):
            raise parameter_error(function, "mask", f"of axes out of {image.axes!r}", mask.axes)
        key = tuple(slice(None) if letter in mask.axes else None for letter in image.axes)
        values = values[np.broadcast_to(mask.array[key], image.shape)]
    return values.reshape(-1)


def _checked(percentiles: Sequence[float], function: str) -> tuple[float, float]:
    pair = tuple(float(value) for value in percentiles)
    if len(pair) != 2 or not 0 <= pair[0] < pair[1] <= 100:
        raise ParameterError(
            f"percentiles of {function} must be (low, high) with 0 <= low < high <= 100; "
            f"got {pair}."
        )
    return pair[0], pair[1]


_Histogram = tuple[NDArray[np.float64], NDArray[np.int64]]


def _of_integers(values: NDArray[Any], limits: tuple[float, float] | None) -> _Histogram:
    """Return the values from the lowest to the highest, and how often each occurs."""
    if not values.size:
        return np.zeros(0), np.zeros(0, np.int64)
    if values.dtype.itemsize <= 2:
        ends = np.iinfo(values.dtype)
        low, high = int(ends.min), int(ends.max)
    else:
        low, high = int(values.min()), int(values.max())
    if high - low >= _MOST_BINS or max(abs(low), abs(high)) >= _EXACT:
        found, occurring = np.unique(values, return_counts=True)
        centres, counts = found.astype(np.float64), occurring.astype(np.int64)
    else:
        # Edges halfway between whole numbers: one bin for each.
        counts = histogram(values, high - low + 1, low - 0.5, high + 0.5).counts
        centres = low + np.arange(len(counts), dtype=np.float64)
    if limits is not None:
        rank = np.cumsum(counts) / counts.sum()
        first = int(np.searchsorted(rank, limits[0] / 100, side="right"))
        last = max(first, int(np.searchsorted(rank, limits[1] / 100)))
        last = min(last, len(counts) - 1)
        kept = counts[first : last + 1].copy()
        kept[0] += counts[:first].sum()
        kept[-1] += counts[last + 1 :].sum()
        centres, counts = centres[first : last + 1], kept
    (occurs,) = np.nonzero(counts)
    part = slice(int(occurs[0]), int(occurs[-1]) + 1)
    return centres[part], counts[part]


def _of_floats(values: NDArray[Any], bins: int, limits: tuple[float, float] | None) -> _Histogram:
    """Return the centres of bins over the range of the finite values, and the counts."""
    with np.errstate(invalid="ignore"):
        low, high = (values.min(), values.max()) if values.size else (np.nan, np.nan)
    if not (np.isfinite(low) and np.isfinite(high)):
        values = values[np.isfinite(values)]
        if not values.size:
            return np.zeros(0), np.zeros(0, np.int64)
        low, high = values.min(), values.max()
    if limits is not None:
        low, high = np.percentile(values, limits)
    if low == high:
        return np.array([float(low)]), np.array([values.size], np.int64)
    found = histogram(values, bins, float(low), float(high))
    counts = found.counts
    counts[0] += found.below
    counts[-1] += found.above
    edges = np.linspace(float(low), float(high), bins + 1)
    return (edges[:-1] + edges[1:]) / 2, counts


def _best_split(centres: NDArray[np.float64], counts: NDArray[np.int64]) -> int:
    """Return the last bin of the lower class; the first and the last bin hold values."""
    number = counts.astype(np.float64)
    # About the middle: sums of large equal offsets would cost digits.
    moment = number * (centres - (centres[0] + centres[-1]) / 2)
    below, below_moment = np.cumsum(number)[:-1], np.cumsum(moment)[:-1]
    above, above_moment = number.sum() - below, moment.sum() - below_moment
    apart = below_moment / below - above_moment / above
    return int(np.argmax(below * above * apart**2))
