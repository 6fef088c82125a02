"""One level of the pyramid: the fixed image's points, and the moving image under them.

Everything that a similarity and an optimiser need of one transform is a table of inner
products, gathered in one pass: of the residual's derivatives, of the two images, and of one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..geometry import Grid
from ..kernels import convolution, interpolation
from ..transforms.transform import multiplied
from .models import Model

__all__ = ["Level", "Products", "make_level", "products", "spread", "spread_places"]

_CHUNK = 2048
"""Columns in one float32 product: few enough that the linear algebra library uses one thread.
The chunks' products are added in float64, in order, so that no result depends on threads."""

_GOLDEN = 0.6180339887498949

_STEPS = (0.8191725133961645, 0.6710436067037893, 0.5497004779019703)
"""Powers of the inverse of the root of x^4 = x + 1."""

_FLAT = 1e-12
"""Variance below which an image whose variance is 1 as a whole counts as constant."""


@dataclass(frozen=True)
class Level:
    """The images of one level.

    Attributes
    ----------
    grid : Grid
        Lattice of the fixed image at this level.
    index : ndarray
        (N, D) float64: the fixed points compared, in indices of `grid`.
    values : ndarray
        (N,) float32: the fixed image there.
    gradient : ndarray
        (D, N) float32: its derivative by the index.
    moving_grid : Grid
    moving : ndarray
        The moving image at this level.
    moving_gradient : tuple of ndarray
        Its derivative by its index, one array an axis.
    moving_valid : ndarray or None
        uint8: where the moving image may be compared; everywhere when None.
    """

    grid: Grid
    index: NDArray[np.float64]
    values: NDArray[np.float32]
    gradient: NDArray[np.float32]
    moving_grid: Grid
    moving: NDArray[np.float32]
    moving_gradient: tuple[NDArray[np.float32], ...]
    moving_valid: NDArray[np.uint8] | None

    @property
    def count(self) -> int:
        """Number of points."""
        return len(self.values)

    @property
    def spacing(self) -> float:
        """Smallest spacing of the level, in the world's unit."""
        return min(self.grid.spacing)

    def to_moving_index(self, world: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the (D, D + 1) map from fixed to moving indices for a world matrix."""
        steps = self.moving_grid.affine[:-1, :-1]
        back = np.linalg.pinv(steps) if steps.shape[0] != steps.shape[1] else np.linalg.inv(steps)
        matrix = back @ (world @ self.grid.affine)[:-1]
        matrix[:, -1] -= back @ self.moving_grid.affine[:-1, -1]
        return np.asarray(matrix)

    def compared(
        self, world: NDArray[np.float64]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_], NDArray[np.float64]]:
        """Return the moving image under the fixed points, where it has values, and the indices."""
        matrix = self.to_moving_index(world)
        there = multiplied(self.index, matrix[:, :-1]) + matrix[:, -1]
        values = interpolation.sample(self.moving, there, outside=float("nan"))
        inside = np.isfinite(values)
        if self.moving_valid is not None:
            inside &= interpolation.sample(
                self.moving_valid, there, interpolation="nearest", outside=0
            ).astype(np.bool_)
        values[~inside] = 0.0
        return values, inside, there


@dataclass(frozen=True)
class Products:
    """Inner products over the points that have a value in both images.

    The moving image is told by its change from the fixed one: near a good match, small
    numbers keep their digits that the difference of two large ones would lose.

    Attributes
    ----------
    count : float
        Points in the overlap.
    overlap : float
        Their share of all points.
    fixed_mean, change_mean : float
        Of the fixed image, and of moving less fixed.
    fixed_variance, change_variance, covariance : float
        Of the same two, and between them.
    fixed_slope, change_slope : ndarray
        (P,): mean product of the motions' effect on the images with the same two.
    mean_slope : ndarray
        (P,): mean effect of each motion.
    slopes : ndarray
        (P, P): mean products of the effects.
    """

    count: float
    overlap: float
    fixed_mean: float
    change_mean: float
    fixed_variance: float
    change_variance: float
    covariance: float
    fixed_slope: NDArray[np.float64]
    change_slope: NDArray[np.float64]
    mean_slope: NDArray[np.float64]
    slopes: NDArray[np.float64]

    @property
    def moving_variance(self) -> float:
        """Variance of the moving image."""
        return max(0.0, self.fixed_variance + 2.0 * self.covariance + self.change_variance)

    @property
    def is_flat(self) -> bool:
        """Whether one of the images is constant over the overlap."""
        return min(self.fixed_variance, self.moving_variance) < _FLAT

    @property
    def difference(self) -> float:
        """Mean squared difference; infinite without overlap."""
        if not self.count:
            return float("inf")
        return self.change_variance + self.change_mean**2

    @property
    def uncorrelated(self) -> float:
        """One minus the normalised cross correlation; 1 where an image is constant."""
        if self.is_flat:
            return 1.0
        fixed, moving = self.fixed_variance, self.moving_variance
        correlation = (fixed + self.covariance) / np.sqrt(fixed * moving)
        if correlation < 0.5:
            return float(1.0 - correlation)
        rest = (fixed * self.change_variance - self.covariance**2) / (fixed * moving)
        return float(max(0.0, rest) / (1.0 + correlation))

    @property
    def correlation(self) -> float:
        """Normalised cross correlation, -1 to 1; 0 where an image is constant."""
        return 1.0 - self.uncorrelated


def products(
    level: Level, world: NDArray[np.float64], model: Model | None, *, is_scaled: bool
) -> Products:
    """Compare the images under a transform.

    Parameters
    ----------
    level
        The images.
    world
        (W + 1, W + 1): maps homogeneous fixed points to moving ones.
    model
        The motions whose effects are wanted; None for the images' own products alone.
    is_scaled
        Whether the derivative of each image is divided by its standard deviation, as the
        correlation needs, before their mean is taken.

    Notes
    -----
    The effect of a motion is the mean of the derivatives of both images along it (the
    efficient second-order form), which makes Gauss-Newton steps converge quadratically.
    """
    moving, inside, there = level.compared(world)
    weight = inside.astype(np.float32)
    count = float(np.count_nonzero(inside))
    size, dimension = level.count, level.index.shape[1]
    rows = 3 if model is None else 3 + dimension * (dimension + 1)
    table = np.empty((rows, size + -size % _CHUNK), np.float32)
    table[:, size:] = 0.0
    fixed = np.multiply(level.values, weight, out=table[-3, :size])
    np.subtract(moving, fixed, out=table[-2, :size])
    table[-1, :size] = weight
    if model is not None:
        scales = (1.0, 1.0)
        if is_scaled:
            scales = (_inverse_deviation(fixed, count), _inverse_deviation(moving, count))
        _fill_derivatives(table, level, world, there, weight, scales)
    gram = _gram(table) / max(count, 1.0)
    mean, change = float(gram[-3, -1]), float(gram[-2, -1])
    to_motion = np.zeros((0, rows - 3)) if model is None else _motion_table(level, model)
    return Products(
        count=count,
        overlap=count / size,
        fixed_mean=mean,
        change_mean=change,
        fixed_variance=max(0.0, float(gram[-3, -3]) - mean**2),
        change_variance=max(0.0, float(gram[-2, -2]) - change**2),
        covariance=float(gram[-3, -2]) - mean * change,
        fixed_slope=to_motion @ gram[:-3, -3],
        change_slope=to_motion @ gram[:-3, -2],
        mean_slope=to_motion @ gram[:-3, -1],
        slopes=to_motion @ gram[:-3, :-3] @ to_motion.T,
    )


def _inverse_deviation(values: NDArray[np.float32], count: float) -> float:
    total = float(np.sum(values, dtype=np.float64))
    squares = float(np.sum(np.square(values), dtype=np.float64))
    variance = squares / max(count, 1.0) - (total / max(count, 1.0)) ** 2
    return 1.0 / np.sqrt(variance) if variance > _FLAT else 0.0


def _fill_derivatives(
    table: NDArray[np.float32],
    level: Level,
    world: NDArray[np.float64],
    there: NDArray[np.float64],
    weight: NDArray[np.float32],
    scales: tuple[float, float],
) -> None:
    """Fill the first rows: derivative by each index axis, and times each centred index."""
    size, dimension = level.count, level.index.shape[1]
    matrix = level.to_moving_index(world)[:, :-1]
    sampled = [interpolation.sample(part, there, outside=0.0) for part in level.moving_gradient]
    middle, half = _centred(level.grid)
    for axis in range(dimension):
        mixed = level.gradient[axis] * np.float32(0.5 * scales[0])
        for other in range(len(sampled)):
            mixed += sampled[other] * np.float32(0.5 * scales[1] * matrix[other, axis])
        mixed *= weight
        table[axis, :size] = mixed
        for along in range(dimension):
            row = table[dimension * (axis + 1) + along]
            centred = (level.index[:, along] - middle[along]) / half[along]
            np.multiply(mixed, centred.astype(np.float32), out=row[:size])


def _centred(grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    sizes = np.asarray(grid.shape, dtype=np.float64)
    return (sizes - 1) / 2, np.maximum(sizes / 2, 1.0)


def _motion_table(level: Level, model: Model) -> NDArray[np.float64]:
    """Return (P, D (D + 1)): each motion as a mixture of the table's first rows."""
    steps = level.grid.affine[:-1, :-1]
    square = steps.shape[0] == steps.shape[1]
    back = np.linalg.inv(steps) if square else np.linalg.pinv(steps)
    middle, half = _centred(level.grid)
    start = level.grid.index_to_world(middle) - model.center
    rows = []
    for generator in model.generators:
        linear, shift = generator[:, :-1], generator[:, -1]
        constant = back @ (linear @ start + shift)
        by_index = (back @ linear @ steps) * half
        rows.append(np.concatenate([constant, by_index.ravel()]))
    return np.stack(rows)


def _gram(table: NDArray[np.float32]) -> NDArray[np.float64]:
    total = np.zeros((len(table), len(table)))
    for start in range(0, table.shape[1], _CHUNK):
        part = table[:, start : start + _CHUNK]
        total += part @ part.T
    return total


def make_level(
    fixed: tuple[Grid, NDArray[np.float32], NDArray[np.bool_] | None],
    moving: tuple[Grid, NDArray[np.float32], NDArray[np.bool_] | None],
    limit: int,
) -> Level:
    """Choose the points of a level and take the derivatives.

    Parameters
    ----------
    fixed, moving
        Lattice, values, and where they may be compared (None: everywhere).
    limit
        Most points; more are thinned out evenly.
    """
    grid, values, valid = fixed
    if valid is None:
        flat = spread_places(values.size, limit)
    else:
        flat = spread(np.flatnonzero(valid), limit)
    index = _between(np.stack(np.unravel_index(flat, values.shape), axis=1), values.shape)
    gradient = [interpolation.sample(part, index) for part in _gradient(values)]
    moving_valid = moving[2]
    return Level(
        grid=grid,
        index=index,
        values=interpolation.sample(values, index),
        gradient=np.stack(gradient),
        moving_grid=moving[0],
        moving=moving[1],
        moving_gradient=_gradient(moving[1]),
        moving_valid=None if moving_valid is None else moving_valid.view(np.uint8),
    )


def _between(index: NDArray[np.intp], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Move points off the lattice, each by less than half a sample.

    At its own samples the fixed image is sharp, while the moving one is smoothed by
    interpolation everywhere but at its own: the best match would lean towards transforms that
    bring samples onto samples.  Between samples both are interpolated alike.  The offsets
    follow the golden ratio's kin for several axes: even, and the same every time.
    """
    number = np.arange(len(index))
    moved = index.astype(np.float64)
    for axis, size in enumerate(shape):
        if size > 1:
            moved[:, axis] += (number * _STEPS[axis]) % 1.0 - 0.5
            np.clip(moved[:, axis], 0, size - 1, out=moved[:, axis])
    return moved


def _gradient(values: NDArray[np.float32]) -> tuple[NDArray[np.float32], ...]:
    """Take central differences; zero along an axis of one sample."""
    ramp = np.array([0.5, 0.0, -0.5])
    parts = []
    for axis in range(values.ndim):
        weights = [ramp if other == axis else None for other in range(values.ndim)]
        parts.append(
            np.zeros_like(values)
            if values.shape[axis] == 1
            else convolution.separable(values, weights, border="nearest")
        )
    return tuple(parts)


def spread(items: NDArray[np.intp], limit: int) -> NDArray[np.intp]:
    """Thin a sorted list out to `limit`, evenly but not in step with the lattice.

    Each of `limit` equal parts gives one item, at a place within it that follows the golden
    ratio: no randomness, and no rows or columns preferred.
    """
    if len(items) <= limit:
        return items
    return items[spread_places(len(items), limit)]


def spread_places(count: int, limit: int) -> NDArray[np.intp]:
    """Return at most `limit` places out of `count`, as :func:`spread` takes them."""
    if count <= limit:
        return np.arange(count)
    part = np.arange(limit)
    places = (part + (part * _GOLDEN) % 1.0) * (count / limit)
    return np.minimum(places.astype(np.intp), count - 1)
