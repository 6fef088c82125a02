"""A mask laid over an image: on the same grid, in each of its frames and channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, shown

if TYPE_CHECKING:
    from .mask import Mask
    from .sampled import Sampled

__all__ = ["laid_over", "require_same_times", "selected"]


def laid_over(mask: Mask, image: Sampled, what: str) -> NDArray[np.bool_]:
    """Return the mask as booleans with the image's axes, those that it lacks of length 1.

    Raises
    ------
    ParameterError
        If it is no mask, on another grid, has an axis that the image lacks, or another
        number of frames.
    """
    from .mask import Mask

    if not isinstance(mask, Mask):
        raise ParameterError(f"mask of {what} must be a Mask; got {shown(mask)}.")
    image.grid.require_close(mask.grid, f"image and mask of {what}")
    if any(letter not in image.axes for letter in mask.axes):
        raise ParameterError(
            f"mask of {what} must have no axis that the image lacks; got {mask!r} for {image!r}."
        )
    for letter in "tc":
        a, b = image.axis(letter), mask.axis(letter)
        if a is not None and b is not None and image.shape[a] != mask.shape[b]:
            raise ParameterError(
                f"mask of {what} must be as long on the axis {letter} as the image; got "
                f"{mask.shape[b]} for {image.shape[a]}."
            )
    require_same_times(image, mask, f"image and mask of {what}")
    key = tuple(slice(None) if letter in mask.axes else None for letter in image.axes)
    inside: NDArray[np.bool_] = mask.array[key]
    return inside


def selected(image: Sampled, mask: Mask) -> NDArray[Any]:
    """Return the values inside a mask: (N,) in array order, or (N, C) with channels."""
    inside = laid_over(mask, image, "an index")
    has_channels = "c" in image.axes and "c" not in mask.axes
    if has_channels:
        inside = inside[..., 0]
    values = image.array[np.broadcast_to(inside, image.shape[: inside.ndim])]
    values.setflags(write=False)
    return values


def require_same_times(first: Sampled, second: Sampled, what: str) -> None:
    """Raise if both say when their frames were taken, and not at the same times."""
    if first.times is None or second.times is None or first.times == second.times:
        return
    # A microsecond is rounding: no scanner's clock shows it.
    if not np.allclose(first.times, second.times, rtol=0.0, atol=1e-6):
        raise ParameterError(
            f"{what} must have frames of the same times; got {shown(first.times)} and "
            f"{shown(second.times)}. Take the frames by number: image.at(t=0)."
        )
