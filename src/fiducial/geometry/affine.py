"""Affine matrices of lattices: checked, or built from spacing and direction."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ParameterError, shown
from .frame import Frame, default_frame

__all__ = ["affine_from_spacing", "checked_affine", "gram_determinant", "read_only"]


def _numbers(values: object, what: str) -> NDArray[np.float64]:
    try:
        return np.array(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ParameterError(
            f'{what} must be numbers; got {shown(values)}. Give the unit apart: unit="mm".'
        ) from None


def read_only(array: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the array after marking it as not to be written into."""
    array.setflags(write=False)
    return array


def gram_determinant(steps: NDArray[np.float64]) -> float:
    """Return the squared volume that the columns of `steps` span; never negative."""
    return max(0.0, float(np.linalg.det(steps.T @ steps)))


def checked_affine(
    affine: ArrayLike, dimension: int, frame: Frame | None
) -> tuple[NDArray[np.float64], Frame]:
    """Return a read-only float64 copy of an affine that can place a lattice, and its frame.

    Raises
    ------
    ParameterError
        If it has the wrong shape, is not finite, or maps the axes onto fewer dimensions.
    """
    matrix = _numbers(affine, "affine of Grid")
    if matrix.ndim != 2 or matrix.shape[1] != dimension + 1 or not 2 <= len(matrix) <= 4:
        raise ParameterError(
            f"affine of Grid must be of shape (world + 1, {dimension + 1}); "
            f"got shape {matrix.shape}."
        )
    if frame is None:
        frame = default_frame(len(matrix) - 1, "mm")
    if len(matrix) - 1 != frame.dimension or dimension > frame.dimension:
        raise ParameterError(
            f"affine of Grid must map {dimension} axes into the {frame.dimension} of "
            f"{frame}; got shape {matrix.shape}."
        )
    bottom = np.zeros(dimension + 1)
    bottom[-1] = 1.0
    if not np.all(np.isfinite(matrix)) or not np.array_equal(matrix[-1], bottom):
        raise ParameterError(
            "affine of Grid must be finite with the last row (0, ..., 0, 1); "
            f"got {matrix.tolist()}."
        )
    steps = matrix[:-1, :-1]
    norms = np.linalg.norm(steps, axis=0)
    if np.any(norms == 0) or math.sqrt(gram_determinant(steps / norms)) < 1e-6:
        raise ParameterError(
            f"affine of Grid must have independent axes of non-zero spacing; got {matrix.tolist()}."
        )
    matrix = matrix + 0.0  # no negative zeros: equal grids have equal bytes
    return read_only(matrix), frame


def affine_from_spacing(
    dimension: int,
    spacing: float | Sequence[float],
    origin: Sequence[float] | None,
    direction: ArrayLike | None,
    unit: str,
    frame: Frame | None,
) -> tuple[NDArray[np.float64], Frame]:
    """Return the affine and the frame that :meth:`Grid.from_spacing` describes."""
    steps = _numbers(spacing, "spacing of Grid.from_spacing")
    if steps.ndim == 0:
        steps = np.full(dimension, float(steps))
    if steps.shape != (dimension,) or not np.all(np.isfinite(steps)) or np.any(steps <= 0):
        raise ParameterError(
            f"spacing of Grid.from_spacing must be {dimension} finite numbers above 0 in "
            f"array order; got {shown(spacing)}."
        )
    if direction is None:
        world = frame.dimension if frame is not None else dimension
        vectors = np.eye(world)[:, :dimension][:, ::-1]
    else:
        vectors = _unit_columns(direction, dimension)
    world = len(vectors)
    if frame is None:
        frame = default_frame(world, unit)
    what = "origin of Grid.from_spacing"
    start = np.zeros(world) if origin is None else _numbers(origin, what)
    if start.shape != (world,):
        raise ParameterError(
            f"origin of Grid.from_spacing must be a world point of {world} coordinates "
            f"(x first); got {shown(origin)}."
        )
    affine = np.zeros((world + 1, dimension + 1))
    affine[:-1, :-1] = vectors * steps
    affine[:-1, -1] = start
    affine[-1, -1] = 1.0
    return affine, frame


def _unit_columns(direction: ArrayLike, dimension: int) -> NDArray[np.float64]:
    vectors = _numbers(direction, "direction of Grid.from_spacing")
    if vectors.ndim != 2 or vectors.shape[1] != dimension:
        raise ParameterError(
            f"direction of Grid.from_spacing must have {dimension} columns, the world "
            f"vectors of the array axes; got shape {vectors.shape}."
        )
    norms = np.linalg.norm(vectors, axis=0)
    if not np.all(norms > 0):
        raise ParameterError(
            "direction of Grid.from_spacing must have no zero or undefined column; "
            f"got {vectors.tolist()}."
        )
    return np.asarray(vectors / norms)
