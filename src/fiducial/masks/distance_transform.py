"""The distance from every voxel to the other side of a mask."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ..image import Image, Mask
from ..kernels import distance
from ..operation import operation

__all__ = ["distance_transform"]


@operation(orthogonal=True)
def distance_transform(
    mask: Mask, *, side: Literal["inside", "outside", "signed"] = "inside"
) -> Image:
    """Return the distance from every voxel to the nearest voxel of the other side.

    Differs from SciPy and scikit-image, which count voxels unless told the spacing: here the
    distance is in the unit of the image's world.

    Parameters
    ----------
    mask
        2D or 3D with orthogonal axes; each frame alone.
    side
        ``"inside"``: how deep a voxel of the mask lies, 0 outside.  ``"outside"``: how far a
        voxel is from the mask, 0 inside.  ``"signed"``: the second minus the first, negative
        inside.

    Returns
    -------
    Image
        float32 on the same grid; its unit is that of the grid (``"mm"``, ``"px"``).

    Raises
    ------
    ParameterError
        If the axes are not orthogonal.

    Notes
    -----
    The exact Euclidean distance between centres of voxels, as
    :func:`scipy.ndimage.distance_transform_edt` defines it: at least one spacing inside, so
    the signed distance steps from minus one spacing to plus one across the boundary.

    Where the other side is empty, every distance to it is infinite: no voxel is within any
    distance of an empty mask.  A full mask has ``+inf`` inside (``-inf`` signed), an empty one
    ``+inf`` outside.  Beyond the edge of the image there is neither side.

    Cost: one pass an axis, whatever the distances.

    References
    ----------
    .. [1] P. F. Felzenszwalb and D. P. Huttenlocher, "Distance Transforms of Sampled
       Functions", Theory of Computing 8:415-428, 2012. :doi:`10.4086/toc.2012.v008a019`

    Examples
    --------
    >>> import fiducial as fd
    >>> grid = fd.Grid.from_spacing((1, 5), (2.0, 0.5))
    >>> mask = fd.Mask([[0, 1, 1, 1, 0]], grid)
    >>> fd.distance_transform(mask).array
    array([[0. , 0.5, 1. , 0.5, 0. ]], dtype=float32)
    >>> fd.distance_transform(mask, side="signed").array
    array([[ 0.5, -0.5, -1. , -0.5,  0.5]], dtype=float32)
    """
    spacing = tuple(mask.grid.spacing)
    inside = mask.array
    if side == "outside":
        values = distance.distance(inside, spacing)
    else:
        values = distance.distance(~inside, spacing)
        if side == "signed":
            np.negative(values, out=values)
            np.copyto(values, distance.distance(inside, spacing), where=~inside)
    return Image(values, mask.grid, mask.grid.unit, axes=mask.axes, copy=False)
