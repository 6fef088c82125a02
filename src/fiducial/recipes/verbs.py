"""What a step can do: an operation of the catalogue, a method of the nouns, or a phantom."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from ..catalogue import operations, resolve
from ..errors import UnknownNameError
from ..operation import Operation, Parameter, spec_of
from ..synonyms import nearest
from .methods import Operand, any_elementwise, methods

__all__ = ["PHANTOMS", "Verb", "of_nouns", "verb", "verb_names", "verbs"]

PHANTOMS = "phantoms."
"""What the name of every phantom begins with."""


@dataclass(frozen=True)
class Verb:
    """One thing that a step can do.

    Parameters
    ----------
    name
        As recipes and records write it.
    spec
        Parameters and docstring.
    function
        What is called, with every parameter by name.
    """

    name: str
    spec: Operation
    function: Callable[..., Any]

    @cached_property
    def parameters(self) -> Mapping[str, Parameter]:
        """Parameters by name; an ``operand`` is an image or a number."""
        found = {}
        for parameter in self.spec.parameters:
            is_operand = self.spec.hints.get(parameter.name) == Operand
            found[parameter.name] = replace(parameter, kind="operand") if is_operand else parameter
        return found

    @property
    def subject(self) -> str | None:
        """The parameter that takes the result of the step before when it is not given."""
        for parameter in self.parameters.values():
            if parameter.is_required and (parameter.is_input or parameter.kind == "operand"):
                return parameter.name
        return None

    def call(self, values: Mapping[str, Any]) -> Any:
        """Do it."""
        return self.function(**values)


@cache
def verb(name: str) -> Verb:
    """Return what a step of this name does: an operation before a method of the nouns.

    Raises
    ------
    UnknownNameError
        If there is nothing of this name; the message names the nearest.

    Examples
    --------
    >>> verb("gaussian").subject, verb("union").subject
    ('image', 'a')
    """
    if name in operations():
        function = resolve(name)
        return Verb(name, spec_of(function), function)
    if name in methods():
        return of_nouns(name)
    if name.startswith(PHANTOMS) and name in phantom_names():
        from .. import phantoms

        function = getattr(phantoms, name.removeprefix(PHANTOMS))
        return Verb(name, Operation(inspect.unwrap(function)), function)
    hint = nearest(name, verb_names()) or "See: fiducial list."
    raise UnknownNameError(f"no step is called {name!r}. {hint}")


def verbs(name: str) -> tuple[Verb, ...]:
    """Return everything that a step of this name may do.

    An operation and a method of the nouns may share a name, as the difference of two images
    and that of two masks do; their parameters tell them apart.

    Raises
    ------
    UnknownNameError
        If there is nothing of this name.

    Examples
    --------
    >>> [list(found.parameters) for found in verbs("union")]
    [['a', 'b']]
    """
    first = verb(name)
    if name in operations() and name in methods():
        second = of_nouns(name)
        if set(second.parameters) != set(first.parameters):
            return first, second
    return (first,)


def of_nouns(name: str) -> Verb:
    """Return a method of the nouns, or any elementwise function of NumPy, by its name.

    Raises
    ------
    ParameterError
        If there is none of this name.
    """
    function = methods().get(name) or any_elementwise(name)
    return Verb(name, Operation(function), function)


@cache
def phantom_names() -> tuple[str, ...]:
    """Return the names of the phantoms, as steps write them."""
    from .. import phantoms

    names = []
    for name in sorted(phantoms.__all__):
        function = getattr(phantoms, name)
        if inspect.isfunction(function) and "grid" in inspect.signature(function).parameters:
            names.append(PHANTOMS + name)
    return tuple(names)


@cache
def verb_names() -> tuple[str, ...]:
    """Return every name that a step can have."""
    return tuple(sorted({*operations(), *methods(), *phantom_names()}))
