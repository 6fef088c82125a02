"""Crop to the surroundings of a mask."""

from __future__ import annotations

from ..errors import ParameterError
from ..geometry import Region
from ..image import Image, Labels, Mask
from ..operation import operation
from ..units import Length
from .crop import cropped

__all__ = ["crop_to"]


@operation(uses="tc", example={"margin": "2 mm"})
def crop_to(
    image: Image | Mask | Labels, mask: Mask, *, margin: Length = 0.0
) -> Image | Mask | Labels:
    """Take the smallest box that holds a mask, and a margin around it.

    Parameters
    ----------
    image
        Every frame and channel is cropped alike.
    mask
        On the image's grid; the box holds it in every frame.
    margin
        A length, or one for each axis in array order; 0 or more, rounded to whole samples and
        cut at the image's edges.

    Returns
    -------
    Image, Mask or Labels
        It keeps its place in the world.

    Raises
    ------
    ParameterError
        If the mask is empty, or the margin negative.

    Examples
    --------
    >>> import numpy as np, fiducial as fd
    >>> image = fd.Image(np.arange(25).reshape(5, 5))
    >>> fd.crop_to(image, image == 12, margin="1 px").array.tolist()
    [[6, 7, 8], [11, 12, 13], [16, 17, 18]]
    """
    region = mask.region
    if region is None:
        raise ParameterError(
            "mask of crop_to must hold at least one voxel; got an empty mask. There is no box."
        )
    margins = [round(part) for part in image.grid.in_index(margin, "margin of crop_to")]
    if min(margins) < 0:
        raise ParameterError(f"margin of crop_to must be 0 or more; got {margin}.")
    box = region.grown(margins).intersection(Region.whole(image.grid.shape))
    return cropped(image, box)
