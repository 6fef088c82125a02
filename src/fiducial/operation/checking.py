"""What each parameter of an operation may be, and which images go together."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, parameter_error
from ..geometry import Grid
from ..image import Image, Labels, Mask, Points, Sampled
from ..image.inside import require_same_times
from ..units import angle, length
from .spec import OWN_AXES, Operation, Parameter

__all__ = ["check_grids", "checked"]

_CLASSES: dict[str, type] = {"points": Points, "grid": Grid}

_REMEDIES = {
    "image": "Wrap an array: fd.Image(array, grid).",
    "mask": "Compare an image (image > 0) or wrap an array: fd.Mask(array, grid).",
    "labels": "Wrap an array: fd.Labels(array, grid).",
    "sampled": "Wrap an array: fd.Image(array, grid), fd.Mask(...) or fd.Labels(...).",
    "points": "Wrap coordinates: fd.Points(world, frame).",
    "grid": "Give an image on it, or build one: fd.Grid.from_spacing(shape, spacing).",
}

_CONVERSIONS = {
    (Image, Mask): "Compare it: image > 0.",
    (Image, Labels): "Divide it into objects: label(image > 0).",
    (Labels, Mask): "Take one of them (labels == 1) or all of them (labels != 0).",
    (Mask, Image): "Give its voxels values: mask.as_image().",
    (Mask, Labels): "Number its components: label(mask).",
}
"""How a sampled object becomes one of another kind."""


def _remedy(parameter: Parameter, value: Any) -> str:
    for accepted in parameter.accepts:
        if (type(value), accepted) in _CONVERSIONS:
            return _CONVERSIONS[type(value), accepted]
    return "" if isinstance(value, Sampled) else _REMEDIES[parameter.kind]


def checked(spec: Operation, parameter: Parameter, value: Any) -> Any:
    """Return what the function receives for a value that a caller gave.

    Parameters
    ----------
    spec
        The operation.
    parameter
        One of its parameters.
    value
        As the caller wrote it.

    Raises
    ------
    ParameterError
        If the parameter cannot be this value; the message names both.
    """
    kind, name = parameter.kind, parameter.name
    if isinstance(value, np.ndarray) and not value.shape and kind != "array":
        value = value.item()
    if value is None and (parameter.is_optional or parameter.default is None):
        return None
    where = f"{name} of {spec.name}"
    if parameter.accepts:
        if not isinstance(value, parameter.accepts):
            words = " or ".join(item.__name__ for item in parameter.accepts)
            raise parameter_error(
                spec.name, name, f"of type {words}", value, _remedy(parameter, value)
            )
    elif kind in _CLASSES:
        if not isinstance(value, _CLASSES[kind]):
            words = "a grid or an image" if kind == "grid" else f"of type {Points.__name__}"
            raise parameter_error(spec.name, name, words, value, _REMEDIES[kind])
    elif kind == "images":
        if not isinstance(value, Mapping | list | tuple | Image) or any(
            not isinstance(item, Sampled) for item in _members(value)
        ):
            words = "an Image, several, or a mapping from names to images"
            wrong = [item for item in _members(value) if not isinstance(item, Sampled)]
            raise parameter_error(spec.name, name, words, wrong[0], _REMEDIES["image"])
    elif kind == "array":
        return _array(spec, name, value)
    elif kind == "numbers":
        return _numbers(spec, parameter, value)
    elif kind == "length":
        return length(value, where)
    elif kind == "angle":
        angle(value, where)
    elif kind == "number":
        if not isinstance(value, Real) or isinstance(value, bool | np.bool_) or value != value:
            raise parameter_error(spec.name, name, "a number", value)
        return float(value) if not isinstance(value, Integral) else int(value)
    elif kind == "integer":
        if not isinstance(value, Integral) or isinstance(value, bool | np.bool_):
            raise parameter_error(spec.name, name, "a whole number", value)
        return int(value)
    elif kind == "boolean":
        if not isinstance(value, bool | np.bool_):
            raise parameter_error(spec.name, name, "True or False", value)
        return bool(value)
    elif kind == "text":
        if not isinstance(value, str):
            raise parameter_error(spec.name, name, "a text", value)
    elif kind == "choice" and (
        value not in parameter.choices
        or (isinstance(value, bool) and True not in parameter.choices)
    ):
        choices = ", ".join(repr(choice) for choice in parameter.choices)
        raise parameter_error(spec.name, name, f"one of {choices}", value)
    return value


def _members(value: Any) -> list[Any]:
    """Return the images in what a parameter for several was given."""
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else [value]


def _array(spec: Operation, name: str, value: Any) -> NDArray[Any]:
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):
        array = np.asarray(None)
    if isinstance(value, Sampled) or array.dtype.kind not in "biuf" or np.ma.is_masked(value):
        raise parameter_error(spec.name, name, "an array of numbers", value)
    return array


def _numbers(spec: Operation, parameter: Parameter, value: Any) -> Any:
    kind, words = (Integral, "whole numbers") if parameter.is_whole else (Real, "numbers")
    is_one = isinstance(value, Real) and parameter.takes_one
    items = [value] if is_one else value
    if isinstance(items, np.ndarray):
        items = items.tolist()
    if not isinstance(items, list | tuple | range) or any(
        not isinstance(item, kind) or isinstance(item, bool) or item != item for item in items
    ):
        raise parameter_error(spec.name, parameter.name, f"a list of {words}", value)
    plain = [int(item) if isinstance(item, Integral) else float(item) for item in items]
    return plain[0] if is_one else type(items)(plain) if isinstance(items, list | tuple) else plain


def check_grids(
    spec: Operation, sampled: Mapping[str, Sampled], points: Mapping[str, Points]
) -> None:
    """Refuse sheared grids where axes must be orthogonal, and images that do not go together.

    Parameters
    ----------
    spec
        The operation.
    sampled
        Every image that goes in, those in lists and tables included, by name.
    points
        Every set of points, by name.
    """
    if spec.needs_orthogonal:
        for name, item in sampled.items():
            if not item.grid.is_orthogonal:
                raise ParameterError(
                    f"{name} of {spec.name} must have orthogonal axes; "
                    f"got a cosine of {item.grid.skew:.4f}. "
                    "Resample it onto an orthogonal grid first: resample(image, grid)."
                )
    if not sampled or not spec.is_same_grid:
        return
    (lead, first), *others = sampled.items()
    for name, landmarks in points.items():
        first.frame.require_compatible(landmarks.frame, _both(spec, lead, name))
    for name, item in others:
        if item is not first:
            first.grid.require_close(item.grid, _both(spec, lead, name))
    for letter in OWN_AXES:
        holders = [(name, item) for name, item in sampled.items() if letter in item.axes]
        for name, item in holders[1:]:
            lead, other = holders[0]
            # Images in a list or table are taken one by one: each has channels of its own.
            if letter == "c" and ("." in name or "." in lead):
                continue
            what = _both(spec, lead, name)
            sizes = [image.shape[image.axes.index(letter)] for image in (other, item)]
            if sizes[0] != sizes[1]:
                raise ParameterError(
                    f"{what} must be as long on the axis {letter}; got {sizes[0]} and {sizes[1]}."
                )
            require_same_times(other, item, what)


def _both(spec: Operation, first: str, second: str) -> str:
    return f"{_called(first)} and {_called(second)} of {spec.name}"


def _called(name: str) -> str:
    """Return what a message calls an image: its name in a table, its number in a list."""
    head, _, last = name.rpartition(".")
    return f"{head} {int(last) + 1}" if head and last.isdecimal() else last
