"""What every operation needs done around it, once: checks, frames and channels, lineage."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import lineage as record
from ..errors import ParameterError, parameter_error, shown
from ..image import Image, Labels, Mask, Points, Sampled
from ..lineage import Call, Lineage, plain
from ..progress import report
from ..units import angle, length
from .spec import OWN_AXES, Operation, Parameter

__all__ = ["checked", "run"]


def run(spec: Operation, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call an operation as its decorator promises.

    Parameters
    ----------
    spec
        The operation.
    args, kwargs
        As the caller gave them.
    """
    given = _with_grids(spec, _bind(spec, args, kwargs))
    values = {
        parameter.name: checked(spec, parameter, given[parameter.name])
        if parameter.name in given
        else parameter.default
        for parameter in spec.parameters
    }
    sampled = {name: value for name, value in values.items() if isinstance(value, Sampled)}
    _check_grids(spec, sampled)
    loops = [
        letter
        for letter in OWN_AXES
        if letter not in spec.uses and any(letter in item.axes for item in sampled.values())
    ]
    if loops:
        result = _each(spec, values, sampled, loops)
    else:
        result = spec.function(**values)
    return _with_lineage(result, _call(spec, given, values))


def _with_grids(spec: Operation, given: dict[str, Any]) -> dict[str, Any]:
    """Where a grid is wanted an image will do: only its grid goes on, and into the record."""
    return {
        name: value.grid
        if spec.by_name[name].kind == "grid" and isinstance(value, Sampled)
        else value
        for name, value in given.items()
    }


def _bind(spec: Operation, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    unknown = [name for name in kwargs if name not in spec.by_name]
    if unknown:
        near = difflib.get_close_matches(unknown[0], list(spec.by_name), n=1)
        hint = f"Did you mean {near[0]}?" if near else ""
        raise ParameterError(
            f"{unknown[0]} is no parameter of {spec.name}; "
            f"it takes {', '.join(spec.by_name)}. {hint}".rstrip()
        )
    try:
        return dict(spec.signature.bind(*args, **kwargs).arguments)
    except TypeError as error:
        missing = [
            parameter.name
            for position, parameter in enumerate(spec.parameters)
            if parameter.is_required and parameter.name not in kwargs and position >= len(args)
        ]
        if missing:
            raise ParameterError(
                f"{missing[0]} of {spec.name} must be given; got nothing. Write {_written(spec)}."
            ) from error
        places = [parameter.name for parameter in spec.parameters if parameter.is_positional]
        if len(args) > len(places):
            raise ParameterError(
                f"{spec.name} takes {f'only {_listed(places)}' if places else 'nothing'} without a "
                f"name; got {len(args)} arguments without. "
                f"Write {_written(spec, args[len(places) :])}."
            ) from error
        raise ParameterError(f"{spec.name}: {error}. Write {_written(spec)}.") from error


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _written(spec: Operation, unnamed: Sequence[Any] = ()) -> str:
    """Return how a call is written: what must be given, and values that were given no name."""
    places = [parameter.name for parameter in spec.parameters if parameter.is_positional]
    named = [parameter for parameter in spec.parameters if not parameter.is_positional]
    values = dict(zip((parameter.name for parameter in named), unnamed, strict=False))
    words = [
        f"{parameter.name}={_short(values.get(parameter.name))}"
        for parameter in named
        if parameter.is_required or parameter.name in values
    ]
    return f"{spec.name}({', '.join([*places, *words])})"


def _short(value: Any) -> str:
    return repr(value) if isinstance(value, str | int | float) and len(repr(value)) < 20 else "..."


_REMEDIES = {
    "image": "Wrap an array: fd.Image(array, grid).",
    "mask": "Compare an image (image > 0) or wrap an array: fd.Mask(array, grid).",
    "labels": "Wrap an array: fd.Labels(array, grid).",
    "sampled": "Wrap an array: fd.Image(array, grid), fd.Mask(...) or fd.Labels(...).",
    "points": "Wrap coordinates: fd.Points(world, frame).",
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
    if value is None and (parameter.is_optional or parameter.default is None):
        return None
    where = f"{name} of {spec.name}"
    if parameter.accepts:
        if not isinstance(value, parameter.accepts):
            words = " or ".join(item.__name__ for item in parameter.accepts)
            raise parameter_error(
                spec.name, name, f"of type {words}", value, _remedy(parameter, value)
            )
    elif kind == "points":
        if not isinstance(value, Points):
            raise parameter_error(spec.name, name, "of type Points", value, _REMEDIES["points"])
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


def _check_grids(spec: Operation, sampled: dict[str, Sampled]) -> None:
    items = list(sampled.items())
    if spec.needs_orthogonal:
        for name, item in items:
            if not item.grid.is_orthogonal:
                raise ParameterError(
                    f"{name} of {spec.name} must have orthogonal axes; "
                    f"got a cosine of {item.grid.skew:.4f}. "
                    "Resample it onto an orthogonal grid first: resample(image, grid)."
                )
    if len(items) < 2 or not spec.is_same_grid:
        return
    first_name, first = items[0]
    for name, item in items[1:]:
        if item is not first:
            first.grid.require_close(item.grid, f"{first_name} and {name} of {spec.name}")
        for letter in OWN_AXES:
            a, b = first.axis(letter), item.axis(letter)
            if a is not None and b is not None and first.shape[a] != item.shape[b]:
                raise ParameterError(
                    f"{first_name} and {name} of {spec.name} must be as long on the axis "
                    f"{letter}; got {first.shape[a]} and {item.shape[b]}."
                )


def _each(
    spec: Operation, values: dict[str, Any], sampled: dict[str, Sampled], loops: Sequence[str]
) -> Any:
    """Apply the function to each frame and channel, and put the results together."""
    counts = []
    for letter in loops:
        sizes = {
            item.shape[item.axes.index(letter)] for item in sampled.values() if letter in item.axes
        }
        if len(sizes) > 1:
            raise ParameterError(
                f"the images of {spec.name} must be as long on the axis {letter}; got {sizes}."
            )
        counts.append(sizes.pop())
    results: list[Any] = []
    every = list(itertools.product(*(range(count) for count in counts)))
    for done, index in enumerate(every):
        report(done, len(every), spec.name)
        at = dict(zip(loops, index, strict=True))
        part = dict(values)
        for name, item in sampled.items():
            key = tuple(
                at[letter] if letter in at else slice(0, size, 1)
                for letter, size in zip(item.axes, item.shape, strict=True)
            )
            if any(isinstance(step, int) for step in key):
                part[name] = item._part(key, item.lineage)
        results.append(spec.function(**part))
    report(len(every), len(every), spec.name)
    return _stacked(spec, results, loops, counts, sampled)


def _stacked(
    spec: Operation,
    results: list[Any],
    loops: Sequence[str],
    counts: Sequence[int],
    sampled: dict[str, Sampled],
) -> Any:
    first = results[0]
    if not isinstance(first, Sampled):
        raise AssertionError(f"{spec.name} gives no image: it must declare that it uses t and c")
    source = next(item for item in sampled.values() if any(axis in item.axes for axis in loops))
    if any(axis in first.axes for axis in loops):
        raise AssertionError(f"{spec.name} makes an axis that it does not declare to use")
    inner = first.axes
    stack: NDArray[Any] = np.stack([result.array for result in results])
    stack = stack.reshape(*counts, *first.shape)
    position = {letter: axis for axis, letter in enumerate([*loops, *inner])}
    axes = "".join(letter for letter in "tzyxc" if letter in position)
    array = np.ascontiguousarray(np.transpose(stack, [position[letter] for letter in axes]))
    changes: dict[str, Any] = {"array": array, "axes": axes}
    if "t" in loops:
        with_time = [item for item in sampled.values() if "t" in item.axes]
        changes["times"] = with_time[0].times
    if "c" in loops and isinstance(first, Image):
        changes["channels"] = source.channels if isinstance(source, Image) else None
    if isinstance(first, Labels):
        names: dict[int, str] = {}
        for result in results:
            names.update(result.names)
        changes["names"] = names
    return first._like(**changes)


def _call(spec: Operation, given: Mapping[str, Any], values: Mapping[str, Any]) -> Call:
    parents: list[tuple[str, Lineage]] = []
    arrays: list[tuple[str, NDArray[Any]]] = []

    def written(name: str, value: Any) -> Any:
        origin = getattr(value, "lineage", None)
        if isinstance(origin, record.Source | record.Opaque | record.Call):
            if all(role != name for role, _ in parents):
                parents.append((name, origin))
            return {"parent": name}
        if isinstance(value, np.ndarray):
            if value.size > record.INLINE_VALUES and all(key != name for key, _ in arrays):
                arrays.append((name, value))
            return plain(value)
        if isinstance(value, Mapping):
            return {str(key): written(f"{name}.{key}", item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [written(f"{name}.{position}", item) for position, item in enumerate(value)]
        try:
            return plain(value)
        except ParameterError:
            return {"object": shown(value)}

    resolved = {name: written(name, value) for name, value in values.items()}
    asked = {
        name: written(name, value)
        for name, value in given.items()
        if not isinstance(resolved.get(name), dict) or "parent" not in resolved[name]
    }
    inputs = {name for name, value in resolved.items() if value == {"parent": name}}
    kept = {name: value for name, value in resolved.items() if name not in inputs}
    return Call(spec.name, spec.version, asked, kept, tuple(parents), tuple(arrays))


def _with_lineage(result: Any, call: Call) -> Any:
    if isinstance(result, Sampled | Points) or hasattr(result, "with_lineage"):
        return result.with_lineage(call)
    attributes = getattr(result, "attrs", None)
    if isinstance(attributes, dict):
        attributes["lineage"] = call
    return result
