"""The largest connected component."""

from __future__ import annotations

import numpy as np

from ..image import Mask
from ..operation import operation
from .components import Connectivity, components

__all__ = ["largest_component"]


@operation(lattice_bound="of components of equal size the first in array order is kept")
def largest_component(mask: Mask, *, connectivity: Connectivity = "full") -> Mask:
    """Keep the connected component of most voxels.

    Parameters
    ----------
    mask
        2D or 3D; each frame alone.
    connectivity
        ``"full"``: voxels that share a corner are connected; ``"face"``: only those that share
        a face.

    Returns
    -------
    Mask
        On the same grid; of equal components the first in array order.  An empty mask stays
        empty.

    Examples
    --------
    >>> import fiducial as fd
    >>> fd.largest_component(fd.Mask([[1, 0, 1, 1]])).array
    array([[False, False,  True,  True]])
    """
    numbers, sizes = components(mask.array, connectivity)
    if len(sizes) < 3:
        return Mask(mask.array, mask.grid, axes=mask.axes, copy=False)
    values = numbers == 1 + int(np.argmax(sizes[1:]))
    return Mask(values, mask.grid, axes=mask.axes, copy=False)
