"""A slide, and each of its stains alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...color.stains import Stains
from ...image import Image
from ..drawing import draw
from ..figure import figure
from ..layout import axes_for
from ..plane import plane_of

__all__ = ["stains_view"]


@figure
def stains_view(
    stains: Stains,
    image: Image | None = None,
    *,
    names: Sequence[str] | None = None,
    ax: Any = None,
    columns: int | None = None,
) -> Any:
    """Draw a slide beside the pictures that each stain alone would give.

    Parameters
    ----------
    stains
        As ``separate_stains`` gives them.
    image
        The slide; left out when None.
    names
        Which stains; all when None.
    ax
        Matplotlib axes, as many as pictures; a new figure when None.
    columns
        How many beside each other in a new figure.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import fiducial as fd
    >>> slide = fd.phantoms.two_stain_tissue(fd.Grid.from_spacing((32, 32), 8, unit="um"))
    >>> drawn = stains_view(fd.separate_stains(slide.image), slide.image, names=["DAB"])
    >>> [place.get_title() for place in drawn.axes]
    ['Slide', 'DAB']
    """
    wanted = list(stains.names if names is None else names)
    pictures = [] if image is None else [("Slide", image)]
    pictures += [(name, stains.color(name)) for name in wanted]
    drawn, places = axes_for(
        ax,
        len(pictures),
        columns or min(4, len(pictures)),
        plane_of(pictures[0][1]).ratio,
        function="stains_view",
    )
    for place, (name, picture) in zip(places, pictures, strict=True):
        draw(place, picture, title=name)
    return drawn
