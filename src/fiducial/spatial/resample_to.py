"""Bring an image onto another image's lattice."""

from __future__ import annotations

from typing import Literal

from ..geometry import Grid
from ..image import Image, Labels, Mask, Sampled
from ..operation import operation
from ..transforms import Transform
from .resample import onto_grid

__all__ = ["resample_to"]


@operation(uses="tc", same_grid=False, example=lambda grid: {"target": grid.resized(grid.shape)})
def resample_to(
    image: Image | Mask | Labels,
    target: Grid | Sampled,
    *,
    transform: Transform | None = None,
    interpolation: Literal["linear", "nearest"] | None = None,
    outside: float | None = None,
    antialias: bool = True,
) -> Image | Mask | Labels:
    """Bring an image onto the lattice of another one.

    Parameters
    ----------
    image
        Each frame and each channel is sampled alone.
    target
        The image, mask, labels or grid whose lattice is wanted; its values play no part.
    transform
        Maps points of the target's world to the image's world; the identity when None.
    interpolation, outside, antialias
        As for :func:`fiducial.resample`: NaN beyond the image, nearest for labels.

    Returns
    -------
    Image, Mask or Labels
        On the target's lattice.

    Raises
    ------
    FrameMismatchError
        If the two live in frames of different ids and no transform is given.
    ParameterError
        As for :func:`fiducial.resample`.

    Examples
    --------
    >>> import fiducial as fd
    >>> fine = fd.Image([[0.0, 10.0, 20.0]], fd.Grid.from_spacing((1, 3), 1.0))
    >>> other = fd.Mask([[True, True]], fd.Grid.from_spacing((1, 2), 1.0, origin=(0.5, 0.0)))
    >>> fd.resample_to(fine, other).array
    array([[ 5., 15.]])
    """
    return onto_grid(
        image,
        target,
        transform=transform,
        interpolation=interpolation,
        outside=outside,
        antialias=antialias,
        function="resample_to",
    )
