"""Chan and Vese's active contour without edges."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, parameter_error
from ..geometry import Grid
from ..image import Image, Mask
from ..kernels import level_set
from ..operation import operation
from ..units import Length

__all__ = ["chan_vese"]

_STARTS = ("checkerboard", "disk", "small disk")
_SQUARE = 5
"""Samples on a side of the checkerboard's squares."""


@operation(
    orthogonal=True,
    lattice_bound="the checkerboard that it starts from begins at the first sample",
    example={"mu": "0.5 mm", "max_num_iter": 20},
)
def chan_vese(
    image: Image,
    *,
    mu: Length = 0.25,
    lambda1: float = 1.0,
    lambda2: float = 1.0,
    tol: float = 1e-3,
    max_num_iter: int = 500,
    dt: float = 0.5,
    init_level_set: Literal["checkerboard", "disk", "small disk"] | Image | Mask = "checkerboard",
    phase: Literal["positive", "bright", "dark"] = "positive",
) -> Mask:
    """Divide an image into two parts, each as uniform as their boundary is short.

    It needs no edges, only that the two parts differ in their mean.  Differs from scikit-image
    in that `mu` is a length, and that volumes work; in 2D with a spacing of 1 the result is
    scikit-image's.

    Parameters
    ----------
    image
        2D or 3D with orthogonal axes; each frame and each channel alone.  Its values are
        brought to the range from 0 to 1 first.  NaN is left out, and never inside.
    mu
        Weight of the boundary: a length.  What is smaller across than about this, divided by
        the square of its contrast (of 1), is smoothed away; a bare number is in the image's
        own unit.
    lambda1, lambda2
        Weight of the squared deviations from the mean inside and outside: 0 or more.  The part
        of lower weight may vary more.
    tol
        It ends when the root of the mean squared change of the level set in one step is not
        above this; 0 or more.
    max_num_iter
        It ends after so many steps, in any case; 0 or more.  That is how it usually ends: the
        level set goes on growing where the mask has long settled.
    dt
        Step in time, above 0.  More is faster, and less stable.
    init_level_set
        Where it starts.  ``"checkerboard"``: squares of 5 samples, fast.  ``"disk"`` and
        ``"small disk"``: a disk (ball) about the middle that reaches to the nearest edge, or
        half as far.  An image is a level set, above 0 inside; a mask says what is inside.
    phase
        Which part is the mask: ``"positive"`` where the level set is above 0, which may be
        either part; ``"bright"`` or ``"dark"`` the part of the higher or the lower mean.  Where
        one part has vanished there is nothing to choose, and it is ``"positive"``.

    Returns
    -------
    Mask
        On the same grid.

    Raises
    ------
    ParameterError
        If a number is out of range or the axes are not orthogonal.
    Cancelled
        If the work was cancelled.

    Notes
    -----
    It lowers [1]_ ::

        mu length(C) + lambda1 integral_inside (I - c1)^2 + lambda2 integral_outside (I - c2)^2

    over the boundary C and the means c1 and c2 of both parts, by the semi-implicit scheme of
    [2]_ with all voxels moved at once.  Slopes and curvature are per unit of length, so that
    anisotropic voxels and other spacings do not change the contour; the boundary repeats the
    outermost voxels.  A constant image has no parts: what comes out is a remainder of the
    start.

    Cost: four square roots a voxel and step in 2D, six in 3D; about a millisecond for a
    million pixels and step.  Memory: three arrays of float64.

    References
    ----------
    .. [1] T. F. Chan, L. A. Vese, "Active Contours Without Edges", IEEE Trans. Image
       Processing 10:266-277, 2001. :doi:`10.1109/83.902291`
    .. [2] P. Getreuer, "Chan-Vese Segmentation", Image Processing On Line 2:214-224, 2012.
       :doi:`10.5201/ipol.2012.g-cv`

    Examples
    --------
    >>> import numpy as np, fiducial as fd
    >>> values = np.zeros((24, 24)); values[8:16, 6:18] = 1
    >>> mask = fd.chan_vese(fd.Image(values), mu=0.1, phase="bright")
    >>> mask.count
    96
    """
    for name, value in (("lambda1", lambda1), ("lambda2", lambda2), ("tol", tol)):
        if value < 0:
            raise parameter_error("chan_vese", name, "0 or more", value)
    if max_num_iter < 0:
        raise parameter_error("chan_vese", "max_num_iter", "0 or more", max_num_iter)
    if not dt > 0:
        raise parameter_error("chan_vese", "dt", "above 0", dt)
    weight = image.grid.in_unit(mu, "mu of chan_vese")
    if weight < 0:
        raise parameter_error("chan_vese", "mu", "0 or more", str(mu))
    values = _normalised(image.array)
    found = level_set.chan_vese(
        values,
        _start(init_level_set, image),
        tuple(image.grid.spacing),
        mu=weight,
        lambda1=lambda1,
        lambda2=lambda2,
        dt=dt,
        tolerance=tol,
        max_iterations=max_num_iter,
    )
    inside = found.level_set > 0
    has_value = ~np.isnan(values)
    if phase != "positive" and inside[has_value].any() and not inside[has_value].all():
        is_bright = found.inside >= found.outside
        if is_bright is not (phase == "bright"):
            inside = ~inside
    inside &= has_value
    return Mask(inside, image.grid, axes=image.axes, copy=False)


def _normalised(array: NDArray[Any]) -> NDArray[np.float64]:
    """Return the values in float64 from 0 to 1; what is not finite becomes NaN."""
    values = array.astype(np.float64)
    if array.dtype.kind == "f":
        values[~np.isfinite(values)] = np.nan
        if np.isnan(values).all():
            return values
    values -= np.nanmin(values)
    highest = np.nanmax(values)
    if highest:
        values /= highest
    return values


def _start(given: object, image: Image) -> NDArray[np.float64]:
    """Return the level set to start from."""
    if isinstance(given, Image | Mask):
        if given.axes != image.axes:
            raise ParameterError(
                "init_level_set of chan_vese must have the axes of the image; "
                f"got {given!r} for {image!r}."
            )
        if isinstance(given, Mask):
            return np.where(given.array, 1.0, -1.0)
        return given.array.astype(np.float64)
    if not isinstance(given, str) or given not in _STARTS:
        raise parameter_error(
            "chan_vese",
            "init_level_set",
            ", ".join(map(repr, _STARTS)) + ", an Image or a Mask",
            given,
        )
    if given == "checkerboard":
        return _checkerboard(image.grid)
    return _disk(image.grid, is_small=given == "small disk")


def _checkerboard(grid: Grid) -> NDArray[np.float64]:
    board = np.ones(grid.shape)
    for axis, size in enumerate(grid.shape):
        if size == 1 and grid.dimension > 1:
            continue  # a single slice is a 2D image
        wave = np.sin(np.arange(size, dtype=np.float64) * (np.pi / _SQUARE))
        board *= wave.reshape([-1 if other == axis else 1 for other in range(grid.dimension)])
    return board


def _disk(grid: Grid, *, is_small: bool) -> NDArray[np.float64]:
    """Return 1 - r / R about the middle sample, or the smaller one, a third as steep."""
    squared = np.zeros(grid.shape)
    reaches = []
    for axis, (size, step) in enumerate(zip(grid.shape, grid.spacing, strict=True)):
        middle = (size - 1) // 2
        along = ((np.arange(size) - middle) * step) ** 2
        squared += along.reshape([-1 if other == axis else 1 for other in range(grid.dimension)])
        if size > 1:
            reaches.append(max(1, middle) * step)
    radius = min(reaches, default=1.0)
    apart = np.sqrt(squared)
    if is_small:
        return np.asarray((radius / 2 - apart) / (radius / 2 * 3))
    return np.asarray((radius - apart) / radius)
