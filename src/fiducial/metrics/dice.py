"""The Dice coefficient."""

from __future__ import annotations

from ..image import Mask
from ..operation import operation
from .counts import count, ratio, require_alike

__all__ = ["dice"]


@operation(uses="tc")
def dice(a: Mask, b: Mask) -> float:
    """Return the Dice coefficient of two masks: twice what they share, by the sum of their sizes.

    Parameters
    ----------
    a, b
        On one grid; their order does not matter.  The voxels of all frames count together.

    Returns
    -------
    float
        From 0 (nothing shared) to 1 (equal).  0 if one is empty; NaN if both are, since 0 / 0
        says nothing.

    Raises
    ------
    GridMismatchError
        If they lie on different grids.

    Notes
    -----
    ``2 |a & b| / (|a| + |b|)``, in voxels: the size of a voxel cancels.

    References
    ----------
    .. [1] L. R. Dice, "Measures of the Amount of Ecologic Association Between Species",
       Ecology 26:297-302, 1945. :doi:`10.2307/1932409`

    Examples
    --------
    >>> import fiducial as fd
    >>> fd.dice(fd.Mask([[1, 1, 0, 0]]), fd.Mask([[0, 1, 1, 0]]))
    0.5
    """
    require_alike(a, b, "dice", ("a", "b"))
    counts = count(a.array, b.array)
    return ratio(2 * counts.both, counts.first + counts.second)
