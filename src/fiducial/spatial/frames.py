"""Applies a change of lattice to every frame and channel, and builds the result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..geometry import Grid
from ..image import Image, Labels, Mask
from ..progress import report

__all__ = ["each_frame", "rebuilt"]


def each_frame(
    image: Image | Mask | Labels,
    function: Callable[[NDArray[Any]], NDArray[Any]],
    message: str,
) -> NDArray[Any]:
    """Apply a function to every frame and channel, and put the results together.

    Parameters
    ----------
    image
        Any image.
    function
        Takes the spatial axes of one frame and one channel, gives an array of any shape.
    message
        What progress calls the work.

    Returns
    -------
    ndarray
        With the time axis first and the channel axis last, where the image has them.
    """
    frames = image.array if "t" in image.axes else image.array[None]
    count = frames.shape[-1] if "c" in image.axes else 0
    done = []
    total = len(frames) * max(count, 1)
    for number, frame in enumerate(frames):
        if count:
            channels = []
            for channel in range(count):
                report(number * count + channel, total, message)
                channels.append(function(np.ascontiguousarray(frame[..., channel])))
            done.append(np.stack(channels, axis=-1))
        else:
            report(number, total, message)
            done.append(function(frame))
    report(total, total, message)
    return np.stack(done) if "t" in image.axes else done[0]


def rebuilt(image: Image | Mask | Labels, values: NDArray[Any], grid: Grid) -> Any:
    """Return an image of the same kind with other values on another lattice."""
    lead = "t" if "t" in image.axes else ""
    tail = "c" if "c" in image.axes else ""
    return image._like(array=values, grid=grid, axes=lead + grid.axes + tail)
