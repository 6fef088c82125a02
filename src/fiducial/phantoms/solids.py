"""Solids in closed form: a ball, a box, a Gaussian blob and a checker, on any lattice."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import parameter_error
from ..geometry import Grid
from ..image import Image, Mask, Points, Sampled
from ..units import Length
from .ellipsoid import Ellipsoid
from .patch import Patch, averaged, centres, check_samples
from .phantom import phantom

__all__ = ["Blob", "Checker", "Solid", "ball", "box", "checker", "gaussian_blob"]


@dataclass(frozen=True)
class Solid:
    """A solid and its truth.

    Attributes
    ----------
    mask
        Voxels whose centre lies inside (point-sampled).
    image
        Share of each voxel that lies inside, 0 to 1 (supersampled).
    center
        Exact centre of mass, one point.
    volume
        Exact volume (area of a plane, length of a line) in the grid's unit cubed.
    is_whole
        Whether the solid lies inside the lattice, so that the volume is that of the mask's
        object.
    """

    mask: Mask
    image: Image
    center: Points
    volume: float
    is_whole: bool


@dataclass(frozen=True)
class Blob:
    """A Gaussian blob and its truth.

    Attributes
    ----------
    image
        ``height * exp(-|p - center|^2 / 2 sigma^2)`` at the voxel centres, exact.
    center
        Its peak, one point.
    sigma
        Its standard deviation in the grid's unit.
    integral
        Its integral over the whole world's dimension.
    """

    image: Image
    center: Points
    sigma: float
    integral: float


@dataclass(frozen=True)
class Checker:
    """A checker of cubes.

    Attributes
    ----------
    image
        `low` or `high` at the voxel centres, exact.
    mask
        Where it is high.
    period
        Side of a cube in the grid's unit.
    """

    image: Image
    mask: Mask
    period: float


def _lattice(grid: Grid | Sampled | None) -> Grid:
    if grid is None:
        return Grid.from_spacing((32, 32, 32), 1.0, origin=(-15.5, -15.5, -15.5))
    return grid if isinstance(grid, Grid) else grid.grid


def _center(grid: Grid, center: Sequence[float] | None, function: str) -> NDArray[np.float64]:
    if center is None:
        return grid.center
    point = np.asarray(center, dtype=np.float64)
    if point.shape != (grid.frame.dimension,) or not np.all(np.isfinite(point)):
        raise parameter_error(
            function, "center", f"a world point of {grid.frame.dimension} coordinates", center
        )
    return point


def _positive(grid: Grid, value: Length, parameter: str, function: str) -> float:
    number = grid.in_unit(value, f"{parameter} of {function}")
    if not number > 0:
        raise parameter_error(function, parameter, "above 0", value)
    return number


@phantom
def ball(
    grid: Grid | Sampled | None = None,
    center: Sequence[float] | None = None,
    radius: Length = 10.0,
    *,
    samples: int = 4,
) -> Solid:
    """Compute a ball: the closed form that any measure of a mask can be checked against.

    Parameters
    ----------
    grid
        Any lattice, or an image to take it from; 32 voxels of 1 mm on three axes when None.
    center
        World point (x first) in the grid's unit; the middle of the lattice when None.
    radius
        A length above 0.
    samples
        Midpoints along each axis of a voxel for the share inside.

    Returns
    -------
    Solid
        Exact: centre and volume (of the disk that is cut out, for a plane in a 3D world).
        Point-sampled: the mask, inside where ``|p - center| <= radius`` at the voxel centre.
        Supersampled: the image, whose error is below about ``1 / samples`` of a voxel's
        surface share and averages out over the surface.

    Raises
    ------
    ParameterError
        If the radius is not above 0, or a plane misses the ball.

    Examples
    --------
    >>> import fiducial as fd
    >>> found = fd.phantoms.ball(radius="8 mm")
    >>> round(found.volume, 1), float(found.image.array.sum()), found.mask.count
    (2144.7, 2146.5, 2176)
    """
    check_samples(samples, "ball")
    lattice = _lattice(grid)
    middle = _center(lattice, center, "ball")
    size = _positive(lattice, radius, "radius", "ball")
    solid = Ellipsoid(tuple(middle), (size,) * len(middle))
    found = solid.cut(lattice.affine[:-1])
    if found is None:
        raise parameter_error(
            "ball", "center", "within a radius of the lattice's plane", middle.tolist()
        )
    low, high = found.index - found.half, found.index + found.half
    is_whole = bool(np.all(low >= -0.5) and np.all(high <= np.asarray(lattice.shape) - 0.5))

    def share(patch: Patch) -> NDArray[np.float32]:
        values = np.zeros(patch.shape, np.float32)
        part = solid.inside(patch)
        if part is not None:
            values[part[0]] = part[1]
        return values

    inside = np.zeros(lattice.shape, np.bool_)
    part = solid.inside(centres(lattice))
    if part is not None:
        inside[part[0]] = part[1]
    return Solid(
        Mask(inside, lattice, copy=False),
        Image(averaged(lattice, share, samples).astype(np.float32), lattice, copy=False),
        Points(found.center[None], lattice.frame),
        found.size,
        is_whole,
    )


@phantom
def box(
    grid: Grid | Sampled | None = None,
    center: Sequence[float] | None = None,
    size: Length = 12.0,
    *,
    samples: int = 4,
) -> Solid:
    """Compute a box whose sides run along the world's axes.

    Parameters
    ----------
    grid
        Any lattice whose axes span the world, or an image to take it from; 32 voxels of 1 mm
        on three axes when None.
    center
        World point (x first) in the grid's unit; the middle of the lattice when None.
    size
        Side: one length, or one for each world axis (x first).
    samples
        Midpoints along each axis of a voxel for the share inside.

    Returns
    -------
    Solid
        Exact: centre and volume.  Point-sampled: the mask, faces included.  Supersampled: the
        image.

    Raises
    ------
    ParameterError
        If a side is not above 0, or the lattice is a plane in a 3D world.

    Examples
    --------
    >>> import fiducial as fd
    >>> fd.phantoms.box(size=["4 mm", "6 mm", "10 mm"]).volume
    240.0
    """
    check_samples(samples, "box")
    lattice = _lattice(grid)
    world = lattice.frame.dimension
    if world != lattice.dimension:
        raise parameter_error("box", "grid", "a lattice that spans its world", lattice)
    middle = _center(lattice, center, "box")
    given = size if isinstance(size, list | tuple) else [size] * world
    if len(given) != world:
        raise parameter_error("box", "size", f"one length or {world}", size)
    sides = np.array([_positive(lattice, part, "size", "box") for part in given])

    def inside(patch: Patch) -> NDArray[np.bool_]:
        away = np.abs(patch.points() - middle)
        return np.asarray(np.all(away <= sides / 2, axis=-1))

    corners = middle + sides / 2 * (
        np.stack(np.meshgrid(*[(-1, 1)] * world, indexing="ij"), axis=-1).reshape(-1, world)
    )
    share = averaged(lattice, lambda patch: inside(patch).astype(np.float32), samples)
    return Solid(
        Mask(inside(centres(lattice)), lattice, copy=False),
        Image(share.astype(np.float32), lattice, copy=False),
        Points(middle[None], lattice.frame),
        float(math.prod(sides)),
        bool(np.all(lattice.contains(corners))),
    )


@phantom
def gaussian_blob(
    grid: Grid | Sampled | None = None,
    center: Sequence[float] | None = None,
    sigma: Length = 4.0,
    *,
    height: float = 100.0,
) -> Blob:
    """Compute a Gaussian blob: smooth, so that derivatives and filters have closed answers.

    Parameters
    ----------
    grid
        Any lattice, or an image to take it from; 32 voxels of 1 mm on three axes when None.
    center
        World point (x first) in the grid's unit; the middle of the lattice when None.
    sigma
        Standard deviation, a length above 0.
    height
        Value at the centre.

    Returns
    -------
    Blob
        The image is exact at every voxel centre (float64), not a mean over the voxel.

    Notes
    -----
    Smoothed with a Gaussian of standard deviation s it stays a Gaussian: of
    ``sqrt(sigma^2 + s^2)``, with the height times ``(sigma^2 / (sigma^2 + s^2)) ** (D / 2)``.

    Examples
    --------
    >>> import fiducial as fd
    >>> blob = fd.phantoms.gaussian_blob(fd.Grid.from_spacing((9, 9), 1.0), sigma=2)
    >>> float(blob.image[4, 4])
    100.0
    """
    lattice = _lattice(grid)
    middle = _center(lattice, center, "gaussian_blob")
    width = _positive(lattice, sigma, "sigma", "gaussian_blob")
    away = centres(lattice).points() - middle
    values = height * np.exp(-np.einsum("...i,...i->...", away, away) / (2 * width * width))
    integral = height * (2 * math.pi * width * width) ** (len(middle) / 2)
    center_point = Points(middle[None], lattice.frame)
    return Blob(Image(values, lattice, copy=False), center_point, width, integral)


@phantom
def checker(
    grid: Grid | Sampled | None = None,
    period: Length = 8.0,
    *,
    low: float = 0.0,
    high: float = 100.0,
) -> Checker:
    """Compute a checker of cubes that is anchored at the world's origin.

    Parameters
    ----------
    grid
        Any lattice, or an image to take it from; 32 voxels of 1 mm on three axes when None.
    period
        Side of a cube, a length above 0.
    low, high
        The two values; the cube that grows from the origin towards positive coordinates is
        high.

    Returns
    -------
    Checker
        Point-sampled at the voxel centres, exact there.

    Examples
    --------
    >>> import fiducial as fd
    >>> fd.phantoms.checker(fd.Grid.from_spacing((4,), 1.0), period=2).mask.array
    array([ True,  True, False, False])
    """
    lattice = _lattice(grid)
    side = _positive(lattice, period, "period", "checker")
    # Positions within 1e-9 of a cube's face belong to the upper cube, whatever the rounding.
    cell = np.floor(centres(lattice).points() / side + 1e-9).astype(np.int64).sum(axis=-1)
    inside = cell % 2 == 0
    values = np.where(inside, np.float32(high), np.float32(low))
    return Checker(Image(values, lattice, copy=False), Mask(inside, lattice, copy=False), side)
