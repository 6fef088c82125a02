"""The files that a command names, read as what is needed.

After a path, ``::`` may follow with what the reader is told: ``FOLDER::series=2``,
``stack.npy::axes=zyx,unit=HU``, ``slide.png::spacing=0.5 um``, ``FOLDER::accept=missing slice``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import ParameterError
from ..synonyms import nearest

__all__ = ["READER_OPTIONS", "read_as", "split_path"]

READER_OPTIONS = ("series", "axes", "unit", "spacing", "accept")
"""What may follow a path."""


def split_path(text: str) -> tuple[str, dict[str, Any]]:
    """Return the path and what the reader is told.

    Raises
    ------
    ParameterError
        If an option is not known.

    Examples
    --------
    >>> split_path("scans/::series=2")
    ('scans/', {'series': 2})
    """
    path, sign, rest = text.rpartition("::")
    if not sign or Path(text).exists():
        return text, {}
    options: dict[str, Any] = {}
    for part in rest.split(","):
        name, sign, value = part.strip().partition("=")
        if name not in READER_OPTIONS or not sign:
            near = nearest(name, READER_OPTIONS)
            raise ParameterError(
                f"what follows :: in {text!r} must be one of {', '.join(READER_OPTIONS)} with its "
                f"value; got {part!r}. {near}".rstrip()
            )
        if name in ("accept", "spacing"):  # a spacing for each axis: spacing=3 um,spacing=...
            options.setdefault(name, []).append(value)
        else:
            options[name] = int(value) if name == "series" and value.isdecimal() else value
    return path, options


def read_as(text: str, kind: str, accepted: Sequence[str] = ("image", "mask", "labels")) -> Any:
    """Read a file as an image, a mask, labels, points, a transform or a grid.

    Parameters
    ----------
    text
        Path of a file or folder, perhaps with what the reader is told.
    kind
        ``"image"``, ``"mask"``, ``"labels"``, ``"points"``, ``"transform"``, ``"grid"`` (that
        of an image), or ``"sampled"``: what the record beside the file says it is, else the
        first of image, labels and mask that is accepted.
    accepted
        What ``"sampled"`` may turn out to be.
    """
    from .. import io

    path, options = split_path(text)
    if kind == "sampled":
        kind = _recorded_kind(path, accepted)
    reader = getattr(io, {"image": "read"}.get(kind, f"read_{kind}"))
    allowed = {
        "image": READER_OPTIONS,
        "mask": ("series", "axes", "spacing"),
        "labels": ("series", "axes", "spacing"),
        "grid": ("series", "axes", "spacing"),
        "points": ("unit",),
    }.get(kind, ())
    for name in options:
        if name not in allowed:
            raise ParameterError(f"{name} cannot be told when {kind} is read; got {text!r}.")
    return reader(path, **options)


def _recorded_kind(path: str, accepted: Sequence[str]) -> str:
    """Return what the record beside a file says it holds, if that can be taken."""
    from ..io import read_sidecar

    known = ("image", "labels", "mask")
    accepted = [name for name in known if name in accepted or "sampled" in accepted]
    record = read_sidecar(Path(path)) if Path(path).is_file() else None
    kind = str(record.describes.get("kind", "")) if record is not None else ""
    return kind if kind in accepted else accepted[0]
