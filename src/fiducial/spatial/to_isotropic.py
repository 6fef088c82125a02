"""Give an image the same spacing on all axes."""

from __future__ import annotations

from typing import Literal

from ..image import Image, Labels, Mask
from ..operation import operation
from ..units import Length
from .resample import onto_grid

__all__ = ["to_isotropic"]


@operation(uses="tc", example={})
def to_isotropic(
    image: Image | Mask | Labels,
    *,
    spacing: Length | None = None,
    interpolation: Literal["linear", "nearest"] | None = None,
    antialias: bool = True,
) -> Image | Mask | Labels:
    """Resample to one spacing on all axes.

    Parameters
    ----------
    image
        Each frame and each channel is sampled alone.
    spacing
        One length, above 0; the smallest spacing of the image when None.
    interpolation, antialias
        As for :func:`fiducial.resample`.

    Returns
    -------
    Image, Mask or Labels
        About the same centre; on a sheared lattice the axes keep their directions.

    Raises
    ------
    ParameterError
        If the spacing is not above 0.

    Examples
    --------
    >>> import fiducial as fd
    >>> image = fd.Image([[0.0, 10.0]], fd.Grid.from_spacing((1, 2), (3.0, 1.0)))
    >>> fd.to_isotropic(image).shape
    (3, 2)
    """
    step = min(image.grid.spacing)
    if spacing is not None:
        step = image.grid.in_unit(spacing, "spacing of to_isotropic")
    grid = image.grid.with_spacing(step)
    return onto_grid(
        image, grid, interpolation=interpolation, antialias=antialias, function="to_isotropic"
    )
