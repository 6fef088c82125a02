"""Histogram equalisation."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, parameter_error
from ..image import Image, Mask
from ..kernels import pointwise
from ..kernels.histogram import histogram
from ..operation import operation
from .bins import MOST_BINS, aligned, range_of

__all__ = ["equalize_hist"]

_TABLE = 1 << 16
"""Integer images spanning up to this many values get a bin for each."""

_EXACT = 2.0**52
"""Integers up to here have float64 neighbours at halves, which the edges of their bins need."""


@operation(uses="tc", example={"bins": 64})
def equalize_hist(image: Image, *, bins: int = 256, mask: Mask | None = None) -> Image:
    """Spread values so that every shade from 0 to 1 occurs about as often: for display.

    Use it to see contrast everywhere in an image at once.  Values become ranks, no longer
    measurements: the unit is dropped.

    Parameters
    ----------
    image
        Any image.  All its frames and channels share one curve, so that frames stay
        comparable; take a channel first to equalise it alone.
    bins
        Number of bins for floats, from 1.  Of integers that span up to 65536 values each has
        a bin of its own.
    mask
        Take the curve from here alone; it is applied everywhere.

    Returns
    -------
    Image
        float32 from 0 to 1 on the same grid, without unit.  NaN stays NaN.

    Raises
    ------
    ParameterError
        If no finite value is counted.

    Notes
    -----
    A value v becomes the share of values in the bins up to its own, interpolated linearly
    between the middles of the bins, as in scikit-image.  Beyond the outer middles the curve
    is flat: the least value does not become 0 but the share of its own bin.  Cost: one pass
    each for range, counts and curve.

    References
    ----------
    .. [1] R. C. Gonzalez and R. E. Woods, "Digital Image Processing", 4th ed. (2018), 3.3.

    Examples
    --------
    >>> import fiducial as fd
    >>> fd.equalize_hist(fd.Image([[0, 10, 10, 1000]], unit="HU")).array
    array([[0.25, 0.75, 0.75, 1.  ]], dtype=float32)
    """
    if not 1 <= bins <= MOST_BINS:
        raise parameter_error("equalize_hist", "bins", f"from 1 to {MOST_BINS}", bins)
    values = image.array
    inside = None if mask is None else aligned(image, mask, "equalize_hist", "mask")
    span = range_of(values, inside)
    if span is None:
        raise ParameterError(
            "image of equalize_hist must hold a finite value"
            f"{'' if mask is None else ' inside the mask'}; got none."
        )
    low, high = span
    is_exact = max(abs(low), abs(high)) < _EXACT
    if values.dtype.kind in "iu" and high - low < _TABLE and is_exact:
        shares = _shares(values, inside, round(high - low) + 1, low - 0.5, high + 0.5)
        shades = _looked_up(values, shares, round(low))
    else:
        if low == high:
            low, high = low - 0.5, high + 0.5
        shares = _shares(values, inside, bins, low, high)
        width = (high - low) / bins
        shades = pointwise.curve(values, shares, low + width / 2, width)
    return image._like(array=shades, unit=None)


def _shares(
    values: NDArray[Any], inside: NDArray[np.bool_] | None, bins: int, low: float, high: float
) -> NDArray[np.float64]:
    counts = histogram(values, bins, low, high, mask=inside).counts
    heap = np.cumsum(counts)
    return np.asarray(heap / heap[-1])


def _looked_up(values: NDArray[Any], shares: NDArray[np.float64], low: int) -> NDArray[np.float32]:
    """Map integers through a table that begins at `low`."""
    if values.dtype.itemsize > 2:
        return pointwise.curve(values, shares, low, 1.0)
    limits = np.iinfo(values.dtype)
    every = np.arange(limits.min, limits.max + 1)
    table = shares[np.clip(every - low, 0, shares.size - 1)]
    # In the order of the unsigned codes, so that no index is computed.
    codes = np.ascontiguousarray(values).view(f"u{values.dtype.itemsize}")
    return pointwise.lookup(codes, np.roll(table, limits.min))
