"""Two images in the fields of a checkerboard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from ...errors import parameter_error
from ...image import Image
from ...transforms import Transform
from ...units import Length
from ..drawing import INK, draw_plane
from ..figure import figure
from ..layout import axes_for
from ..pairing import shades, values_on
from ..plane import plane_of

__all__ = ["checkerboard_view"]


@figure
def checkerboard_view(
    fixed: Image,
    moving: Image,
    *,
    transform: Transform | None = None,
    tile: Length | None = None,
    ax: Any = None,
    title: str | None = None,
    window: Any = None,
    at: Mapping[str, object] | None = None,
) -> Any:
    """Draw two images in the fields of a checkerboard: edges run on where they agree.

    Parameters
    ----------
    fixed
        In the field in the middle, and every second one from there.
    moving
        In the others, brought onto the fixed image's lattice.
    transform
        From the fixed to the moving world; where the coordinates put the image when None.
    tile
        Edge of a field, a length; an eighth of the picture's longer side when None.
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
    >>> drawn = checkerboard_view(pair.fixed, pair.moving, tile="4 cm")
    >>> len(drawn.axes)
    1
    """
    plane = plane_of(fixed, at)
    drawn, (place,) = axes_for(
        ax, 1, 1, plane.ratio, function="checkerboard_view", width=5.0, title=bool(title)
    )
    sizes = (
        [max(plane.grid.extent) / 8 / step for step in plane.grid.spacing]
        if tile is None
        else plane.grid.in_index(tile, "tile of checkerboard_view")
    )
    if min(sizes) <= 0:
        raise parameter_error("checkerboard_view", "tile", "above 0", tile)
    rows, columns = (
        np.floor(np.abs(np.arange(count) - (count - 1) / 2) / size + 0.5).astype(int)
        for count, size in zip(plane.shape, sizes, strict=True)
    )
    is_fixed = (rows[:, None] + columns) % 2 == 0
    first = shades(plane.values, window, fixed.unit)
    second = shades(values_on(plane, moving, transform), window, moving.unit)
    draw_plane(place, replace(plane, values=np.where(is_fixed, first, second)), limits=(0.0, 1.0))
    if title:
        place.set_title(title, fontsize=10, color=INK, pad=5)
    return drawn
