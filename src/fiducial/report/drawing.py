"""Drawing on matplotlib's axes without touching its settings or its current figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..image import Image, Labels, Mask, Points, Sampled
from ..intensity.window import PRESETS
from .layout import quiet
from .plane import Plane, labels_on, mask_on, plane_of, points_near

__all__ = [
    "COLOURS",
    "INK",
    "draw",
    "draw_contours",
    "draw_plane",
    "limits_of",
]

COLOURS = ("#ff8c1a", "#2fb5e8", "#7bd13b", "#e85fb3", "#f5d327", "#9a8cff")
"""Colours of contours: bright enough on grey, told apart by most eyes."""

INK = "#3c4048"
"""Colour of words and lines beside pictures."""


def limits_of(
    values: NDArray[Any], window: object = None, unit: str | None = None
) -> tuple[float, float]:
    """Return the values drawn black and white.

    Parameters
    ----------
    values
        What is drawn.
    window
        (low, high), the name of a CT window, or None: 0 to 1 for floats that lie in it and
        come near its upper half, the 0.5th to the 99.5th percentile for others.
    unit
        Unit of the values; a CT window needs HU.
    """
    if isinstance(window, str):
        name = window.strip().lower().replace("_", " ").replace("-", " ")
        if name not in PRESETS:
            raise ParameterError(
                f"window of show must be (low, high) or one of {', '.join(PRESETS)}; "
                f"got {window!r}."
            )
        if unit != "HU":
            raise ParameterError(
                f"window of show must be (low, high) for an image in {unit}; got {window!r}. "
                "Named windows are in HU."
            )
        centre, width = PRESETS[name]
        return centre - width / 2, centre + width / 2
    if window is not None:
        try:
            low, high = (float(part) for part in window)  # type: ignore[attr-defined]
        except (TypeError, ValueError):
            raise ParameterError(
                f"window of show must be (low, high) or the name of a CT window; got {window!r}."
            ) from None
        if not low < high:
            raise ParameterError(
                f"window of show must have its low value below its high one; got {window}."
            )
        return low, high
    finite = values[np.isfinite(values)] if values.dtype.kind == "f" else values.ravel()
    if finite.size == 0:
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    if values.dtype.kind == "f" and low >= 0 and 0.5 < high <= 1:
        return 0.0, 1.0
    low, high = (float(part) for part in np.percentile(finite, (0.5, 99.5)))
    if high <= low:
        low, high = float(finite.min()), float(finite.max())
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def draw_plane(
    ax: Any,
    plane: Plane,
    *,
    limits: tuple[float, float] | None = None,
    cmap: str = "gray",
    marks: bool = True,
) -> Any:
    """Draw a flat view in its physical proportions, and return matplotlib's image.

    Parameters
    ----------
    ax
        The axes.
    plane
        The view; colour is drawn as it is.
    limits
        Values drawn at the two ends of the colour map.
    cmap
        Matplotlib's name of the colour map.
    marks
        Whether orientation letters and a scale bar are drawn.
    """
    values = plane.values
    rows, columns = plane.shape
    options: dict[str, Any] = {"interpolation": "antialiased", "aspect": "equal"}
    if values.ndim == 2:
        options |= {"cmap": cmap, "vmin": limits[0], "vmax": limits[1]} if limits else {}
    else:
        values = _displayable(values)
    left, right, bottom, top = plane.bounds
    is_sheared = plane.basis[0, 0] != 0
    if is_sheared:
        from matplotlib.transforms import Affine2D

        (a, b), (c, d) = plane.basis
        matrix = np.array([[c, a, 0.0], [d, b, 0.0], [0.0, 0.0, 1.0]])
        drawn = ax.imshow(values, extent=(-0.5, columns - 0.5, rows - 0.5, -0.5), **options)
        drawn.set_transform(Affine2D(matrix) + ax.transData)
    else:
        drawn = ax.imshow(values, extent=(left, right, bottom, top), **options)
    ax.set_xlim(left, right)
    ax.set_ylim(bottom, top)
    ax.set_facecolor("black")
    quiet(ax)
    if marks:
        _letters(ax, plane)
        _scale_bar(ax, plane)
    return drawn


def _displayable(values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype == np.uint8:
        return values
    if values.dtype.kind == "u":
        return np.asarray(values / np.iinfo(values.dtype).max)
    top = float(np.nanmax(values, initial=0.0))
    scaled = values / 255.0 if values.dtype.kind == "i" or top > 2.0 else values
    return np.clip(np.nan_to_num(scaled.astype(np.float64)), 0.0, 1.0)


def _outlined(width: float = 2.0) -> list[Any]:
    from matplotlib import patheffects

    return [patheffects.withStroke(linewidth=width, foreground="black", alpha=0.75)]


def _letters(ax: Any, plane: Plane) -> None:
    if plane.letters is None:
        return
    places = (
        (0.015, 0.5, "left"),
        (0.985, 0.5, "right"),
        (0.5, 0.985, "top"),
        (0.5, 0.015, "bottom"),
    )
    for letter, (x, y, side) in zip(plane.letters, places, strict=True):
        ax.text(
            x,
            y,
            letter,
            transform=ax.transAxes,
            ha=side if side in ("left", "right") else "center",
            va=side if side in ("top", "bottom") else "center",
            color="white",
            fontsize=9,
            fontweight="bold",
            path_effects=_outlined(),
        )


def _scale_bar(ax: Any, plane: Plane) -> None:
    if plane.grid.unit == "px":
        return
    left, right, bottom, top = plane.bounds
    width, height = right - left, bottom - top
    steps = [base * 10.0**power for power in range(-4, 6) for base in (1, 2, 5)]
    size = max((step for step in steps if step <= 0.27 * width), default=None)
    if size is None:
        return
    unit = plane.grid.unit.replace("um", "µm")
    shown = f"{size / 10:g} cm" if unit == "mm" and size >= 10 else f"{size:g} {unit}"
    x, y = right - 0.04 * width, bottom - 0.045 * height
    ax.plot(
        [x - size, x],
        [y, y],
        color="white",
        linewidth=2.2,
        solid_capstyle="butt",
        path_effects=_outlined(3.6),
    )
    ax.text(
        x - size / 2,
        y - 0.015 * height,
        shown,
        color="white",
        fontsize=7.5,
        ha="center",
        va="bottom",
        path_effects=_outlined(),
    )


def draw_contours(
    ax: Any,
    plane: Plane,
    inside: NDArray[Any],
    *,
    colour: str,
    level: float = 0.5,
    width: float = 1.4,
    style: str = "-",
) -> None:
    """Draw the outline of a mask, or a level of an image, between the samples.

    Parameters
    ----------
    ax, plane
        As for :func:`draw_plane`.
    inside
        (rows, columns): a mask, or values to interpolate linearly.
    colour, width, style
        Of the line.
    level
        The value on the line.

    Notes
    -----
    Beyond the edge of the picture a mask is taken to end, so that its outline is closed.
    """
    from contourpy import contour_generator

    padded = np.pad(np.asarray(inside, dtype=np.float64), 1, constant_values=0.0)
    if not (padded > level).any():
        return
    for line in contour_generator(z=padded).lines(level):
        points = plane.on_paper(np.asarray(line)[:, ::-1] - 1.0)
        ax.plot(
            points[:, 0],
            points[:, 1],
            color=colour,
            linewidth=width,
            linestyle=style,
            solid_joinstyle="round",
        )


def draw(
    ax: Any,
    item: Sampled,
    overlays: Sequence[object] = (),
    *,
    title: str | None = None,
    window: object = None,
    cmap: str | None = None,
    at: Mapping[str, object] | None = None,
    frame: int = 0,
    colours: Sequence[str] = COLOURS,
    marks: bool = True,
) -> tuple[Plane, Any]:
    """Draw an image with outlines and points over it; return the view and matplotlib's image.

    Parameters
    ----------
    ax
        The axes.
    item
        Image, mask or labels.
    overlays
        Masks and labels on the image's grid, drawn as outlines; points, drawn as crosses.
    title
        Above the picture.
    window, cmap, at, frame, marks
        As for :func:`~fiducial.report.show`.
    colours
        One for each mask.
    """
    plane = plane_of(item, at, frame)
    if isinstance(item, Labels):
        plane = _coloured(plane, item)
        limits = None
    elif isinstance(item, Mask):
        limits = (0.0, 1.0)
    else:
        unit = item.unit if isinstance(item, Image) else None
        limits = limits_of(plane.values, window, unit) if plane.values.ndim == 2 else None
    drawn = draw_plane(ax, plane, limits=limits, cmap=cmap or "gray", marks=marks)
    number = 0
    for overlay in overlays:
        if isinstance(overlay, Points):
            item.frame.require_compatible(overlay.frame, "image and points of show")
            paper = points_near(plane, overlay, 0.5 * max(item.grid.spacing))
            ax.plot(
                paper[:, 0],
                paper[:, 1],
                "+",
                color=colours[number % len(colours)],
                markersize=8,
                markeredgewidth=1.6,
            )
            number += 1
            continue
        if not isinstance(overlay, Mask | Labels):
            raise ParameterError(
                f"overlays of show must be masks, labels or points; got {type(overlay).__name__}."
            )
        item.grid.require_close(overlay.grid, "image and mask of show")
        if isinstance(overlay, Mask):
            shape = mask_on(plane, overlay, frame)
            draw_contours(ax, plane, shape, colour=colours[number % len(colours)])
            number += 1
        else:
            found = labels_on(plane, overlay, frame)
            for value in np.unique(found[found > 0]):
                red, green, blue = (part / 255 for part in overlay.color(int(value)))
                tone = f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
                draw_contours(ax, plane, found == value, colour=tone, width=1.1)
    if title:
        ax.set_title(title, fontsize=10, color=INK, pad=5)
    return plane, drawn


def _coloured(plane: Plane, labels: Labels) -> Plane:
    from dataclasses import replace

    values = plane.values
    picture = np.zeros((*values.shape, 3), np.uint8)
    for number in np.unique(values):
        if number:
            picture[values == number] = labels.color(int(number))
    return replace(plane, values=picture)
