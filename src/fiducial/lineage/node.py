"""What a record is made of: sources, arrays from memory, and calls.

A record is a graph of three kinds of node: a :class:`Source` (bytes on disk), an
:class:`Opaque` (an array from memory, of which nothing more is known) and a :class:`Call`
(an operation with its parameters and its parents).  What determines a result (digests,
parameters, seeds, versions, kernel body) is kept apart from what merely happened (time,
threads).
"""

from __future__ import annotations

import hashlib
import json
import os
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from .frozen import freeze, frozen_array

__all__ = [
    "INLINE_VALUES",
    "Call",
    "Lineage",
    "Opaque",
    "Source",
    "array_digest",
    "file_digest",
    "nodes",
    "plain",
]

INLINE_VALUES = 1024
"""Arrays up to this many values are written into the record; larger ones beside it."""


@dataclass(frozen=True)
class Source:
    """Bytes on disk.

    Parameters
    ----------
    path
        File or folder, absolute; written relative to the output when saved.
    digest
        ``sha256:...`` over the bytes read (for a series: over the files' digests in order).
    format
        Name of the format that read it.
    options
        What the reader was told (series, accepted oddities), as plain JSON values.
    """

    path: str
    digest: str
    format: str
    options: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "options", freeze(self.options))

    @cached_property
    def id(self) -> str:
        """Name of this node: a digest of what determines it (the path does not)."""
        return _digest("source", self.digest, self.format, self.options)

    @property
    def parents(self) -> tuple[tuple[str, Lineage], ...]:
        """None: nothing came before."""
        return ()

    def __deepcopy__(self, memo: object) -> Source:
        return self


@dataclass(frozen=True)
class Opaque:
    """An array that came from memory; what made it is not known.

    Parameters
    ----------
    what
        What it is, in a few words.
    token
        Makes it different from every other.
    """

    what: str
    token: str = field(default_factory=lambda: uuid.uuid4().hex)

    @cached_property
    def id(self) -> str:
        """Name of this node."""
        return _digest("opaque", self.what, self.token)

    @property
    def parents(self) -> tuple[tuple[str, Lineage], ...]:
        """None: nothing is known of what came before."""
        return ()

    def __deepcopy__(self, memo: object) -> Opaque:
        return self


@dataclass(frozen=True, eq=False, repr=False)
class Call:
    """One call of an operation.

    Two calls are equal when the same operation of the same version got the same parameters
    and parents.

    Parameters
    ----------
    operation
        Name in the catalogue, or of a method of the nouns (``"add"``, ``"index"``).
    version
        Version of the package that provides it.
    given
        Parameters as the caller wrote them, as plain JSON values.
    resolved
        Parameters as used, defaults filled in.
    parents
        (parameter, lineage) of every image, mask, ... that went in, in order.
    arrays
        (parameter, array) of arrays too large to write inline.
    output
        Which of several results this is; empty when there is one.
    assumed
        What the caller did not say and the call took for granted, in words.
    """

    operation: str
    version: str
    given: Mapping[str, Any] = field(default_factory=dict)
    resolved: Mapping[str, Any] = field(default_factory=dict)
    parents: tuple[tuple[str, Lineage], ...] = ()
    arrays: tuple[tuple[str, NDArray[Any]], ...] = ()
    output: str = ""
    assumed: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("given", "resolved"):
            object.__setattr__(self, name, freeze(getattr(self, name)))
        kept = tuple((name, frozen_array(array)) for name, array in self.arrays)
        object.__setattr__(self, "arrays", kept)

    @property
    def id(self) -> str:
        """Name of this node: a digest of operation, version, parameters and parents."""
        if "_id" not in self.__dict__:
            for node in _unfolded(self, lambda node: "_id" in node.__dict__):
                if isinstance(node, Call):
                    node.__dict__["_id"] = node._own_digest()
        name: str = self.__dict__["_id"]
        return name

    def _own_digest(self) -> str:
        parents = [[role, parent.id] for role, parent in self.parents]
        arrays = [[name, array_digest(array)] for name, array in self.arrays]
        return _digest(
            "call", self.operation, self.version, self.resolved, parents, arrays, self.output
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Call) and (self is other or self.id == other.id)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        # Not the parents: a record in which each step uses the one before twice has 2^n lines.
        given = ", ".join(f"{name}={value!r}" for name, value in self.given.items())
        roles = ", ".join(role for role, _ in self.parents)
        return f"Call({self.operation}({given}) of {roles or 'nothing'})"

    def __deepcopy__(self, memo: object) -> Call:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        # Flat: pickle would follow a chain of a thousand steps until the stack ends.
        order: dict[int, int] = {}
        flat: list[Any] = []
        for node in _unfolded(self, lambda node: False):
            order[id(node)] = len(flat)
            if isinstance(node, Call):
                values = {item.name: getattr(node, item.name) for item in fields(node)}
                values["parents"] = [(role, order[id(parent)]) for role, parent in node.parents]
                flat.append(values)
            else:
                flat.append(node)
        return (_refolded, (flat,))


def _refolded(flat: Sequence[Any]) -> Lineage:
    made: list[Lineage] = []
    for item in flat:
        if isinstance(item, Mapping):
            parents = tuple((role, made[place]) for role, place in item["parents"])
            made.append(Call(**{**item, "parents": parents}))
        else:
            made.append(item)
    return made[-1]


def _unfolded(lineage: Lineage, is_known: Callable[[Lineage], bool]) -> Iterator[Lineage]:
    """Yield every node object once, parents before children, without those already known."""
    done: set[int] = set()
    stack: list[tuple[Lineage, bool]] = [(lineage, False)]
    while stack:
        node, is_open = stack.pop()
        if id(node) in done or is_known(node):
            continue
        if is_open:
            done.add(id(node))
            yield node
        else:
            stack.append((node, True))
            stack.extend((parent, False) for _, parent in reversed(node.parents))


Lineage: TypeAlias = Source | Opaque | Call


def _digest(*parts: object) -> str:
    text = json.dumps(parts, sort_keys=True, default=dict, allow_nan=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def array_digest(array: NDArray[Any]) -> str:
    """Return ``sha256:...`` over an array's type, shape and bytes."""
    state = hashlib.sha256(f"{array.dtype.str}{array.shape}".encode())
    state.update(np.ascontiguousarray(array).data)
    return f"sha256:{state.hexdigest()}"


def file_digest(path: str | os.PathLike[str]) -> str:
    """Return ``sha256:...`` over a file's bytes."""
    with open(path, "rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"


def plain(value: object) -> Any:
    """Return `value` as plain JSON values, without loss.

    Objects say how through ``as_json()`` (grids, frames) or ``as_text()`` (lengths).

    Raises
    ------
    ParameterError
        If the value cannot be written down (a function, an open file).
    """
    if value is None or type(value) in (str, float, int, bool):
        return value
    if isinstance(value, np.generic):  # before float, of which float64 is one
        return value.item()
    if isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, np.ndarray):
        if value.size <= INLINE_VALUES and value.dtype.kind in "biuf":
            return {"array": value.tolist(), "dtype": value.dtype.str}
        return {"digest": array_digest(value), "shape": list(value.shape), "dtype": value.dtype.str}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, slice):
        return {"slice": [plain(value.start), plain(value.stop), plain(value.step)]}
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    for method in ("as_json", "as_text"):
        if hasattr(value, method):
            return plain(getattr(value, method)())
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return [plain(item) for item in items]
    raise ParameterError(
        f"a parameter that lineage records must be a number, text, list or table; "
        f"got {type(value).__name__}."
    )


def nodes(lineage: Lineage) -> Iterator[Lineage]:
    """Yield every node once, parents before children."""
    done: set[str] = set()
    stack: list[tuple[Lineage, bool]] = [(lineage, False)]
    while stack:
        node, is_open = stack.pop()
        if node.id in done:
            continue
        if is_open:
            done.add(node.id)
            yield node
        else:
            stack.append((node, True))
            stack.extend((parent, False) for _, parent in reversed(node.parents))
