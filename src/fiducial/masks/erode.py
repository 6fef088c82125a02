"""Erosion."""

from __future__ import annotations

from typing import Literal

from ..image import Mask
from ..operation import operation
from ..units import Length
from .footprint import Footprint, structure

__all__ = ["erode"]


@operation(example={"radius": "1.6 mm"})
def erode(
    mask: Mask,
    *,
    radius: Length | None = None,
    footprint: Footprint | None = None,
    iterations: int = 1,
    border: Literal["inside", "outside"] = "inside",
) -> Mask:
    """Shrink a mask by a ball of a radius, or by a footprint.

    Differs from scikit-image, SciPy and SimpleITK, whose radii count voxels, and from SciPy,
    where the edge of the image eats into the mask: here it does not, unless `border` says so.

    Parameters
    ----------
    mask
        2D or 3D; each frame is shrunk alone.
    radius, footprint, iterations
        As for :func:`fiducial.dilate`.
    border
        What lies beyond the edge of the image: ``"inside"`` leaves a mask that is cut by the
        edge as it is there, ``"outside"`` shrinks it from there too.

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
    With a radius, a voxel stays if no centre of a voxel outside the mask lies within it.
    With a footprint B, it stays if B moved there lies in the mask.  With the borders as they
    are by default, eroding is dilating what is outside.

    Cost: as for :func:`fiducial.dilate`.

    Examples
    --------
    >>> import fiducial as fd
    >>> strip = fd.Mask([[True, True, True, True, False]])
    >>> fd.erode(strip, footprint="cross").array
    array([[ True,  True,  True, False, False]])
    >>> fd.erode(strip, radius="1 px", border="outside").count
    0
    """
    shape = structure(mask.grid, radius, footprint, iterations, "erode")
    values = shape.erode(mask.array, iterations, beyond=border == "inside")
    return Mask(values, mask.grid, axes=mask.axes, copy=False)
