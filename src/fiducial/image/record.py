"""The record of what the nouns do themselves: index, add, compare, convert."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from ..geometry import Frame
from ..lineage import Call, Lineage, plain

__all__ = ["assumed", "call"]


def call(
    operation: str,
    given: Mapping[str, Any],
    parents: Sequence[tuple[str, Lineage]],
    arrays: Sequence[tuple[str, NDArray[Any]]] = (),
    frames: Sequence[Frame] = (),
) -> Call:
    """Return the record of a call of one of the nouns' own methods."""
    from .. import __version__

    written = plain(given)
    return Call(
        operation,
        __version__,
        written,
        written,
        tuple(parents),
        tuple(arrays),
        assumed=assumed(frames),
    )


def assumed(frames: Sequence[Frame]) -> tuple[str, ...]:
    """Say what was taken for granted about frames that were used as one, in words.

    Examples
    --------
    >>> assumed([Frame(id="1.2"), Frame()])
    ('without an id, an image was taken to be in the frame 1.2',)
    """
    known = {frame.id for frame in frames if frame.id is not None}
    if not known or all(frame.id is not None for frame in frames):
        return ()
    return (f"without an id, an image was taken to be in the frame {min(known)}",)
