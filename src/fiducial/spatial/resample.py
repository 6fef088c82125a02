"""Values of an image on another lattice, through a transform if one is given."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..geometry import Grid
from ..image import Image, Labels, Mask, Sampled
from ..operation import operation
from ..sampling import place, resampled
from ..transforms import Transform
from .frames import each_frame, rebuilt

__all__ = ["onto_grid", "resample"]


@operation(
    uses="tc",
    same_grid=False,
    example=lambda grid: {"grid": grid.with_spacing([1.5 * step for step in grid.spacing])},
)
def resample(
    image: Image | Mask | Labels,
    grid: Grid | Sampled | None = None,
    *,
    transform: Transform | None = None,
    like: Grid | Sampled | None = None,
    interpolation: Literal["linear", "nearest"] | None = None,
    outside: float | None = None,
    antialias: bool = True,
) -> Image | Mask | Labels:
    """Give an image's values on another lattice, through a transform if one is given.

    Use it to bring images onto one grid, to change the spacing, to cut an oblique plane out of
    a volume, and to apply the transform of a registration.  Values beyond the image become NaN
    unless `outside` says otherwise: nothing is invented (SimpleITK fills with 0, which in CT
    is water).

    Parameters
    ----------
    image
        Each frame and each channel is sampled alone; vectors are not turned.
    grid
        The lattice to fill: a grid, or an image that lies on it.
    transform
        Maps points of the output's world to the image's world, as registration gives it; the
        identity when None.
    like
        Another name for `grid`; give one of the two.
    interpolation
        ``"linear"`` (images and masks by default) or ``"nearest"`` (labels always).
    outside
        Value of samples more than half a sample beyond the outermost centres.  When None: NaN
        for images; nothing for masks, 0 for labels; an integer image under ``"nearest"``
        is refused if there are any.
    antialias
        Whether to smooth first along the axes on which the output is coarser; never for
        ``"nearest"``.

    Returns
    -------
    Image, Mask or Labels
        As `image`, on the new lattice and in its frame.  A linearly interpolated image is
        float32 (float64 for float64 and 32-bit integers); a mask is where its linear
        interpolation reaches 0.5.

    Raises
    ------
    FrameMismatchError
        If image and grid live in frames of different ids and no transform is given, or the
        transform joins other frames.
    ParameterError
        If no grid is given, labels are to be interpolated linearly, or the image is a slice
        and the grid leaves its plane.

    Notes
    -----
    A sample reaches half a spacing to every side, so up to there the outermost value holds.
    Antialiasing is a Gaussian along the image's own axes of
    ``sigma = 0.4247 sqrt(f^2 - 1)`` samples where the output steps f > 1 samples (taken without
    the transform when that is not linear); the border is reflected and NaN spreads to its
    support.  On the same lattice without a transform the values come back as they are.
    Cost: one gather of 2^D neighbours a sample.

    References
    ----------
    Cardoso et al., Scale factor point spread function matching: beyond aliasing in image
    resampling, MICCAI 2015, doi:10.1007/978-3-319-24571-3_81.

    Examples
    --------
    >>> import fiducial as fd
    >>> image = fd.Image([[0.0, 10.0]], fd.Grid.from_spacing((1, 2), 1.0))
    >>> fd.resample(image, fd.Grid.from_spacing((1, 4), (1.0, 0.5))).array
    array([[ 0.,  5., 10., 10.]])
    """
    target = grid if grid is not None else like
    if target is None or (grid is not None and like is not None):
        raise ParameterError(
            "grid of resample must be given, once; got "
            + ("None. " if target is None else "grid and like. ")
            + "Write resample(image, other) or resample(image, like=other)."
        )
    return onto_grid(
        image,
        target,
        transform=transform,
        interpolation=interpolation,
        outside=outside,
        antialias=antialias,
    )


def onto_grid(
    image: Image | Mask | Labels,
    target: Grid | Sampled,
    *,
    transform: Transform | None = None,
    interpolation: str | None = None,
    outside: float | None = None,
    antialias: bool = True,
    function: str = "resample",
) -> Image | Mask | Labels:
    """Do what :func:`resample` says, without its record; for operations built on it."""
    grid = target.grid if isinstance(target, Sampled) else target
    if not isinstance(grid, Grid):
        raise ParameterError(f"grid of {function} must be a grid or an image; got {target!r}.")
    if transform is not None and not isinstance(transform, Transform):
        raise ParameterError(f"transform of {function} must be a Transform; got {transform!r}.")
    placement = place(grid, image.grid, transform)
    if grid.dimension > image.grid.dimension:
        raise ParameterError(
            f"grid of resample must have {image.grid.dimension} axes, as the slice has; "
            f"got {grid.dimension}. Resample the volume that it was taken from."
        )
    if isinstance(image, Labels) and interpolation == "linear":
        raise ParameterError(
            f"interpolation of {function} must be 'nearest' for labels; got 'linear': "
            "a mean of two labels is a third."
        )

    def one(values: NDArray[Any]) -> NDArray[Any]:
        if isinstance(image, Labels):
            return resampled(values, placement, interpolation="nearest", outside=outside or 0)
        if isinstance(image, Mask):
            fill = float(bool(outside))
            if interpolation == "nearest":
                return resampled(values, placement, interpolation="nearest", outside=fill)
            soft = resampled(
                values.astype(np.float32), placement, outside=fill, antialias=antialias
            )
            return np.asarray(soft >= 0.5)
        return resampled(
            values,
            placement,
            interpolation=interpolation or "linear",
            outside=outside,
            antialias=antialias,
        )

    result: Image | Mask | Labels = rebuilt(image, each_frame(image, one, "resample"), grid)
    return result
