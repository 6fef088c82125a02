"""The Hausdorff distance."""

from __future__ import annotations

from ..image import Mask
from ..operation import operation
from .counts import one_frame
from .surface import surface_distances

__all__ = ["hausdorff_distance"]


@operation(uses="tc")
def hausdorff_distance(a: Mask, b: Mask) -> float:
    """Return the Hausdorff distance of two masks: how far apart their surfaces are at most.

    Differs from scikit-image, SciPy and SimpleITK, which measure between voxel centres (the
    first two in voxels): here it is measured between surfaces, in the unit of the world.

    Parameters
    ----------
    a, b
        On one grid, one frame; their order does not matter.

    Returns
    -------
    float
        In the unit of the grid's world (mm).  NaN if one of them is empty.

    Raises
    ------
    GridMismatchError
        If they lie on different grids.
    ParameterError
        For a sequence: take one frame, or use :func:`fiducial.compare`.

    Notes
    -----
    The surface of a mask runs halfway between the centres of its voxels and of those outside;
    beyond the edge of the image lies the outside.  Each cell of eight neighbouring centres
    (four in 2D) that it crosses holds one element or more: polygons through the middles of the
    edges, with their centre and their area.  From every element of one surface the distance is
    taken to the nearest of the other, from centre to centre, and the largest in both directions
    is the result.  It holds on any lattice: anisotropic, oblique, sheared.

    Taking elements at their centres errs by no more than the radius of an element, which is
    less than 0.6 of the diagonal of a voxel, and mostly by much less: distances are taken
    across the elements, not along them.  A mask against itself moved by whole voxels gives the
    length of the shift, if nothing of it lies nearer.

    Cost: proportional to the elements that differ, times the logarithm of their number.

    References
    ----------
    .. [1] D. P. Huttenlocher, G. A. Klanderman, W. J. Rucklidge, "Comparing Images Using the
       Hausdorff Distance", IEEE Trans. PAMI 15:850-863, 1993. :doi:`10.1109/34.232073`

    Examples
    --------
    >>> import numpy as np, fiducial as fd
    >>> grid = fd.Grid.from_spacing((20, 20, 20), (3.0, 1.0, 1.0))
    >>> a, b = np.zeros((2, 20, 20, 20), bool)
    >>> a[5:10, 5:10, 5:10] = True
    >>> b[7:12, 5:10, 5:10] = True
    >>> fd.hausdorff_distance(fd.Mask(a, grid), fd.Mask(b, grid))
    6.0
    """
    one_frame(a, "hausdorff_distance", "a")
    one_frame(b, "hausdorff_distance", "b")
    return surface_distances(a.array, b.array, a.grid).largest
