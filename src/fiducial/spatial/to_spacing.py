"""Change the spacing of an image."""

from __future__ import annotations

from typing import Literal

from ..image import Image, Labels, Mask
from ..operation import operation
from ..units import Length
from .resample import onto_grid

__all__ = ["to_spacing"]


@operation(uses="tc", example={"spacing": "2.5 mm"})
def to_spacing(
    image: Image | Mask | Labels,
    *,
    spacing: Length,
    interpolation: Literal["linear", "nearest"] | None = None,
    antialias: bool = True,
) -> Image | Mask | Labels:
    """Resample to a spacing; the image keeps its place and covers at least what it did.

    Parameters
    ----------
    image
        Each frame and each channel is sampled alone.
    spacing
        A length for all axes, or one for each in array order; above 0.
    interpolation, antialias
        As for :func:`fiducial.resample`.

    Returns
    -------
    Image, Mask or Labels
        About the same centre, with exactly this spacing; the outer edges move outwards by less
        than half a new sample, so that no sample lies outside the old image.

    Raises
    ------
    ParameterError
        If the spacing is not above 0.

    Examples
    --------
    >>> import fiducial as fd
    >>> image = fd.Image([[0.0, 10.0]], fd.Grid.from_spacing((1, 2), (1.0, 1.0)))
    >>> fd.to_spacing(image, spacing=(1.0, 0.5)).array
    array([[ 0. ,  2.5,  7.5, 10. ]])
    """
    grid = image.grid.with_spacing(spacing)
    return onto_grid(
        image, grid, interpolation=interpolation, antialias=antialias, function="to_spacing"
    )
