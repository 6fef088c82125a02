"""Sums of plane waves in the world: seeded texture, and smooth motion with an inverse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ParameterError

__all__ = ["INVERSE_TOLERANCE", "WaveMotion", "directions", "texture"]

INVERSE_TOLERANCE = 1e-10
"""How near the inverse comes, in the world's unit: rounding of double precision at 1 m."""


def directions(random: np.random.Generator, count: int, dimension: int) -> NDArray[np.float64]:
    """Return (count, dimension) random unit vectors, evenly spread over directions."""
    vectors = random.standard_normal((count, dimension))
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def texture(
    points: NDArray[np.float64], seed: Sequence[int], wavelengths: tuple[float, float], count: int
) -> NDArray[np.float64]:
    """Return a random smooth function of world points, of mean 0 and variance 1.

    Parameters
    ----------
    points
        (..., N) coordinates.
    seed
        Numbers that choose the function.
    wavelengths
        Shortest and longest wave, in the points' unit.
    count
        Number of waves.

    Notes
    -----
    ``sqrt(2 / count) * sum_i cos(k_i . p + phase_i)``.
    """
    random = np.random.default_rng(list(seed))
    lengths = random.uniform(*wavelengths, count)
    waves = directions(random, count, points.shape[-1]) * (2 * np.pi / lengths)[:, None]
    phases = random.uniform(0, 2 * np.pi, count)
    total = np.zeros(points.shape[:-1])
    for wave, phase in zip(waves, phases, strict=True):
        total += np.cos(points @ wave + phase)
    return np.asarray(total * np.sqrt(2 / count))


@dataclass(frozen=True, eq=False)
class WaveMotion:
    """The map ``p -> p + sum_i amplitude_i * sin(wave_i . p + phase_i)``, which has an inverse.

    Parameters
    ----------
    waves
        (M, N) wave vectors, in radians per unit.
    amplitudes
        (M, N) displacement of each wave, in the world's unit.
    phases
        (M,) radians.
    """

    waves: NDArray[np.float64]
    amplitudes: NDArray[np.float64]
    phases: NDArray[np.float64]

    def __post_init__(self) -> None:
        if not self.slope < 1:
            raise ParameterError(
                f"the amplitudes of WaveMotion must keep its slope below 1, so that it folds "
                f"nowhere; got {self.slope:.3g}. Choose a smaller displacement."
            )

    @property
    def slope(self) -> float:
        """Bound on how fast the displacement changes: below 1 the map has an inverse."""
        sizes = np.linalg.norm(self.waves, axis=1) * np.linalg.norm(self.amplitudes, axis=1)
        return float(sizes.sum())

    @property
    def bound(self) -> float:
        """No point moves further than this."""
        return float(np.linalg.norm(self.amplitudes, axis=1).sum())

    def displacement(self, world: ArrayLike) -> NDArray[np.float64]:
        """Return where each point (..., N) goes, less the point."""
        points = np.asarray(world, dtype=np.float64)
        total = np.zeros(points.shape)
        for wave, amplitude, phase in zip(self.waves, self.amplitudes, self.phases, strict=True):
            total += np.sin(points @ wave + phase)[..., None] * amplitude
        return total

    def map(self, world: ArrayLike) -> NDArray[np.float64]:
        """Map points (..., N): exact."""
        points = np.asarray(world, dtype=np.float64)
        return points + self.displacement(points)

    def inverse_map(self, world: ArrayLike) -> NDArray[np.float64]:
        """Map points back, to within :data:`INVERSE_TOLERANCE` of the exact inverse.

        By the iteration ``p <- q - u(p)``, whose error falls by `slope` each time.
        """
        target = np.asarray(world, dtype=np.float64)
        points = target.copy()
        limit = INVERSE_TOLERANCE * (1 - self.slope)
        for _ in range(10_000):
            moved = target - self.displacement(points)
            step = float(np.max(np.abs(moved - points), initial=0.0))
            points = moved
            if not step > limit:
                return points
        raise AssertionError("the iteration of a contraction ended without an answer")

    def jacobian(self, world: ArrayLike) -> NDArray[np.float64]:
        """Return the exact (..., N, N) derivative of the map."""
        points = np.asarray(world, dtype=np.float64)
        dimension = points.shape[-1]
        total = np.zeros((*points.shape[:-1], dimension, dimension)) + np.eye(dimension)
        for wave, amplitude, phase in zip(self.waves, self.amplitudes, self.phases, strict=True):
            change: NDArray[Any] = np.cos(points @ wave + phase)[..., None, None]
            total += change * np.outer(amplitude, wave)
        return total
