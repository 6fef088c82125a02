"""The mark by which the catalogue finds a figure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

__all__ = ["figure"]

F = TypeVar("F", bound=Callable[..., object])


def figure(function: F) -> F:
    """Mark a function as a figure.

    A figure is a plain function that draws what it is given on ``ax=`` (one axes, or as many
    as it has panels; its own new figure when None) and returns the matplotlib figure.  It
    stands at the left margin of a module of ``report/figures``; the catalogue finds it there.

    Parameters
    ----------
    function
        Has a keyword ``ax``.
    """
    function.__fiducial_figure__ = True  # type: ignore[attr-defined]
    return function
