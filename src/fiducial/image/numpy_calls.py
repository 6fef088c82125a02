"""What NumPy's own functions do when they are given images, masks or labels.

Elementwise functions of images give images; the set functions of masks give masks; sums and
other reductions give plain numbers and arrays.  Everything else, which would drop the
geometry or compute in a type that wraps, is refused with the remedy.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import ParameterError
from .arithmetic import elementwise
from .inside import laid_over
from .sampled import Sampled

__all__ = ["numpy_call"]

_OF_SETS: dict[str, Callable[..., Any]] = {
    "logical_or": operator.or_,
    "logical_and": operator.and_,
    "logical_xor": operator.xor,
    "logical_not": operator.invert,
    "bitwise_or": operator.or_,
    "bitwise_and": operator.and_,
    "bitwise_xor": operator.xor,
    "invert": operator.invert,
    "equal": operator.eq,
    "not_equal": operator.ne,
}


def numpy_call(
    ufunc: np.ufunc, method: str, inputs: Sequence[Any], options: Mapping[str, Any]
) -> Any:
    """Answer a call of a NumPy ufunc in which an image, mask or label image takes part.

    Raises
    ------
    ParameterError
        If the result could not be right: functions with several results or of whole arrays,
        ``where=``, ``dtype=``, writing into an image.
    """
    from .image import Image

    if any(isinstance(out, Sampled) for out in options.get("out") or ()):
        raise ParameterError(f"out of numpy.{ufunc.__name__} must be an array: images are frozen.")
    if method in ("reduce", "accumulate"):
        return _reduced(ufunc, method, inputs, options)
    is_plain = method == "__call__" and ufunc.signature is None and ufunc.nout == 1
    if not is_plain or set(options) - {"out"}:
        raise _refusal(ufunc, method, inputs, options)
    if any(isinstance(item, Image) for item in inputs):
        result = elementwise(ufunc.__name__, list(inputs))
    elif ufunc.__name__ in _OF_SETS:
        # Python's operator calls the class of its left side first, and an array is none of ours.
        first, *rest = inputs
        if not isinstance(first, Sampled):
            first, rest = rest[0], [first]
        result = _OF_SETS[ufunc.__name__](first, *rest)
    else:
        raise _refusal(ufunc, method, inputs, options)
    outs = options.get("out")
    if not outs:
        return result
    np.copyto(outs[0], result.array, casting="same_kind")
    return outs[0]


def _reduced(
    ufunc: np.ufunc, method: str, inputs: Sequence[Any], options: Mapping[str, Any]
) -> Any:
    plain = [item.array if isinstance(item, Sampled) else item for item in inputs]
    changed = dict(options)
    where = changed.get("where")
    if isinstance(where, Sampled):
        owner = inputs[0]
        changed["where"] = (
            laid_over(where, owner, f"numpy.{ufunc.__name__}")  # type: ignore[arg-type]
            if isinstance(owner, Sampled)
            else where.array
        )
    return getattr(ufunc, method)(*plain, **changed)


def _refusal(
    ufunc: np.ufunc, method: str, inputs: Sequence[Any], options: Mapping[str, Any]
) -> ParameterError:
    kind = next(type(item).__name__ for item in inputs if isinstance(item, Sampled))
    name = f"numpy.{ufunc.__name__}" + ("" if method == "__call__" else f".{method}")
    given = ", ".join(f"{option}=" for option in options if option != "out")
    rule, remedy = _RULES[kind]
    return ParameterError(
        f"a NumPy function of {kind} must be {rule}; got {name}"
        f"{f' with {given}' if given else ''}. Use numpy.asarray(...) for the values, {remedy}."
    )


_RULES = {
    "Image": (
        "elementwise with one result, or a reduction",
        "and image.with_array(...) to put values back on the lattice",
    ),
    "Mask": ("one of sets, or a reduction", "or mask.as_image() for an image of 0 and 1"),
    "Labels": ("a comparison, or a reduction", 'or labels.mask("name") for one label'),
}
"""What each kind answers, and the way around what it does not."""
