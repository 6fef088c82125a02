"""Everything an image is beyond its values, as JSON: what a sidecar keeps of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..geometry import Grid
from ..image import Image, Labels, Mask, Sampled
from ..lineage import plain
from .format import Content, Header, Note

__all__ = ["describe", "described", "restored"]


def describe(item: Any) -> dict[str, Any]:
    """Return what reading the file again must give, apart from the values."""
    if not isinstance(item, Sampled):
        frame = getattr(item, "frame", None)
        if frame is None:
            return {}
        return {"frame": {"axes": frame.axes, "unit": frame.unit, "id": frame.id}}
    body: dict[str, Any] = {
        "kind": type(item).__name__.lower(),
        "axes": item.axes,
        "shape": list(item.shape),
        "grid": item.grid.as_json(),
        "times": None if item.times is None else list(item.times),
    }
    if isinstance(item, Image):
        body["unit"] = item.unit
        body["channels"] = None if item.channels is None else list(item.channels)
        body["about"] = plain(item.about)
    if isinstance(item, Labels):
        body["names"] = {str(key): name for key, name in item.names.items()}
        body["colors"] = {str(key): list(color) for key, color in item.colors.items()}
    return body


def described(header: Header, body: Mapping[str, Any], *, holds_pose: bool) -> Header:
    """Return a header with what its sidecar adds.

    A format that holds the pose must agree with the sidecar (which then gives the grid without
    the rounding of the header); one that does not takes it from there.
    """
    if body.get("kind") not in ("image", "mask", "labels"):
        return header
    try:
        grid = Grid.from_json(body["grid"])
        shape, axes = tuple(int(size) for size in body["shape"]), str(body["axes"])
        names = {int(key): str(name) for key, name in body.get("names", {}).items()}
        colors = {
            int(key): (int(color[0]), int(color[1]), int(color[2]))
            for key, color in body.get("colors", {}).items()
        }
        unit = body.get("unit")
        channels = body.get("channels")
        times = body.get("times")
        about = dict(body.get("about", {}))
    except (KeyError, TypeError, ValueError, IndexError):
        return _odd(header, "the description in its sidecar is damaged and was ignored")
    if math.prod(shape) != math.prod(header.shape):
        return _odd(header, "the shape in its sidecar is another; the sidecar was ignored")
    is_posed = holds_pose and grid.frame.is_patient
    if is_posed and header.grid is not None and header.grid.frame.is_patient:
        own = header.grid
        if own.dimension == 3 and grid.dimension == 2 and own.shape[0] == 1:
            own = own.sliced((0, slice(None), slice(None))) or own
        if own.shape != grid.shape or not own.is_close(grid):
            return _odd(header, "its header and its sidecar differ in geometry; the header is used")
    return replace(
        header,
        shape=shape,
        axes=axes,
        grid=grid,
        unit=header.unit if unit is None else str(unit),
        channels=header.channels if channels is None else tuple(str(name) for name in channels),
        times=header.times if times is None else tuple(float(time) for time in times),
        about={**about, **header.about},
        names=names or header.names,
        colors=colors or header.colors,
        notes=tuple(note for note in header.notes if not note.is_geometry),
    )


def _odd(header: Header, text: str) -> Header:
    return replace(header, notes=(*header.notes, Note(text, True)))


def restored(content: Content, header: Header) -> Content:
    """Return the content with another header, its array in that header's shape."""
    array = content.array
    if array.shape != header.shape:
        array = array.reshape(header.shape)
    return Content(array, header, content.digest)


def built(content: Content, purpose: str, unit: str | None, lineage: Any) -> Sampled:
    """Return the image, mask or labels that the content is."""
    header = content.header
    common: dict[str, Any] = {
        "axes": header.axes,
        "times": header.times,
        "lineage": lineage,
        "copy": False,
    }
    if purpose == "mask":
        return Mask(content.array, header.grid, **common)
    if purpose == "labels":
        return Labels(
            content.array, header.grid, names=header.names, colors=header.colors, **common
        )
    return Image(
        content.array,
        header.grid,
        unit if unit is not None else header.unit,
        channels=header.channels,
        about=header.about,
        **common,
    )
