"""Connected components of an array of booleans."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["Connectivity", "components", "touches_edge"]

Connectivity = Literal["full", "face"]
"""Whether voxels that share only an edge or a corner are connected."""


def components(
    inside: NDArray[np.bool_], connectivity: Connectivity
) -> tuple[NDArray[Any], NDArray[np.int64]]:
    """Give each connected component a number from 1, in array order of their first voxels.

    Parameters
    ----------
    inside
        The set.
    connectivity
        ``"full"``: neighbours share at least a corner; ``"face"``: a face (a side in 2D).

    Returns
    -------
    numbers
        int32, of the shape of `inside`; 0 outside.
    sizes
        Voxels of each number; the first is of what is outside.
    """
    from scipy import ndimage

    rank = inside.ndim if connectivity == "full" else 1
    structure = ndimage.generate_binary_structure(inside.ndim, rank)
    numbers = np.empty(inside.shape, np.int32)
    count = ndimage.label(inside, structure, output=numbers)
    sizes = np.bincount(numbers.reshape(-1), minlength=int(count) + 1)
    return numbers, sizes.astype(np.int64)


def touches_edge(numbers: NDArray[Any], count: int) -> NDArray[np.bool_]:
    """Say which of `count` numbers (0 included) occur at the edge of the array."""
    found = np.zeros(count, np.bool_)
    for axis in range(numbers.ndim):
        for end in (0, -1):
            found[np.take(numbers, end, axis=axis)] = True
    return found
