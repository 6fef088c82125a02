"""What images, masks, labels and points do themselves, as steps of a recipe and in replay.

Each is a plain function named as the record of the call names it, with the record's own
names of parameters; arithmetic and the elementwise functions of NumPy follow from a list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..geometry import Frame
from ..image import Image, Labels, Mask, Points, Sampled
from ..image.arithmetic import elementwise

__all__ = ["BINARY", "UNARY", "Operand", "any_elementwise", "methods"]

Operand: TypeAlias = Image | float | NDArray[Any]
"""An image, or a number for every sample."""

BINARY = (
    "add",
    "subtract",
    "multiply",
    "divide",
    "true_divide",
    "floor_divide",
    "remainder",
    "power",
    "minimum",
    "maximum",
    "greater",
    "greater_equal",
    "less",
    "less_equal",
    "equal",
    "not_equal",
)
"""Elementwise functions of two operands that a recipe may name."""

UNARY = ("negative", "absolute", "sqrt", "square", "exp", "log", "log2", "log10", "log1p", "rint")
"""Elementwise functions of one operand that a recipe may name."""


def union(a: Mask, b: Mask) -> Mask:
    """Take the samples in either of two masks."""
    return a | b


def intersection(a: Mask, b: Mask) -> Mask:
    """Take the samples in both of two masks."""
    return a & b


def difference(a: Mask, b: Mask) -> Mask:
    """Take the samples in the first mask and not in the second."""
    return a - b


def symmetric_difference(a: Mask, b: Mask) -> Mask:
    """Take the samples in one of two masks and not in the other."""
    return a ^ b


def complement(mask: Mask) -> Mask:
    """Take the samples outside a mask."""
    return ~mask


def as_image(mask: Mask, *, inside: float = 1, outside: float = 0) -> Image:
    """Make an image of a mask, with one value inside and another outside."""
    image: Image = mask.as_image(inside=inside, outside=outside)
    return image


def label_mask(labels: Labels, *, label: int | str) -> Mask:
    """Take the samples of one label, by number or name."""
    return labels.mask(label)


def masked(image: Image, mask: Mask, *, outside: float) -> Image:
    """Set every sample outside a mask to one value."""
    return image.masked(mask, outside)


def channel(image: Image, *, name: str | int) -> Image:
    """Take one channel, by name or number."""
    return image.channel(name)


def gray(image: Image) -> Image:
    """Combine red, green and blue into luminance."""
    return image.gray()


def astype(image: Image, *, dtype: str) -> Image:
    """Convert the type of the values; refused when a value would change."""
    return image.astype(dtype)


def with_unit(image: Image, *, unit: str | None) -> Image:
    """Say that the same values are in another unit."""
    return image.with_unit(unit)


def with_frame(image: Sampled, *, frame: Mapping[str, Any]) -> Sampled:
    """Say that the same object lies in another frame: axes, unit and id."""
    return image.with_frame(Frame(**frame))


def at(
    image: Sampled, *, t: int | None = None, z: Any = None, y: Any = None, x: Any = None
) -> Sampled:
    """Take the slices nearest to positions along named axes."""
    positions = {"t": t, "z": z, "y": y, "x": x}
    part: Sampled = image.at(
        **{key: value for key, value in positions.items() if value is not None}
    )
    return part


def index(image: Sampled, *, key: Any) -> Sampled:
    """Take a part in array order: a whole number, or [start, stop] for each axis."""
    parts = [key] if isinstance(key, int | slice) else key
    part: Sampled = image[tuple(_part(item) for item in parts)]
    return part


def _part(item: Any) -> Any:
    if item is None:
        return slice(None)
    if isinstance(item, list | tuple) and 2 <= len(item) <= 3:
        return slice(*item)
    return item


def points_index(points: Points, *, key: Sequence[int]) -> Points:
    """Take some of the points, by their places in the list."""
    return points[list(key)]


_METHODS: tuple[Callable[..., Any], ...] = (
    union,
    intersection,
    difference,
    symmetric_difference,
    complement,
    as_image,
    label_mask,
    masked,
    channel,
    gray,
    astype,
    with_unit,
    with_frame,
    at,
    index,
    points_index,
)


def _elementwise(name: str, count: int) -> Callable[..., Any]:
    """Return a plain function of one or two operands around a NumPy elementwise function."""
    plain: Callable[..., Any] = getattr(np, name)
    words = " ".join(name.split("_"))

    def apply(*operands: Any) -> Any:
        # By name: NumPy calls true_divide divide, and the record would be another.
        has_image = any(isinstance(operand, Image) for operand in operands)
        return elementwise(name, list(operands)) if has_image else plain(*operands)

    def of_one(a: Operand) -> Any:
        return apply(a)

    def of_two(a: Operand, b: Operand) -> Any:
        return apply(a, b)

    made = of_one if count == 1 else of_two
    made.__name__ = name
    made.__doc__ = f"Compute {words} of each sample, as NumPy does."
    return made


@cache
def methods() -> dict[str, Callable[..., Any]]:
    """Return the plain functions by name."""
    found = {function.__name__: function for function in _METHODS}
    for count, names in ((1, UNARY), (2, BINARY)):
        found.update((name, _elementwise(name, count)) for name in names)
    return found


def any_elementwise(name: str) -> Callable[..., Any]:
    """Return any elementwise function of NumPy, for records made with one.

    Raises
    ------
    ParameterError
        If NumPy has none of this name with one result of one or two operands.
    """
    ufunc = getattr(np, name, None)
    if not isinstance(ufunc, np.ufunc) or ufunc.nout != 1 or ufunc.nin > 2:
        raise ParameterError(f"operation of replay must be known; got {name!r}.")
    return _elementwise(name, ufunc.nin)
