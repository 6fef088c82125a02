"""The pyramid of a registration, planned in the world's unit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..errors import ParameterError, parameter_error, shown
from ..geometry import Grid, plan_pyramid
from ..units import length

__all__ = ["Schedule", "plan"]

_FEWEST = 20
"""Samples along the longest axis at the coarsest level: enough to see what the image shows."""

_MOST_SAMPLES = 4_000_000
"""Samples of the finest level: beyond it, half the resolution still gives a tenth of a voxel."""

_LEAST_SIZE = 12


@dataclass(frozen=True)
class Schedule:
    """Which lattices are compared, from coarse to fine.

    Attributes
    ----------
    spacings : tuple of float
        Wanted spacing of each level, in the world's unit.
    fixed, moving : tuple of Grid
        One lattice a level.
    reason : str
    """

    spacings: tuple[float, ...]
    fixed: tuple[Grid, ...]
    moving: tuple[Grid, ...]
    reason: str

    def swapped(self) -> Schedule:
        """Return the same levels with the roles exchanged."""
        return Schedule(self.spacings, self.moving, self.fixed, self.reason)


def plan(fixed: Grid, moving: Grid, spacings: Sequence[object] | None) -> Schedule:
    """Plan the levels for two lattices.

    Parameters
    ----------
    fixed, moving
        The images' lattices.
    spacings
        Spacing of each level from coarse to fine, as lengths; chosen when None.

    Raises
    ------
    ParameterError
        If spacings are given that are not lengths above 0, from coarse to fine.
    """
    if spacings is not None:
        if isinstance(spacings, str) or not isinstance(spacings, Iterable):
            raise parameter_error("register", "spacings", "a list of lengths", spacings)
        values = [fixed.in_unit(length(item, "spacings of register")) for item in spacings]
        falls = all(a > b for a, b in pairwise(values))
        if not values or min(values) <= 0 or not falls:
            raise ParameterError(
                f"spacings of register must be lengths above 0 from coarse to fine; "
                f"got {shown(spacings)}."
            )
        reason = "as given"
    else:
        finest = max(min(fixed.spacing), min(moving.spacing))
        samples = np.prod(
            [e / max(s, finest) for e, s in zip(fixed.extent, fixed.spacing, strict=True)]
        )
        reason = "the finest is the coarser image's own"
        while samples > _MOST_SAMPLES:
            finest *= 2.0
            samples /= 2.0**fixed.dimension
            reason = f"the finest keeps at most {_MOST_SAMPLES:,} samples"
        longest = max(fixed.extent)
        values = [finest]
        while longest / (2.0 * values[0]) >= _FEWEST:
            values.insert(0, 2.0 * values[0])
        reason += f"; the coarsest has about {longest / values[0]:.0f} samples along the image"
    return Schedule(
        tuple(values),
        tuple(_levels(fixed, values)),
        tuple(_levels(moving, values)),
        reason,
    )


def _levels(grid: Grid, spacings: Sequence[float]) -> list[Grid]:
    """Return one lattice for each spacing: equal neighbours are kept, so that levels match."""
    return [plan_pyramid(grid, [spacing], _LEAST_SIZE)[0] for spacing in spacings]
