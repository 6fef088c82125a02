"""Smoothing before a lattice gets coarser, so that fine detail does not turn into false detail."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..kernels import convolution

__all__ = ["ANTIALIAS_FWHM", "antialias_sigma", "antialiased"]

ANTIALIAS_FWHM = 1.0 / (2.0 * math.sqrt(2.0 * math.log(2.0)))
"""Standard deviation of a Gaussian whose full width at half maximum is 1."""

_NEGLIGIBLE = 0.125
"""A Gaussian of less than this many samples has weights below 1e-13 beside its centre."""


def antialias_sigma(matrix: NDArray[np.float64]) -> tuple[float, ...]:
    """Return the standard deviation, in input samples along each input axis, to smooth with.

    Parameters
    ----------
    matrix
        (input axes, output axes + 1): maps an output index to an input index.

    Notes
    -----
    Along input axis i the output's step is ``f_i = sqrt(sum_j matrix[i, j]^2)`` samples.  A
    sample is taken to stand for a Gaussian whose full width at half maximum is the spacing;
    what is missing to that of the output is ``sigma_i = 0.4247 sqrt(f_i^2 - 1)``, and nothing
    when the output is as fine.  The rule adds up over the levels of a pyramid.

    References
    ----------
    Cardoso et al., Scale factor point spread function matching: beyond aliasing in image
    resampling, MICCAI 2015, doi:10.1007/978-3-319-24571-3_81.

    Examples
    --------
    >>> [round(s, 4) for s in antialias_sigma(np.array([[2.0, 0, 0], [0, 0.5, 0]]))]
    [0.7355, 0.0]
    """
    factors = np.linalg.norm(matrix[:, :-1], axis=1)
    sigma = ANTIALIAS_FWHM * np.sqrt(np.maximum(factors**2 - 1.0, 0.0))
    return tuple(float(value) if value > _NEGLIGIBLE else 0.0 for value in sigma)


def antialiased(array: NDArray[Any], matrix: NDArray[np.float64]) -> NDArray[Any]:
    """Smooth an array as much as sampling it through `matrix` needs; see `antialias_sigma`."""
    sigma = antialias_sigma(matrix)
    if not any(sigma):
        return array
    # Four times as wide as the image, a Gaussian with reflected edges gives the mean: no wider.
    widest = [min(value, 4.0 * size) for value, size in zip(sigma, array.shape, strict=True)]
    return convolution.gaussian(array, widest, border="reflect")
