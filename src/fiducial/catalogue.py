"""Finds operations, formats and figures by name, by reading text and importing nothing.

A function is listed when it stands at the left margin of a module of its family under a
decorator of its kind::

    @operation
    def gaussian(image: Image, *, sigma: Length = 1.0) -> Image:
        \"\"\"Smooth with a Gaussian whose standard deviation is a length.\"\"\"

Dropping in a file is all it takes.  Other packages add operations through entry points of
the group ``fiducial.operations``; one that fails to load is named in a warning and skipped.
"""

from __future__ import annotations

import importlib
import re
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .errors import FiducialWarning, UnknownNameError
from .synonyms import nearest

__all__ = ["FAMILIES", "Entry", "figures", "operations", "public_name", "resolve", "scan"]

PACKAGE = Path(__file__).parent

FAMILIES = (
    "spatial",
    "intensity",
    "color",
    "filters",
    "masks",
    "metrics",
    "quantify",
    "segmentation",
    "predict",
    "registration",
)
"""Packages that hold operations, in the order of the lecture."""

_FOUND = re.compile(
    r"^@(?P<kind>operation|figure)\b(?P<options>[^\n]*(?:\n(?!def )[^\n]*)*?)\n"
    r"(?:@[^\n]*\n)*def (?P<name>[a-z]\w*)\(",
    re.MULTILINE,
)
_SUMMARY = re.compile(r'"""(?P<summary>[^\n"]*)')
_ALIASES = re.compile(r"aliases=\((?P<names>[^)]*)\)")


@dataclass(frozen=True)
class Entry:
    """One function that the catalogue lists.

    Parameters
    ----------
    name
        Public name.
    module
        Importable name of its module.
    attribute
        Its name there (an alias differs from it).
    family
        The package it stands in; ``"plugin"`` for one from elsewhere.
    summary
        First line of its docstring.
    """

    name: str
    module: str
    attribute: str
    family: str
    summary: str

    @property
    def is_alias(self) -> bool:
        """Whether it is another name of an operation."""
        return self.name != self.attribute

    def load(self) -> Any:
        """Import the module and return the function."""
        return getattr(importlib.import_module(self.module), self.attribute)


@cache
def scan(folder: str, kind: str) -> dict[str, Entry]:
    """List what the modules of one package hold of one kind.

    Parameters
    ----------
    folder
        Package below ``fiducial``, such as ``"filters"`` or ``"report/figures"``.
    kind
        Name of the decorator.
    """
    found: dict[str, Entry] = {}
    root = PACKAGE / folder
    for path in sorted(root.glob("*.py")) if root.is_dir() else []:
        text = path.read_text(encoding="utf-8")
        if f"@{kind}" not in text:
            continue
        module = ".".join(["fiducial", *folder.split("/"), path.stem])
        for match in _FOUND.finditer(text):
            if match["kind"] != kind:
                continue
            summary = _SUMMARY.search(text, match.end())
            words = summary["summary"].strip() if summary else ""
            name = match["name"]
            family = folder.split("/")[0]
            found[name] = Entry(name, module, name, family, words)
            aliases = _ALIASES.search(match["options"])
            for alias in re.findall(r"\w+", aliases["names"]) if aliases else []:
                found[alias] = Entry(alias, module, name, family, f"Same as {name}.")
    return found


@cache
def _own_operations() -> dict[str, Entry]:
    found: dict[str, Entry] = {}
    for family in FAMILIES:
        found.update(scan(family, "operation"))
    return found


@cache
def _plugins() -> dict[str, Entry]:
    from importlib.metadata import entry_points

    found = {}
    for point in entry_points(group="fiducial.operations"):
        module, _, attribute = point.value.partition(":")
        if point.name in _own_operations():
            warnings.warn(
                f"the plugin {point.value} is skipped: {point.name} is an operation of Fiducial.",
                FiducialWarning,
                stacklevel=2,
            )
            continue
        words = f"From the package {module.partition('.')[0]}."
        found[point.name] = Entry(point.name, module, attribute or point.name, "plugin", words)
    return found


def operations() -> dict[str, Entry]:
    """Return every operation by name, aliases and plugins included, without importing any."""
    return {**_own_operations(), **_plugins()}


def figures() -> dict[str, Entry]:
    """Return every figure by name, without importing any."""
    return dict(scan("report/figures", "figure"))


_SINGLE = {"show": "fiducial.report", "write": "fiducial.io", "read": "fiducial.io"}


def resolve(name: str, known: Iterable[str] = ()) -> Any:
    """Return the operation or figure of this name, importing its module.

    Parameters
    ----------
    name
        What was written.
    known
        Other names that may have been meant.

    Raises
    ------
    UnknownNameError
        If there is none; the message names the nearest.
    """
    if name in _SINGLE:
        return getattr(importlib.import_module(_SINGLE[name]), name)
    entry = _own_operations().get(name) or figures().get(name) or _plugins().get(name)
    if entry is None:
        hint = nearest(name, [*operations(), *figures(), *known]) or "See: fiducial list."
        raise UnknownNameError(f"no operation or figure is called {name!r}. {hint}")
    if entry.family != "plugin":
        return entry.load()
    try:
        return entry.load()
    except Exception as error:  # a broken plugin must not take the program along
        warnings.warn(
            f"the plugin {entry.module} is skipped: {type(error).__name__}: {error}",
            FiducialWarning,
            stacklevel=2,
        )
        raise UnknownNameError(f"the plugin operation {name!r} could not be loaded.") from error


def public_name(name: str, table: Mapping[str, str]) -> Any:
    """Return what ``fiducial.name`` means: a noun of `table`, an operation, or a sub-package."""
    if name.startswith("__"):
        raise AttributeError(f"module 'fiducial' has no attribute {name!r}")
    if name in table:
        return getattr(importlib.import_module(f"fiducial.{table[name]}"), name)
    if (PACKAGE / name / "__init__.py").is_file() or (PACKAGE / f"{name}.py").is_file():
        return importlib.import_module(f"fiducial.{name}")
    return resolve(name, table)
