"""An image in a notebook: a small picture through its middle, and its geometry."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..picture import data_uri, thumbnail

if TYPE_CHECKING:
    from .sampled import Sampled

__all__ = ["card", "finite_span", "geometry_rows", "middle"]


def card(image: Sampled) -> str:
    """Return the HTML that a notebook shows."""
    picture, sizes = image._middle_picture()
    uri = data_uri(thumbnail(picture, size=128, spacing=sizes))
    rows = "".join(
        f"<tr><th style='text-align:left'>{escape(name)}</th><td>{escape(value)}</td></tr>"
        for name, value in image._details()
    )
    return (
        "<div style='display:flex;gap:1em;align-items:center'>"
        f"<img src='{uri}' alt='middle slice' style='image-rendering:pixelated'>"
        f"<table><caption>{type(image).__name__}</caption>{rows}</table></div>"
    )


def geometry_rows(image: Sampled) -> list[tuple[str, str]]:
    """Return what images, masks and labels all are, as (name, value)."""
    grid = image.grid
    steps = ", ".join(f"{a} {v:.6g}" for a, v in zip(grid.axes, grid.spacing, strict=True))
    rows = [
        ("axes", ", ".join(f"{a} {n}" for a, n in zip(image.axes, image.shape, strict=True))),
        ("type", str(image.dtype)),
        ("spacing", f"{steps} {grid.unit}"),
        ("origin", ", ".join(f"{value:.6g}" for value in grid.origin) + f" {grid.unit}"),
        ("frame", str(grid.frame)),
    ]
    if grid.orientation:
        rows.append(("orientation", grid.orientation))
    if not grid.is_orthogonal:
        rows.append(("shear", f"cosine {grid.skew:.4f}"))
    return rows


def middle(image: Sampled) -> tuple[NDArray[Any], tuple[float, float]]:
    """Return a 2D (or RGB) array through the middle, and the size of its rows and columns."""
    parts: list[int | slice] = [slice(None)] * image.ndim
    keep = image.spatial_axes[-2:]
    for axis, letter in enumerate(image.axes):
        if axis in keep:
            continue
        if letter == "c" and image.shape[axis] in (3, 4):
            parts[axis] = slice(0, 3)
        else:
            parts[axis] = 0 if letter in "tc" else image.shape[axis] // 2
    values = image.array[tuple(parts)]
    spacing = tuple(image.grid.spacing)
    if len(keep) == 1:
        return values[None], (spacing[-1], spacing[-1])
    return values, (spacing[-2], spacing[-1])


def finite_span(array: NDArray[Any]) -> tuple[float, float]:
    """Return the least and the greatest finite value; (inf, -inf) when there is none."""
    if array.dtype.kind != "f":
        return float(array.min()), float(array.max())
    finite = np.isfinite(array)
    low = np.min(array, where=finite, initial=np.inf)
    return float(low), float(np.max(array, where=finite, initial=-np.inf))
