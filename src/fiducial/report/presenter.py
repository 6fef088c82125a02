"""Look at images, in their physical proportions, with the right side named."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..color.stains import Stains
from ..errors import ParameterError
from ..image import Sampled
from .plane import as_image, plane_of

__all__ = ["show"]


def show(
    images: Any,
    titles: str | Sequence[str] | None = None,
    *,
    window: Any = None,
    columns: int | None = None,
    at: Mapping[str, object] | None = None,
    frames: int = 1,
    cmap: str | None = None,
    ax: Any = None,
) -> Any:
    """Show images beside each other.

    Parameters
    ----------
    images
        An image, mask, labels or array, or a list of them.  A pair (image, mask) draws the
        mask's outline on the image; instead of a mask it may hold labels, points or a list of
        these.  Stains are shown one by one, each in its colour.
    titles
        One for each picture.
    window
        Values shown black and white, (low, high) in the image's unit, or the name of a CT
        window such as ``"lung"``; by default the 0.5th to the 99.5th percentile of what is
        shown, and 0 to 1 for floats that fill that range.  Colour is shown as it is.
    columns
        How many beside each other; 4 at most when None.
    at
        Where to cut volumes: ``{"z": "35 mm"}``, ``{"x": "64 px"}``.  The middle of the first
        axis when None.
    frames
        How many frames of a sequence, evenly spread; the first when 1.
    cmap
        Matplotlib's name of a colour map; grey when None.
    ax
        Matplotlib axes to draw on, as many as pictures; a new figure when None.

    Returns
    -------
    matplotlib.figure.Figure
        On a desktop it is also opened as a window; in a notebook it is shown when it is the
        last value of a cell.

    Raises
    ------
    ParameterError
        If something is no image, or the numbers of titles or axes do not fit.

    Notes
    -----
    Patient images are drawn as radiologists look: Superior (or Anterior) on top, the
    patient's Right (or Anterior) on the left, with letters at the edges.  Other images have
    their first row on top.  Pixels keep their physical proportions, sheared lattices their
    shear.

    Examples
    --------
    >>> import fiducial as fd
    >>> ball = fd.phantoms.ball(fd.Grid.from_spacing((16, 24, 24), (3, 2, 2)))
    >>> figure = fd.show([ball.image, (ball.image, ball.mask)], titles=["ball", "outline"])
    >>> len(figure.axes)
    2
    """
    from .drawing import draw
    from .layout import axes_for, has_window

    items = _items(images)
    if isinstance(frames, bool) or not isinstance(frames, int) or frames < 1:
        raise ParameterError(f"frames of show must be a whole number from 1; got {frames!r}.")
    names = [titles] if isinstance(titles, str) else list(titles or [])
    if names and len(names) != len(items):
        raise ParameterError(
            f"titles of show must be one for each of {len(items)} pictures; got {len(names)}."
        )
    panels: list[tuple[Sampled, Sequence[object], str | None, int]] = []
    for number, (image, overlays, known) in enumerate(items):
        name = names[number] if names else known
        for frame in _frames(image, frames):
            title = name
            if frames > 1 and "t" in image.axes:
                when = f"{image.times[frame]:.3g} s" if image.times else f"frame {frame}"
                title = f"{name}, {when}" if name else when
            panels.append((image, overlays, title, frame))
    ratio = float(np.median([plane_of(image, at, frame).ratio for image, _, _, frame in panels]))
    figure, axes = axes_for(
        ax,
        len(panels),
        columns or min(len(panels), 4),
        ratio,
        function="show",
        width=5.0 if len(panels) == 1 else 3.1,
        title=any(title for _, _, title, _ in panels),
        is_shown=True,
    )
    for place, (image, overlays, title, frame) in zip(axes, panels, strict=True):
        draw(place, image, overlays, title=title, window=window, cmap=cmap, at=at, frame=frame)
    if ax is None and has_window():
        from matplotlib import pyplot

        pyplot.show()
    return figure


def _items(images: Any) -> list[tuple[Sampled, Sequence[object], str | None]]:
    """Return what is shown: a picture, what is drawn on it, and the title it comes with."""
    given = images if isinstance(images, list) else [images]
    if not given:
        raise ParameterError("images of show must hold at least one image; got none.")
    found: list[tuple[Sampled, Sequence[object], str | None]] = []
    for item in given:
        if isinstance(item, Stains):
            found += [(item.color(name), [], name) for name in item.names]
        elif isinstance(item, tuple):
            if len(item) != 2:
                raise ParameterError(
                    f"images of show must be images or (image, mask) pairs; got {len(item)} in one."
                )
            first, second = item
            overlays = list(second) if isinstance(second, list | tuple) else [second]
            found.append((as_image(first, "show"), overlays, None))
        else:
            found.append((as_image(item, "show"), [], None))
    return found


def _frames(image: Sampled, wanted: int) -> list[int]:
    if "t" not in image.axes:
        return [0]
    count = image.shape[0]
    return sorted({round(place) for place in np.linspace(0, count - 1, min(wanted, count))})
