"""Add samples around an image."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..errors import ParameterError, parameter_error
from ..image import Image, Labels, Mask
from ..io.files import memory_budget
from ..kernels.borders import canonical
from ..operation import operation
from ..units import Length
from .frames import rebuilt

__all__ = ["pad"]

_NUMPY = {"reflect": "symmetric", "mirror": "reflect", "nearest": "edge", "wrap": "wrap"}


@operation(uses="tc", example={"margin": "3 mm", "outside": 0.0})
def pad(
    image: Image | Mask | Labels,
    *,
    margin: Length,
    outside: float | None = None,
    border: str = "constant",
) -> Image | Mask | Labels:
    """Add samples on every side; what was there keeps its place in the world.

    Parameters
    ----------
    image
        Every frame and channel is padded alike.
    margin
        How much to add on every side: a length, or one for each axis in array order; 0 or
        more, rounded to whole samples.
    outside
        Value of the new samples for ``border="constant"``: must be given for images (-1000 HU
        is air, 0 HU water); nothing for masks and 0 for labels when None.
    border
        ``"constant"``, or the rule by which the image goes on: ``"nearest"``, ``"reflect"``
        (d c b a | a b c d), ``"mirror"`` (d c b | a b c d), ``"wrap"``; the names of NumPy
        and SciPy for these are understood.

    Returns
    -------
    Image, Mask or Labels
        Of the same type.

    Raises
    ------
    ParameterError
        If the margin is negative, `outside` is missing or cannot be held by the type.

    Examples
    --------
    >>> import fiducial as fd
    >>> fd.pad(fd.Image([[1, 2]]), margin=["0 px", "1 px"], outside=9).array
    array([[9, 1, 2, 9]])
    """
    rule = canonical(border, function="pad")
    counts = [round(part) for part in image.grid.in_index(margin, "margin of pad")]
    if min(counts) < 0:
        raise ParameterError(
            f"margin of pad must be 0 or more; got {margin}. Use crop to take samples away."
        )
    padded = [size + 2 * count for size, count in zip(image.grid.shape, counts, strict=True)]
    frames = image.array.size // max(1, math.prod(image.grid.shape))
    if math.prod(padded) * frames * image.dtype.itemsize > memory_budget():
        raise parameter_error("pad", "margin", "a border that the memory holds", margin)
    widths = [(0, 0)] * image.ndim
    for axis, count in zip(image.spatial_axes, counts, strict=True):
        widths[axis] = (count, count)
    if rule != "constant":
        mode: Any = _NUMPY[rule]
        values = np.pad(image.array, widths, mode=mode)
    else:
        values = np.pad(image.array, widths, constant_values=_fill(image, outside))
    result: Image | Mask | Labels = rebuilt(image, values, image.grid.padded(counts))
    return result


def _fill(image: Image | Mask | Labels, outside: float | None) -> Any:
    if outside is None:
        if isinstance(image, Image):
            raise ParameterError(
                "outside of pad must be given for an image; got None. Write outside=-1000 for "
                "air in HU, or border='nearest' to go on with the edge."
            )
        return image.dtype.type(0)
    fill = np.asarray(outside)
    with np.errstate(invalid="ignore", over="ignore"):
        value = fill.astype(image.dtype)
    if image.dtype.kind in "iub" and value != fill:
        raise ParameterError(
            f"outside of pad must be a value that {image.dtype} can hold; got {outside}."
        )
    return value
