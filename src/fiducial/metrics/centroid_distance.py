"""The distance between centres of mass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..geometry import Grid
from ..image import Mask
from ..operation import operation
from .counts import one_frame

__all__ = ["centroid", "centroid_distance"]


def centroid(inside: NDArray[np.bool_], grid: Grid) -> NDArray[np.float64]:
    """Return the world point in the middle of a set of voxels; NaN if there is none.

    Parameters
    ----------
    inside
        Booleans on the grid.
    grid
        Where it lies.
    """
    total = int(np.count_nonzero(inside))
    if not total:
        return np.full(grid.frame.dimension, np.nan)
    index = []
    for axis in range(inside.ndim):
        others = tuple(other for other in range(inside.ndim) if other != axis)
        along = np.count_nonzero(inside, axis=others) if others else inside
        index.append(float(np.arange(inside.shape[axis]) @ along) / total)
    return grid.index_to_world(index)


@operation(uses="tc")
def centroid_distance(a: Mask, b: Mask) -> float:
    """Return the distance between the centres of mass of two masks.

    Parameters
    ----------
    a, b
        On one grid, one frame; their order does not matter.

    Returns
    -------
    float
        In the unit of the grid's world (mm).  NaN if one of them is empty.

    Raises
    ------
    GridMismatchError
        If they lie on different grids.
    ParameterError
        For a sequence: take one frame, or use :func:`fiducial.compare`.

    Notes
    -----
    The centre of a mask is the mean of the centres of its voxels, in world coordinates.

    Examples
    --------
    >>> import fiducial as fd
    >>> grid = fd.Grid.from_spacing((1, 4), (2.0, 0.5))
    >>> fd.centroid_distance(fd.Mask([[1, 1, 0, 0]], grid), fd.Mask([[0, 0, 1, 1]], grid))
    1.0
    """
    one_frame(a, "centroid_distance", "a")
    one_frame(b, "centroid_distance", "b")
    return float(np.linalg.norm(centroid(a.array, a.grid) - centroid(b.array, b.grid)))
