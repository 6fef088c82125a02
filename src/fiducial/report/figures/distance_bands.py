"""A distance in waves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ...errors import parameter_error
from ...image import Image, Mask
from ...units import Length
from ..drawing import COLOURS, INK, draw_contours, draw_plane
from ..figure import figure
from ..layout import axes_for
from ..plane import mask_on, plane_of

__all__ = ["distance_bands"]


@figure
def distance_bands(
    distance: Image,
    mask: Mask | None = None,
    *,
    period: Length | None = None,
    ax: Any = None,
    title: str | None = None,
    at: Mapping[str, object] | None = None,
    frame: int = 0,
) -> Any:
    """Draw a distance transform as waves that run out from the mask.

    Parameters
    ----------
    distance
        Distances, in the grid's unit.
    mask
        Its outline is drawn.
    period
        From one wave to the next, a length; an eighth of the largest distance when None.
    ax
        Matplotlib axes; a new figure when None.
    title, at, frame
        As for :func:`fiducial.show`.

    Returns
    -------
    matplotlib.figure.Figure

    Notes
    -----
    What is drawn is ``sin(2 pi distance / period)`` in a colour map without ends.

    Examples
    --------
    >>> import fiducial as fd
    >>> ball = fd.phantoms.ball(fd.Grid.from_spacing((24, 24), 1.0), radius=5)
    >>> drawn = distance_bands(fd.distance_transform(~ball.mask), ball.mask, period="3 mm")
    >>> drawn.axes[0].images[0].get_cmap().name
    'twilight'
    """
    plane = plane_of(distance, at, frame)
    values = plane.values.astype(np.float64)
    if period is None:
        finite = np.abs(values[np.isfinite(values)])
        length = float(finite.max(initial=0.0)) / 8 or 1.0
    else:
        length = distance.grid.in_unit(period, "period of distance_bands")
    if not length > 0:
        raise parameter_error("distance_bands", "period", "above 0", period)
    drawn, (place,) = axes_for(
        ax, 1, 1, plane.ratio, function="distance_bands", width=5.0, title=bool(title)
    )
    with np.errstate(invalid="ignore"):
        waves = np.sin(2 * np.pi * values / length)
    draw_plane(place, replace(plane, values=waves), limits=(-1.0, 1.0), cmap="twilight")
    if mask is not None:
        distance.grid.require_close(mask.grid, "distance and mask of distance_bands")
        draw_contours(place, plane, mask_on(plane, mask, frame), colour=COLOURS[0], width=1.8)
    if title:
        place.set_title(title, fontsize=10, color=INK, pad=5)
    return drawn
