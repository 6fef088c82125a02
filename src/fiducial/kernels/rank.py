"""Rank filters: the median of a small neighbourhood."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fiducial import progress
from fiducial.errors import parameter_error

from . import body
from .arrays import Output, floating_dtype, native_order
from .borders import BORDERS, Border, canonical

__all__ = ["median"]


def median(
    array: ArrayLike,
    size: int = 3,
    *,
    border: str = "reflect",
    cval: float = 0.0,
    out: NDArray[Any] | None = None,
) -> NDArray[Any]:
    """Replace every sample by the median of the cube around it.

    Parameters
    ----------
    array
        Real numbers, of any dimension.
    size
        Edge of the cube in samples; odd.
    border
        A name of :mod:`fiducial.kernels.borders`.
    cval
        The value beyond the edge for border "constant"; must fit the type of `array`.
    out
        Where to write, or None.

    Returns
    -------
    ndarray
        The type of `array`: a median of an odd number of values is one of them.

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled; `out` is then unspecified.

    Notes
    -----
    A neighbourhood that holds a NaN gives NaN.  The sizes 3 in two and three dimensions and 5
    in two are sorting networks in C++, except for 64-bit integers; other sizes go through
    :func:`scipy.ndimage.median_filter`.

    Examples
    --------
    >>> median([1, 9, 2, 3, 3]).tolist()
    [1, 2, 3, 3, 3]
    """
    function = "median"
    given = native_order(array)
    if given.dtype.kind not in "biuf" or given.dtype.itemsize > 8:
        raise parameter_error(function, "array", "an array of real numbers", given.dtype.name)
    rule = canonical(border, function=function)
    if isinstance(size, bool) or int(size) != size or size < 1 or size % 2 == 0:
        raise parameter_error(function, "size", "an odd number of one or more", size)
    fill = np.asarray(cval).astype(given.dtype)
    if given.dtype.kind in "biu" and fill != cval:
        raise parameter_error(function, "cval", f"a value that {given.dtype.name} can hold", cval)
    output = Output(out, given.shape, given.dtype, function, given)
    if given.size == 0 or size == 1:
        output.work[...] = given
        return output.result()
    if not _native_median(given, int(size), rule, float(cval), output.work):
        _reference_median(given, int(size), rule, float(cval), output.work)
    return output.result()


def _native_median(
    array: NDArray[Any], size: int, rule: Border, cval: float, out: NDArray[Any]
) -> bool:
    """Run the C++ body where there is one for this shape, size and type."""
    module = body.native()
    if module is None or (array.ndim, size) not in ((2, 3), (2, 5), (3, 3)):
        return False
    dtype = floating_dtype(array.dtype)
    if dtype is None or array.dtype in (np.dtype(np.int64), np.dtype(np.uint64)):
        return False
    if array.dtype == dtype:
        values, result = array, out
    else:  # which holds this type exactly, and the median is one of the values
        values = array.astype(dtype)
        result = np.empty_like(values)
    missing = (1,) * (3 - array.ndim)
    done = module.median(
        values.reshape(missing + array.shape),
        result.reshape(missing + array.shape),
        size,
        array.ndim,
        BORDERS.index(rule),
        cval,
        progress.cancel_flag(),
    )
    body.completed(done, "median")
    if result is not out:
        out[...] = result.astype(out.dtype)
    return True


def _reference_median(
    array: NDArray[Any], size: int, rule: Border, cval: float, out: NDArray[Any]
) -> None:
    """Let SciPy sort; it has no rule for NaN, so those neighbourhoods are marked after."""
    from scipy import ndimage

    values = array.astype(np.float32) if array.dtype in (np.bool_, np.float16) else array
    missing = np.isnan(values) if values.dtype.kind == "f" else np.zeros_like(values, bool)
    if missing.any():
        values = np.where(missing, 0, values)
    sizes = (size,) * array.ndim
    if array.ndim == 1:  # SciPy's path for one dimension mirrors wrongly where the axis is short
        values, missing, out, sizes = values[None], missing[None], out[None], (1, size)
    result = ndimage.median_filter(values, sizes, mode=rule, cval=cval)
    if missing.any():
        near = ndimage.maximum_filter(missing.astype(np.uint8), sizes, mode=rule, cval=0)
        result = np.where(near > 0, np.nan, result)
    out[...] = result.astype(out.dtype)
