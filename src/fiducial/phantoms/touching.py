"""Seeded ellipsoids that keep apart, some of them in pairs that exactly touch."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .ellipsoid import Ellipsoid, rotation

__all__ = ["contact", "placed"]


def contact(first: Ellipsoid, second: Ellipsoid) -> float:
    """Return how far apart two ellipsoids are, as a ratio: 1 when they just touch.

    The distance between the centres divided by that at which the same two, moved along the
    line of their centres, would touch; below 1 they overlap.

    Notes
    -----
    The maximum over s of ``s (1 - s) r^T [(1 - s) A + s B]^-1 r`` is the square of the ratio,
    with r from centre to centre and A, B the squares of the half axes turned into the world.

    References
    ----------
    Perram JW, Wertheim MS (1985). Statistical mechanics of hard ellipsoids. J Comput Phys
    58:409-416. doi:10.1016/0021-9991(85)90171-8
    """
    squares = [_square(item) for item in (first, second)]
    apart = np.asarray(second.center) - np.asarray(first.center)

    def value(shares: NDArray[np.float64]) -> NDArray[np.float64]:
        mixed = shares[:, None, None] * squares[1] + (1 - shares)[:, None, None] * squares[0]
        solved = np.linalg.solve(mixed, np.tile(apart[:, None], (len(shares), 1, 1)))
        return np.asarray(shares * (1 - shares) * (solved[..., 0] @ apart))

    low, high = 0.0, 1.0
    for _ in range(12):  # one maximum: each round keeps a fifth of the range around it
        shares = np.linspace(low, high, 11)
        best = int(np.argmax(value(shares)))
        low, high = shares[max(0, best - 1)], shares[min(10, best + 1)]
    return float(np.sqrt(value(np.array([(low + high) / 2]))[0]))


def _square(item: Ellipsoid) -> NDArray[np.float64]:
    inverse = np.linalg.inv(item.scaling)
    return np.asarray(inverse @ inverse.T)


def placed(
    random: np.random.Generator,
    size: NDArray[np.float64],
    count: int,
    radii: tuple[float, float],
    touching: float,
) -> tuple[list[Ellipsoid], tuple[tuple[int, int], ...]]:
    """Return up to `count` ellipsoids inside a box from the origin, and which of them touch.

    None overlaps another; the pairs that touch are counted from 1.

    Parameters
    ----------
    random
        Source of every choice.
    size
        Side of the box along each coordinate.
    count
        How many are wanted; fewer when there is no room.
    radii
        Smallest and largest half axis.
    touching
        Share of them that are put against one that is already there.
    """
    found: list[Ellipsoid] = []
    pairs: list[tuple[int, int]] = []
    dimension = len(size)
    for _ in range(60 * count):
        if len(found) == count:
            break
        turn = rotation(dimension, *random.uniform(0, 180, 1 if dimension == 2 else 3))
        axes = random.uniform(*radii, dimension)
        wants_neighbour = bool(found) and random.uniform() < touching
        if wants_neighbour:
            host = found[int(random.integers(len(found)))]
            heading = random.standard_normal(dimension)
            heading /= np.linalg.norm(heading)
            start = np.asarray(host.center)
            trial = Ellipsoid(tuple(start + heading), tuple(axes), turn)
            center = start + heading / contact(host, trial)
        else:
            center = random.uniform(0, 1, dimension) * size
        reach = float(axes.max()) + 0.5
        if np.any(center < reach) or np.any(center > size - reach):
            continue
        item = Ellipsoid(
            tuple(float(value) for value in center), tuple(float(value) for value in axes), turn
        )
        # Touching is allowed, to rounding; others keep a gap of a tenth.
        near = [
            other
            for other in found
            if np.linalg.norm(center - np.asarray(other.center))
            < 1.2 * (max(other.radii) + max(item.radii))
        ]
        limits = [1 - 1e-9 if wants_neighbour and other is host else 1.08 for other in near]
        if all(contact(other, item) >= limit for other, limit in zip(near, limits, strict=True)):
            found.append(item)
            if wants_neighbour:
                pairs.append((found.index(host) + 1, len(found)))
    return found, tuple(pairs)
