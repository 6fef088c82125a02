"""The JSON Schema of recipes, made from the catalogue."""

from __future__ import annotations

from typing import Any

from ..operation import Parameter
from .parts import INPUT_KINDS, VERSION
from .verbs import Verb, verb_names, verbs

__all__ = ["schema"]

_NAME = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]*$"}
_REFERENCE = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]*([.][A-Za-z][A-Za-z0-9_]*)*$"}
_FROM = {
    "type": "object",
    "properties": {"from": _REFERENCE},
    "required": ["from"],
    "additionalProperties": False,
}
_NUMBER = {"type": "number"}
_QUANTITY = {"type": ["number", "string"]}


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a recipe.

    Editors use it to complete and check recipes as they are written.

    Returns
    -------
    dict
        Every operation with its parameters, their kinds, choices, defaults and descriptions.

    Examples
    --------
    >>> step = schema()["$defs"]["gaussian"]
    >>> sorted(step["properties"]["gaussian"]["properties"])
    ['border', 'cval', 'image', 'mask', 'sigma', 'truncate']
    """
    steps = {name: _step(name) for name in verb_names()}
    bare = [name for name in verb_names() if not all(map(_needed, verbs(name)))]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Fiducial recipe",
        "type": "object",
        "properties": {
            "recipe": {"const": VERSION, "description": "Version of the language."},
            "name": {"type": "string"},
            "description": {"type": "string"},
            "inputs": {
                "type": "object",
                "propertyNames": _NAME,
                "additionalProperties": {
                    "oneOf": [
                        {"enum": list(INPUT_KINDS)},
                        {
                            "type": "object",
                            "properties": {
                                "kind": {"enum": list(INPUT_KINDS)},
                                "optional": {"type": "boolean"},
                                "description": {"type": "string"},
                            },
                            "additionalProperties": False,
                        },
                    ]
                },
            },
            "steps": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "anyOf": [
                        {"enum": bare},
                        *({"$ref": f"#/$defs/{name}"} for name in steps),
                    ]
                },
            },
            "outputs": {
                "oneOf": [
                    {"type": "array", "items": _REFERENCE},
                    {"type": "object", "additionalProperties": {"type": "string"}},
                ]
            },
        },
        "required": ["recipe", "steps"],
        "additionalProperties": False,
        "$defs": steps,
    }


def _needed(found: Verb) -> list[str]:
    """Return the parameters that a step must write: all without a default but its subject."""
    return [
        name
        for name, parameter in found.parameters.items()
        if parameter.is_required and name != found.subject
    ]


def _step(name: str) -> dict[str, Any]:
    found = verbs(name)
    bodies = [_body(item) for item in found]
    return {
        "type": "object",
        "description": found[0].spec.doc.summary,
        "properties": {name: bodies[0] if len(bodies) == 1 else {"anyOf": bodies}, "as": _NAME},
        "required": [name],
        "additionalProperties": False,
    }


def _body(found: Verb) -> dict[str, Any]:
    needed = _needed(found)
    body: dict[str, Any] = {
        "type": "object" if needed else ["object", "null"],
        "properties": {name: _parameter(item) for name, item in found.parameters.items()},
        "additionalProperties": False,
    }
    if needed:
        body["required"] = needed
    return body


def _parameter(parameter: Parameter) -> dict[str, Any]:
    forms = _forms(parameter)
    if forms is None:
        found: dict[str, Any] = {}
    else:
        if parameter.is_optional or parameter.default is None:
            forms = [*forms, {"type": "null"}]
        found = {"anyOf": [*forms, _FROM]}
    if parameter.description:
        found["description"] = parameter.description
    if not parameter.is_required and isinstance(parameter.default, bool | int | float | str):
        found["default"] = parameter.default
    return found


def _forms(parameter: Parameter) -> list[dict[str, Any]] | None:
    """Return what a parameter may be, or None when its kind does not say."""
    kind = parameter.kind
    if kind == "images":
        table = {"type": "object", "additionalProperties": _REFERENCE}
        return [_REFERENCE, {"type": "array", "items": _REFERENCE}, table]
    if parameter.is_input or kind == "grid":
        return [_REFERENCE]
    if kind in ("length", "angle"):
        return [_QUANTITY, {"type": "array", "items": _QUANTITY, "minItems": 1}]
    if kind == "array":
        return [_REFERENCE, {"type": "array"}]
    if kind == "choice":
        return [{"enum": list(parameter.choices)}]
    simple: dict[str, list[dict[str, Any]]] = {
        "operand": [_NUMBER, _REFERENCE],
        "number": [_NUMBER, _REFERENCE],
        "integer": [{"type": "integer"}, _REFERENCE],
        "numbers": [_NUMBER, _REFERENCE, {"type": "array", "items": _NUMBER}],
        "boolean": [{"type": "boolean"}],
        "text": [{"type": "string"}],
        "path": [{"type": "string"}],
    }
    return simple.get(kind)
