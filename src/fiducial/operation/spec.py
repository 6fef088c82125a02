"""What a signature and a docstring say of an operation: the source of all its faces."""

from __future__ import annotations

import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..image import Image, Labels, Mask, Points, Sampled

__all__ = ["OWN_AXES", "Operation", "Parameter", "Sections", "read_docstring"]

OWN_AXES = "tc"
"""Axes that an operation does not see unless it says that it uses them."""

_SAMPLED: dict[type, str] = {Image: "image", Mask: "mask", Labels: "labels", Sampled: "sampled"}
_SIMPLE: dict[object, str] = {
    float: "number",
    int: "integer",
    bool: "boolean",
    str: "text",
    Points: "points",
    np.ndarray: "array",
}
_BY_NAME = {
    "Grid": "grid",
    "Transform": "transform",
    "Path": "path",
    "PathLike": "path",
    "DataFrame": "table",
}


@dataclass(frozen=True)
class Parameter:
    """One parameter of an operation.

    Attributes
    ----------
    name : str
    kind : str
        ``image``, ``mask``, ``labels``, ``sampled`` (any of these), ``images`` (several),
        ``points``, ``transform``, ``grid``, ``length``, ``angle``, ``number``, ``integer``,
        ``boolean``, ``text``, ``choice``, ``array``, ``numbers``, ``path`` or ``any``.
    default : object
        ``inspect.Parameter.empty`` when it must be given.
    is_positional : bool
    is_optional : bool
        Whether None is allowed.
    choices : tuple
        What a ``choice`` can be.
    accepts : tuple of type
        Classes that a sampled parameter takes.
    description : str
        From the docstring.
    is_whole : bool
        Whether its numbers must be whole.
    takes_one : bool
        Whether one number will do where several are meant.
    """

    name: str
    kind: str
    default: Any
    is_positional: bool
    is_optional: bool
    choices: tuple[Any, ...]
    accepts: tuple[type, ...]
    description: str
    is_whole: bool = False
    takes_one: bool = False

    @property
    def is_required(self) -> bool:
        """Whether it must be given."""
        return self.default is inspect.Parameter.empty

    @property
    def is_input(self) -> bool:
        """Whether it is read from a file on the command line."""
        return bool(self.accepts) or self.kind in ("images", "points", "transform")


@dataclass(frozen=True)
class Sections:
    """A numpydoc docstring in parts.

    Attributes
    ----------
    summary : str
        First line.
    extended : str
        Text up to the first section.
    parameters : Mapping[str, str]
        Description of each parameter, on one line.
    sections : Mapping[str, str]
        Text of every section by its title.
    """

    summary: str
    extended: str
    parameters: Mapping[str, str]
    sections: Mapping[str, str]


def read_docstring(text: str | None) -> Sections:
    r"""Split a numpydoc docstring into its parts.

    Examples
    --------
    >>> parts = read_docstring("Do it.\n\nParameters\n----------\nsigma\n    How much.\n")
    >>> parts.summary, parts.parameters["sigma"]
    ('Do it.', 'How much.')
    """
    body = inspect.cleandoc(text or "")
    summary, _, rest = body.partition("\n")
    pieces = re.split(r"(?m)^([A-Z][A-Za-z ]+)\n-{3,}\n", "\n" + rest + "\n")
    sections = {
        title.strip(): part.strip("\n")
        for title, part in zip(pieces[1::2], pieces[2::2], strict=True)
    }
    parameters: dict[str, str] = {}
    names: list[str] = []
    lines: list[str] = []

    def keep() -> None:
        for name in names:
            parameters[name] = " ".join(" ".join(lines).split())

    for line in sections.get("Parameters", "").splitlines():
        if line and not line.startswith(" "):
            keep()
            names = [name.strip(" *") for name in line.partition(":")[0].split(",")]
            lines = []
        else:
            lines.append(line)
    keep()
    return Sections(summary.strip(), pieces[0].strip(), parameters, sections)


class _Later:
    """A module or class that an annotation names and that is imported when it is needed."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __getattr__(self, name: str) -> _Later:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Later(name)

    def __call__(self) -> None:
        """Be callable, as what stands in an annotation must be."""


@dataclass(frozen=True, eq=False)
class Operation:
    """An operation: its function and what was said in the decorator.

    Attributes
    ----------
    function : callable
        The plain function.
    uses : str
        Axes out of ``t`` and ``c`` that the function handles itself.
    is_same_grid : bool
        Whether all its images must share one grid.
    needs_orthogonal : bool
        Whether it refuses sheared grids.
    lattice_bound : str
        Why the result depends on the order or sense of the array axes; empty if it doesn't.
    example : Mapping or callable
        Parameters beyond the images for a small run, by which it is tested.
    aliases : tuple of str
    """

    function: Callable[..., Any]
    uses: str = ""
    is_same_grid: bool = True
    needs_orthogonal: bool = False
    lattice_bound: str = ""
    example: Mapping[str, Any] | Callable[[Any], Mapping[str, Any]] | None = None
    aliases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Public name."""
        return self.function.__name__

    @cached_property
    def signature(self) -> inspect.Signature:
        """The function's signature."""
        return inspect.signature(self.function)

    @cached_property
    def hints(self) -> dict[str, Any]:
        """Annotations, evaluated; names that only a type checker imports stand for themselves."""
        later: dict[str, Any] = {}
        while True:
            try:
                return typing.get_type_hints(self.function, localns=later, include_extras=True)
            except NameError as error:
                if error.name is None or error.name in later:
                    raise
                later[error.name] = _Later(error.name)

    @cached_property
    def doc(self) -> Sections:
        """The docstring in parts."""
        return read_docstring(self.function.__doc__)

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Every parameter in order."""
        return tuple(self._parameter(item) for item in self.signature.parameters.values())

    @cached_property
    def by_name(self) -> dict[str, Parameter]:
        """Parameters by name."""
        return {parameter.name: parameter for parameter in self.parameters}

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Names of the parameters that may be given without a name, in order."""
        return tuple(parameter.name for parameter in self.parameters if parameter.is_positional)

    @cached_property
    def required(self) -> frozenset[str]:
        """Names of the parameters that must be given."""
        return frozenset(parameter.name for parameter in self.parameters if parameter.is_required)

    @cached_property
    def returns(self) -> str:
        """Kind of the result, as :class:`Parameter` names kinds; ``any`` for other classes."""
        return _kind(self.hints.get("return", object))[0]

    @property
    def version(self) -> str:
        """Version of the package that provides it, for lineage."""
        package = self.function.__module__.partition(".")[0]
        if package == "fiducial":
            from .. import __version__

            return __version__
        from importlib.metadata import PackageNotFoundError, packages_distributions, version

        try:
            return version(packages_distributions()[package][0])
        except (KeyError, PackageNotFoundError):
            return "unknown"

    def _parameter(self, item: inspect.Parameter) -> Parameter:
        kind, is_optional, choices, accepts = _kind(self.hints.get(item.name, object))
        return Parameter(
            name=item.name,
            kind=kind,
            default=item.default,
            is_positional=item.kind is not inspect.Parameter.KEYWORD_ONLY,
            is_optional=is_optional,
            choices=choices,
            accepts=accepts,
            description=self.doc.parameters.get(item.name, ""),
            is_whole=kind == "numbers" and float not in _leaves(self.hints[item.name]),
            takes_one=kind == "numbers"
            and bool({int, float} & set(typing.get_args(self.hints[item.name]))),
        )


def _leaves(hint: Any) -> set[Any]:
    """Return the classes at the bottom of an annotation."""
    parts = typing.get_args(hint)
    return {leaf for part in parts for leaf in _leaves(part)} if parts else {hint}


def _kind(hint: Any) -> tuple[str, bool, tuple[Any, ...], tuple[type, ...]]:
    """Return (kind, whether None is allowed, choices, classes) of an annotation."""
    if isinstance(hint, _Later):
        return _BY_NAME.get(hint.__name__, "any"), False, (), ()
    origin = typing.get_origin(hint)
    if origin is typing.Annotated:
        marks = [mark for mark in hint.__metadata__ if mark in ("length", "angle")]
        return (marks[0], False, (), ()) if marks else _kind(hint.__origin__)
    if origin in (typing.Union, types.UnionType):
        members = [part for part in typing.get_args(hint) if part is not type(None)]
        is_optional = len(members) < len(typing.get_args(hint))
        found = [_kind(part) for part in members]
        if len(found) == 1:
            return (found[0][0], is_optional, *found[0][2:])
        if all(part[3] for part in found):
            accepts = tuple(kind for part in found for kind in part[3])
            return "sampled", is_optional, (), accepts
        kinds = [part[0] for part in found]
        if set(kinds) == {"integer", "number"}:
            return "number", is_optional, (), ()
        if "images" in kinds and set(kinds) <= {"images", *_SAMPLED.values()}:
            return "images", is_optional, (), ()
        if "numbers" in kinds and set(kinds) <= {"numbers", "number", "integer"}:
            return "numbers", is_optional, (), ()
        if set(kinds) <= {"grid", "sampled", "image", "mask", "labels"} and "grid" in kinds:
            return "grid", is_optional, (), ()
        return "any", is_optional, (), ()
    if origin is typing.Literal:
        return "choice", False, typing.get_args(hint), ()
    if isinstance(hint, type) and hint in _SAMPLED:
        return _SAMPLED[hint], False, (), (hint,)
    if hint in _SIMPLE or origin is np.ndarray:
        return _SIMPLE.get(hint, "array"), False, (), ()
    if origin in (Sequence, list, tuple):
        inner = {_kind(part)[0] for part in typing.get_args(hint) if part is not Ellipsis}
        if inner <= {"number", "integer"} and inner:
            return "numbers", False, (), ()
        if inner and inner <= {"image", "mask", "labels", "sampled"}:
            return "images", False, (), ()
        return "any", False, (), ()
    if origin in (Mapping, dict):
        _, value = typing.get_args(hint)
        return ("images" if _kind(value)[0] in _SAMPLED.values() else "any"), False, (), ()
    name = getattr(origin or hint, "__name__", "")
    return _BY_NAME.get(name, "any"), False, (), ()
