"""Dilation and erosion of masks by a ball in physical units or by any footprint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fiducial import progress
from fiducial.errors import parameter_error

from . import body
from .arrays import Output, boolean, per_axis
from .distance import reference_squared_distance, squared_distance

__all__ = ["dilate_ball", "dilate_footprint", "erode_ball", "erode_footprint"]

_RELATIVE_SLACK = 1e-9
_MOST_ROWS = 3000
"""Up to about this many rows a ball is faster put together from rows than from distances."""


def dilate_ball(
    mask: ArrayLike,
    radius: float,
    spacing: float | Sequence[float] = 1.0,
    *,
    border_value: bool = False,
    out: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Switch on every sample that has a True sample within a radius.

    Parameters
    ----------
    mask
        Boolean, of any dimension.
    radius
        In the unit of `spacing`; zero or more.
    spacing
        Distance between samples, one for all axes or one per axis, in array order.
    border_value
        Whether the samples beyond the edge of the array are True.
    out
        Where to write, or None.

    Returns
    -------
    ndarray of bool

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled; `out` is then unspecified.

    Notes
    -----
    Exact: a sample is on if the distance between centres is at most
    ``radius * (1 + 1e-9)``; the slack is there so that 0.3 reaches a sample at 3 * 0.1.
    Rows of the ball are put together 64 samples at a time; a large ball comes from the exact
    distance transform instead, with the same result.

    Examples
    --------
    >>> dilate_ball([[False, False, True, False, False]], 1.0, (1.0, 0.5)).tolist()
    [[True, True, True, True, True]]
    """
    return _ball(mask, radius, spacing, border_value, out, "dilate_ball", erode=False)


def erode_ball(
    mask: ArrayLike,
    radius: float,
    spacing: float | Sequence[float] = 1.0,
    *,
    border_value: bool = True,
    out: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Keep the samples that have no False sample within a radius.

    Parameters
    ----------
    mask, radius, spacing, out
        As in :func:`dilate_ball`.
    border_value
        Whether the samples beyond the edge of the array are True: if so (the default) the
        edge of the array does not eat into the mask.

    Returns
    -------
    ndarray of bool
        ``~dilate_ball(~mask, radius, spacing, border_value=not border_value)``.

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled; `out` is then unspecified.

    Examples
    --------
    >>> erode_ball([True, True, True, False], 1.0).tolist()
    [True, True, False, False]
    >>> erode_ball([True, True, True, False], 1.0, border_value=False).tolist()
    [False, True, False, False]
    """
    return _ball(mask, radius, spacing, border_value, out, "erode_ball", erode=True)


def dilate_footprint(
    mask: ArrayLike,
    footprint: ArrayLike,
    iterations: int = 1,
    border_value: bool = False,
    *,
    out: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Dilate by a footprint, any number of times.

    Parameters
    ----------
    mask
        Boolean, of any dimension.
    footprint
        Boolean, of as many dimensions, centred at ``shape // 2``.
    iterations
        One or more.
    border_value
        Whether the samples beyond the edge of the array are True, in every iteration.
    out
        Where to write, or None.

    Returns
    -------
    ndarray of bool
        What :func:`scipy.ndimage.binary_dilation` gives.

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled; `out` is then unspecified.

    Notes
    -----
    ``out[i]`` is True if ``mask[i - s]`` is, for some offset ``s`` of the footprint: a single
    True sample becomes the footprint.

    Examples
    --------
    >>> dilate_footprint([False, True, False, False], [False, True, True]).tolist()
    [False, True, True, False]
    """
    return _footprint(mask, footprint, iterations, border_value, out, "dilate_footprint")


def erode_footprint(
    mask: ArrayLike,
    footprint: ArrayLike,
    iterations: int = 1,
    border_value: bool = True,
    *,
    out: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Erode by a footprint, any number of times.

    Parameters
    ----------
    mask, footprint, iterations, out
        As in :func:`dilate_footprint`.
    border_value
        Whether the samples beyond the edge of the array are True: if so (the default, unlike
        SciPy's) the edge of the array does not eat into the mask.

    Returns
    -------
    ndarray of bool
        What :func:`scipy.ndimage.binary_erosion` gives.

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled; `out` is then unspecified.

    Notes
    -----
    ``out[i]`` is True if ``mask[i + s]`` is, for every offset ``s`` of the footprint.

    Examples
    --------
    >>> erode_footprint([True, True, True, False], [True, True, True]).tolist()
    [True, True, False, False]
    """
    return _footprint(mask, footprint, iterations, border_value, out, "erode_footprint")


def _ball(
    mask: ArrayLike,
    radius: float,
    spacing: float | Sequence[float],
    border_value: bool,
    out: NDArray[np.bool_] | None,
    function: str,
    *,
    erode: bool,
) -> NDArray[np.bool_]:
    """Erosion is the dilation of the complement, complemented."""
    given = boolean(mask, function)
    steps = per_axis(spacing, given.ndim, function, "spacing")
    if not (np.isfinite(radius) and radius >= 0):
        raise parameter_error(function, "radius", "zero or more, and finite", radius)
    output = Output(out, given.shape, np.bool_, function, given)
    if given.size == 0:
        return output.result()
    reach = radius * (1 + _RELATIVE_SLACK)
    beyond = bool(border_value) != erode
    module = body.native()
    rows = np.prod([2 * int(reach / step) + 1 for step in steps[:-1]], dtype=np.float64)
    if module is not None and given.ndim <= 3 and rows <= _MOST_ROWS:
        missing = 3 - given.ndim
        shape = (1,) * missing + given.shape
        done = module.dilate_rows(
            given.view(np.uint8).reshape(shape),
            output.work.view(np.uint8).reshape(shape),
            _half_widths(reach, (2 * reach + 1,) * missing + steps, shape),
            beyond,
            erode,
            progress.cancel_flag(),
        )
        body.completed(done, function)
    else:
        _ball_by_distance(given, reach, steps, beyond, erode, output.work)
    return output.result()


def _half_widths(
    reach: float, spacing: Sequence[float], shape: tuple[int, ...]
) -> NDArray[np.int32]:
    """Return, for every row of the ball, how far it reaches along the last axis; -1: not."""
    bounds = [min(int(reach / step), size) for step, size in zip(spacing, shape, strict=True)]
    z = np.arange(-bounds[0], bounds[0] + 1)[:, None] * spacing[0]
    y = np.arange(-bounds[1], bounds[1] + 1)[None, :] * spacing[1]
    left = reach**2 - z**2 - y**2
    widths = np.floor(np.sqrt(np.maximum(left, 0.0)) / spacing[2])
    widths = np.where(left >= 0, np.minimum(widths, shape[2]), -1)
    return np.ascontiguousarray(widths, np.int32)


def _ball_by_distance(
    mask: NDArray[np.bool_],
    reach: float,
    spacing: tuple[float, ...],
    beyond: bool,
    erode: bool,
    out: NDArray[np.bool_],
) -> None:
    """Compare exact squared distances; the nearest sample beyond the edge is the next one."""
    source = ~mask if erode else mask
    inner = tuple(slice(1, -1) for _ in spacing) if beyond else ()
    if beyond:
        source = np.pad(source, 1, constant_values=True)
    if body.native() is None:
        squared = reference_squared_distance(source, spacing)
    else:
        squared = squared_distance(source, spacing, dtype=np.float64)
    np.less_equal(squared[inner], reach**2, out=out)
    if erode:
        np.logical_not(out, out=out)


def _footprint(
    mask: ArrayLike,
    footprint: ArrayLike,
    iterations: int,
    border_value: bool,
    out: NDArray[np.bool_] | None,
    function: str,
) -> NDArray[np.bool_]:
    given = boolean(mask, function)
    element = boolean(footprint, function, "footprint")
    if element.ndim != given.ndim or not element.any():
        raise parameter_error(
            function, "footprint", f"of {given.ndim} dimensions and not all False", element
        )
    if isinstance(iterations, bool) or int(iterations) != iterations or iterations < 1:
        raise parameter_error(function, "iterations", "a whole number of one or more", iterations)
    output = Output(out, given.shape, np.bool_, function, given)
    if given.size == 0:
        return output.result()
    erode = function == "erode_footprint"
    module = body.native()
    if module is not None and given.ndim <= 3:
        _native_footprint(
            module, given, element, int(iterations), bool(border_value), erode, output.work
        )
        return output.result()
    from scipy import ndimage

    apply: Any = ndimage.binary_erosion if erode else ndimage.binary_dilation
    current = given
    for done in range(int(iterations)):
        progress.report(done, int(iterations), function)
        before, current = current, apply(current, element, border_value=int(border_value))
        if np.array_equal(before, current):  # and so it stays
            break
    output.work[...] = current
    return output.result()


def _native_footprint(
    module: Any,
    mask: NDArray[np.bool_],
    footprint: NDArray[np.bool_],
    iterations: int,
    border_value: bool,
    erode: bool,
    out: NDArray[np.bool_],
) -> None:
    """Dilate or erode in C++, to and fro between two arrays, ending in `out`."""
    missing = (1,) * (3 - mask.ndim)
    shape = missing + mask.shape
    element = footprint.reshape(missing + footprint.shape)
    offsets = np.argwhere(element) - np.array(element.shape) // 2
    offsets = np.ascontiguousarray(offsets if erode else -offsets, np.int64)
    target = out.view(np.uint8).reshape(shape)
    spare = np.empty_like(target) if iterations > 1 else target
    source = mask.view(np.uint8).reshape(shape)
    for left in range(iterations, 0, -1):
        destination = target if left % 2 else spare
        done = module.footprint(
            source, destination, offsets, border_value, erode, progress.cancel_flag()
        )
        body.completed(done, "erode_footprint" if erode else "dilate_footprint")
        if np.array_equal(source, destination):  # and so it stays
            target[...] = destination
            return
        source = destination
