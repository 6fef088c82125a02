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

__all__ = ["threshold_otsu"]

_MOST_BINS = 1 << 20
"""Integers over a wider range than this are sorted rather than counted one by one."""

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
    if not 2 <= bins <= 1 << 24:
        raise parameter_error("threshold_otsu", "bins", "from 2 to 16777216", bins)
    values = _values(image, mask)
    if not values.size:
        return float("nan")
    if percentiles is not None:
        low, high = np.percentile(values, _checked(percentiles))
        if values.dtype.kind in "iu":
            low, high = np.floor(low), np.ceil(high)
        values = np.clip(values, low, high).astype(values.dtype, copy=False)
    lowest, highest = values.min(), values.max()
    if lowest == highest:
        return float(lowest)
    centres, counts = _histogram(values, bins, lowest, highest)
    position = _best_split(centres, counts)
    below = int(counts[: position + 1].sum())
    total = int(counts.sum())
    if min(below, total - below) < _FEW * total:
        warnings.warn(
            f"threshold_otsu separates only {min(below, total - below)} of {total} values at "
            f"{centres[position]:.6g}: outliers, most likely. "
            "Give percentiles=(0.1, 99.9), or a mask.",
            FiducialWarning,
            stacklevel=2,
        )
    return float(centres[position])


def _values(image: Image, mask: Mask | None) -> NDArray[Any]:
    """Return the finite values inside the mask, flat."""
    values = image.array
    if mask is not None:
        if any(letter not in image.axes for letter in mask.axes):
            raise parameter_error(
                "threshold_otsu", "mask", f"of axes out of {image.axes!r}", mask.axes
            )
        key = tuple(slice(None) if letter in mask.axes else None for letter in image.axes)
        values = values[np.broadcast_to(mask.array[key], image.shape)]
    values = values.reshape(-1)
    if values.dtype == np.float16:
        values = values.astype(np.float32)
    if values.dtype.kind == "f" and values.size:
        with np.errstate(invalid="ignore"):
            is_whole = bool(np.isfinite(values.min()) and np.isfinite(values.max()))
        if not is_whole:
            values = values[np.isfinite(values)]
    return values


def _checked(percentiles: Sequence[float]) -> tuple[float, float]:
    pair = tuple(float(value) for value in percentiles)
    if len(pair) != 2 or not 0 <= pair[0] < pair[1] <= 100:
        raise ParameterError(
            "percentiles of threshold_otsu must be (low, high) with 0 <= low < high <= 100; "
            f"got {pair}."
        )
    return pair[0], pair[1]


def _histogram(
    values: NDArray[Any], bins: int, lowest: Any, highest: Any
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the centres of the bins, and the counts."""
    low, high = float(lowest), float(highest)
    if values.dtype.kind in "iu":
        span = int(highest) - int(lowest) + 1
        if span > _MOST_BINS:
            found, counts = np.unique(values, return_counts=True)
            return found.astype(np.float64), counts.astype(np.int64)
        # Edges halfway between whole numbers: one bin for each.
        counts = histogram(values, span, low - 0.5, high + 0.5).counts
        return low + np.arange(span, dtype=np.float64), counts
    counts = histogram(values, bins, low, high).counts
    edges = np.linspace(low, high, bins + 1)
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
