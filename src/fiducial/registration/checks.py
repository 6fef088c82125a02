"""Registrations made only to judge another one: roles exchanged, and one image mirrored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..geometry import Grid
from .align import Alignment, Layer, align, build_levels
from .initialise import Start
from .level import Level
from .models import Model, model_for
from .objectives import Objective
from .optimisers import Optimiser

__all__ = ["Mirrored", "mirrored", "reversed_roles"]


@dataclass(frozen=True)
class Mirrored:
    """How well the images match when one of them is mirrored, beside how well they do.

    Attributes
    ----------
    cost, own_cost : float
        Of the mirrored match and of the result, at the same level.
    """

    cost: float
    own_cost: float


def reversed_roles(
    forward: Alignment,
    layers: tuple[Sequence[Layer], Sequence[Layer]],
    model: Model,
    moving_grid: Grid,
    objective: Objective,
    optimiser: Optimiser,
) -> Alignment | None:
    """Register the fixed image to the moving one, without the finest of three levels or more.

    It starts from the inverses of where the other started and of where its coarsest level led,
    never of where it ended.  None when the images do not overlap from there.
    """
    kept = slice(None, -1) if len(layers[0]) > 2 else slice(None)
    chosen = forward.tried[0]
    center = chosen.found.matrix @ np.append(model.center, 1.0)
    beginnings = [
        Start("the inverse of the other start", _inverse(chosen.start.matrix)),
        Start("the inverse of the other's coarsest level", _inverse(chosen.found.matrix)),
    ]
    try:
        return align(
            build_levels(layers[1][kept], layers[0][kept]),
            beginnings,
            model_for(model.name, moving_grid, center[:-1]),
            objective,
            optimiser,
            is_searching=False,
            message="register, roles exchanged",
        )
    except ParameterError:  # the masks hide the overlap from this side
        return None


def _inverse(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.linalg.inv(matrix))


def mirrored(
    forward: Alignment,
    levels: Sequence[Level],
    model: Model,
    center: NDArray[np.float64],
    objective: Objective,
    optimiser: Optimiser,
) -> Mirrored | None:
    """Register a mirrored copy, without the finest of three levels or more.

    Parameters
    ----------
    forward
        The result.
    levels, model, objective, optimiser
        As the result was found.
    center
        (W,), world: a point of the mirror, in the middle of what is seen.

    Returns
    -------
    Mirrored or None
        None for a translation, which could not follow the mirror, or without overlap.
    """
    if model.name == "translation":
        return None
    kept = len(levels) - 1 if len(levels) > 3 else len(levels)
    normal = model.generators[0][:, -1]
    reflection = np.eye(len(center) + 1)
    reflection[:-1, :-1] -= 2.0 * np.outer(normal, normal)
    reflection[:-1, -1] = 2.0 * normal * (normal @ center)
    try:
        found = align(
            levels[:kept],
            [Start("mirrored", forward.matrix @ reflection)],
            model,
            objective,
            optimiser,
            is_searching=False,
            message="register, mirrored",
        )
    except ParameterError:
        return None
    return Mirrored(found.found[-1].slope.cost, forward.found[kept - 2].slope.cost)
