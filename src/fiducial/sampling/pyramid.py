"""The values of a pyramid's levels, each from the one before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..geometry import Grid
from .onto import resampled
from .placement import place

__all__ = ["level_values"]


def level_values(array: NDArray[Any], grid: Grid, levels: Sequence[Grid]) -> list[NDArray[Any]]:
    """Return an array on each of several coarser lattices, smoothed as each needs.

    Parameters
    ----------
    array
        Values on `grid`; no time, no channels.
    grid
        The finest lattice.
    levels
        Lattices over the same extent, as :func:`fiducial.geometry.plan_pyramid` gives them, in
        any order.

    Returns
    -------
    list of ndarray
        In the order of `levels`.

    Notes
    -----
    Each level comes from the next finer one; the smoothing of
    :func:`~fiducial.sampling.antialias_sigma` adds up to the same.
    """
    finest_first = sorted(range(len(levels)), key=lambda i: -np.prod(levels[i].shape))
    found: dict[int, NDArray[Any]] = {}
    values, where = array, grid
    for position in finest_first:
        level = levels[position]
        values = resampled(values, place(level, where), outside=0.0)
        where = level
        found[position] = values
    return [found[position] for position in range(len(levels))]
