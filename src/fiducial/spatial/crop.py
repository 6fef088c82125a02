"""Take a box of samples out of an image."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import ParameterError, shown
from ..geometry import Region
from ..image import Image, Labels, Mask
from ..operation import operation
from ..units import Length
from .frames import rebuilt

__all__ = ["crop", "cropped"]


@operation(uses="tc", example={"margin": "3 mm"})
def crop(
    image: Image | Mask | Labels,
    *,
    margin: Length | None = None,
    start: Sequence[int] | None = None,
    stop: Sequence[int] | None = None,
) -> Image | Mask | Labels:
    """Take a box of samples; it keeps its place in the world.

    Parameters
    ----------
    image
        Every frame and channel is cropped alike.
    margin
        How much to take away on every side: a length, or one for each axis in array order;
        rounded to whole samples.
    start, stop
        Instead of `margin`: the first index kept and the first not kept, for each spatial
        axis in array order; from the edge when None.  As in a slice, but never negative.

    Returns
    -------
    Image, Mask or Labels

    Raises
    ------
    ParameterError
        If nothing would be left, the box leaves the image, or both ways are given.

    Examples
    --------
    >>> import numpy as np, fiducial as fd
    >>> image = fd.Image(np.arange(25).reshape(5, 5))
    >>> fd.crop(image, start=(1, 2), stop=(3, 4)).array.tolist()
    [[7, 8], [12, 13]]
    """
    shape = image.grid.shape
    if margin is not None and (start is not None or stop is not None):
        raise ParameterError("margin of crop must be given alone, or start and stop; got both.")
    if margin is not None:
        counts = [round(part) for part in image.grid.in_index(margin, "margin of crop")]
        if min(counts) < 0:
            raise ParameterError(
                f"margin of crop must be 0 or more; got {margin}. Use pad to add samples."
            )
        region = Region(
            tuple(counts), tuple(size - count for size, count in zip(shape, counts, strict=True))
        )
    else:
        low = (0,) * len(shape) if start is None else tuple(int(value) for value in start)
        high = shape if stop is None else tuple(int(value) for value in stop)
        if len(low) != len(shape) or len(high) != len(shape):
            raise ParameterError(
                f"start and stop of crop must be {len(shape)} indices in array order; "
                f"got {shown(start)} and {shown(stop)}."
            )
        region = Region(low, high)
    if (
        region.is_empty
        or min(region.start) < 0
        or any(last > size for last, size in zip(region.stop, shape, strict=True))
    ):
        raise ParameterError(
            f"the box of crop must lie inside the image of {shape} and hold samples; got {region}."
        )
    return cropped(image, region)


def cropped(image: Image | Mask | Labels, region: Region) -> Image | Mask | Labels:
    """Return the samples of a region that lies inside the image."""
    lead = (slice(None),) * image.spatial_axes[0]
    values = image.array[(*lead, *region.slices)]
    result: Image | Mask | Labels = rebuilt(image, values, image.grid.cropped(region))
    return result
