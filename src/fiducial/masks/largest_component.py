"""The largest connected component."""

from __future__ import annotations

import numpy as np

from ..image import Mask
from ..kernels.components import Connectivity, components
from ..operation import operation

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
    found = components(mask.array, connectivity=connectivity)
    table = np.zeros(found.count + 1, np.bool_)
    if found.count:
        table[1 + int(np.argmax(found.sizes[1:]))] = True
    return Mask(found.paint(table), mask.grid, axes=mask.axes, copy=False)
