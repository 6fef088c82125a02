"""Opening: erosion, then dilation."""

from __future__ import annotations

from ..image import Mask
from ..operation import operation
from ..units import Length
from .footprint import Footprint, structure

__all__ = ["opening"]


@operation(example={"radius": "2.2 mm"})
def opening(
    mask: Mask,
    *,
    radius: Length | None = None,
    footprint: Footprint | None = None,
    iterations: int = 1,
) -> Mask:
    """Remove what a ball, or a footprint, does not fit into: bridges, spikes, specks.

    Parameters
    ----------
    mask
        2D or 3D; each frame alone.
    radius, footprint
        As for :func:`fiducial.dilate`.
    iterations
        How many erosions, and then as many dilations; 1 or more.

    Returns
    -------
    Mask
        On the same grid; a subset of the mask.  Opening it again changes nothing.

    Raises
    ------
    ParameterError
        If both radius and footprint are given, or one is out of range.

    Notes
    -----
    The union of all balls (footprints) that lie in the mask, looked at within the image alone:
    a mask that is cut by the edge stays so.

    Examples
    --------
    >>> import fiducial as fd
    >>> bar = fd.Mask([[0, 1, 1, 1, 0, 0, 1, 0]])
    >>> fd.opening(bar, radius="1 px").array.astype(int)
    array([[0, 1, 1, 1, 0, 0, 0, 0]])
    """
    shape = structure(mask.grid, radius, footprint, iterations, "opening")
    core = shape.erode(mask.array, iterations, beyond=True)
    values = shape.dilate(core, iterations, beyond=False)
    return Mask(values, mask.grid, axes=mask.axes, copy=False)
