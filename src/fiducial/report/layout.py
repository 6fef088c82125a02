"""Figures and their panels, without touching matplotlib's settings or its current figure."""

from __future__ import annotations

import functools
import io
import os
import sys
from typing import Any

import numpy as np

from ..errors import ParameterError

__all__ = ["axes_for", "has_window", "new_figure", "quiet", "tiled"]

_PANEL = 3.1
_TITLE = 0.30
_GAP = 0.12


def new_figure(width: float, height: float, *, is_shown: bool = False) -> Any:
    """Return an empty figure of this size in inches.

    It belongs to nobody: matplotlib's list of open figures does not grow.  Only when
    `is_shown` and a desktop is there is it a window.  In a notebook it shows itself as the last
    value of a cell.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    if is_shown and has_window():
        from matplotlib import pyplot

        return pyplot.figure(figsize=(width, height))
    figure = _figure_class()(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(figure)
    return figure


@functools.cache
def _figure_class() -> Any:
    """Return matplotlib's figure that shows itself in a notebook where pyplot was not loaded."""
    from matplotlib import figure

    class Figure(figure.Figure):
        def _repr_png_(self) -> bytes:
            picture = io.BytesIO()
            self.savefig(picture, format="png")
            return picture.getvalue()

    return Figure


def has_window() -> bool:
    """Whether a figure can open as a window: a desktop, and no notebook around."""
    if os.environ.get("MPLBACKEND", "").lower() in ("agg", "pdf", "svg", "ps", "cairo"):
        return False
    if "ipykernel" in sys.modules:
        return False
    if sys.platform in ("win32", "darwin"):
        is_desktop = True
    else:
        is_desktop = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    if not is_desktop:
        return False
    import matplotlib

    return str(matplotlib.get_backend()).lower() not in ("agg", "pdf", "svg", "ps", "cairo")


def tiled(
    count: int,
    columns: int,
    ratio: float,
    *,
    width: float = _PANEL,
    title: bool = True,
    is_shown: bool = False,
) -> tuple[Any, list[Any]]:
    """Return a figure with equal panels for pictures, and their axes.

    Parameters
    ----------
    count, columns
        How many panels, and how many beside each other.
    ratio
        Height over width of a panel.
    width
        Of a panel, in inches.
    title
        Whether room is left above each for a title.
    is_shown
        As for :func:`new_figure`.
    """
    columns = max(1, min(columns, count))
    rows = -(-count // columns)
    height = width * min(max(ratio, 0.15), 3.0)
    head = _TITLE if title else 0.0
    full = (columns * width + (columns + 1) * _GAP, rows * (height + head + _GAP) + _GAP)
    figure = new_figure(*full, is_shown=is_shown)
    axes = []
    for number in range(count):
        row, column = divmod(number, columns)
        left = _GAP + column * (width + _GAP)
        bottom = full[1] - (row + 1) * (height + head + _GAP)
        axes.append(
            figure.add_axes((left / full[0], bottom / full[1], width / full[0], height / full[1]))
        )
        axes[-1].set_anchor("N")  # titles of pictures of different heights in one line
    return figure, axes


def axes_for(
    ax: Any, count: int, columns: int, ratio: float, *, function: str, **options: Any
) -> tuple[Any, list[Any]]:
    """Return the figure and its axes: those given, or new ones.

    Raises
    ------
    ParameterError
        If the number of axes given is not the number of panels.
    """
    if ax is None:
        return tiled(count, columns, ratio, **options)
    given = list(np.ravel(np.asarray(ax, dtype=object)))
    if len(given) != count:
        raise ParameterError(
            f"ax of {function} must be {count} axes, one for each panel; got {len(given)}."
        )
    return given[0].figure, given


def quiet(ax: Any) -> None:
    """Leave out the ticks of a picture; a hair line stays around it, for bright ones."""
    ax.set_xticks([])
    ax.set_yticks([])
    for side in ax.spines.values():
        side.set_color("#c9ccd3")
        side.set_linewidth(0.6)
