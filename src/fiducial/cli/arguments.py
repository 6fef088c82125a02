"""A sub-command from an operation: its parser, and the values that the words stand for."""

from __future__ import annotations

import argparse
import json
import re
import types
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import FileDefectError, parameter_error
from ..operation import Operation, Parameter
from .parser import Parser

__all__ = ["OUTPUT", "operation_parser", "read_values", "returns_file"]

OUTPUT = "output file"
"""Where the parsed words keep the path of the result; no parameter can bear this name."""

_IMAGES = ("image", "mask", "labels", "sampled")
_WRITTEN = (*_IMAGES, "points", "transform")
_LISTS = (Sequence, list, tuple)
_KINDS = ("image", "labels", "mask")


def is_file(parameter: Parameter) -> bool:
    """Whether a parameter is given as the name of a file."""
    return parameter.is_input or parameter.kind == "grid"


def is_positional(parameter: Parameter) -> bool:
    """Whether a parameter is a file that has its place in the command, without an option."""
    return is_file(parameter) and parameter.is_required and parameter.kind != "images"


def result_type(spec: Operation) -> Any:
    """Return the annotation of the result, None taken away."""
    hint = spec.hints.get("return", object)
    members = [part for part in typing.get_args(hint) if part is not type(None)]
    return members[0] if len(members) == 1 and typing.get_origin(hint) is not tuple else hint


def returns_file(spec: Operation) -> bool:
    """Whether the result is written to a file that the command must name."""
    hint = result_type(spec)
    has_image = hasattr(hint, "image") or "image" in getattr(hint, "__annotations__", {})
    return spec.returns in _WRITTEN or (isinstance(hint, type) and has_image)


def returns_folder(spec: Operation) -> bool:
    """Whether the result is written into a folder."""
    hint = result_type(spec)
    return not returns_file(spec) and isinstance(hint, type) and hasattr(hint, "save")


def operation_parser(spec: Operation, name: str) -> Parser:
    """Return the parser of an operation's sub-command.

    Parameters
    ----------
    spec
        The operation.
    name
        As the user wrote it; an alias may differ from the operation's own name.
    """
    doc = spec.doc
    description = _plain("\n\n".join(part for part in (doc.summary, doc.extended) if part))
    parser = Parser(f"fiducial {name}", description, f"The whole page: fiducial reference {name}")
    for parameter in spec.parameters:
        _add(parser, spec, parameter)
    if returns_file(spec):
        parser.add_argument(OUTPUT, metavar="OUTPUT", help="file to write; its name says the form")
    elif returns_folder(spec):
        parser.add_argument(
            "-o", "--output", dest=OUTPUT, metavar="FOLDER", help="folder to write the result to"
        )
    else:
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="print JSON")
        form.add_argument("--csv", action="store_true", help="print comma-separated values")
        parser.add_argument(
            "-o",
            "--output",
            dest=OUTPUT,
            metavar="FILE",
            help="write the result to this file (.csv or .json) instead of printing it",
        )
    return parser


def _add(parser: Parser, spec: Operation, parameter: Parameter) -> None:
    words = _plain(parameter.description).replace("%", "%%")
    name = parameter.name
    if is_positional(parameter):
        parser.add_argument(name, metavar=name.upper(), help=words)
    else:
        option = "--" + name.replace("_", "-")
        common: dict[str, Any] = {
            "dest": name,
            "required": parameter.is_required,
            "default": argparse.SUPPRESS,
        }
        if not parameter.is_required and parameter.default not in (None, (), ""):
            words += f" (default: {_as_text(parameter.default)})".replace("%", "%%")
        if parameter.kind == "boolean":
            parser.add_argument(option, action=argparse.BooleanOptionalAction, help=words, **common)
        elif parameter.kind == "images":
            words += " On the command line: the option once for each; NAME=FILE gives a name."
            parser.add_argument(option, action="append", metavar="FILE", help=words, **common)
        else:
            parser.add_argument(option, metavar=_metavar(parameter), help=words, **common)
    if parameter.kind == "sampled":
        named = [kind.__name__.lower() for kind in parameter.accepts]
        choices = [name for name in _KINDS if name in named or "sampled" in named]
        parser.add_argument(
            f"--{name.replace('_', '-')}-as",
            dest=f"{name} as",
            choices=choices,
            help=f"what the file of {name} holds (default: what its record says, or {choices[0]})",
        )


def _plain(text: str) -> str:
    """Return a text of a docstring without its marks."""
    return re.sub(r":\w+:`~?([^`]+)`", r"\1", text).replace("``", "").replace("`", "")


def _metavar(parameter: Parameter) -> str:
    if is_file(parameter) or parameter.kind == "path":
        return "FILE"
    if parameter.kind == "choice":
        return "{" + ",".join(str(choice) for choice in parameter.choices) + "}"
    words = {
        "length": "LENGTH",
        "angle": "ANGLE",
        "number": "NUMBER",
        "integer": "WHOLE_NUMBER",
        "numbers": "NUMBERS",
        "array": "ARRAY",
        "text": "TEXT",
    }
    return words.get(parameter.kind, "VALUE")


def _as_text(value: object) -> str:
    if isinstance(value, tuple | list):
        return ", ".join(str(item) for item in value)
    return str(value)


def read_values(spec: Operation, found: argparse.Namespace) -> dict[str, Any]:
    """Return the parameters that the words stand for, files read.

    Options are understood before any file is opened, so that a slip costs no waiting.

    Raises
    ------
    ParameterError
        If a word cannot be what the parameter needs.
    FileDefectError
        If a file cannot be read.
    """
    given = {
        parameter.name: getattr(found, parameter.name)
        for parameter in spec.parameters
        if hasattr(found, parameter.name)
    }
    values = {
        name: text if is_file(spec.by_name[name]) else parameter_value(spec, name, text)
        for name, text in given.items()
    }
    for name, text in given.items():
        parameter = spec.by_name[name]
        if is_file(parameter):
            values[name] = _read_file(parameter, text, getattr(found, f"{name} as", None))
    return values


def parameter_value(spec: Operation, name: str, text: Any) -> Any:
    """Return what the text of an option stands for.

    Parameters
    ----------
    spec
        The operation.
    name
        The parameter.
    text
        What the user wrote (True or False for a flag).

    Raises
    ------
    ParameterError
        If the text cannot be what the parameter needs.
    """
    parameter = spec.by_name[name]
    if not isinstance(text, str):
        return text
    if text.lower() == "none" and (parameter.is_optional or parameter.default is None):
        return None
    if parameter.kind in ("length", "angle"):
        parts = [_number_or_text(part.strip()) for part in text.split(",")]
        return parts[0] if len(parts) == 1 else parts
    if parameter.kind in ("number", "integer"):
        number = _number_or_text(text)
        if isinstance(number, str):
            what = "a whole number" if parameter.kind == "integer" else "a number"
            raise parameter_error(spec.name, name, what, text)
        return number
    if parameter.kind == "numbers":
        return _numbers(spec, parameter, text)
    if parameter.kind == "choice":
        return _choice(spec, parameter, text)
    if parameter.kind == "array":
        return _array(spec, parameter, text)
    if parameter.kind == "any":
        return _any(spec.hints.get(name), text)
    return text


def _number_or_text(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _numbers(spec: Operation, parameter: Parameter, text: str) -> Any:
    parts = [_number_or_text(part) for part in re.split(r"[,\s]+", text.strip("[]() "))]
    if any(isinstance(part, str) for part in parts):
        raise parameter_error(
            spec.name, parameter.name, "numbers with commas between them", text, "Write 1,2,3."
        )
    may_be_one = not {float, int}.isdisjoint(_members(spec.hints[parameter.name]))
    return parts[0] if len(parts) == 1 and may_be_one else parts


def _members(hint: Any) -> tuple[Any, ...]:
    """Return the alternatives of an annotation."""
    is_either = typing.get_origin(hint) in (typing.Union, types.UnionType)
    return typing.get_args(hint) if is_either else (hint,)


def _choice(spec: Operation, parameter: Parameter, text: str) -> Any:
    for choice in parameter.choices:
        if str(choice) == text:
            return choice
    choices = ", ".join(str(choice) for choice in parameter.choices)
    raise parameter_error(spec.name, parameter.name, f"one of {choices}", text)


def _array(spec: Operation, parameter: Parameter, text: str) -> Any:
    import numpy as np

    if text.endswith(".npy"):
        try:
            return np.load(text, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise FileDefectError(text, f"no array could be read ({error})") from error
    try:
        return np.asarray(json.loads(text), dtype=np.float64)
    except (ValueError, TypeError) as error:
        raise parameter_error(
            spec.name,
            parameter.name,
            "numbers in brackets or a file .npy",
            text,
            "Write [[0, 1, 0], [1, -4, 1], [0, 1, 0]].",
        ) from error


def _any(hint: Any, text: str) -> Any:
    lists = [part for part in _members(hint) if typing.get_origin(part) in _LISTS]
    if lists and str not in _members(hint):
        parts = [part.strip(" []'\"") for part in text.split(",")]
        is_text = typing.get_args(lists[0])[:1] == (str,)
        return parts if is_text else [_number_or_text(part) for part in parts]
    if text.endswith(".npy") and Path(text).is_file():
        import numpy as np

        return np.load(text, allow_pickle=False)
    try:
        return json.loads(text)
    except ValueError:
        return text


def _read_file(parameter: Parameter, text: Any, kind: str | None) -> Any:
    from .files import read_as

    if parameter.kind == "images":
        return _several(text)
    if parameter.kind == "grid":
        return read_as(text, "grid")
    if parameter.kind == "sampled":
        accepted = [item.__name__.lower() for item in parameter.accepts]
        return read_as(text, kind or "sampled", accepted)
    return read_as(text, parameter.kind)


def _several(texts: Sequence[str]) -> Any:
    from .files import read_as

    named = [text.partition("=") for text in texts]
    if all(sign and name.isidentifier() for name, sign, _ in named):
        table: Mapping[str, Any] = {name: read_as(path, "image") for name, _, path in named}
        return table
    found = [read_as(text, "image") for text in texts]
    return found[0] if len(found) == 1 else found
