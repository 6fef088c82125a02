"""The arithmetic of grids made from a grid: resized, respaced, flipped, reoriented."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ParameterError, shown
from .indexing import whole_numbers
from .orientation import axis_assignment, parse_orientation

if TYPE_CHECKING:
    from .grid import Grid

__all__ = ["flipped", "moved", "reorientation", "resized", "respaced"]


def moved(grid: Grid, index: ArrayLike) -> NDArray[np.float64]:
    """Return the grid's affine with its first sample put where `index` was."""
    affine = grid.affine.copy()
    affine[:-1, -1] = grid.index_to_world(index)
    return affine


def resized(grid: Grid, shape: Sequence[int]) -> tuple[tuple[int, ...], NDArray[np.float64]]:
    """Return the shape and affine of another shape over the same extent."""
    sizes = whole_numbers(shape, "shape of resized")
    if len(sizes) != grid.dimension or min(sizes) < 1:
        raise ParameterError(
            f"shape of resized must be {grid.dimension} sizes above 0; got {shown(shape)}."
        )
    scale = np.asarray(grid.shape) / np.asarray(sizes, dtype=np.float64)
    affine = moved(grid, (scale - 1.0) / 2.0)
    affine[:-1, :-1] *= scale
    return sizes, affine


def respaced(grid: Grid, spacing: object) -> tuple[tuple[int, ...], NDArray[np.float64]]:
    """Return the shape and affine of a spacing about the same centre, covering the extent."""
    factors = np.asarray(grid.in_index(spacing, "spacing"))
    if np.any(factors <= 0):
        raise ParameterError(f"spacing of with_spacing must be above 0; got {shown(spacing)}.")
    old = np.asarray(grid.shape)
    # A millionth of a voxel is rounding, not a need for one more sample.
    sizes = np.maximum(1, np.ceil(old / factors - 1e-6)).astype(int)
    affine = moved(grid, (old - 1) / 2.0 - (sizes - 1) / 2.0 * factors)
    affine[:-1, :-1] *= factors
    return tuple(int(size) for size in sizes), affine


def flipped(grid: Grid, flips: Sequence[bool]) -> NDArray[np.float64]:
    """Return the affine with some array axes reversed."""
    affine = moved(grid, [n - 1 if flip else 0 for n, flip in zip(grid.shape, flips, strict=True)])
    affine[:-1, :-1] *= [-1.0 if flip else 1.0 for flip in flips]
    return affine


def reorientation(grid: Grid, code: str) -> tuple[tuple[int, ...], tuple[bool, ...]]:
    """Return the order and the flips of array axes that bring a grid to an orientation."""
    if grid.dimension != 3 or not grid.frame.is_patient:
        raise ParameterError(
            "reorienting needs three axes in a patient's frame; "
            f"got {grid.dimension} in {grid.frame}."
        )
    wanted = parse_orientation(code)
    present = axis_assignment(grid.direction)
    rows = [row for row, _ in present]
    order = tuple(rows.index(row) for row, _ in wanted)
    flips = tuple(present[old][1] != sign for old, (_, sign) in zip(order, wanted, strict=True))
    return order, flips
