"""The Jaccard index."""

from __future__ import annotations

from ..image import Mask
from ..operation import operation
from .counts import count, ratio, require_alike

__all__ = ["jaccard"]


@operation(uses="tc")
def jaccard(a: Mask, b: Mask) -> float:
    """Return the Jaccard index of two masks: what they share, by what they cover together.

    Parameters
    ----------
    a, b
        On one grid; their order does not matter.  The voxels of all frames count together.

    Returns
    -------
    float
        From 0 (nothing shared) to 1 (equal).  0 if one is empty; NaN if both are.

    Raises
    ------
    GridMismatchError
        If they lie on different grids.

    Notes
    -----
    ``J = |a & b| / |a or b|``, also called intersection over union; Dice is 2 J / (1 + J).

    References
    ----------
    .. [1] P. Jaccard, "The Distribution of the Flora in the Alpine Zone", New Phytologist
       11:37-50, 1912. :doi:`10.1111/j.1469-8137.1912.tb05611.x`

    Examples
    --------
    >>> import fiducial as fd
    >>> round(fd.jaccard(fd.Mask([[1, 1, 0, 0]]), fd.Mask([[0, 1, 1, 0]])), 4)
    0.3333
    """
    require_alike(a, b, "jaccard", ("a", "b"))
    counts = count(a.array, b.array)
    return ratio(counts.both, counts.both + counts.first_only + counts.second_only)
