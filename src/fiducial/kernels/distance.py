"""Exact Euclidean distances on a lattice with orthogonal axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from fiducial import progress
from fiducial.errors import parameter_error

from . import body
from .arrays import Output, boolean, per_axis

__all__ = ["distance", "squared_distance"]


def squared_distance(
    mask: ArrayLike,
    spacing: float | Sequence[float] = 1.0,
    *,
    dtype: DTypeLike = np.float32,
    out: NDArray[Any] | None = None,
) -> NDArray[Any]:
    """Return the squared distance from every sample to the nearest True sample.

    Parameters
    ----------
    mask
        Boolean, of any dimension.
    spacing
        Distance between samples, one for all axes or one per axis, in array order.
    dtype
        float32 or float64: the precision of the arithmetic and of the result.
    out
        Where to write, or None.

    Returns
    -------
    ndarray
        In the square of the unit of `spacing`, from centre to centre: 0 on the mask, infinity
        everywhere if nothing is True.

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled; `out` is then unspecified.

    Notes
    -----
    Exact: the minimum over all True samples of the sum of squared offsets, up to rounding of
    that sum (exactly for whole spacings while the square is below 2**24 in float32).  One
    pass an axis: two scans first, then the lower envelope of parabolas [1]_, or a window that
    grows while it can still improve, whichever is faster for the block at hand.  The cost is
    proportional to the number of samples.

    References
    ----------
    .. [1] P. F. Felzenszwalb and D. P. Huttenlocher, "Distance Transforms of Sampled
       Functions", Theory of Computing 8:415-428, 2012. :doi:`10.4086/toc.2012.v008a019`

    Examples
    --------
    >>> squared_distance([[True, False, False]], (3.0, 2.0)).tolist()
    [[0.0, 4.0, 16.0]]
    """
    return _distance(mask, spacing, dtype, out, "squared_distance", root=False)


def distance(
    mask: ArrayLike,
    spacing: float | Sequence[float] = 1.0,
    *,
    dtype: DTypeLike = np.float32,
    out: NDArray[Any] | None = None,
) -> NDArray[Any]:
    """Return the distance from every sample to the nearest True sample.

    Parameters
    ----------
    mask, spacing, dtype, out
        As in :func:`squared_distance`.

    Returns
    -------
    ndarray
        In the unit of `spacing`; the root of :func:`squared_distance`.

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled; `out` is then unspecified.

    Examples
    --------
    >>> distance([[True, False, False]], (3.0, 2.0)).tolist()
    [[0.0, 2.0, 4.0]]
    """
    return _distance(mask, spacing, dtype, out, "distance", root=True)


def _distance(
    mask: ArrayLike,
    spacing: float | Sequence[float],
    dtype: DTypeLike,
    out: NDArray[Any] | None,
    function: str,
    *,
    root: bool,
) -> NDArray[Any]:
    given = boolean(mask, function)
    steps = per_axis(spacing, given.ndim, function, "spacing")
    precision = np.dtype(dtype)
    if precision not in (np.dtype(np.float32), np.dtype(np.float64)):
        raise parameter_error(function, "dtype", "float32 or float64", precision.name)
    output = Output(out, given.shape, precision, function, given)
    if given.size == 0:
        return output.result()
    module = body.native()
    if module is not None and given.ndim <= 3:
        missing = 3 - given.ndim
        shape = (1,) * missing + given.shape
        done = module.squared_distance(
            given.view(np.uint8).reshape(shape),
            output.work.reshape(shape),
            *((1.0,) * missing + steps),
            root,
            progress.cancel_flag(),
        )
        body.completed(done, function)
    else:
        squared = reference_squared_distance(given, steps)
        output.work[...] = np.sqrt(squared) if root else squared
    return output.result()


def reference_squared_distance(
    mask: NDArray[np.bool_], spacing: Sequence[float]
) -> NDArray[np.float64]:
    """Return squared distances from the index of the nearest True sample that SciPy finds."""
    from scipy import ndimage

    if not mask.any():
        return np.full(mask.shape, np.inf)
    nearest = ndimage.distance_transform_edt(
        ~mask, sampling=spacing, return_distances=False, return_indices=True
    )
    total = np.zeros(mask.shape)
    for axis, step in enumerate(spacing):
        own = np.arange(mask.shape[axis]).reshape(
            [-1 if a == axis else 1 for a in range(mask.ndim)]
        )
        total += ((nearest[axis] - own) * step) ** 2
    return total
