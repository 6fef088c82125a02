"""Manual threshold."""

from __future__ import annotations

import numpy as np

from ..errors import ParameterError
from ..image import Image, Mask
from ..operation import operation

__all__ = ["threshold"]


@operation(uses="tc", example={"above": 100.0})
def threshold(
    image: Image,
    *,
    above: float | None = None,
    below: float | None = None,
    strict: bool = True,
) -> Mask:
    """Take the voxels whose value lies above one limit, below another, or between both.

    Parameters
    ----------
    image
        Any image; the mask has the same axes.
    above
        Lower limit, in the image's unit; none when None.
    below
        Upper limit, in the image's unit; none when None.
    strict
        Whether a value equal to a limit is outside, as in ``image > above``.

    Returns
    -------
    Mask
        On the same grid.  NaN is never inside.

    Raises
    ------
    ParameterError
        If no limit is given, or the lower is above the upper.

    Examples
    --------
    >>> import fiducial as fd
    >>> fd.threshold(fd.Image([[1, 2, 3]]), above=1, below=3).array
    array([[False,  True, False]])
    """
    if above is None and below is None:
        raise ParameterError(
            "above or below of threshold must be given; got neither. Give one limit or both."
        )
    if above is not None and below is not None and above > below:
        raise ParameterError(
            f"above of threshold must not be more than below; got {above} and {below}."
        )
    inside = np.ones(image.shape, np.bool_)
    if above is not None:
        inside &= image.array > above if strict else image.array >= above
    if below is not None:
        inside &= image.array < below if strict else image.array <= below
    return Mask(inside, image.grid, axes=image.axes, times=image.times, copy=False)
