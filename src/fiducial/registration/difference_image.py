"""What differs between two images."""

from __future__ import annotations

from ..image import Image
from ..operation import operation

__all__ = ["difference_image"]


@operation(example={})
def difference_image(fixed: Image, moving: Image) -> Image:
    """Subtract the moving from the fixed image: where they match, nothing is left.

    Parameters
    ----------
    fixed, moving
        On one grid and in one unit: take ``result.moved`` of a registration.

    Returns
    -------
    Image
        ``fixed - moving``; integers do not wrap.  NaN where the moved image has no values.

    Raises
    ------
    ParameterError
        If the images are in different units or on different grids.

    Examples
    --------
    >>> import fiducial as fd
    >>> fd.difference_image(fd.Image([[5, 7]]), fd.Image([[5, 9]])).array
    array([[ 0, -2]], dtype=int32)
    """
    return fixed - moving
