"""Two images in one view: brought onto one plane, and put together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..image import Image, Sampled
from ..spatial.resample import resample
from ..transforms import Transform
from .drawing import limits_of
from .plane import Plane

__all__ = ["fused", "matching_cut", "shades", "values_on"]


def values_on(
    plane: Plane, image: Image, transform: Transform | None = None
) -> NDArray[np.float64]:
    """Return an image's values at the samples of a view; NaN where it has none.

    Parameters
    ----------
    plane
        The view, of the fixed image.
    image
        2D or 3D, one channel.
    transform
        From the view's world to the image's; where the worlds' own coordinates put it when
        None.
    """
    if transform is None and image.frame != plane.grid.frame:
        image = image.with_frame(plane.grid.frame)
    moved = resample(image, plane.grid, transform=transform)
    return np.asarray(moved.array, dtype=np.float64)


def matching_cut(plane: Plane, image: Sampled) -> Mapping[str, object] | None:
    """Return where to cut another volume so that it passes the middle of a view."""
    if image.grid.dimension != 3:
        return None
    axis = next((k for k, part in enumerate(plane.key) if isinstance(part, int)), 0)
    rows, columns = plane.shape
    middle = plane.grid.index_to_world([(rows - 1) / 2, (columns - 1) / 2])
    index = round(float(image.grid.world_to_index(middle)[axis]))
    index = min(image.grid.shape[axis] - 1, max(0, index))
    return {image.grid.axes[axis]: f"{index} px"}


def shades(values: NDArray[Any], window: object, unit: str | None) -> NDArray[np.float64]:
    """Return values as shades from 0 to 1; NaN becomes 0."""
    low, high = limits_of(values, window, unit)
    shade = (np.asarray(values, dtype=np.float64) - low) / (high - low)
    return np.nan_to_num(np.clip(shade, 0.0, 1.0))


def fused(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the shades of two images as colour: magenta and green, grey where they agree."""
    return np.stack([first, second, first], axis=-1)
