"""Closing: dilation, then erosion."""

from __future__ import annotations

from ..image import Mask
from ..operation import operation
from ..units import Length
from .footprint import Footprint, structure

__all__ = ["closing"]


@operation(example={"radius": "2.2 mm"})
def closing(
    mask: Mask,
    *,
    radius: Length | None = None,
    footprint: Footprint | None = None,
    iterations: int = 1,
) -> Mask:
    """Fill what a ball, or a footprint, does not fit into outside: gaps, cracks, pinholes.

    Parameters
    ----------
    mask
        2D or 3D; each frame alone.
    radius, footprint
        As for :func:`fiducial.dilate`.
    iterations
        How many dilations, and then as many erosions; 1 or more.

    Returns
    -------
    Mask
        On the same grid; the mask and more.  Closing it again changes nothing.

    Raises
    ------
    ParameterError
        If both radius and footprint are given, or one is out of range.

    Notes
    -----
    What no ball (footprint) outside the mask reaches, looked at within the image alone: a gap
    between the mask and the edge counts as a gap, and a mask that is cut by the edge stays so.

    Examples
    --------
    >>> import fiducial as fd
    >>> bar = fd.Mask([[0, 0, 1, 1, 0, 1, 1, 0, 0]])
    >>> fd.closing(bar, radius="1 px").array.astype(int)
    array([[0, 0, 1, 1, 1, 1, 1, 0, 0]])
    """
    shape = structure(mask.grid, radius, footprint, iterations, "closing")
    grown = shape.dilate(mask.array, iterations, beyond=False)
    values = shape.erode(grown, iterations, beyond=True)
    return Mask(values, mask.grid, axes=mask.axes, copy=False)
