"""Two images in two colours, laid over each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ...image import Image
from ...transforms import Transform
from ..drawing import INK, draw_plane
from ..figure import figure
from ..layout import axes_for
from ..pairing import fused, shades, values_on
from ..plane import plane_of

__all__ = ["fused_view"]


@figure
def fused_view(
    fixed: Image,
    moving: Image,
    *,
    transform: Transform | None = None,
    ax: Any = None,
    title: str | None = None,
    window: Any = None,
    at: Mapping[str, object] | None = None,
) -> Any:
    """Draw two images over each other: one magenta, one green, grey where they agree.

    Parameters
    ----------
    fixed
        Drawn magenta, on its own lattice.
    moving
        Drawn green, brought onto the fixed image's lattice.
    transform
        From the fixed to the moving world; where the coordinates put the image when None.
    ax
        Matplotlib axes; a new figure when None.
    title, at
        As for :func:`fiducial.show`.
    window
        As for :func:`fiducial.show`, for both; each its own when None.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import fiducial as fd
    >>> pair = fd.phantoms.brain_pair(fd.Grid.from_spacing((25, 20), 8.0, origin=(-76, -96)))
    >>> drawn = fused_view(pair.fixed, pair.moving, transform=pair.transform)
    >>> len(drawn.axes[0].images)
    1
    """
    plane = plane_of(fixed, at)
    drawn, (place,) = axes_for(
        ax, 1, 1, plane.ratio, function="fused_view", width=5.0, title=bool(title)
    )
    other = values_on(plane, moving, transform)
    both = fused(shades(plane.values, window, fixed.unit), shades(other, window, moving.unit))
    draw_plane(place, replace(plane, values=both))
    if title:
        place.set_title(title, fontsize=10, color=INK, pad=5)
    return drawn
