"""Convolution: along each axis in turn, with a Gaussian, or with any kernel.

Arithmetic is done in float32, and in float64 for float64 and 32- or 64-bit integer input.
NaN and infinity spread over the kernel's support and no further.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fiducial import progress
from fiducial.errors import parameter_error

from . import body
from .arrays import Output, floating, per_axis
from .borders import BORDERS, Border, canonical

__all__ = ["LONGEST", "dense", "gaussian", "gaussian_weights", "separable"]

LONGEST = 1_000_000
"""Samples that a kernel may reach to each side: far beyond any image, and 16 MB of weights."""

Weights = Sequence[ArrayLike | None]


def gaussian_weights(
    sigma: float, truncate: float = 4.0, derivative: int = 0
) -> NDArray[np.float64]:
    """Sample a Gaussian, or its first or second derivative, at whole samples.

    Parameters
    ----------
    sigma
        Standard deviation in samples; 0 or more.
    truncate
        The weights reach ``int(truncate * sigma + 0.5)`` samples to each side (at least one
        for a derivative).
    derivative
        0, 1 or 2.

    Returns
    -------
    ndarray
        Odd in length, to be used as a convolution kernel.

    Raises
    ------
    ParameterError
        If `sigma` or `truncate` is negative or not finite, or `derivative` is another number.

    Notes
    -----
    The weights are normalised over the samples rather than by the integral, so that what
    should be exact is exact for every sigma: the smoothing sums to 1, the first derivative
    of a ramp is its slope, the second derivative of ``x**2`` is 2 and of a ramp 0.

    Examples
    --------
    >>> gaussian_weights(0.5).round(4).tolist()
    [0.0003, 0.1065, 0.7866, 0.1065, 0.0003]
    >>> gaussian_weights(0, derivative=1).tolist()
    [0.5, 0.0, -0.5]
    """
    function = "gaussian_weights"
    if not (np.isfinite(sigma) and sigma >= 0):
        raise parameter_error(function, "sigma", "zero or more, and finite", sigma)
    if not (np.isfinite(truncate) and truncate >= 0):
        raise parameter_error(function, "truncate", "zero or more, and finite", truncate)
    if derivative not in (0, 1, 2):
        raise parameter_error(function, "derivative", "0, 1 or 2", derivative)
    radius = int(truncate * sigma + 0.5)
    if derivative and radius <= 1:
        return np.array([0.5, 0.0, -0.5] if derivative == 1 else [1.0, -2.0, 1.0])
    if radius == 0:
        return np.ones(1)
    offsets = np.arange(-radius, radius + 1, dtype=np.float64)
    bell = np.exp(-0.5 * (offsets / sigma) ** 2)
    bell /= bell.sum()
    if derivative == 0:
        return bell
    if derivative == 1:
        return np.asarray(-offsets * bell / np.sum(offsets**2 * bell))
    curve = (offsets**2 - np.sum(offsets**2 * bell)) * bell
    return np.asarray(2.0 * curve / np.sum(offsets**2 * curve))


def separable(
    array: ArrayLike,
    weights: Weights,
    *,
    border: str = "reflect",
    cval: float = 0.0,
    out: NDArray[Any] | None = None,
) -> NDArray[Any]:
    """Convolve along each axis in turn.

    Parameters
    ----------
    array
        Real numbers, of any dimension.
    weights
        One kernel per axis, each 1-D and of odd or even length, or None to leave that axis
        alone.  They are flipped, as convolution is, and centred at ``length // 2``.
    border
        A name of :mod:`fiducial.kernels.borders`.
    cval
        The value beyond the edge for border "constant", in every pass.
    out
        Where to write; float32 or float64 as returned, and not the input's memory.

    Returns
    -------
    ndarray
        float32; float64 for float64 and 32- or 64-bit integer input.

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled; `out` is then unspecified.

    Notes
    -----
    ``out[i] = sum_k w[k] * a[i + len(w) // 2 - k]`` along each axis.  The cost is
    proportional to the number of samples times the sum of the kernels' lengths.

    Examples
    --------
    >>> separable([0.0, 0.0, 1.0, 0.0, 0.0], [[1.0, 2.0, 3.0]]).tolist()
    [0.0, 1.0, 2.0, 3.0, 0.0]
    """
    function = "separable"
    given = floating(array, function)
    rule = canonical(border, function=function)
    kernels = _checked_weights(weights, given.ndim, function)
    output = Output(out, given.shape, given.dtype, function, given)
    if all(kernel is None for kernel in kernels) or given.size == 0:
        output.work[...] = given
        return output.result()
    module = body.native()
    if module is not None and given.ndim <= 3:
        missing = 3 - given.ndim
        padded = [None] * missing + kernels
        shape = (1,) * missing + given.shape
        done = module.separable(
            given.reshape(shape),
            output.work.reshape(shape),
            *padded,
            BORDERS.index(rule),
            float(cval),
            progress.cancel_flag(),
        )
        body.completed(done, function)
    else:
        _reference_separable(given, kernels, rule, cval, output.work)
    return output.result()


def gaussian(
    array: ArrayLike,
    sigma: float | Sequence[float],
    *,
    truncate: float = 4.0,
    border: str = "reflect",
    cval: float = 0.0,
    out: NDArray[Any] | None = None,
) -> NDArray[Any]:
    """Smooth with a Gaussian whose standard deviation is given in samples.

    Parameters
    ----------
    array
        Real numbers, of any dimension.
    sigma
        One for all axes, or one per axis; 0 leaves an axis alone.
    truncate
        Where the kernel ends, in standard deviations.
    border, cval, out
        As in :func:`separable`.

    Returns
    -------
    ndarray
        As in :func:`separable`.

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled.

    Examples
    --------
    >>> (1000 * gaussian([0.0, 0.0, 1.0, 0.0, 0.0], 0.5)).round().tolist()
    [0.0, 106.0, 787.0, 106.0, 0.0]
    """
    ndim = np.ndim(array)
    sigmas = per_axis(sigma, ndim, "gaussian", "sigma", zero=True)
    if any(value * truncate > LONGEST for value in sigmas):
        raise parameter_error(
            "gaussian",
            "sigma",
            f"at most {LONGEST / truncate:g} samples",
            sigma,
            "The mean of the image is what so wide a Gaussian comes to.",
        )
    weights = [gaussian_weights(value, truncate) if value > 0 else None for value in sigmas]
    return separable(array, weights, border=border, cval=cval, out=out)


def dense(
    array: ArrayLike,
    kernel: ArrayLike,
    *,
    border: str = "reflect",
    cval: float = 0.0,
    out: NDArray[Any] | None = None,
) -> NDArray[Any]:
    """Convolve with any kernel of as many dimensions as the array.

    Parameters
    ----------
    array
        Real numbers, of any dimension.
    kernel
        Finite real numbers; flipped, as convolution is, and centred at ``shape // 2``.
    border, cval, out
        As in :func:`separable`.

    Returns
    -------
    ndarray
        As in :func:`separable`.

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled.

    Notes
    -----
    The cost is proportional to the number of samples times the number of kernel entries:
    use :func:`separable` where the kernel is a product of 1-D ones.

    Examples
    --------
    >>> dense([[0.0, 0, 0], [0, 1, 0], [0, 0, 0]], [[1.0, 2.0, 3.0]]).tolist()
    [[0.0, 0.0, 0.0], [1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]
    """
    function = "dense"
    given = floating(array, function)
    weights = np.asarray(floating(kernel, function, "kernel"), np.float64)
    rule = canonical(border, function=function)
    if weights.ndim != given.ndim or weights.size == 0 or not np.all(np.isfinite(weights)):
        raise parameter_error(
            function, "kernel", f"finite, not empty, and of {given.ndim} dimensions", weights
        )
    output = Output(out, given.shape, given.dtype, function, given)
    if given.size == 0:
        return output.result()
    module = body.native()
    if module is not None and given.ndim <= 3:
        missing = (1,) * (3 - given.ndim)
        done = module.dense(
            given.reshape(missing + given.shape),
            output.work.reshape(missing + given.shape),
            np.ascontiguousarray(weights.reshape(missing + weights.shape)),
            BORDERS.index(rule),
            float(cval),
            progress.cancel_flag(),
        )
        body.completed(done, function)
    else:
        from scipy import ndimage

        ndimage.convolve(given, weights, output.work, mode=rule, cval=cval)
    return output.result()


def _checked_weights(
    weights: Weights, ndim: int, function: str
) -> list[NDArray[np.float64] | None]:
    """Return contiguous float64 kernels, one per axis."""
    if len(weights) != ndim:
        raise parameter_error(
            function, "weights", f"one kernel or None for each of {ndim} axes", len(weights)
        )
    kernels: list[NDArray[np.float64] | None] = []
    for entry in weights:
        if entry is None:
            kernels.append(None)
            continue
        kernel = np.ascontiguousarray(entry, np.float64)
        if kernel.ndim != 1 or kernel.size == 0 or not np.all(np.isfinite(kernel)):
            raise parameter_error(function, "weights", "finite, 1-D and not empty", entry)
        kernels.append(kernel)
    return kernels


def _reference_separable(
    array: NDArray[Any],
    kernels: list[NDArray[np.float64] | None],
    rule: Border,
    cval: float,
    out: NDArray[Any],
) -> None:
    """Convolve axis by axis with SciPy, which sums in double precision."""
    from scipy import ndimage

    current = array
    for axis, kernel in enumerate(kernels):
        if kernel is not None:
            progress.report(axis, array.ndim, "convolution")
            current = ndimage.convolve1d(
                current, kernel, axis, output=array.dtype, mode=rule, cval=cval
            )
    out[...] = current
