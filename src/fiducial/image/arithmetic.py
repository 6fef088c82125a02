"""Elementwise arithmetic and comparison of images: what happens to grids, types and units.

Integers never wrap: sums and products of 8- and 16-bit images are computed in 32 bits, and
in 64 where 32 would not hold them.  Division, powers and functions such as the logarithm give
floats: float32, or float64 for wider input and for numbers that float32 does not hold.
"""

from __future__ import annotations

from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, shown
from ..geometry import Frame
from ..lineage import INLINE_VALUES
from .inside import require_same_times
from .record import call
from .sampled import Sampled

if TYPE_CHECKING:
    from ..lineage import Lineage
    from .image import Image

__all__ = ["COMPARISONS", "elementwise", "working_dtype"]

COMPARISONS = frozenset({"greater", "greater_equal", "less", "less_equal", "equal", "not_equal"})
_SAME_UNIT = frozenset({"add", "subtract", "minimum", "maximum", "remainder", "fmin", "fmax"})
_KEEPS_UNIT = frozenset(
    {"negative", "positive", "absolute", "fabs", "rint", "floor", "ceil", "trunc"}
)
_INTEGER_EXACT = frozenset(
    {"add", "subtract", "multiply", "negative", "absolute", "floor_divide", "remainder"}
)
_CHOICES = frozenset({"minimum", "maximum", "fmin", "fmax"})
_FLOAT32_MAX = float(np.finfo(np.float32).max)


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
    frames: list[Frame] = []
    for position, operand in enumerate(operands):
        role = ("a", "b")[position]
        if isinstance(operand, Image):
            _require_alike(name, first, operand)
            frames.append(operand.frame)
            parents.append((role, operand.lineage))
            values.append(operand.array)
        elif isinstance(operand, Sampled):
            raise ParameterError(
                f"{role} of {name} must be an image or a number; got {operand!r}. "
                "Use image.masked(mask, outside=...) to set what is outside a mask, or "
                "numpy.asarray(...) for its numbers."
            )
        elif (number := _number(operand)) is not None:
            given[role] = number
            values.append(number)
        elif _is_array(operand) and operand.shape == first.shape:
            given[role] = operand
            if operand.size > INLINE_VALUES:
                arrays.append((role, operand))
            values.append(operand)
        else:
            remedy = " Write image is None to ask whether there is one." if operand is None else ""
            raise ParameterError(
                f"{role} of {name} must be a number, an image or an array of shape "
                f"{first.shape}; got {shown(operand)}.{remedy}"
            )
    unit = _unit(name, operands)
    # Zero divided by zero is NaN and the logarithm of zero is -inf, as IEEE 754 has it.
    try:
        with np.errstate(divide="ignore", invalid="ignore"):
            result = function(*_widened(name, values))
    except (TypeError, OverflowError) as error:
        raise ParameterError(
            f"the operands of {name} must be of a type that it is defined for; "
            f"got {' and '.join(shown(operand) for operand in operands)}."
        ) from error
    lineage = call(name, given, parents, arrays, frames)
    if result.dtype == np.bool_:
        return Mask(
            result, first.grid, axes=first.axes, times=first.times, lineage=lineage, copy=False
        )
    return first._like(array=result, unit=unit, lineage=lineage)


def _number(operand: Any) -> int | float | None:
    """Return a plain number for a number of any kind; None for what is none."""
    if isinstance(operand, np.generic) or (isinstance(operand, np.ndarray) and not operand.shape):
        operand = operand.item()
    if isinstance(operand, bool):
        return int(operand)
    if isinstance(operand, int | float):
        return operand
    return float(operand) if isinstance(operand, Real) else None


def _is_array(operand: Any) -> bool:
    return (
        isinstance(operand, np.ndarray)
        and operand.dtype.kind in "biuf"
        and not np.ma.is_masked(operand)
    )


def _require_alike(name: str, first: Image, other: Image) -> None:
    if other is first:
        return
    first.grid.require_close(other.grid, f"the images of {name}")
    if first.axes != other.axes or first.shape != other.shape:
        raise ParameterError(
            f"the images of {name} must have the same axes; got {first!r} and {other!r}. "
            "Take one frame or channel: image.at(t=0), image.channel(0), image.gray()."
        )
    require_same_times(first, other, f"the images of {name}")


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
    if name in COMPARISONS or name == "positive":
        return values
    arrays = [value for value in values if isinstance(value, np.ndarray)]
    numbers = [value for value in values if not isinstance(value, np.ndarray)]
    is_integer = all(array.dtype.kind in "iub" for array in arrays) and all(
        isinstance(number, int) for number in numbers
    )
    if is_integer and name in _CHOICES:
        wide = _type_of_all(name, arrays, numbers)
    elif is_integer and name in _INTEGER_EXACT:
        if name in ("floor_divide", "remainder") and not np.all(values[1]):
            raise ParameterError(
                f"b of {name} must not be 0 where integers are divided; got a 0, for which no "
                "integer is right. Divide with /, which gives infinity or NaN."
            )
        wide = _integer_type(name, values)
    else:
        wide = max((working_dtype(array.dtype) for array in arrays), key=lambda kind: kind.itemsize)
        if any(_FLOAT32_MAX < abs(number) < float("inf") for number in numbers):
            wide = np.dtype(np.float64)
    return [
        value.astype(wide, copy=False) if isinstance(value, np.ndarray) else wide.type(value)
        for value in values
    ]


def _type_of_all(name: str, arrays: list[NDArray[Any]], numbers: list[int]) -> np.dtype[Any]:
    """Return the arrays' own integer type if it holds the numbers too, else a wider one."""
    kinds = {array.dtype for array in arrays}
    own = kinds.pop()
    if not kinds and own.kind in "iu":
        limits = np.iinfo(own)
        if all(limits.min <= number <= limits.max for number in numbers):
            return own
    return _integer_type(name, [*arrays, *numbers])


def _integer_type(name: str, values: list[Any]) -> np.dtype[Any]:
    """Return an integer type that holds the operands and the result.

    Their types decide if 32 bits suffice for all that these can hold, else their values.
    """
    corners = _corners(name, [_type_bounds(value) for value in values])
    if not _holds(np.int32, corners):
        corners = _corners(name, [_value_bounds(value) for value in values])
    for kind in (np.int32, np.int64, np.uint64):
        if _holds(kind, corners):
            return np.dtype(kind)
    raise ParameterError(
        f"the result of {name} must fit into 64-bit integers; got values up to "
        f"{max(corners, key=abs):.4g}. Convert to float first: image.astype('float64')."
    )


def _holds(kind: type[np.integer[Any]], corners: list[int]) -> bool:
    limits = np.iinfo(kind)
    return limits.min <= min(corners) and max(corners) <= limits.max


def _type_bounds(value: Any) -> tuple[int, int]:
    if not isinstance(value, np.ndarray):
        return value, value
    if value.dtype.kind == "b":
        return 0, 1
    limits = np.iinfo(value.dtype)
    return int(limits.min), int(limits.max)


def _value_bounds(value: Any) -> tuple[int, int]:
    return (int(value.min()), int(value.max())) if isinstance(value, np.ndarray) else (value, value)


def _corners(name: str, bounds: list[tuple[int, int]]) -> list[int]:
    """Return the least and greatest numbers that can occur in the operands and the result."""
    (low, high), *rest = bounds
    corners = [low, high]
    if not rest:
        return [*corners, -low, -high]
    other_low, other_high = rest[0]
    corners += [other_low, other_high]
    if name == "add":
        corners += [low + other_low, high + other_high]
    elif name == "subtract":
        corners += [low - other_high, high - other_low]
    elif name == "multiply":
        corners += [a * b for a in (low, high) for b in (other_low, other_high)]
    elif name == "floor_divide" and other_low < 0:
        corners += [-low, -high]
    return corners
