"""Segmentation by Otsu's threshold."""

from __future__ import annotations

from collections.abc import Sequence

from ..image import Image, Mask
from ..operation import operation
from .threshold_otsu import otsu_level

__all__ = ["otsu"]


@operation(uses="tc")
def otsu(
    image: Image,
    *,
    bins: int = 256,
    mask: Mask | None = None,
    percentiles: Sequence[float] | None = None,
) -> Mask:
    """Take the brighter of the two classes that Otsu's threshold separates.

    Parameters
    ----------
    image
        Any image; one threshold serves all its frames and channels.
    bins
        Bins of the histogram of an image of floats, from 2 to 16777216.
    mask
        Where the threshold is found; everywhere when None.  The result is not confined to it:
        ``otsu(image, mask=body) & body`` is.
    percentiles
        (low, high) from 0 to 100, beyond which values count as outliers; None keeps all.

    Returns
    -------
    Mask
        ``image > threshold_otsu(image, ...)``, on the same grid.  NaN is never inside, and a
        constant image gives an empty mask.

    Raises
    ------
    ParameterError
        As for :func:`fiducial.threshold_otsu`.

    Notes
    -----
    The threshold maximises the variance between the classes, which minimises the variance
    within them: see :func:`fiducial.threshold_otsu`, also for the effect of outliers.

    Examples
    --------
    >>> import fiducial as fd
    >>> fd.otsu(fd.Image([[1, 2, 2, 9, 10, 11]])).array
    array([[False, False, False,  True,  True,  True]])
    """
    level = otsu_level(image, bins, mask, percentiles, "otsu")
    return Mask(image.array > level, image.grid, axes=image.axes, times=image.times, copy=False)
