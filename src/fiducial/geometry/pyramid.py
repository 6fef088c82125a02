"""Pyramids planned in the world's unit: which grid each level uses."""

from __future__ import annotations

import numpy as np

from ..errors import ParameterError
from .grid import Grid

__all__ = ["coarsened", "plan_pyramid"]


def coarsened(grid: Grid, spacing: float, minimum_size: int = 1) -> Grid:
    """Return the grid with every axis that is finer than `spacing` brought to about it.

    The extent stays exactly the same, edge to edge; an axis that is already coarser stays as
    it is, and none falls below `minimum_size` samples (or its own size, if that is less).

    Parameters
    ----------
    grid
        The finest grid.
    spacing
        Wanted spacing, in the grid's unit.
    minimum_size
        Fewest samples along an axis.
    """
    if not spacing > 0:
        raise ParameterError(f"spacing of coarsened must be above 0; got {spacing}.")
    extent = np.asarray(grid.extent)
    sizes = np.asarray(grid.shape)
    wanted = np.maximum(1, np.round(extent / spacing)).astype(int)
    wanted = np.maximum(wanted, np.minimum(sizes, minimum_size))
    return grid.resized(tuple(int(size) for size in np.minimum(sizes, wanted)))


def plan_pyramid(grid: Grid, spacings: list[float], minimum_size: int = 16) -> list[Grid]:
    """Return one grid for each spacing, in the order given; equal neighbours are kept once.

    Parameters
    ----------
    grid
        The finest grid.
    spacings
        Wanted spacing of each level, in the grid's unit, usually from coarse to fine.
    minimum_size
        Fewest samples along an axis.
    """
    levels: list[Grid] = []
    for spacing in spacings:
        level = coarsened(grid, spacing, minimum_size)
        if not levels or level != levels[-1]:
            levels.append(level)
    return levels
