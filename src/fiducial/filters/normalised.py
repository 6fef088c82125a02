"""Smoothing that takes some samples into account and not others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..image import Image, Mask
from ..kernels import convolution

__all__ = ["smoothed"]


def smoothed(
    image: Image,
    weights: Sequence[NDArray[np.float64] | None],
    mask: Mask | None,
    border: str,
    cval: float,
) -> NDArray[Any]:
    """Convolve with weights along each axis, dividing by the share of them that counted.

    Parameters
    ----------
    image
        One frame of one channel.
    weights
        A kernel for each array axis, of sum 1, or None to leave the axis alone.
    mask
        The samples that count, all of them when None.  Where no such sample lies within the
        kernel the result is NaN.
    border, cval
        As for convolution; a sample beyond the edge counts if what it repeats does, and a
        constant always.

    Notes
    -----
    Normalised convolution: (w * (f m)) / (w * m), for weights w, values f and the mask m.

    References
    ----------
    .. [1] H. Knutsson and C.-F. Westin, "Normalized and differential convolution", CVPR
       (1993), doi:10.1109/CVPR.1993.341081.
    """
    if mask is None:
        return convolution.separable(image.array, weights, border=border, cval=cval)
    chosen = np.where(mask.array, image.array, image.dtype.type(0))
    values = convolution.separable(chosen, weights, border=border, cval=cval)
    counts = mask.array.astype(values.dtype)
    share = convolution.separable(counts, weights, border=border, cval=1.0)
    with np.errstate(divide="ignore", invalid="ignore"):  # nothing over nothing is undefined
        np.divide(values, share, out=values)
    values[share == 0] = np.nan
    return values
