"""One frame, one channel: an array from its lattice onto another."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..image import working_dtype
from ..kernels import interpolation as kernel
from ..transforms import Displacement
from .antialias import antialiased
from .placement import Placement

__all__ = ["outside_value", "resampled"]


def resampled(
    array: NDArray[Any],
    placement: Placement,
    *,
    interpolation: str = "linear",
    outside: float | None = None,
    antialias: bool = True,
) -> NDArray[Any]:
    """Return the values of an array at the samples of another lattice.

    Parameters
    ----------
    array
        Values on ``placement.input``; no time, no channels.
    placement
        Where the output's samples lie.
    interpolation
        ``"linear"`` or ``"nearest"``.
    outside
        Value of samples that lie more than half a sample beyond the centres of `array`; NaN
        when None, and for integers under ``"nearest"`` an error if there are any.
    antialias
        Whether to smooth first along axes on which the output is coarser; never for
        ``"nearest"``.

    Returns
    -------
    ndarray
        Of the output's shape; the array's type for ``"nearest"``, its working float type
        otherwise.
    """
    if placement.is_same:
        if interpolation == "nearest":
            return array
        return array.astype(working_dtype(array.dtype), copy=False)
    if interpolation == "linear" and antialias:
        array = antialiased(array, placement.matrix)
    if interpolation == "nearest" and outside is None and array.dtype.kind in "iub":
        return _without_outside(array, placement)
    return _warped(array, placement, interpolation, outside_value(array.dtype, outside))


def outside_value(dtype: np.dtype[Any], outside: float | None) -> float:
    """Return the value beyond the edge: as given, or NaN."""
    return float("nan") if outside is None else outside


def _warped(
    array: NDArray[Any], placement: Placement, interpolation: str, outside: float
) -> NDArray[Any]:
    output = placement.output
    if placement.is_linear:
        matrix, shape = _padded(placement.matrix, output.shape)
        result = kernel.warp_affine(
            array, matrix, shape, interpolation=interpolation, outside=outside
        )
        return result.reshape(output.shape)
    field = _matching_field(placement)
    if field is not None:
        return kernel.warp_displacement(
            array, placement.matrix, field, interpolation=interpolation, outside=outside
        )
    linear = interpolation == "linear"
    kind = working_dtype(array.dtype) if linear else array.dtype
    result = np.empty(output.shape, kind)
    for part, index in placement.slabs():
        result[part] = kernel.warp_coordinates(
            array, index, interpolation=interpolation, outside=outside
        )
    return result


def _padded(
    matrix: NDArray[np.float64], shape: tuple[int, ...]
) -> tuple[NDArray[np.float64], tuple[int, ...]]:
    """Give the output as many axes as the input has: a plane becomes a volume of one slice."""
    missing = len(matrix) - len(shape)
    if missing == 0:
        return matrix, shape
    if missing < 0:
        raise ParameterError("a plane cannot be resampled onto a volume")
    return np.insert(matrix, [0] * missing, 0.0, axis=1), (1,) * missing + shape


def _matching_field(placement: Placement) -> NDArray[Any] | None:
    """Return a displacement field in input samples if it lies on the output's own lattice."""
    transform = placement.transform
    if not isinstance(transform, Displacement) or transform.grid.affine is None:
        return None
    if placement.output.dimension != placement.input.dimension:
        return None
    if transform.grid.shape != placement.output.shape or not np.array_equal(
        transform.grid.affine, placement.output.affine
    ):
        return None
    back = np.linalg.inv(placement.input.affine[:-1, :-1])
    return np.ascontiguousarray(transform.field @ back.T.astype(transform.field.dtype))


def _without_outside(array: NDArray[Any], placement: Placement) -> NDArray[Any]:
    """Sample integers at the nearest, and refuse if a sample has nothing to take."""
    inside = _warped(np.ones(array.shape, np.uint8), placement, "nearest", 0)
    missing = int(inside.size - np.count_nonzero(inside))
    if missing:
        raise ParameterError(
            f"outside of resample must be given when samples lie outside an image of "
            f"{array.dtype}; got None for {missing} of {inside.size}. "
            "Write outside=-1000 for air in HU, or interpolate linearly to get NaN there."
        )
    return _warped(array, placement, "nearest", 0)
