"""Stain separation: how much of each dye a coloured pixel holds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, parameter_error
from ..image import Image, working_dtype
from ..kernels import pointwise
from ..operation import operation
from ..progress import report
from .stains import FLOOR, Stains, StainVectors, stain_vectors

__all__ = ["separate_stains"]

_CHUNK = 1 << 14

_ROUNDING = 1e-6
"""By so little concentrations may lie below 0, and floats above 1, without being counted or
refused: an 8-bit step is 2.8e-4 of a concentration or more."""


@operation(uses="tc", example={"image": "rgb"}, aliases=("rgb2hed",))
def separate_stains(
    image: Image,
    *,
    stains: str = "HED",
    vectors: NDArray[np.float64] | None = None,
    names: Sequence[str] | None = None,
    background: Sequence[float] | None = None,
    negative: Literal["clip", "keep"] = "clip",
) -> Stains:
    """Separate the stains of a bright-field slide by the colours that they absorb.

    The concentrations are those of scikit-image's ``rgb2hed``, which returns them alone: here
    they are ``.image`` of the result, and what they hide is counted.

    Parameters
    ----------
    image
        Red, green and blue: 8- or 16-bit integers, or floats from 0 to 1.
    stains
        ``"HED"`` (haematoxylin, eosin, DAB), ``"H&E"`` or ``"H-DAB"``; a set of two gets a
        third channel, ``"residual"``, for what neither explains.
    vectors
        (2, 3) or (3, 3): red, green and blue in the optical density of each stain, measured
        on your own slides, instead of a set by name.
    names
        A name for each of `vectors`.
    background
        Red, green and blue of the empty slide, in the image's own values; the type's largest
        value (1 for floats) when None.
    negative
        What to do with negative concentrations, which belong to colours that no mixture of
        the stains gives: ``"clip"`` sets them to 0, ``"keep"`` leaves them.  Both count them.

    Returns
    -------
    Stains
        ``.image`` holds the concentrations, a channel for each stain, float32 (float64 for
        float64 input); ``.channel("DAB")`` one of them, ``.color("DAB")`` its picture;
        ``.negative``, ``.dark`` and ``.bright`` the pixels to be wary of.

    Raises
    ------
    ParameterError
        If the image has not three channels, its range is not known, the background is not
        above 0, or the stains' colours cannot be told apart.

    Notes
    -----
    Beer and Lambert: the optical density of a mixture is the sum of those of its stains.  With
    the transmittance t = value / background, not less than 10^-6, and the vectors V as rows,
    c = (ln t / ln 10^-6) V^-1: a concentration of 1 has an optical density of 6 along its
    vector.  NaN gives NaN.  Cost: one pass.

    References
    ----------
    .. [1] A. C. Ruifrok and D. A. Johnston, "Quantification of histochemical staining by
       color deconvolution", Analytical and Quantitative Cytology and Histology 23, 291
       (2001).

    Examples
    --------
    >>> import numpy as np, fiducial as fd
    >>> brown = fd.Image(np.full((1, 1, 3), (150, 100, 60), np.uint8), axes="yxc")
    >>> found = fd.separate_stains(brown)
    >>> found.channel("DAB").array.round(3)
    array([[0.134]], dtype=float32)
    >>> found.negative
    {'hematoxylin': 0, 'eosin': 1, 'DAB': 0}
    """
    if "c" not in image.axes or image.shape[-1] != 3:
        remedy = (
            "Leave alpha out: image[..., :3]."
            if "c" in image.axes and image.shape[-1] == 4
            else "Give a colour image."
        )
        raise ParameterError(
            f"image of separate_stains must have red, green and blue; got {image!r}. {remedy}"
        )
    known = stain_vectors(stains, vectors, names, "separate_stains")
    white = _white(image, background)
    result, counts, dark, bright = _separated(image.array, known, white, negative == "clip")
    concentrations = image._like(array=result, unit=None, channels=known.names)
    table = dict(zip(known.names, counts, strict=True))
    return Stains(concentrations, known.rows, table, dark, bright)


def _white(image: Image, background: Sequence[float] | None) -> NDArray[np.float64]:
    """Return the value of the empty slide in each channel."""
    if background is not None:
        white = np.asarray(background, dtype=np.float64)
        if white.shape != (3,) or not np.all(np.isfinite(white)) or np.any(white <= 0):
            raise parameter_error(
                "separate_stains", "background", "red, green and blue above 0", background
            )
        return white
    if image.dtype in (np.uint8, np.uint16):
        return np.full(3, float(np.iinfo(image.dtype).max))
    if image.dtype.kind != "f":
        raise ParameterError(
            f"background of separate_stains must be given for {image.dtype} values, whose white "
            "is not known; got None. Give red, green and blue of the empty slide."
        )
    most = float(np.nanmax(image.array)) if not np.all(np.isnan(image.array)) else 0.0
    if most > 1 + _ROUNDING:
        raise ParameterError(
            f"image of separate_stains must hold floats from 0 to 1; got up to {most:.6g}. "
            "Give background= (such as (255, 255, 255)), or scale the image."
        )
    return np.ones(3)


def _separated(
    array: NDArray[Any], known: StainVectors, white: NDArray[np.float64], clip: bool
) -> tuple[NDArray[Any], list[int], int, int]:
    """Return concentrations, and how many are negative, dark and bright."""
    inverse = np.linalg.inv(known.rows)
    if array.dtype in (np.uint8, np.uint16):
        found = pointwise.unmix(
            array,
            _tables(array.dtype, white),
            inverse,
            clip=clip,
            least=-_ROUNDING,
            bright=np.minimum(np.ceil(white), np.iinfo(np.int32).max),
        )
        return found.values, list(found.negative), found.dark, found.bright
    kind = working_dtype(array.dtype)
    result = np.empty(array.shape, kind)
    source, target = np.ascontiguousarray(array).reshape(-1, 3), result.reshape(-1, 3)
    matrix, limit = inverse.astype(kind), white.astype(kind)
    counts = np.zeros(3, np.int64)
    dark = bright = 0
    for start in range(0, len(source), _CHUNK):
        part, out = source[start : start + _CHUNK], target[start : start + _CHUNK]
        dark += _pixels(part <= 0)
        bright += _pixels(part >= limit)
        density = np.maximum(part / limit, kind.type(FLOOR))
        np.log(density, out=density)
        density *= kind.type(1 / math.log(FLOOR))
        np.matmul(density, matrix, out=out)
        counts += [np.count_nonzero(out[:, stain] < -_ROUNDING) for stain in range(3)]
        if clip:
            np.maximum(out, 0, out=out)
        report(start + len(part), len(source), "separate_stains")
    return result, [int(count) for count in counts], dark, bright


def _pixels(channels: NDArray[np.bool_]) -> int:
    """Count the pixels with a channel that is True."""
    return int(np.count_nonzero(channels[:, 0] | channels[:, 1] | channels[:, 2]))


def _tables(dtype: np.dtype[Any], white: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the density of every code of each channel."""
    codes = np.arange(np.iinfo(dtype).max + 1) / white[:, None]
    return np.asarray(np.log(np.maximum(codes, FLOOR)) / math.log(FLOOR))
