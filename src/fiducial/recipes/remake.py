"""A result made again from the record of how it was made."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..catalogue import operations
from ..errors import Cancelled, FiducialError, ParameterError
from ..geometry import Grid
from ..lineage import Call, Lineage, Opaque, Source, nodes
from ..progress import report
from ..transforms import Displacement, from_json
from ..transforms.transform import frame_from_json
from .verbs import PHANTOMS, of_nouns, verb

__all__ = ["first_opaque", "remake"]


def first_opaque(lineage: Lineage) -> str:
    """Say which step began with an array from memory, if one did; empty if none.

    Examples
    --------
    >>> first_opaque(Call("add", "1", parents=(("a", Opaque("array")),)))
    'the a of add is from memory (array)'
    """
    for node in nodes(lineage):
        for role, parent in node.parents:
            if isinstance(node, Call) and isinstance(parent, Opaque):
                return f"the {role} of {node.operation} is from memory ({parent.what})"
    return f"it is from memory ({lineage.what})" if isinstance(lineage, Opaque) else ""


def remake(lineage: Lineage) -> Any:
    """Make a result again: its sources are read, its steps called in their order.

    Parameters
    ----------
    lineage
        The record; it must hold no opaque step.

    Returns
    -------
    object
        The result, with this same lineage if nothing has changed.

    Raises
    ------
    ParameterError
        If a step cannot be called again; the message names it.
    FileDefectError
        If a source is no longer the file that was recorded.

    Examples
    --------
    >>> import fiducial as fd
    >>> ball = fd.phantoms.ball(fd.Grid.from_spacing((8, 8), 2.0), radius=5)
    >>> grown = ball.mask | (ball.image > 0.5)
    >>> bool(np.array_equal(remake(grown.lineage).array, grown.array))
    True
    """
    ordered = list(nodes(lineage))
    uses = Counter(parent.id for node in ordered for _, parent in node.parents)
    made: dict[str, Any] = {}
    whole: dict[str, Any] = {}
    for number, node in enumerate(ordered):
        report(number, len(ordered), "replay")
        made[node.id] = _made(node, made, whole)
        for _, parent in node.parents:
            uses[parent.id] -= 1
            if not uses[parent.id] and parent.id != lineage.id:
                made.pop(parent.id, None)
    report(len(ordered), len(ordered), "replay")
    return made[lineage.id]


def _made(node: Lineage, made: Mapping[str, Any], whole: dict[str, Any]) -> Any:
    if isinstance(node, Source):
        from ..io import read_source

        return read_source(node)
    if isinstance(node, Opaque):
        raise ParameterError(f"lineage of remake must hold no opaque step; got {node.what}.")
    # Several results of one call share everything but the name of the output.
    key = dataclasses.replace(node, output="").id
    if key not in whole:
        parents = {role: made[parent.id] for role, parent in node.parents}
        values = _values(node, parents)
        try:
            result = _caller(node, values)(values)
        except Cancelled:
            raise
        except FiducialError as error:
            raise ParameterError(f"the step {node.operation} fails: {error}") from error
        if not node.output:
            return result
        whole[key] = result
    return _part(whole[key], node)


def _part(result: Any, node: Call) -> Any:
    try:
        for name in node.output.split("."):
            if isinstance(result, Mapping):
                result = result[name]
            elif isinstance(result, list | tuple) and name.isdecimal():
                result = result[int(name)]
            else:
                result = getattr(result, name)
    except (KeyError, IndexError, AttributeError) as error:
        raise ParameterError(
            f"the step {node.operation} no longer gives {node.output!r}."
        ) from error
    return result


def _caller(node: Call, values: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], Any]:
    """Return what calls a step again: an operation, a method of the nouns, or a phantom."""
    name = node.operation
    if name in _OF_TRANSFORMS:
        return _OF_TRANSFORMS[name]
    if name.startswith(PHANTOMS):
        return verb(name).call
    if name in operations():
        found = verb(name)
        if set(values) <= set(found.parameters):
            return found.call
    return of_nouns(name).call


def _displacement(values: Mapping[str, Any]) -> Displacement:
    if "field" in values:
        return Displacement(values["field"], moving_frame=frame_from_json(values["moving_frame"]))
    return Displacement.from_transform(values["transform"], values["grid"])


def _inverse(values: Mapping[str, Any]) -> Any:
    asked = {name: value for name, value in values.items() if name != "transform"}
    return values["transform"].inverse(**asked)


_OF_TRANSFORMS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "map_points": lambda values: values["transform"].map(values["points"]),
    "invert_transform": _inverse,
    "compose_transforms": lambda values: values["outer"] @ values["inner"],
    "displacement": _displacement,
    "displacement_field": _displacement,
    "displacement_image": lambda values: values["transform"].as_image(),
}
"""What transforms record of themselves."""


def _values(node: Call, parents: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a call, parents in their places."""
    arrays = dict(node.arrays)

    def read(name: str, value: Any) -> Any:
        if isinstance(value, list):
            return [read(f"{name}.{place}", item) for place, item in enumerate(value)]
        if not isinstance(value, Mapping):
            return value
        keys = set(value)
        if keys == {"parent"}:
            return parents[value["parent"]]
        if keys == {"array", "dtype"}:
            return np.asarray(value["array"], dtype=value["dtype"])
        if keys == {"slice"}:
            return slice(*value["slice"])
        if keys == {"shape", "affine", "frame", "axes"}:
            return Grid.from_json(value)
        if keys == {"digest", "shape", "dtype"}:
            if name not in arrays:
                raise ParameterError(
                    f"the array {name} of {node.operation} is not with the record."
                )
            return arrays[name]
        if keys == {"object"}:
            raise ParameterError(
                f"the {name} of {node.operation} was {value['object']}, which no record can hold."
            )
        if isinstance(value.get("transform"), str) and len(keys) > 1:
            return from_json(value)
        return {key: read(f"{name}.{key}", item) for key, item in value.items()}

    found = {name: read(name, value) for name, value in node.resolved.items()}
    found.update((role, value) for role, value in parents.items() if "." not in role)
    return found
