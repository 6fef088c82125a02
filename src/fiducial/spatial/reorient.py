"""Store the same samples with axes in another order and sense."""

from __future__ import annotations

import numpy as np

from ..image import Image, Labels, Mask
from ..operation import operation
from .frames import rebuilt

__all__ = ["reorient"]


@operation(uses="tc", example={"orientation": "RAS"})
def reorient(image: Image | Mask | Labels, *, orientation: str = "LPS") -> Image | Mask | Labels:
    """Permute and flip the axes so that they run as wanted; every sample keeps its place.

    Parameters
    ----------
    image
        Three spatial axes in a patient's frame, oblique or not.
    orientation
        Three letters, towards which x, y and z grow: one of each of L/R, P/A and S/I.

    Returns
    -------
    Image, Mask or Labels
        The same values at the same places; nothing is interpolated.

    Raises
    ------
    ParameterError
        If the image is not 3D in a patient's frame, or the letters are not such a code.

    Examples
    --------
    >>> import numpy as np, fiducial as fd
    >>> image = fd.Image(np.arange(8).reshape(2, 2, 2), fd.Grid.from_spacing((2, 2, 2)))
    >>> turned = fd.reorient(image, orientation="RAS")
    >>> turned.grid.orientation, turned.array[0].tolist()
    ('RAS', [[3, 2], [1, 0]])
    """
    grid, order, flips = image.grid.reoriented(orientation)
    first = image.spatial_axes[0]
    axes = list(range(image.ndim))
    axes[first : first + 3] = [first + axis for axis in order]
    turned = np.transpose(image.array, axes)
    turned = np.flip(turned, tuple(first + axis for axis, flip in enumerate(flips) if flip))
    result: Image | Mask | Labels = rebuilt(image, np.ascontiguousarray(turned), grid)
    return result
