"""Filling holes."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import parameter_error
from ..image import Mask
from ..kernels.components import Connectivity, components
from ..operation import operation

__all__ = ["fill_holes"]


@operation
def fill_holes(
    mask: Mask,
    *,
    connectivity: Connectivity = "face",
    slices: Literal["z", "y", "x"] | None = None,
) -> Mask:
    """Fill what a mask encloses.

    Parameters
    ----------
    mask
        2D or 3D; each frame alone.
    connectivity
        Of what is outside: with ``"face"`` a wall whose voxels touch only at corners is
        tight, with ``"full"`` it leaks.
    slices
        None fills in all dimensions at once.  An axis fills each slice across it on its own,
        as one does for a tube that is open at its ends.

    Returns
    -------
    Mask
        On the same grid; the mask and its holes.

    Raises
    ------
    ParameterError
        If the mask has no such axis.

    Notes
    -----
    A hole is a component of the outside that does not reach the edge of the image.  An axis of
    one voxel has no edges: a single slice is filled as in 2D, unlike in SciPy.  The default
    connectivity is that of :func:`scipy.ndimage.binary_fill_holes`, and goes with a mask whose
    voxels are connected across corners.

    Examples
    --------
    >>> import fiducial as fd
    >>> ring = fd.Mask([[1, 1, 1, 0], [1, 0, 1, 0], [1, 1, 1, 0]])
    >>> fd.fill_holes(ring).count
    9
    """
    if slices is None:
        values = _filled(mask.array, connectivity)
    else:
        axis = mask.axis(slices)
        if axis is None or mask.ndim < 2:
            raise parameter_error("fill_holes", "slices", f"one of {mask.axes!r}", slices)
        across = np.moveaxis(mask.array, axis, 0)
        filled = np.stack([_filled(part, connectivity) for part in across])
        values = np.ascontiguousarray(np.moveaxis(filled, 0, axis))
    return Mask(values, mask.grid, axes=mask.axes, copy=False)


def _filled(inside: NDArray[np.bool_], connectivity: Connectivity) -> NDArray[np.bool_]:
    around = components(inside, connectivity=connectivity, complement=True)
    is_filled = ~around.at_edge
    if max(inside.shape) == 1:
        is_filled[1:] = False  # a single voxel has no edges, and nothing that could enclose it
    return around.paint(is_filled)
