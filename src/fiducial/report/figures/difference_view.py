"""How two images differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import parameter_error
from ...image import Image
from ...transforms import Transform
from ..drawing import INK, draw_plane
from ..figure import figure
from ..layout import axes_for
from ..pairing import values_on
from ..plane import plane_of

__all__ = ["difference_view", "full_colour"]


@figure
def difference_view(
    fixed: Image,
    moving: Image,
    *,
    transform: Transform | None = None,
    span: float | None = None,
    ax: Any = None,
    title: str | None = None,
    at: Mapping[str, object] | None = None,
    colorbar: bool = True,
) -> Any:
    """Draw one image less another: white where they are equal, red and blue where not.

    Parameters
    ----------
    fixed
        From which the other is taken.
    moving
        In the same unit; brought onto the fixed image's lattice.
    transform
        From the fixed to the moving world; where the coordinates put the image when None.
    span
        Difference drawn in full colour, above 0; the 99th percentile of the size of the
        differences when None.
    ax
        Matplotlib axes; a new figure when None.
    title, at
        As for :func:`fiducial.show`.
    colorbar
        Whether a scale is drawn beside.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import fiducial as fd
    >>> pair = fd.phantoms.brain_pair(fd.Grid.from_spacing((25, 20), 8.0, origin=(-76, -96)))
    >>> drawn = difference_view(pair.fixed, pair.moving, span=100)
    >>> drawn.axes[0].images[0].get_clim()
    (-100.0, 100.0)
    """
    if fixed.unit != moving.unit:
        raise parameter_error(
            "difference_view", "moving", f"in {fixed.unit}, the unit of fixed", moving.unit
        )
    plane = plane_of(fixed, at)
    apart = plane.values.astype(np.float64) - values_on(plane, moving, transform)
    if span is None:
        span = full_colour(apart)
    if not span > 0:
        raise parameter_error("difference_view", "span", "above 0", span)
    drawn, (place,) = axes_for(
        ax, 1, 1, plane.ratio, function="difference_view", width=5.0, title=bool(title)
    )
    shown = draw_plane(
        place,
        replace(plane, values=apart),
        limits=(-float(span), float(span)),
        cmap="RdBu_r",
        marks=False,
    )
    place.set_facecolor("#d8dade")
    if colorbar:
        inner = place.inset_axes((0.04, 0.06, 0.03, 0.34))
        scale = drawn.colorbar(shown, cax=inner)
        scale.ax.tick_params(labelsize=7, colors=INK, length=2)
        scale.outline.set_visible(False)
        if fixed.unit:
            inner.set_title(fixed.unit, fontsize=7, color=INK, loc="left", pad=3)
    if title:
        place.set_title(title, fontsize=10, color=INK, pad=5)
    return drawn


def full_colour(apart: NDArray[np.float64]) -> float:
    """Return the difference that is drawn in full colour when none is asked for."""
    finite = np.abs(apart[np.isfinite(apart)])
    found = float(np.percentile(finite, 99)) if finite.size else 0.0
    return found if found > 0 else 1.0
