"""The six panels of a registration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from ...errors import parameter_error
from ...image import Image
from ...transforms import Transform
from ...units import Length
from ..drawing import INK, draw, draw_plane, limits_of
from ..figure import figure
from ..layout import axes_for
from ..pairing import matching_cut, values_on
from ..plane import plane_of
from .checkerboard_view import checkerboard_view
from .deformed_grid import deformed_grid
from .difference_view import difference_view, full_colour
from .fused_view import fused_view

__all__ = ["panel"]


@figure
def panel(
    fixed: Image,
    moving: Image,
    found: Any,
    *,
    comparison: Literal["fused", "checkerboard", "difference"] = "fused",
    ax: Any = None,
    window: Any = None,
    at: Mapping[str, object] | None = None,
    spacing: Length | None = None,
    columns: int = 3,
) -> Any:
    """Draw a registration before and after, in six panels.

    Above: the moving image, the fixed image, and the two together as they were.  Below: the
    moving image with the lines of the fixed lattice on it, the moved image, and the two
    together after registration.

    Parameters
    ----------
    fixed, moving
        One channel, 2D or 3D.
    found
        The registration, or the transform from the fixed to the moving world.
    comparison
        How two images are drawn together: ``"fused"`` (magenta and green, grey where they
        agree), ``"checkerboard"`` or ``"difference"``.
    ax
        Six matplotlib axes, in the order of reading; a new figure when None.
    window
        As for :func:`fiducial.show`, for both images; each its own when None.
    at
        Where to cut the fixed volume; the moving one is cut through the same point.
    spacing
        Between the lines; see :func:`deformed_grid`.
    columns
        How many panels beside each other in a new figure.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import fiducial as fd
    >>> pair = fd.phantoms.brain_pair(fd.Grid.from_spacing((25, 20), 8.0, origin=(-76, -96)))
    >>> drawn = panel(pair.fixed, pair.moving, pair.transform)
    >>> [place.get_title() for place in drawn.axes][:3]
    ['Moving', 'Fixed', 'Comparison before']
    """
    transform: Transform = getattr(found, "transform", found)
    if not isinstance(transform, Transform):
        raise parameter_error("panel", "found", "a registration or a transform", found)
    plane = plane_of(fixed, at)
    drawn, places = axes_for(ax, 6, columns, plane.ratio, function="panel", title=True)
    cut = matching_cut(plane, moving)
    draw(places[0], moving, title="Moving", window=window, at=cut)
    draw(places[1], fixed, title="Fixed", window=window, at=at)
    deformed_grid(
        transform,
        fixed,
        moving,
        ax=places[3],
        title="Moving, with the fixed lattice",
        window=window,
        at=at,
        spacing=spacing,
    )
    moved = replace(plane, values=values_on(plane, moving, transform))
    # Shown with the moving image's own window, so that only its place differs.
    limits = limits_of(plane_of(moving, cut).values, window, moving.unit)
    draw_plane(places[4], moved, limits=limits)
    places[4].set_title("Moved", fontsize=10, color=INK, pad=5)
    span = full_colour(plane.values.astype(float) - values_on(plane, moving))
    for place, name, through in (
        (places[2], "Comparison before", None),
        (places[5], "Comparison after", transform),
    ):
        if comparison == "fused":
            fused_view(fixed, moving, transform=through, ax=place, title=name, window=window, at=at)
        elif comparison == "checkerboard":
            checkerboard_view(
                fixed, moving, transform=through, ax=place, title=name, window=window, at=at
            )
        elif comparison == "difference":
            difference_view(
                fixed, moving, transform=through, span=span, ax=place, title=name, at=at
            )
        else:
            raise parameter_error(
                "panel", "comparison", '"fused", "checkerboard" or "difference"', comparison
            )
    return drawn
