"""What every operation needs done around it, once: checks, frames and channels, lineage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import lineage as record
from ..errors import ParameterError, shown
from ..image import Points, Sampled
from ..image.record import assumed
from ..lineage import Call, Lineage, plain
from .binding import bound
from .checking import check_grids, checked
from .frames import each_frame, inputs
from .spec import OWN_AXES, Operation

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
    given = _with_grids(spec, bound(spec, args, kwargs))
    values = {
        parameter.name: checked(spec, parameter, given[parameter.name])
        if parameter.name in given
        else parameter.default
        for parameter in spec.parameters
    }
    found = dict(inputs(values))
    sampled = {name: item for name, item in found.items() if isinstance(item, Sampled)}
    points = {name: item for name, item in found.items() if isinstance(item, Points)}
    check_grids(spec, sampled, points)
    loops = [
        letter
        for letter in OWN_AXES
        if letter not in spec.uses and any(letter in item.axes for item in sampled.values())
    ]
    if loops:
        result = each_frame(spec, values, list(sampled.values()), loops)
    else:
        result = spec.function(**values)
    frames = [item.frame for item in found.values()] if spec.is_same_grid else []
    return _with_lineage(result, _call(spec, given, values, assumed(frames)))


def _with_grids(spec: Operation, given: dict[str, Any]) -> dict[str, Any]:
    """Where a grid is wanted an image will do: only its grid goes on, and into the record."""
    return {
        name: value.grid
        if isinstance(value, Sampled) and spec.by_name[name].kind == "grid"
        else value
        for name, value in given.items()
    }


def _call(
    spec: Operation,
    given: Mapping[str, Any],
    values: Mapping[str, Any],
    taken_for_granted: tuple[str, ...],
) -> Call:
    parents: list[tuple[str, Lineage]] = []
    arrays: list[tuple[str, NDArray[Any]]] = []

    def written(name: str, value: Any) -> Any:
        if value is None or type(value) in (str, float, int, bool):
            return value
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
    return Call(
        spec.name,
        spec.version,
        asked,
        kept,
        tuple(parents),
        tuple(arrays),
        assumed=taken_for_granted,
    )


def _with_lineage(result: Any, call: Call) -> Any:
    """Return the result with its record; each of several with its own, which names it."""
    if hasattr(result, "with_lineage"):
        return result.with_lineage(call)
    if type(result) is dict:
        return {name: _output(item, call, str(name)) for name, item in result.items()}
    if type(result) in (list, tuple):
        return type(result)(_output(item, call, str(n)) for n, item in enumerate(result))
    attributes = getattr(result, "attrs", None)
    if isinstance(attributes, dict):
        attributes["lineage"] = call
    return result


def _output(item: Any, call: Call, name: str) -> Any:
    is_part = isinstance(item, Sampled | Points)
    return item.with_lineage(replace(call, output=name)) if is_part else item
