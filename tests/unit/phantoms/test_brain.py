"""The brain pair: what the mapping promises holds voxel by voxel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from fiducial.errors import ParameterError
from fiducial.geometry import Grid
from fiducial.phantoms.brain import _tissue, brain_pair
from fiducial.transforms import Transform

Lattices = Callable[..., dict[str, Grid]]
FLAT = Grid.from_spacing((100, 80), 2.0, origin=(-79.0, -99.0))


@pytest.mark.parametrize("options", [{}, {"kind": "rigid", "angle": 15.0}])
@pytest.mark.parametrize("name", ["fine", "anisotropic", "oblique", "left-handed", "sheared"])
@pytest.mark.parametrize("dimension", [2, 3])
def test_fixed_shows_the_moving_head_at_mapped_points(
    lattices: Lattices, dimension: int, name: str, options: dict[str, Any]
) -> None:
    # Off the origin, or samples would lie on the surfaces, where rounding decides.
    grid = lattices((0.3, -0.2, 0.1)[:dimension], 200.0, 8.0)[name]
    pair = brain_pair(grid, noise=0, samples=1, **options)
    world = grid.index_to_world(np.stack(np.indices(grid.shape), axis=-1))
    there = pair.transform.map(world)
    np.testing.assert_array_equal(pair.fixed_labels.array, _tissue(there, 0))
    np.testing.assert_array_equal(pair.moving_labels.array, _tissue(world, 0))
    np.testing.assert_allclose(pair.displacement.array, there - world, atol=1e-12)
    np.testing.assert_allclose(pair.transform.inverse().map(there), world, atol=1e-9)  # mm
    moved = pair.transform.map(pair.fixed_points)
    assert moved.distance_to(pair.moving_points).max() < 1e-9  # mm
    assert isinstance(pair.transform, Transform)


def test_the_deformation_keeps_its_bound_and_folds_nowhere() -> None:
    pair = brain_pair(FLAT, size="12 mm", noise=0, samples=1)
    away = np.linalg.norm(pair.displacement.array, axis=-1)
    assert 4.0 < away.max() <= 12.0
    world = FLAT.index_to_world(np.stack(np.indices(FLAT.shape), axis=-1)).reshape(-1, 2)
    jacobian = pair.transform.jacobian(world)
    assert np.linalg.det(jacobian).min() > 0
    step = 1e-5
    for axis in range(2):
        offset = np.eye(2)[axis] * step
        slope = (pair.transform.map(world + offset) - pair.transform.map(world - offset)) / 2e-5
        np.testing.assert_allclose(jacobian[..., axis], slope, atol=1e-7)
    there = pair.transform.map(world)
    back = pair.transform.inverse().jacobian(there)
    np.testing.assert_allclose(back @ jacobian, np.broadcast_to(np.eye(2), back.shape), atol=1e-9)


def test_tissues_have_their_values() -> None:
    pair = brain_pair(FLAT, noise=0, samples=1, contrasts=("T1", "T2"))
    assert set(pair.fixed_labels.numbers) == {1, 2, 3, 4, 5}
    white = pair.fixed_labels.mask("white matter").array
    assert set(pair.fixed.array[white]) == {180.0}
    assert set(pair.moving.array[pair.moving_labels.mask("white matter").array]) == {95.0}


def test_rigid_is_the_rotation_that_was_asked_for() -> None:
    pair = brain_pair(FLAT, kind="rigid", angle=90.0, shift=(5.0, 0.0), samples=1)
    np.testing.assert_allclose(pair.transform.map([[1.0, 0.0]]), [[5.0, 1.0]], atol=1e-12)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"size": "40 mm"}, "size of brain_pair must be above 0 and at most 18 mm"),
        ({"kind": "bent"}, "kind of brain_pair"),
        ({"contrasts": ("T1",)}, "contrasts of brain_pair"),
        ({"kind": "rigid", "angle": (1, 2, 3)}, "angle of brain_pair"),
        ({"kind": "rigid", "shift": (1, 2, 3)}, "shift of brain_pair must be 2 numbers"),
        ({"noise": -1}, "noise of brain_pair"),
    ],
)
def test_refusals(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        brain_pair(FLAT, **options)
