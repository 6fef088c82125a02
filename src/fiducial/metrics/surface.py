"""Distances between the boundaries of two masks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..geometry import Grid
from ..kernels.body import threads
from ..progress import report
from ..shapes import Boundary, boundary

__all__ = ["SurfaceDistances", "surface_distances"]

_CHUNK = 20_000
"""Elements between two looks at whether the work was cancelled: some milliseconds."""


@dataclass(frozen=True)
class SurfaceDistances:
    """From every element of one boundary to the nearest of another, in both directions.

    Parameters
    ----------
    from_first, from_second
        Distance from each element of the one to the nearest element of the other, centre to
        centre, in the world's unit; empty if either boundary is.
    first_sizes, second_sizes
        Area of each element (length in 2D): its weight in means and percentiles.
    radius
        No point of an element is farther from its centre.
    """

    from_first: NDArray[np.float64]
    from_second: NDArray[np.float64]
    first_sizes: NDArray[np.float64]
    second_sizes: NDArray[np.float64]
    radius: float

    @property
    def is_defined(self) -> bool:
        """Whether both boundaries have elements."""
        return bool(self.from_first.size)

    @property
    def largest(self) -> float:
        """The Hausdorff distance; NaN if undefined."""
        if not self.is_defined:
            return float("nan")
        return float(max(self.from_first.max(), self.from_second.max()))


def surface_distances(
    first: NDArray[np.bool_], second: NDArray[np.bool_], grid: Grid
) -> SurfaceDistances:
    """Measure both directions between the boundaries of two sets of voxels.

    Parameters
    ----------
    first, second
        Booleans of the grid's shape.
    grid
        Any lattice.
    """
    a, b = boundary(first, grid), boundary(second, grid)
    if not a.sizes.size or not b.sizes.size:
        none = np.zeros(0)
        return SurfaceDistances(none, none, none, none, max(a.radius, b.radius))
    return SurfaceDistances(_nearest(a, b), _nearest(b, a), a.sizes, b.sizes, a.radius)


def _nearest(start: Boundary, end: Boundary) -> NDArray[np.float64]:
    """Return the distance from each element to the nearest of the other boundary."""
    from scipy.spatial import cKDTree

    distances = np.zeros(len(start.sizes))
    # Most elements of two similar masks are the same: no need to look for those.
    (apart,) = np.nonzero(~np.isin(start.keys, end.keys, assume_unique=True))
    if apart.size:
        report(0, apart.size, "surface distances")
        tree = cKDTree(end.world, balanced_tree=False, compact_nodes=False)
        for begin in range(0, apart.size, _CHUNK):
            report(begin, apart.size, "surface distances")
            part = apart[begin : begin + _CHUNK]
            distances[part], _ = tree.query(start.world[part], workers=threads())
    return distances
