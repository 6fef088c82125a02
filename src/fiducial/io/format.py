"""What a file format is, what reading gives, and which formats there are."""

from __future__ import annotations

import importlib
import pkgutil
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Literal

from numpy.typing import NDArray

from ..errors import FileDefectError, ParameterError
from ..geometry import Grid
from ..units import Measure
from .files import HEAD_BYTES, open_regular

__all__ = [
    "Content",
    "Format",
    "Head",
    "Header",
    "Holds",
    "Note",
    "Output",
    "Part",
    "Request",
    "format_for_writing",
    "format_of",
    "formats",
    "read_head",
]

Purpose = Literal["image", "mask", "labels"]


@dataclass(frozen=True)
class Note:
    """One thing that was odd, in one sentence.

    Parameters
    ----------
    text
        What, and how much, without the file's name.
    is_geometry
        Whether it concerns where the samples lie.
    """

    text: str
    is_geometry: bool = False


@dataclass(frozen=True)
class Request:
    """What the caller told the reader.

    Parameters
    ----------
    purpose
        What the values will be: an image's, a mask's or labels'.
    series
        Which series of a folder: number, UID, or a part of the description.
    axes
        What the axes of an ambiguous file are.
    accept
        Oddities that are not refused.
    spacing
        Distance between samples, with its unit; None for what the file says.
    """

    purpose: Purpose = "image"
    series: str | int | None = None
    axes: str | None = None
    accept: tuple[str, ...] = ()
    spacing: Measure | None = None


@dataclass(frozen=True)
class Header:
    """What the header alone says of one image.

    Parameters
    ----------
    what
        What it is, in a few words.
    shape, axes, dtype
        Of the array that reading would give.
    grid
        Where it lies.
    unit, channels, times, about
        As :class:`fiducial.Image` has them.
    names, colors
        As :class:`fiducial.Labels` has them.
    notes
        What was odd.
    number, uid, files
        Of a series in a folder: what ``series=`` takes, its UID, how many files.
    error
        Why reading would be refused; empty when it would not.
    """

    what: str
    shape: tuple[int, ...] = ()
    axes: str = ""
    dtype: str = ""
    grid: Grid | None = None
    unit: str | None = None
    channels: tuple[str, ...] | None = None
    times: tuple[float, ...] | None = None
    about: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    colors: Mapping[int, tuple[int, int, int]] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    number: int | None = None
    uid: str | None = None
    files: int = 1
    error: str = ""


@dataclass(frozen=True)
class Content:
    """What reading gives: the values, and all that is known of them.

    Parameters
    ----------
    array
        The values, with the axes of the header, not shared with anybody.
    header
        The rest.
    digest
        ``sha256:...`` of the bytes read.
    """

    array: NDArray[Any]
    header: Header
    digest: str


@dataclass(frozen=True)
class Part:
    """One file to be written.

    Parameters
    ----------
    name
        Its name, in the folder of the file asked for.
    write
        Writes its bytes into an open file.
    """

    name: str
    write: Callable[[BinaryIO], None]


@dataclass(frozen=True)
class Output:
    """All files to be written, the one asked for last.

    Parameters
    ----------
    parts
        In the order in which they are to appear.
    notes
        What the format loses.
    """

    parts: tuple[Part, ...]
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Holds:
    """What a format can hold; what it cannot is warned of or refused by name.

    Parameters
    ----------
    dtypes
        Types of values it stores as they are.
    axes
        Combinations of axes it stores.
    geometry
        ``"pose"`` (origin, direction, shear), ``"spacing"`` or ``"none"``.
    has_times
        Whether it stores a regular time step.
    has_names
        Whether it stores the names of labels.
    has_unit
        Whether it stores the unit of the values.
    is_lossy
        Whether values come back changed.
    takes_display
        Whether its writer turns a copy for display, floats from 0 to 1, into its own type.
    """

    dtypes: frozenset[str]
    axes: frozenset[str]
    geometry: Literal["pose", "spacing", "none"] = "none"
    has_times: bool = False
    has_names: bool = False
    has_unit: bool = False
    is_lossy: bool = False
    takes_display: bool = False


@dataclass(frozen=True)
class Head:
    """The first bytes of a file.

    Parameters
    ----------
    raw
        As they are on disk.
    inner
        What they hold when they are gzip; else the same.
    name
        The file's name in lower case.
    """

    raw: bytes
    inner: bytes
    name: str


@dataclass(frozen=True)
class Format:
    """One file format.

    Parameters
    ----------
    name
        As users know it.
    suffixes
        Endings of its files' names, with the dot, in lower case.
    claims
        Whether a file is of this format, from its first bytes alone.
    headers
        Reads the header alone: one entry an image.
    read
        Reads the whole.
    write
        Says which files to write; None for a format that is only read.
    holds
        What it can hold; None for a format that is only read.
    """

    name: str
    suffixes: tuple[str, ...]
    claims: Callable[[Head], bool]
    headers: Callable[[Path, Request], Sequence[Header]]
    read: Callable[[Path, Request], Content]
    write: Callable[[Any, str], Output] | None = None
    holds: Holds | None = None


@cache
def formats() -> tuple[Format, ...]:
    """Return every format in ``io/formats``, in the order of their modules' names."""
    from . import formats as folder

    found = []
    for module in sorted(pkgutil.iter_modules(folder.__path__), key=lambda item: item.name):
        loaded = importlib.import_module(f"{folder.__name__}.{module.name}")
        candidate = getattr(loaded, "FORMAT", None)
        if isinstance(candidate, Format):
            found.append(candidate)
    return tuple(found)


def read_head(path: Path) -> Head:
    """Read the first bytes of a regular file."""
    with open_regular(path) as stream:
        raw = stream.read(HEAD_BYTES)
    inner = raw
    if raw[:2] == b"\x1f\x8b":
        try:
            inner = zlib.decompressobj(31).decompress(raw, HEAD_BYTES)
        except zlib.error:
            inner = b""
    return Head(raw, inner, path.name.lower())


def format_of(path: Path) -> Format:
    """Return the format of a file: by its first bytes, then by its name.

    Raises
    ------
    FileDefectError
        If no format claims it.
    """
    head = read_head(path)
    if not head.raw:
        raise FileDefectError(path, "the file is empty", "Copy it again from where it came")
    for candidate in formats():
        if candidate.claims(head):
            return candidate
    named = _by_suffix(head.name, formats())
    if named is not None:
        return named
    raise FileDefectError(
        path,
        "no format that can be read claims this file",
        f"Convert it to one of {', '.join(item.name for item in formats())}",
    )


def format_for_writing(name: str) -> Format:
    """Return the format that a file's name asks for.

    Raises
    ------
    ParameterError
        If the ending names no format that can be written.
    """
    writable = [item for item in formats() if item.write is not None]
    found = _by_suffix(name.lower(), writable)
    if found is None:
        endings = ", ".join(suffix for item in writable for suffix in item.suffixes)
        raise ParameterError(
            f"path of write must end in one of {endings}; got {name!r}. "
            "Give the file a name that says its format."
        )
    return found


def _by_suffix(name: str, among: Sequence[Format]) -> Format | None:
    matches = [
        (len(suffix), -place, item)
        for place, item in enumerate(among)
        for suffix in item.suffixes
        if name.endswith(suffix)
    ]
    return max(matches, key=lambda match: match[:2])[2] if matches else None
