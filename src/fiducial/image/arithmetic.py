"""Elementwise arithmetic and comparison of images: what happens to grids, types and units.

Integers never wrap: sums and products of 8- and 16-bit images are computed in 32 bits, and
in 64 where 32 would not hold them.  Division and functions such as the logarithm give
floats: float32, or float64 for wider input.
"""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, shown
from .sampled import Sampled, call

if TYPE_CHECKING:
    from ..lineage import Lineage
    from .image import Image

__all__ = ["COMPARISONS", "elementwise", "working_dtype"]

COMPARISONS = frozenset({"greater", "greater_equal", "less", "less_equal", "equal", "not_equal"})
_SAME_UNIT = frozenset({"add", "subtract", "minimum", "maximum", "remainder", "fmin", "fmax"})
_KEEPS_UNIT = frozenset({"negative", "positive", "absolute", "fabs", "rint", "floor", "ceil"})
_INTEGER_EXACT = frozenset({"add", "subtract", "multiply", "negative", "absolute"})


def working_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the float type that images of `dtype` are computed in.

    float32 for float32, float16, booleans and integers up to 16 bits; float64 for float64 and
    for wider integers, which float32 could not hold.
    """
    if dtype.kind == "f":
        return np.dtype(np.float64 if dtype.itemsize > 4 else np.float32)
    return np.dtype(np.float32 if dtype.itemsize <= 2 else np.float64)


def elementwise(name: str, operands: list[Any]) -> Any:
    """Apply a NumPy elementwise function to images on one grid, numbers and arrays.

    Parameters
    ----------
    name
        Name of a NumPy ufunc: ``"add"``, ``"greater"``, ``"sqrt"``, ...
    operands
        One or two; at least one an image.  A number applies to every sample; an array must
        have the image's whole shape.

    Returns
    -------
    Image or Mask
        A mask when the function gives booleans.

    Raises
    ------
    GridMismatchError, ParameterError
        For images on different grids, with different axes, or in different units where the
        sum would have no meaning.
    """
    from .image import Image
    from .mask import Mask

    function = getattr(np, name)
    images = [operand for operand in operands if isinstance(operand, Image)]
    first = images[0]
    given: dict[str, Any] = {}
    parents: list[tuple[str, Lineage]] = []
    arrays: list[tuple[str, NDArray[Any]]] = []
    values: list[Any] = []
    for position, operand in enumerate(operands):
        role = ("a", "b")[position]
        if isinstance(operand, Image):
            _require_alike(name, first, operand)
            parents.append((role, operand.lineage))
            values.append(operand.array)
        elif isinstance(operand, Sampled):
            raise ParameterError(
                f"{role} of {name} must be an image or a number; got {operand!r}. "
                "Use image.masked(mask, outside=...) to set what is outside a mask, or "
                "numpy.asarray(...) for its numbers."
            )
        elif isinstance(operand, Real | np.generic) and not isinstance(operand, complex):
            number = operand.item() if isinstance(operand, np.generic) else operand
            given[role] = number
            values.append(number)
        elif isinstance(operand, np.ndarray) and operand.shape in ((), first.shape):
            if operand.size <= 1024:
                given[role] = operand
            else:
                given[role] = operand
                arrays.append((role, operand))
            values.append(operand)
        else:
            raise ParameterError(
                f"{role} of {name} must be a number, an image or an array of shape "
                f"{first.shape}; got {shown(operand)}."
            )
    unit = _unit(name, operands)
    # Zero divided by zero is NaN and the logarithm of zero is -inf, as IEEE 754 has it.
    with np.errstate(divide="ignore", invalid="ignore"):
        result = function(*_widened(name, values))
    lineage = call(name, given, parents, arrays)
    if result.dtype == np.bool_:
        return Mask(
            result, first.grid, axes=first.axes, times=first.times, lineage=lineage, copy=False
        )
    return first._like(array=result, unit=unit, lineage=lineage)


def _require_alike(name: str, first: Image, other: Image) -> None:
    if other is first:
        return
    first.grid.require_close(other.grid, f"the images of {name}")
    if first.axes != other.axes or first.shape != other.shape:
        raise ParameterError(
            f"the images of {name} must have the same axes; got {first!r} and {other!r}. "
            "Take one frame or channel: image.at(t=0), image.channel(0), image.gray()."
        )


def _unit(name: str, operands: list[Any]) -> str | None:
    from .image import Image

    units = [operand.unit for operand in operands if isinstance(operand, Image)]
    if name in _SAME_UNIT or name in COMPARISONS:
        if len(units) == 2 and None not in units and units[0] != units[1]:
            raise ParameterError(
                f"the images of {name} must be in one unit; got {units[0]} and {units[1]}. "
                "Convert one, or drop the unit: image.with_unit(None)."
            )
        return units[0] if len(set(units)) == 1 else None
    if name in _KEEPS_UNIT:
        return units[0]
    if name in ("multiply", "true_divide", "divide") and len(units) == 1:
        is_numerator = isinstance(operands[0], Image) or name == "multiply"
        return units[0] if is_numerator else None
    return None


def _widened(name: str, values: list[Any]) -> list[Any]:
    """Return the operands in types in which the result neither wraps nor loses digits."""
    arrays = [value for value in values if isinstance(value, np.ndarray)]
    if name in COMPARISONS or name in ("minimum", "maximum"):
        return values
    kinds = {array.dtype.kind for array in arrays}
    numbers = [value for value in values if not isinstance(value, np.ndarray)]
    is_integer = kinds <= {"i", "u", "b"} and all(
        isinstance(number, int) and not isinstance(number, bool) for number in numbers
    )
    if is_integer and name in _INTEGER_EXACT:
        wide = _integer_type(name, values)
        return [
            value.astype(wide, copy=False) if isinstance(value, np.ndarray) else wide.type(value)
            for value in values
        ]
    if is_integer and name in ("floor_divide", "remainder", "positive"):
        return [np.asarray(value, dtype=np.int64) for value in values]
    wide = max((working_dtype(array.dtype) for array in arrays), key=lambda kind: kind.itemsize)
    return [
        value.astype(wide, copy=False) if isinstance(value, np.ndarray) else wide.type(value)
        for value in values
    ]


def _integer_type(name: str, values: list[Any]) -> np.dtype[Any]:
    bounds = [
        (int(value.min()), int(value.max())) if isinstance(value, np.ndarray) else (value, value)
        for value in values
    ]
    (low, high), *rest = bounds
    corners = [low, high]
    if rest:
        other_low, other_high = rest[0]
        corners += [other_low, other_high]
        if name == "add":
            corners += [low + other_low, high + other_high]
        elif name == "subtract":
            corners += [low - other_high, high - other_low]
        else:
            corners += [a * b for a in (low, high) for b in (other_low, other_high)]
    else:
        corners += [-low, -high]
    for kind in (np.int32, np.int64):
        limits = np.iinfo(kind)
        if limits.min <= min(corners) and max(corners) <= limits.max:
            return np.dtype(kind)
    raise ParameterError(
        f"the result of {name} must fit into 64-bit integers; got values up to "
        f"{max(corners, key=abs)}. Convert to float first: image.astype('float64')."
    )
