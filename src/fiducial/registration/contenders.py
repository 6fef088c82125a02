"""Places that starts led to, and which of them are worth following."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .initialise import Start
from .level import Level
from .optimisers.optimiser import Found

__all__ = ["APART", "AS_GOOD", "Path", "Tried", "apart", "best_of", "contenders_of", "distinct"]

_MOST_CONTENDERS = 3

AS_GOOD = (1.1, 2e-3)
"""Factor and amount by which a cost may be higher and still count as equally good."""

APART = 0.04
"""Share of the longest side by which two transforms must differ to be two places."""


@dataclass(frozen=True)
class Tried:
    """A start and where it led at the coarsest level.

    Attributes
    ----------
    start : Start
    found : Found
    """

    start: Start
    found: Found


Path: TypeAlias = tuple[Tried, tuple[Found, ...]]
"""A start, and where it led at each level so far."""


def best_of(tried: Sequence[Tried], limit: float) -> Tried | None:
    """Return the start that led to the least cost; the most trusted one of about equals."""
    fit = [item for item in tried if _is_fit(item.found, limit)]
    least = min((item.found.slope.cost for item in fit), default=0.0)
    return next((item for item in fit if item.found.slope.cost <= 1.02 * least + 1e-6), None)


def _is_fit(found: Found, limit: float) -> bool:
    return found.overlap >= limit and found.slope.cost < np.inf


def contenders_of(tried: Sequence[Tried], limit: float, level: Level) -> list[Tried]:
    """Return the best start, and others that led elsewhere to about as little."""
    best = best_of(tried, limit)
    if best is None:
        return []
    ranked = sorted(
        (item for item in tried if item is not best and _is_fit(item.found, limit)),
        key=lambda item: item.found.slope.cost,
    )
    paths: list[Path] = [(item, (item.found,)) for item in [best, *ranked]]
    return [item for item, _ in distinct(paths, limit, level)]


def distinct(paths: list[Path], limit: float, level: Level) -> list[Path]:
    """Keep the best path and at most two that lie elsewhere and cost about as little."""
    fit = [path for path in paths if _is_fit(path[1][-1], limit)] or paths[:1]
    least = min(found[-1].slope.cost for _, found in fit)
    first = next(path for path in fit if path[1][-1].slope.cost <= 1.02 * least + 1e-6)
    kept = [first]
    near = APART * max(level.grid.extent)
    for path in fit:
        found = path[1][-1]
        if found.slope.cost > AS_GOOD[0] * least + AS_GOOD[1]:
            continue
        if all(apart(found.matrix, other[-1].matrix, level) > near for _, other in kept):
            kept.append(path)
    return kept[:_MOST_CONTENDERS]


def apart(first: NDArray[np.float64], second: NDArray[np.float64], level: Level) -> float:
    """Return the mean distance between two transforms' images of the lattice's corners."""
    difference = first - second
    moved = level.grid.corners @ difference[:-1, :-1].T + difference[:-1, -1]
    return float(np.mean(np.linalg.norm(moved, axis=1)))
