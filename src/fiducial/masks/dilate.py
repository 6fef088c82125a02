"""Dilation."""

from __future__ import annotations

from typing import Literal

from ..image import Mask
from ..operation import operation
from ..units import Length
from .footprint import Footprint, structure

__all__ = ["dilate"]


@operation(example={"radius": "2.2 mm"})
def dilate(
    mask: Mask,
    *,
    radius: Length | None = None,
    footprint: Footprint | None = None,
    iterations: int = 1,
    border: Literal["outside", "inside"] = "outside",
) -> Mask:
    """Grow a mask by a ball of a radius, or by a footprint.

    Differs from scikit-image, SciPy and SimpleITK, whose radii count voxels: here a radius is
    a length, so that the same object grows alike on any lattice.

    Parameters
    ----------
    mask
        2D or 3D; each frame is grown alone.
    radius
        Of the ball: a length, 0 or more.
    footprint
        ``"cross"`` (the voxel and its 4 or 6 neighbours), ``"square"`` (3 voxels on each
        axis, also ``"box"`` or ``"cube"``), or an array of as many axes as the mask, centred
        at ``shape // 2``.  It counts voxels.  With neither radius nor footprint, the cross.
    iterations
        How many times, 1 or more.
    border
        What lies beyond the edge of the image.

    Returns
    -------
    Mask
        On the same grid.

    Raises
    ------
    ParameterError
        If both radius and footprint are given, or one is out of range.

    Notes
    -----
    With a radius, a voxel is inside if the centre of some voxel of the mask lies within it:
    exact on anisotropic, oblique and sheared lattices.  With a footprint B, the result is the
    union of B moved to every voxel of the mask.  Twice a ball of 2 mm is not quite one of
    4 mm, since voxels are met in between.

    Cost: a small ball is put together from rows, a large one comes from the distance
    transform, which costs the same for every radius.  On sheared lattices it grows with the
    number of voxels of the ball.

    Examples
    --------
    >>> import numpy as np, fiducial as fd
    >>> point = np.zeros((41, 41), bool); point[20, 20] = True
    >>> fd.dilate(fd.Mask(point), iterations=20).count
    841
    >>> grid = fd.Grid.from_spacing((41, 41), (2.0, 1.0))
    >>> fd.dilate(fd.Mask(point, grid), radius="2 mm").count
    7
    """
    shape = structure(mask.grid, radius, footprint, iterations, "dilate")
    values = shape.dilate(mask.array, iterations, beyond=border == "inside")
    return Mask(values, mask.grid, axes=mask.axes, copy=False)
