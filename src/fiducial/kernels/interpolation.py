"""Values between the samples: warping an array, and sampling it at points.

Coordinates are in index space, in array order, with sample centres at whole numbers.  Each
sample is a cell that reaches half an index to every side, so a point is inside the array if
each coordinate is within ``[-0.5, n - 0.5]``; a linear interpolation between the last centre
and the edge continues the last value.  Outside, and where a coordinate is NaN, the result is
`outside`.

Positions are computed in double precision.  A point within 1e-6 of the edge of the array
counts as inside, and one within 1e-6 of the middle between two centres goes to the higher
index under "nearest", so that rounding in an affine matrix cannot scatter the result.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fiducial import progress
from fiducial.errors import parameter_error

from . import body
from .arrays import Output, floating, native_order

__all__ = ["sample", "warp_affine", "warp_coordinates", "warp_displacement"]

INTERPOLATIONS = ("nearest", "linear")
_SLACK = 1e-6
_REFERENCE_CHUNK = 1 << 18


def warp_affine(
    array: ArrayLike,
    matrix: ArrayLike,
    shape: tuple[int, ...],
    *,
    interpolation: str = "linear",
    outside: float = 0.0,
    out: NDArray[Any] | None = None,
) -> NDArray[Any]:
    """Sample an array on a lattice that an affine map places in it.

    Parameters
    ----------
    array
        Real numbers in 1, 2 or 3 dimensions; any type for "nearest".
    matrix
        (D, D + 1): maps an index of the output to an index of `array`.
    shape
        Of the output, D numbers.
    interpolation
        "linear" or "nearest".
    outside
        The value beyond the edge; must fit the output's type.
    out
        Where to write, or None.

    Returns
    -------
    ndarray
        The type of `array` for "nearest"; for "linear" float32, or float64 for float64 and
        32- or 64-bit integer input.

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled; `out` is then unspecified.

    Notes
    -----
    Neighbours of weight zero are not looked at: a NaN or an infinity reaches only those
    results that it takes part in, and the identity returns the array unchanged.

    Examples
    --------
    >>> warp_affine([0.0, 10.0, 20.0], [[0.5, 0.0]], (5,)).tolist()
    [0.0, 5.0, 10.0, 15.0, 20.0]
    >>> warp_affine([1, 2, 3], [[1.0, 1.0]], (3,), interpolation="nearest", outside=9).tolist()
    [2, 3, 9]
    """
    function = "warp_affine"
    given, fill = _checked(array, interpolation, outside, function)
    affine = _checked_matrix(matrix, given.ndim, function)
    shape = _checked_shape(shape, given.ndim, function)
    output = Output(out, shape, given.dtype, function, given)
    return _warp(function, given, output, affine, None, interpolation, fill)


def warp_displacement(
    array: ArrayLike,
    matrix: ArrayLike,
    displacement: NDArray[Any],
    *,
    interpolation: str = "linear",
    outside: float = 0.0,
    out: NDArray[Any] | None = None,
) -> NDArray[Any]:
    """Sample an array on a lattice that an affine map and a displacement place in it.

    Parameters
    ----------
    array, interpolation, outside, out
        As in :func:`warp_affine`.
    matrix
        (D, D + 1): maps an index of the output to an index of `array`.
    displacement
        (..., D), float32 or float64: what is added, in indices of `array` and in array
        order.  Its leading axes are the output's.

    Returns
    -------
    ndarray
        As in :func:`warp_affine`.

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled; `out` is then unspecified.

    Notes
    -----
    ``out[i] = array(matrix @ (i, 1) + displacement[i])``.

    Examples
    --------
    >>> import numpy as np
    >>> shift = np.full((3, 1), 0.5, np.float32)
    >>> warp_displacement([0.0, 10.0, 20.0], [[1.0, 0.0]], shift).tolist()
    [5.0, 15.0, 20.0]
    """
    function = "warp_displacement"
    given, fill = _checked(array, interpolation, outside, function)
    affine = _checked_matrix(matrix, given.ndim, function)
    field = _checked_field(displacement, given.ndim, function, "displacement")
    output = Output(out, field.shape[:-1], given.dtype, function, given, field)
    return _warp(function, given, output, affine, field, interpolation, fill)


def warp_coordinates(
    array: ArrayLike,
    coordinates: NDArray[Any],
    *,
    interpolation: str = "linear",
    outside: float = 0.0,
    out: NDArray[Any] | None = None,
) -> NDArray[Any]:
    """Sample an array where an array of coordinates says.

    Parameters
    ----------
    array, interpolation, outside, out
        As in :func:`warp_affine`.
    coordinates
        (..., D), float32 or float64: indices into `array`, in array order.  The
        leading axes, any number of them, are the output's.

    Returns
    -------
    ndarray
        As in :func:`warp_affine`.

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled; `out` is then unspecified.

    Examples
    --------
    >>> import numpy as np
    >>> warp_coordinates([0.0, 10.0, 20.0], np.array([[1.5], [-0.5], [-0.6]])).tolist()
    [15.0, 0.0, 0.0]
    """
    function = "warp_coordinates"
    given, fill = _checked(array, interpolation, outside, function)
    field = _checked_field(coordinates, given.ndim, function, "coordinates")
    output = Output(out, field.shape[:-1], given.dtype, function, given, field)
    flat = Output(output.work.reshape(-1), (output.work.size,), given.dtype, function)
    _warp(function, given, flat, None, field.reshape(-1, given.ndim), interpolation, fill)
    return output.result()


def sample(
    array: ArrayLike,
    points: ArrayLike,
    *,
    interpolation: str = "linear",
    outside: float = 0.0,
) -> NDArray[Any]:
    """Return an array's values at points.

    Parameters
    ----------
    array, interpolation, outside
        As in :func:`warp_affine`.
    points
        (N, D): indices into `array`, in array order.

    Returns
    -------
    ndarray
        (N,), of the type that :func:`warp_affine` returns.

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled.

    Examples
    --------
    >>> sample([[0.0, 1.0], [2.0, 3.0]], [[0.5, 0.5], [1.0, 0.0]]).tolist()
    [1.5, 2.0]
    """
    given = np.asarray(points, np.float64)
    if given.ndim != 2:
        raise parameter_error("sample", "points", "of shape (N, D)", given)
    return warp_coordinates(array, given, interpolation=interpolation, outside=outside)


def _checked(
    array: ArrayLike, interpolation: str, outside: float, function: str
) -> tuple[NDArray[Any], Any]:
    """Return the array in the type of the result, and the outside value in that type."""
    if interpolation not in INTERPOLATIONS:
        raise parameter_error(
            function, "interpolation", f"one of {', '.join(INTERPOLATIONS)}", interpolation
        )
    if interpolation == "linear":
        given = floating(array, function)
    else:
        given = native_order(array)
        if given.dtype.kind not in "biufc":
            raise parameter_error(function, "array", "an array of numbers", given.dtype.name)
    if given.ndim not in (1, 2, 3):
        raise parameter_error(function, "array", "of 1, 2 or 3 dimensions", given)
    fill = np.zeros((), given.dtype)
    try:
        if given.dtype.kind in "biu" and outside != int(outside):
            raise ValueError("not a whole number")
        fill[()] = outside
        fits = given.dtype.kind in "fc" or fill[()] == outside
    except (OverflowError, TypeError, ValueError):
        fits = False
    if not fits:
        raise parameter_error(
            function, "outside", f"a value that {given.dtype.name} can hold", outside
        )
    return given, fill[()]


def _checked_matrix(matrix: ArrayLike, ndim: int, function: str) -> NDArray[np.float64]:
    affine = np.ascontiguousarray(matrix, np.float64)
    if affine.shape != (ndim, ndim + 1) or not np.all(np.isfinite(affine)):
        raise parameter_error(
            function, "matrix", f"finite and of shape ({ndim}, {ndim + 1})", affine
        )
    return affine


def _checked_shape(shape: tuple[int, ...], ndim: int, function: str) -> tuple[int, ...]:
    sizes = tuple(int(size) for size in shape)
    if len(sizes) != ndim or any(size < 0 for size in sizes):
        raise parameter_error(function, "shape", f"{ndim} sizes of zero or more", shape)
    return sizes


def _checked_field(field: ArrayLike, ndim: int, function: str, parameter: str) -> NDArray[Any]:
    given = np.asarray(field)
    if given.ndim < 1 or given.shape[-1] != ndim:
        raise parameter_error(
            function, parameter, f"of shape (..., {ndim}), one component an axis", given
        )
    if parameter == "displacement" and given.ndim != ndim + 1:
        raise parameter_error(function, parameter, f"of {ndim + 1} dimensions", given)
    return floating(given, function, parameter)


def _warp(
    function: str,
    array: NDArray[Any],
    output: Output,
    affine: NDArray[np.float64] | None,
    field: NDArray[Any] | None,
    interpolation: str,
    fill: Any,
) -> NDArray[Any]:
    """Fill the output; `affine` None means that the field holds the coordinates themselves."""
    if output.work.size == 0:
        return output.result()
    if array.size == 0:
        output.work[...] = fill
        return output.result()
    module = body.native()
    if module is not None:
        done = _native_warp(module, array, output.work, affine, field, interpolation, fill)
        body.completed(done, function)
    else:
        _reference_warp(array, output.work, affine, field, interpolation, fill)
    return output.result()


def _native_warp(
    module: Any,
    array: NDArray[Any],
    out: NDArray[Any],
    affine: NDArray[np.float64] | None,
    field: NDArray[Any] | None,
    interpolation: str,
    fill: Any,
) -> bool:
    """Call the C++ body, which knows 3 dimensions and, for "nearest", sizes but no types."""
    ndim = array.ndim
    missing = 3 - ndim
    matrix = np.zeros((3, 4))
    if affine is not None:
        matrix[missing:, missing : missing + ndim] = affine[:, :ndim]
        matrix[missing:, 3] = affine[:, ndim]
    target = out.reshape((1,) * (3 - out.ndim) + out.shape)
    cube = array.reshape((1,) * missing + array.shape)
    flag = progress.cancel_flag()
    if interpolation == "linear":
        return bool(module.warp_linear(cube, target, matrix, field, ndim, float(fill), flag))
    cell = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}.get(array.dtype.itemsize)
    if cell is None:  # a wide type, such as complex128: a pattern of 8-byte words
        _reference_warp(array, out, affine, field, interpolation, fill)
        return True
    pattern = int(np.asarray(fill, array.dtype).reshape(1).view(cell)[0])
    return bool(
        module.warp_nearest(cube.view(cell), target.view(cell), matrix, field, ndim, pattern, flag)
    )


def _reference_warp(
    array: NDArray[Any],
    out: NDArray[Any],
    affine: NDArray[np.float64] | None,
    field: NDArray[Any] | None,
    interpolation: str,
    fill: Any,
) -> None:
    """Work in runs of points, so that the scratch stays small."""
    ndim = array.ndim
    flat_field = None if field is None else field.reshape(-1, ndim)
    flat = out.reshape(-1)
    for start in range(0, flat.size, _REFERENCE_CHUNK):
        progress.report(start, flat.size, "interpolation")
        run = slice(start, min(start + _REFERENCE_CHUNK, flat.size))
        points = np.zeros((run.stop - run.start, ndim))
        if affine is not None:
            index = np.stack(np.unravel_index(np.arange(run.start, run.stop), out.shape), axis=1)
            points += index @ affine[:, :ndim].T + affine[:, ndim]
        if flat_field is not None:
            points += flat_field[run]
        flat[run] = _reference_values(array, points, interpolation, fill)


def _reference_values(
    array: NDArray[Any], points: NDArray[np.float64], interpolation: str, fill: Any
) -> NDArray[Any]:
    """Return the values at (N, D) points."""
    last = np.array(array.shape) - 1
    inside = np.all((points >= -0.5 - _SLACK) & (points <= last + 0.5 + _SLACK), axis=1)
    points = points[inside]
    values = np.full(inside.shape, fill, array.dtype)
    if interpolation == "nearest":
        index = np.clip(np.floor(points + (0.5 + _SLACK)).astype(np.intp), 0, last)
        values[inside] = array[tuple(index.T)]
        return values
    clipped = np.clip(points, 0.0, last)
    lower = np.floor(clipped).astype(np.intp)
    fraction = (clipped - lower).astype(array.dtype)
    total = np.zeros(len(points), array.dtype)
    for corner in np.ndindex((2,) * array.ndim):
        weight = np.ones(len(points), array.dtype)
        for axis, upper in enumerate(corner):
            weight *= fraction[:, axis] if upper else 1 - fraction[:, axis]
        used = weight > 0
        neighbour = np.minimum(lower[used] + corner, last)
        total[used] += weight[used] * array[tuple(neighbour.T)]
    values[inside] = total
    return values
