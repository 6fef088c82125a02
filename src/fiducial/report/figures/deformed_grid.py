"""What a transform does to straight lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import parameter_error
from ...geometry import Grid
from ...image import Image
from ...transforms import Transform
from ...units import Length
from ..drawing import COLOURS, INK, draw_plane, limits_of
from ..figure import figure
from ..layout import axes_for
from ..pairing import matching_cut
from ..plane import Plane, plane_of

__all__ = ["deformed_grid"]


@figure
def deformed_grid(
    transform: Transform,
    fixed: Image,
    moving: Image | None = None,
    *,
    spacing: Length | None = None,
    ax: Any = None,
    title: str | None = None,
    window: Any = None,
    at: Mapping[str, object] | None = None,
    color: str = COLOURS[0],
) -> Any:
    """Draw where a transform sends the straight lines of the fixed image's lattice.

    Parameters
    ----------
    transform
        From the fixed to the moving world.
    fixed
        Its lattice gives the lines.
    moving
        Drawn below the lines: they lie where the fixed image's lines are found in it.  When
        None the lines are drawn on the fixed image.
    spacing
        Between two lines, a length; a fourteenth of the picture's longer side when None.
    ax
        Matplotlib axes; a new figure when None.
    title, window, at
        As for :func:`fiducial.show`.
    color
        Of the lines.

    Returns
    -------
    matplotlib.figure.Figure

    Notes
    -----
    In a volume the lines leave the plane that is drawn; they are drawn along its normal.

    Examples
    --------
    >>> import fiducial as fd
    >>> pair = fd.phantoms.brain_pair(fd.Grid.from_spacing((25, 20), 8.0, origin=(-76, -96)))
    >>> drawn = deformed_grid(pair.transform, pair.fixed, pair.moving, spacing="4 cm")
    >>> len(drawn.axes[0].lines) > 8
    True
    """
    plane = plane_of(fixed, at)
    below = plane if moving is None else plane_of(moving, matching_cut(plane, moving))
    image = fixed if moving is None else moving
    step = (
        max(plane.grid.extent) / 14
        if spacing is None
        else plane.grid.in_unit(spacing, "spacing of deformed_grid")
    )
    if not step > 0:
        raise parameter_error("deformed_grid", "spacing", "above 0", spacing)
    drawn, (place,) = axes_for(
        ax, 1, 1, below.ratio, function="deformed_grid", width=5.0, title=bool(title)
    )
    limits = limits_of(below.values, window, image.unit) if below.values.ndim == 2 else None
    draw_plane(place, below, limits=limits)
    for line in _lines(plane.grid, step):
        paper = _there(line, plane, below, transform)
        place.plot(paper[:, 0], paper[:, 1], color=color, linewidth=0.9, alpha=0.95)
    if title:
        place.set_title(title, fontsize=10, color=INK, pad=5)
    return drawn


def _lines(grid: Grid, step: float) -> list[NDArray[np.float64]]:
    """Return the rows and columns of a mesh, symmetric about the middle, as (N, 2) indices."""
    found = []
    for axis in (0, 1):
        size, other = grid.shape[axis], grid.shape[1 - axis]
        count = int((size - 1) / 2 * grid.spacing[axis] / step)
        middle = (size - 1) / 2
        along = np.linspace(0, other - 1, 121)
        for number in range(-count, count + 1):
            line = np.empty((len(along), 2))
            line[:, axis] = middle + number * step / grid.spacing[axis]
            line[:, 1 - axis] = along
            found.append(line)
    return found


def _there(
    index: NDArray[np.float64], plane: Plane, below: Plane, transform: Transform
) -> NDArray[np.float64]:
    return below.from_world(np.asarray(transform.map(plane.to_world(index))))
