"""Lattices that all cover one box of the world: the same object must be on each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from fiducial.geometry import Grid


def around(
    center: Sequence[float],
    extent: float,
    spacing: Sequence[float],
    columns: NDArray[np.float64],
    unit: str,
) -> Grid:
    """Build a lattice of this extent about a point, with these axes (array order)."""
    shape = [max(1, round(extent / step)) for step in spacing]
    grid = Grid.from_spacing(shape, spacing, direction=columns, unit=unit)
    shift = np.asarray(center) - grid.center
    return Grid.from_spacing(
        shape, spacing, origin=grid.origin + shift, direction=columns, unit=unit
    )


def five(center: Sequence[float], extent: float, step: float, unit: str = "mm") -> dict[str, Grid]:
    """Return a fine, a coarse, an anisotropic, an oblique, a left-handed and a sheared lattice."""
    dimension = len(center)
    straight = np.eye(dimension)[:, ::-1]
    turn = np.linalg.qr(np.array([[1.0, 0.3, -0.2], [-0.3, 1.0, 0.25], [0.2, -0.2, 1.0]]))[0]
    turn = turn[:dimension, :dimension] if dimension == 3 else np.linalg.qr(turn[:2, :2])[0]
    sheared = straight.copy()
    sheared[0, 0] += 0.25
    flipped = straight * ([-1.0] + [1.0] * (dimension - 1))
    same = [step] * dimension
    uneven = [3 * step] + [step] * (dimension - 1)
    return {
        "fine": around(center, extent, [step / 1.5] * dimension, straight, unit),
        "coarse": around(center, extent, [1.5 * step] * dimension, straight, unit),
        "anisotropic": around(center, extent, uneven, straight, unit),
        "oblique": around(center, extent, same, turn @ straight, unit),
        "left-handed": around(center, extent, same, flipped, unit),
        "sheared": around(center, extent, same, sheared, unit),
    }


@pytest.fixture(scope="session")
def lattices() -> Callable[..., dict[str, Grid]]:
    """Give the function that builds the lattices, for a centre, an extent and a step."""
    return five
