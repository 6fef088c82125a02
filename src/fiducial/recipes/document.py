"""YAML read with care: plain values only, each with its line.

The core schema of YAML 1.2 holds: ``yes`` and ``off`` are texts, ``1e3`` is a number.  Tags,
anchors and aliases, several documents, repeated keys and deep nesting are refused, so that
no document can grow beyond its own size or make anything but numbers, texts, lists and
tables.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

from ..errors import RecipeError

__all__ = ["MOST_CHARACTERS", "MOST_LEVELS", "Node", "read_document"]

MOST_CHARACTERS = 200_000
"""Longest document that is read; a recipe of a hundred steps has about ten thousand."""

MOST_LEVELS = 20
"""Deepest nesting that is read."""

Value: TypeAlias = "bool | int | float | str | list[Node] | dict[str, Node] | None"

_NULL = re.compile(r"(?:~|null|Null|NULL)?\Z")
_BOOLEAN = re.compile(r"(?:true|True|TRUE|(false|False|FALSE))\Z")
_INTEGER = re.compile(r"[-+]?[0-9]{1,300}\Z")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_INFINITE = re.compile(r"([-+]?)\.(?:inf|Inf|INF)\Z")


@dataclass(frozen=True)
class Node:
    """A value and the line where it stands.

    Parameters
    ----------
    value
        None, a boolean, a number, a text, a list of nodes, or a table of nodes.
    line
        Counted from 1.
    """

    value: Value
    line: int

    def plain(self) -> Any:
        """Return the value without lines."""
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        if isinstance(self.value, dict):
            return {key: item.plain() for key, item in self.value.items()}
        return self.value


def read_document(text: str, name: str = "recipe") -> Node:
    r"""Read a YAML document.

    Parameters
    ----------
    text
        The document.
    name
        What error messages call it.

    Raises
    ------
    RecipeError
        If it is no YAML, or holds what is refused; the message names the line.

    Examples
    --------
    >>> node = read_document("sigma: 2 mm\nlevels: [1, 2.5]")
    >>> node.plain(), node.value["levels"].line
    ({'sigma': '2 mm', 'levels': [1, 2.5]}, 2)
    """
    import yaml

    if len(text) > MOST_CHARACTERS:
        raise RecipeError(
            f"{name} must hold at most {MOST_CHARACTERS} characters; got {len(text)}. "
            "Split it into several recipes."
        )
    try:
        events = yaml.parse(text, Loader=yaml.SafeLoader)
        next(events), next(events)  # the beginnings of the stream and of the document
        node = _node(events, next(events), name, 0)
        next(events)
        after = next(events)
        if not isinstance(after, yaml.StreamEndEvent):
            raise _refused(name, after, "must be one document; got a second one")
    except StopIteration:
        raise RecipeError(f"{name} must hold a recipe; got an empty document.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}, line {mark.line + 1}" if mark is not None else name
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise RecipeError(
            f"{where}: this is no YAML ({problem}). Check colons and indentation."
        ) from error
    return node


def _refused(name: str, event: Any, what: str) -> RecipeError:
    return RecipeError(f"{name}, line {event.start_mark.line + 1}: the recipe {what}.")


def _node(events: Iterator[Any], event: Any, name: str, level: int) -> Node:
    import yaml

    if level > MOST_LEVELS:
        raise _refused(name, event, f"must be nested at most {MOST_LEVELS} deep")
    if isinstance(event, yaml.StreamEndEvent):
        raise RecipeError(f"{name} must hold a recipe; got an empty document.")
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
        raise _refused(name, event, "must hold no anchor and no alias; write the value out")
    if event.tag is not None and event.tag != "!":
        raise _refused(name, event, f"must hold no tag; got {event.tag}")
    line = event.start_mark.line + 1
    if isinstance(event, yaml.ScalarEvent):
        is_plain = event.style is None and event.tag is None
        return Node(_scalar(event.value) if is_plain else event.value, line)
    if isinstance(event, yaml.SequenceStartEvent):
        items = []
        while not isinstance(inner := next(events), yaml.SequenceEndEvent):
            items.append(_node(events, inner, name, level + 1))
        return Node(items, line)
    table: dict[str, Node] = {}
    while not isinstance(inner := next(events), yaml.MappingEndEvent):
        key = _node(events, inner, name, level + 1)
        if isinstance(key.value, list | dict):
            raise _refused(name, inner, "must have texts for keys; got a list or a table")
        word = inner.value
        if word in table:
            raise _refused(name, inner, f"must have each key once; got {word!r} again")
        table[word] = _node(events, next(events), name, level + 1)
    return Node(table, line)


def _scalar(text: str) -> bool | int | float | str | None:
    if _NULL.match(text):
        return None
    boolean = _BOOLEAN.match(text)
    if boolean:
        return boolean[1] is None
    if _INTEGER.match(text):
        return int(text)
    if _FLOAT.match(text) and math.isfinite(float(text)):
        return float(text)
    infinite = _INFINITE.match(text)
    if infinite:
        return float(f"{infinite[1]}inf")
    return text
