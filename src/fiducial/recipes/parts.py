"""What a recipe consists of: inputs, steps, references to results, outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .verbs import Verb

__all__ = ["INPUT_KINDS", "VERSION", "Input", "Recipe", "Reference", "Step"]

VERSION = 1
"""The version of the language that this program reads, as ``recipe: 1`` says."""

INPUT_KINDS = ("image", "mask", "labels", "points")
"""What an input can be."""


@dataclass(frozen=True)
class Reference:
    """A result by its name, or a part of it: ``registration.moved``.

    Parameters
    ----------
    name
        Name of an input or of an earlier result.
    parts
        Attributes to follow from there.
    """

    name: str
    parts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ".".join((self.name, *self.parts))


@dataclass(frozen=True)
class Input:
    """What a recipe is given.

    Parameters
    ----------
    name
        Its name in the steps.
    kind
        One of :data:`INPUT_KINDS`.
    is_optional
        Whether the recipe can do without; only a parameter that may be None can take it.
    description
        What it should be.
    """

    name: str
    kind: str
    is_optional: bool = False
    description: str = ""


@dataclass(frozen=True)
class Step:
    """One call.

    Parameters
    ----------
    verb
        What it does.
    values
        Its parameters; a :class:`Reference` where a result is meant.
    name
        What its result is called.
    number
        Counted from 1.
    line
        Where it stands.
    lines
        Where each parameter stands.
    """

    verb: Verb
    values: Mapping[str, Any]
    name: str
    number: int
    line: int
    lines: Mapping[str, int]


@dataclass(frozen=True)
class Recipe:
    """A recipe that has been checked.

    Parameters
    ----------
    source
        What error messages call it: a file name, or ``"recipe"``.
    name, description
        What it is for.
    inputs
        By name.
    steps
        In order.
    outputs
        File name of each result that is written; empty text lets the result decide.
    """

    source: str
    name: str
    description: str
    inputs: Mapping[str, Input]
    steps: tuple[Step, ...]
    outputs: Mapping[str, str]
