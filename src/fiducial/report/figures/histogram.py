"""How often which values occur, drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...image import Image
from ...intensity.histogram import Histogram
from ...intensity.histogram import histogram as counted
from ..drawing import COLOURS, INK
from ..figure import figure
from ..layout import new_figure

__all__ = ["histogram"]

_CHANNELS = {"red": "#d6433b", "green": "#3b9c4f", "blue": "#3b6fd6"}


@figure
def histogram(
    values: Histogram | Image,
    *,
    ax: Any = None,
    marks: Mapping[str, float] | Sequence[float] = (),
    log: bool = False,
    cumulative: bool = False,
    title: str | None = None,
) -> Any:
    """Draw a histogram, and values of interest on it.

    Parameters
    ----------
    values
        A histogram, or an image to count.
    ax
        Matplotlib axes; a new figure when None.
    marks
        Values drawn as upright lines, such as a threshold: a table from name to value, or
        the values alone.
    log
        Whether counts are drawn on a logarithmic scale.
    cumulative
        Whether the share of values up to each bin is drawn as well, on a scale from 0 to 1.
    title
        Above the picture.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import numpy as np, fiducial as fd
    >>> image = fd.Image(np.arange(100.0).reshape(10, 10), unit="HU")
    >>> drawn = histogram(image, marks={"threshold": 40})
    >>> drawn.axes[0].get_xlabel()
    'value, HU'
    """
    found = values if isinstance(values, Histogram) else counted(values)
    if ax is None:
        drawn = new_figure(5.2, 3.2)
        ax = drawn.add_axes((0.14, 0.17, 0.72 if cumulative else 0.82, 0.70))
    named = {name: part for name, part in found.parts.items() if name in _CHANNELS}
    if named:
        for name, part in named.items():
            ax.stairs(part.counts, part.edges, color=_CHANNELS[name], linewidth=1.2, label=name)
    else:
        ax.stairs(found.counts, found.edges, fill=True, color="#8796ab")
        ax.stairs(found.counts, found.edges, color="#4b5a70", linewidth=0.8)
    if log:
        ax.set_yscale("symlog", linthresh=1)
    lines = marks.items() if isinstance(marks, Mapping) else (("", value) for value in marks)
    for number, (name, value) in enumerate(lines):
        colour = COLOURS[number % len(COLOURS)]
        ax.axvline(value, color=colour, linewidth=1.8, label=f"{name} {value:.4g}".strip())
    if named or len(marks):
        ax.legend(frameon=False, fontsize=8, labelcolor=INK)
    if cumulative:
        share = ax.twinx()
        share.plot(
            found.edges,
            np.append(found.below, found.cumulative) / max(1, found.total),
            color="#b0571c",
            linewidth=1.4,
        )
        share.set_ylim(0, 1.02)
        _plain(share, keep=("right", "bottom"))
        share.set_ylabel("share up to here", fontsize=9, color="#b0571c")
    ax.set_xlim(found.edges[0], found.edges[-1])
    ax.set_ylim(bottom=0)
    ax.set_xlabel("value" + (f", {found.unit}" if found.unit else ""), fontsize=9, color=INK)
    ax.set_ylabel("count", fontsize=9, color=INK)
    _plain(ax)
    if title:
        ax.set_title(title, fontsize=10, color=INK)
    return ax.figure


def _plain(ax: Any, keep: Sequence[str] = ("left", "bottom")) -> None:
    for name, side in ax.spines.items():
        side.set_visible(name in keep)
        side.set_color("#b9bec7")
    ax.tick_params(labelsize=8, colors=INK, color="#b9bec7")
