"""A stop of the tour: a recipe, its picture, its numbers, and the lines that make it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..report import Known

__all__ = ["Stop", "Visit"]


@dataclass(frozen=True)
class Visit:
    """What a stop has to show.

    Parameters
    ----------
    inputs
        The images of the tour, by name.
    truth
        The records of the phantoms, by name.
    results
        What the stop's recipe made, by name.
    """

    inputs: Mapping[str, Any]
    truth: Mapping[str, Any]
    results: Mapping[str, Any]


@dataclass(frozen=True)
class Stop:
    """One stop.

    Parameters
    ----------
    name
        Name of its recipe (``recipes/NAME.yaml``) and of its folder of results.
    chapter, title
        Where it stands in the walk.
    words
        Paragraphs.
    listing
        At most six lines of Python that make the recipe's results.
    commands
        The same on the command line, from inside the output folder.
    draw
        Makes the picture.
    checks
        Gives known and found.
    tables
        (caption, table) to print, by pandas.
    """

    name: str
    chapter: str
    title: str
    words: tuple[str, ...]
    listing: str
    commands: tuple[str, ...]
    draw: Callable[[Visit], Figure]
    checks: Callable[[Visit], Sequence[Known]]
    tables: Callable[[Visit], Sequence[tuple[str, Any]]] = lambda visit: ()
