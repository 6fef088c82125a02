"""A call as it was written: which value belongs to which parameter."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from typing import Any

from ..errors import ParameterError
from .spec import Operation

__all__ = ["bound"]


def bound(spec: Operation, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the values by the names of their parameters, without the defaults.

    Raises
    ------
    ParameterError
        If one is missing, unknown, given twice, or given without a name that it needs.
    """
    unknown = [name for name in kwargs if name not in spec.by_name]
    if unknown:
        near = difflib.get_close_matches(unknown[0], list(spec.by_name), n=1)
        hint = f"Did you mean {near[0]}?" if near else ""
        raise ParameterError(
            f"{unknown[0]} is no parameter of {spec.name}; "
            f"it takes {', '.join(spec.by_name)}. {hint}".rstrip()
        )
    given = dict(zip(spec.places, args, strict=False))
    is_whole = len(args) <= len(spec.places) and not given.keys() & kwargs.keys()
    if is_whole and spec.required <= given.keys() | kwargs.keys():
        return {**given, **kwargs}
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
