"""From starts to a transform: coarse to fine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..geometry import Grid
from ..kernels import convolution
from ..progress import report
from .contenders import Path, Tried, best_of, contenders_of, distinct
from .initialise import Start, overlap_limit, turned
from .level import Level, make_level, products
from .models import Model
from .objectives import Objective, Slope
from .optimisers import Optimiser
from .optimisers.optimiser import Evaluate, Found
from .prepare import Prepared, pyramid
from .schedule import Schedule

__all__ = [
    "Alignment",
    "Layer",
    "align",
    "build_layers",
    "build_levels",
    "detail_level",
    "evaluator",
]

_SEARCH_POINTS = 8_000
_POINTS = 60_000
_FINEST_POINTS = 200_000
_SEARCH_ITERATIONS = 25
_ITERATIONS = 40
_TOLERANCE = 0.02
_FINEST_TOLERANCE = 0.001
_LONGEST = 2.5
_DETAIL_SIGMA = 2.0
_DOUBTFUL = 0.1
"""Cost at the coarsest level above which half turns are tried as well."""


@dataclass(frozen=True)
class Alignment:
    """What the levels gave.

    Attributes
    ----------
    matrix : ndarray
        (W + 1, W + 1), homogeneous world.
    tried : tuple of Tried
        Every start, the chosen one first.
    found : tuple of Found
        One a level, from coarse to fine.
    rivals : tuple of Tried
        Starts that led elsewhere at about the same cost, all the way to the level before the
        finest; with where they were then.
    """

    matrix: NDArray[np.float64]
    tried: tuple[Tried, ...]
    found: tuple[Found, ...]
    rivals: tuple[Tried, ...] = ()


Layer: TypeAlias = tuple[Grid, NDArray[np.float32], NDArray[np.bool_] | None]
"""Lattice, values, and where they may be compared."""


def build_layers(
    fixed: Prepared, moving: Prepared, schedule: Schedule, objective: Objective
) -> tuple[list[Layer], list[Layer]]:
    """Build both images' pyramids, from coarse to fine, in intensities that compare."""
    offset, scale = fixed.mean, 1.0 / fixed.deviation
    below = pyramid(fixed, schedule.fixed, offset, scale)
    if objective.is_scaled:
        offset, scale = moving.mean, 1.0 / moving.deviation
    return below, pyramid(moving, schedule.moving, offset, scale)


def build_levels(fixed: Sequence[Layer], moving: Sequence[Layer]) -> list[Level]:
    """Pair the pyramids; the first level of the list is the coarsest with the fewest points."""
    levels = [make_level(fixed[0], moving[0], _SEARCH_POINTS)]
    for position, (below, above) in enumerate(zip(fixed, moving, strict=True)):
        is_last = position == len(fixed) - 1
        levels.append(make_level(below, above, _FINEST_POINTS if is_last else _POINTS))
    return levels


def detail_level(fixed: Layer, moving: Layer) -> Level:
    """Pair the fine detail of two images: what smoothing by two samples takes away."""
    return make_level(_detail(fixed), _detail(moving), _POINTS)


def _detail(layer: Layer) -> Layer:
    grid, values, valid = layer
    sigma = [_DETAIL_SIGMA if size > 1 else 0.0 for size in grid.shape]
    return grid, values - convolution.gaussian(values, sigma, border="nearest"), valid


def evaluator(level: Level, model: Model, objective: Objective) -> Evaluate:
    """Return the function that an optimiser asks."""

    def evaluate(matrix: NDArray[np.float64]) -> tuple[Slope, float]:
        found = products(level, matrix, model, is_scaled=objective.is_scaled)
        return objective.slope(found), found.overlap

    return evaluate


def align(
    levels: Sequence[Level],
    candidates: Sequence[Start],
    model: Model,
    objective: Objective,
    optimiser: Optimiser,
    *,
    is_searching: bool,
    message: str,
) -> Alignment:
    """Try the starts at the coarsest level, and follow the best to the finest.

    Up to three that lead to different places at about the same cost are followed to the level
    before the finest, where the best of them is taken.

    Parameters
    ----------
    levels
        As :func:`build_levels` gives them.
    candidates
        Transforms to start from, the most trusted first.
    model, objective, optimiser
        What may move, what is compared, how the best is looked for.
    is_searching
        Whether turned copies of the best start are tried as well.
    message
        What progress calls the work.

    Raises
    ------
    ParameterError
        If the images overlap from none of the starts.
    """
    search = levels[0]
    limit = overlap_limit(search)
    tried: list[Tried] = []

    def attempt(start: Start) -> None:
        report(len(tried), 16, f"{message}: starts")
        evaluate = evaluator(search, model, objective)
        found = _optimised(search, evaluate, start.matrix, model, optimiser, limit, is_search=True)
        tried.append(Tried(start, found))

    for start in candidates:
        attempt(start)
    if is_searching:
        best = best_of(tried, limit)
        if best is not None:
            for start in turned(best.start, model, search.grid):
                attempt(start)
        best = best_of(tried, limit)
        if best is not None and best.found.slope.cost > _DOUBTFUL:
            for start in turned(best.start, model, search.grid, is_half=True):
                attempt(start)
    contenders = contenders_of(tried, limit, search)
    if not contenders:
        raise ParameterError(
            f"fixed and moving of register must overlap by a quarter of the smaller one; got at "
            f"most {max(item.found.overlap for item in tried):.1%} of the fixed points from the "
            f"starts {', '.join(item.start.name for item in tried)}. Give initial= a transform "
            "that brings them together, or check the masks."
        )
    paths: list[Path] = [(item, (item.found,)) for item in contenders]
    rivals: list[Path] = []
    for number, level in enumerate(levels[1:]):
        report(number, len(levels) - 1, f"{message}: {level.spacing:.3g} {level.grid.unit}")
        evaluate = evaluator(level, model, objective)
        is_last = number == len(levels) - 2
        if is_last:
            rivals, paths = paths[1:], paths[:1]
        followed: list[Path] = []
        for item, before in paths:
            one = _optimised(
                level, evaluate, before[-1].matrix, model, optimiser, limit, is_last=is_last
            )
            followed.append((item, (*before, one)))
        paths = distinct(followed, limit, level)
    report(1, 1, message)
    chosen, found = paths[0]
    others = [item for item in tried if item is not chosen]
    return Alignment(
        found[-1].matrix,
        (chosen, *others),
        found[1:],
        tuple(Tried(item.start, before[-1]) for item, before in rivals),
    )


def _optimised(
    level: Level,
    evaluate: Evaluate,
    start: NDArray[np.float64],
    model: Model,
    optimiser: Optimiser,
    limit: float,
    *,
    is_search: bool = False,
    is_last: bool = False,
) -> Found:
    return optimiser.run(
        evaluate,
        start,
        model.step,
        tolerance=(_FINEST_TOLERANCE if is_last else _TOLERANCE) * level.spacing,
        longest=_LONGEST * level.spacing,
        least_overlap=limit,
        iterations=_SEARCH_ITERATIONS if is_search else _ITERATIONS,
    )
