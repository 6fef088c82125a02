"""The picture that stains give together."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..image import Image, working_dtype
from ..operation import operation
from ..progress import report
from .stains import FLOOR, stain_index, stain_vectors

__all__ = ["combine_stains"]

_CHUNK = 1 << 14


@operation(uses="tc", example={"image": "rgb"}, aliases=("hed2rgb",))
def combine_stains(
    image: Image,
    *,
    stains: str = "HED",
    vectors: NDArray[np.float64] | None = None,
    only: str | None = None,
) -> Image:
    """Compute the colour that concentrations of three stains give under white light.

    The inverse of :func:`separate_stains`, for the picture of one stain alone.

    Parameters
    ----------
    image
        Concentrations, with three channels.
    stains
        The set of stains: ``"HED"``, ``"H&E"`` or ``"H-DAB"``, as for
        :func:`separate_stains`.
    vectors
        (2, 3) or (3, 3): red, green and blue of each stain, instead of a set by name.
    only
        Name of the one stain to show; all of them when None.

    Returns
    -------
    Image
        Red, green and blue from 0 to 1, float32 (float64 for float64 input), without unit.

    Raises
    ------
    ParameterError
        If the image has not three channels, or no stain bears the name.

    Notes
    -----
    exp(-ln(10^6) c V) for concentrations c and the vectors V, cut off above 1; NaN gives NaN.
    Cost: one pass.

    Examples
    --------
    >>> import fiducial as fd
    >>> names = ("hematoxylin", "eosin", "DAB")
    >>> clear = fd.Image([[[0.0, 0.0, 0.0]]], axes="yxc", channels=names)
    >>> fd.combine_stains(clear).array
    array([[[1., 1., 1.]]])
    """
    if "c" not in image.axes or image.shape[-1] != 3:
        raise ParameterError(
            f"image of combine_stains must have three channels of concentrations; got {image!r}. "
            "Make them: separate_stains(rgb).image."
        )
    known = stain_vectors(stains, vectors, None, "combine_stains")
    rows = known.rows * math.log(FLOOR)
    if only is not None:
        names = image.channels if vectors is not None and image.channels else known.names
        chosen = stain_index(only, names, "combine_stains", "only")
        rows = np.where(np.arange(3)[:, None] == chosen, rows, 0.0)
    kind = working_dtype(image.dtype)
    result = np.empty(image.shape, kind)
    source = np.ascontiguousarray(image.array).reshape(-1, 3)
    target = result.reshape(-1, 3)
    used = [stain for stain in range(3) if np.any(rows[stain])]
    matrix = rows[used].astype(kind)
    for start in range(0, len(source), _CHUNK):
        stop = min(start + _CHUNK, len(source))
        part = target[start:stop]
        np.matmul(source[start:stop, used].astype(kind), matrix, out=part)
        np.exp(part, out=part)
        np.minimum(part, kind.type(1), out=part)
        report(stop, len(source), "combine_stains")
    changes: dict[str, Any] = {"array": result, "unit": None}
    return image._like(**changes, channels=("red", "green", "blue"))
