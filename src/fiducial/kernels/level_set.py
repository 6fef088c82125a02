"""The active contour of Chan and Vese, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fiducial import progress
from fiducial.errors import parameter_error

from . import body
from .arrays import native_order, per_axis

__all__ = ["Evolution", "chan_vese"]

_TINY = 1e-16
_VALUES_PER_TASK = 16_384


class Evolution(NamedTuple):
    """What :func:`chan_vese` came to.

    Attributes
    ----------
    level_set : ndarray
        float64; above 0 inside.
    iterations : int
        How many steps were done.
    change : float
        Root of the mean squared change of the level set in the last one.
    inside, outside : float
        Mean of the image on either side; 0 where there is nothing.
    """

    level_set: NDArray[np.float64]
    iterations: int
    change: float
    inside: float
    outside: float


def chan_vese(
    image: ArrayLike,
    level_set: ArrayLike,
    spacing: float | Sequence[float] = 1.0,
    *,
    mu: float = 0.25,
    lambda1: float = 1.0,
    lambda2: float = 1.0,
    dt: float = 0.5,
    tolerance: float = 1e-3,
    max_iterations: int = 500,
) -> Evolution:
    """Move a level set until both of its sides are as uniform as their boundary is short.

    Parameters
    ----------
    image
        Real numbers, of one to three dimensions; NaN has no pull.
    level_set
        Where it starts, of the same shape; above 0 inside.
    spacing
        Distance between samples, one for all axes or one per axis, in array order.
    mu
        Weight of the boundary, in the unit of `spacing`.
    lambda1, lambda2
        Weight of the squared deviation from the mean, inside and outside.
    dt
        Step in time, above 0.
    tolerance
        It ends when the root of the mean squared change of the level set is not above this.
    max_iterations
        It ends after so many steps, in any case.

    Returns
    -------
    Evolution

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled.

    Notes
    -----
    The semi-implicit scheme of [1]_ as scikit-image has it: every voxel is moved at once, with
    a regularised delta of width 1, the means of the sharp sides, and a boundary that repeats.
    With unit spacing in 2D the level set is scikit-image's to the bit, for which sums are added
    in NumPy's order.  Axes of one sample count as absent: a single slice is a 2D image.
    All in float64: the image, the level set and its successor are held.

    References
    ----------
    .. [1] P. Getreuer, "Chan-Vese Segmentation", Image Processing On Line 2:214-224, 2012.
       :doi:`10.5201/ipol.2012.g-cv`

    Examples
    --------
    >>> found = chan_vese([[0.0, 0.0, 1.0, 1.0]], [[-0.5, 0.5, 1.5, 2.5]], mu=0.1)
    >>> (found.level_set > 0).tolist()
    [[False, False, True, True]]
    """
    function = "chan_vese"
    values = native_order(image).astype(np.float64, copy=False)
    current = native_order(level_set).astype(np.float64, copy=True)
    steps = per_axis(spacing, values.ndim, function, "spacing")
    if not 1 <= values.ndim <= 3 or values.size == 0:
        raise parameter_error(function, "image", "of one to three axes, not empty", values)
    if current.shape != values.shape:
        raise parameter_error(function, "level_set", f"of shape {values.shape}", current)
    if not dt > 0:
        raise parameter_error(function, "dt", "above 0", dt)
    # Axes of one sample have no neighbours; without them a single slice is a 2D image.
    shape = values.shape
    kept = [axis for axis in range(values.ndim) if shape[axis] > 1]
    inverse = np.zeros(3)
    inverse[: len(kept)] = [1.0 / steps[axis] for axis in kept[::-1]]
    volume = [1] * (3 - len(kept)) + [shape[axis] for axis in kept]
    stage = _Stage(values.reshape(volume), inverse, float(mu), lambda1, lambda2, float(dt))
    here = current.reshape(stage.image.shape)
    spare = np.empty_like(here)
    means = stage.means(here)
    iterations, change = 0, float("inf")
    while change > tolerance and iterations < max_iterations:
        progress.report(iterations, max_iterations, function)
        squared = stage.step(here, spare, *means)
        here, spare = spare, here
        means = stage.means(here)
        change = float(np.sqrt(squared / values.size))
        iterations += 1
    progress.report(max_iterations, max_iterations, function)
    return Evolution(here.reshape(shape), iterations, change, *means)


def _stretches(size: int) -> list[int]:
    """Return the bounds of stretches whose sums, added by :func:`_tree`, are numpy.sum's."""
    if size <= _VALUES_PER_TASK:
        return [size]
    half = size // 2 - size // 2 % 8
    return [*_stretches(half), *(half + bound for bound in _stretches(size - half))]


def _tree(sums: NDArray[np.float64], size: int, first: int = 0) -> tuple[NDArray[np.float64], int]:
    """Add the sums of stretches pairwise; return the sum, and the first that was not needed."""
    if size <= _VALUES_PER_TASK:
        return sums[first], first + 1
    half = size // 2 - size // 2 % 8
    left, middle = _tree(sums, half, first)
    right, end = _tree(sums, size - half, middle)
    return left + right, end


class _Stage:
    """An image and the parameters of a step.

    Parameters
    ----------
    image
        Of three axes.
    inverse
        1 / spacing along x, y and z; 0 for an axis that is not there.
    mu, lambda1, lambda2, dt
        As in :func:`chan_vese`.
    """

    def __init__(
        self,
        image: NDArray[np.float64],
        inverse: NDArray[np.float64],
        mu: float,
        lambda1: float,
        lambda2: float,
        dt: float,
    ) -> None:
        self.image = np.ascontiguousarray(image)
        self.inverse = inverse
        self.mu, self.lambda1, self.lambda2, self.dt = mu, lambda1, lambda2, dt
        rows = image.shape[0] * image.shape[1]
        self.rows_per_task = max(1, _VALUES_PER_TASK // image.shape[2])
        self.changes = np.zeros(-(-rows // self.rows_per_task))
        self.bounds = np.array([0, *_stretches(image.size)], np.int64)
        self.sums = np.zeros((len(self.bounds) - 1, 3))
        self.count = float(np.count_nonzero(~np.isnan(self.image)))

    def means(self, here: NDArray[np.float64]) -> tuple[float, float]:
        """Return the mean of the image inside and outside; 0 where there is nothing."""
        module = body.native()
        if module is not None:
            done = module.level_set_sums(
                here.reshape(-1),
                self.image.reshape(-1),
                self.bounds,
                self.sums,
                progress.cancel_flag(),
            )
            body.completed(done, "chan_vese")
            inside, outside, count = (float(part) for part in _tree(self.sums, here.size)[0])
        else:
            chosen = (here > 0) & ~np.isnan(self.image)
            others = ~(here > 0) & ~np.isnan(self.image)
            inside = float(np.sum(np.where(chosen, self.image, 0.0)))
            outside = float(np.sum(np.where(others, self.image, 0.0)))
            count = float(np.count_nonzero(chosen))
        rest = self.count - count
        return inside / count if count else 0.0, outside / rest if rest else 0.0

    def step(
        self, here: NDArray[np.float64], out: NDArray[np.float64], inside: float, outside: float
    ) -> float:
        """Write the next level set; return the squared change."""
        module = body.native()
        if module is None:
            out[...] = self._reference_step(here, inside, outside)
            return float(np.sum((out - here) ** 2))
        done = module.level_set_step(
            here,
            self.image,
            out,
            self.inverse,
            self.mu,
            self.lambda1,
            self.lambda2,
            self.dt,
            inside,
            outside,
            self.changes,
            self.rows_per_task,
            progress.cancel_flag(),
        )
        body.completed(done, "chan_vese")
        return float(self.changes.sum())

    def _reference_step(
        self, here: NDArray[np.float64], inside: float, outside: float
    ) -> NDArray[np.float64]:
        """Return the next level set, operation by operation."""
        around = np.pad(here, 1, mode="edge")
        axes = [axis for axis in (2, 1, 0) if self.inverse[2 - axis]]
        low = {axis: _shifted(around, axis, -1) for axis in axes}
        high = {axis: _shifted(around, axis, 1) for axis in axes}
        central = {
            axis: ((high[axis] - low[axis]) / 2 * self.inverse[2 - axis]) ** 2 for axis in axes
        }
        pull, total = np.zeros_like(here), np.zeros_like(here)
        for axis in axes:
            inverse = self.inverse[2 - axis]
            ahead = ((high[axis] - here) * inverse) ** 2
            behind = ((here - low[axis]) * inverse) ** 2
            forward = np.full_like(here, _TINY)
            backward = np.full_like(here, _TINY)
            for other in axes:
                forward += ahead if other == axis else central[other]
                backward += behind if other == axis else central[other]
            forward = 1 / np.sqrt(forward) * inverse**2
            backward = 1 / np.sqrt(backward) * inverse**2
            pull += high[axis] * forward
            pull += low[axis] * backward
            total += forward
            total += backward
        force = (
            -self.lambda1 * (self.image - inside) ** 2 + self.lambda2 * (self.image - outside) ** 2
        )
        force[np.isnan(force)] = 0
        delta = 1 / (1 + here**2)
        moved = here + self.dt * delta * (self.mu * pull + force)
        return np.asarray(moved / (1 + self.mu * self.dt * delta * total))


def _shifted(around: NDArray[np.float64], axis: int, by: int) -> NDArray[np.float64]:
    """Return the neighbours along one axis, from an array with one sample more on each side."""
    parts = [slice(1, -1)] * 3
    parts[axis] = slice(1 + by, around.shape[axis] - 1 + by)
    return around[tuple(parts)]
