"""How the stops draw: rows of pictures, and the six panels of a registration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..image import Mask, Sampled
from ..report import show

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["axes_row", "middle", "pictures", "through"]


def middle(image: Sampled) -> Any:
    """Return the middle slice of a volume; a plane as it is."""
    return image[image.shape[0] // 2] if "z" in image.axes else image


def through(mask: Mask) -> int:
    """Return the number of the slice that cuts most of a mask."""
    counts = mask.array.sum(axis=(1, 2))
    return int(counts.argmax())


def pictures(
    items: Sequence[tuple[str, Any]],
    *,
    window: Any = None,
    columns: int | None = None,
    colours: str | None = None,
    axes: Sequence[Axes] | None = None,
) -> Figure:
    """Draw (title, image) or (title, (image, mask)) beside each other.

    Parameters
    ----------
    items
        Titles and images.
    window, columns
        As for :func:`fiducial.show`.
    colours
        Matplotlib's name of a colour map.
    axes
        Axes to draw on; a new figure when None.
    """
    titles = [title for title, _ in items]
    images = [image for _, image in items]
    place: Any = None if axes is None else (axes[0] if len(axes) == 1 else list(axes))
    figure: Figure = show(images, titles, window=window, columns=columns, cmap=colours, ax=place)
    return figure


def axes_row(
    count: int, widths: Sequence[float] | None = None, height: float = 3.4
) -> tuple[Figure, list[Axes]]:
    """Return a figure with `count` axes in a row, of the given relative widths."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    shares = list(widths or [1.0] * count)
    figure = Figure(figsize=(3.2 * sum(shares), height), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, count, width_ratios=shares, squeeze=False)[0]
    return figure, list(axes)
