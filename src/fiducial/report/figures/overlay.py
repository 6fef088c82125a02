"""Outlines on an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...image import Image, Labels, Mask, Points
from ..drawing import COLOURS, draw
from ..figure import figure
from ..layout import axes_for
from ..plane import plane_of

__all__ = ["overlay"]


@figure
def overlay(
    image: Image,
    shapes: Mask | Labels | Points | Sequence[Mask | Labels | Points] | Mapping[str, Mask],
    *,
    ax: Any = None,
    title: str | None = None,
    window: Any = None,
    at: Mapping[str, object] | None = None,
    frame: int = 0,
    colors: Sequence[str] = COLOURS,
) -> Any:
    """Draw the outlines of masks or labels on an image.

    Parameters
    ----------
    image
        What lies below.
    shapes
        A mask, labels, points, or several; a table from name to mask adds a legend.
    ax
        Matplotlib axes; a new figure when None.
    title, window, at, frame
        As for :func:`fiducial.show`.
    colors
        One for each mask, in matplotlib's words.

    Returns
    -------
    matplotlib.figure.Figure

    Notes
    -----
    An outline runs between the samples, where the mask's linear interpolation is one half.

    Examples
    --------
    >>> import fiducial as fd
    >>> ball = fd.phantoms.ball(fd.Grid.from_spacing((24, 24), 1.0), radius=8)
    >>> drawn = overlay(ball.image, {"ball": ball.mask})
    >>> drawn.axes[0].get_legend().get_texts()[0].get_text()
    'ball'
    """
    names: list[str] = []
    if isinstance(shapes, Mapping):
        names, items = list(shapes), list(shapes.values())
    else:
        items = list(shapes) if isinstance(shapes, list | tuple) else [shapes]  # type: ignore[list-item]
    plane = plane_of(image, at, frame)
    drawn, (place,) = axes_for(
        ax, 1, 1, plane.ratio, function="overlay", width=5.0, title=bool(title)
    )
    draw(place, image, items, title=title, window=window, at=at, frame=frame, colours=colors)
    if names:
        from matplotlib.lines import Line2D

        lines = [
            Line2D([], [], color=colors[number % len(colors)], linewidth=1.8)
            for number in range(len(names))
        ]
        place.legend(
            lines,
            names,
            fontsize=8,
            loc="upper right",
            framealpha=0.6,
            labelcolor="white",
            facecolor="black",
            edgecolor="none",
        )
    return drawn
