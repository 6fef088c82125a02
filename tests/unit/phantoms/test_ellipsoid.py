"""Ellipsoids: level, distance, and what a lattice's space cuts out."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fiducial.geometry import Frame, Grid
from fiducial.phantoms.ellipsoid import Ellipsoid, rotation, unit_ball
from fiducial.phantoms.patch import centres

TURN = rotation(3, 20.0, -35.0, 50.0)
SOLID = Ellipsoid((1.0, -2.0, 3.0), (4.0, 6.0, 9.0), TURN)


def test_unit_balls() -> None:
    assert unit_ball(1) == pytest.approx(2)
    assert unit_ball(2) == pytest.approx(math.pi)
    assert unit_ball(3) == pytest.approx(4 * math.pi / 3)


def test_rotations_turn_as_they_say() -> None:
    np.testing.assert_allclose(rotation(2, 90.0) @ (1.0, 0.0), (0.0, 1.0), atol=1e-12)
    np.testing.assert_allclose(rotation(3, 90.0, 0, 0) @ (0, 1.0, 0), (0, 0, 1.0), atol=1e-12)
    np.testing.assert_allclose(rotation(3, 0, 90.0, 0) @ (0, 0, 1.0), (1.0, 0, 0), atol=1e-12)
    np.testing.assert_allclose(rotation(3, 0, 0, 90.0) @ (1.0, 0, 0), (0, 1.0, 0), atol=1e-12)
    np.testing.assert_allclose(TURN @ TURN.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(TURN) == pytest.approx(1)


def surface(count: int = 200) -> np.ndarray:
    unit = np.random.default_rng(0).standard_normal((count, 3))
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    return (unit * SOLID.radii) @ TURN.T + SOLID.center


def test_level_and_distance_on_the_surface() -> None:
    points = surface()
    np.testing.assert_allclose(SOLID.level(points), 1.0)
    np.testing.assert_allclose(SOLID.distance(points), 0.0, atol=1e-12)
    normal = SOLID.normal(points)
    np.testing.assert_allclose(np.linalg.norm(normal, axis=1), 1.0)
    # A step along the normal changes the distance by as much, to second order.
    np.testing.assert_allclose(SOLID.distance(points + 1e-4 * normal), 1e-4, atol=2e-8)
    assert SOLID.distance(np.array([SOLID.center]))[0] == -4.0
    np.testing.assert_array_equal(SOLID.normal(np.array([SOLID.center])), [[1.0, 0.0, 0.0]])


def test_the_distance_to_a_ball_is_exact() -> None:
    solid = Ellipsoid((1.0, 2.0), (3.0, 3.0))
    points = np.random.default_rng(0).uniform(-9, 9, (50, 2))
    expected = np.linalg.norm(points - (1.0, 2.0), axis=1) - 3.0
    np.testing.assert_allclose(solid.distance(points), expected)


@pytest.mark.parametrize("height", [-5.0, 0.0, 3.0, 7.0])
def test_the_cut_of_a_plane_has_the_area_and_centre_that_are_counted(height: float) -> None:
    frame = Frame("LPS", "mm")
    turn = rotation(3, 15.0, 25.0, -10.0)
    step = 0.05
    grid = Grid.from_spacing((500, 500), step, direction=turn[:, :2], frame=frame)
    start = np.array(SOLID.center) + turn[:, 2] * height - (grid.center - grid.origin)
    grid = Grid.from_spacing((500, 500), step, origin=start, direction=turn[:, :2], frame=frame)
    cut = SOLID.cut(grid.affine[:-1])
    assert cut is not None
    index = np.argwhere(SOLID.level(centres(grid).points()) <= 1)
    # Samples of 0.05 mm: about 1000 along the outline, each wrong by 0.3 of 0.0025 mm2.
    assert len(index) * step * step == pytest.approx(cut.size, abs=0.15)
    np.testing.assert_allclose(index.mean(axis=0), cut.index, atol=0.1)  # of 0.05 mm
    np.testing.assert_allclose(np.ptp(index, axis=0) / 2, cut.half, atol=1.0)
    np.testing.assert_allclose(grid.index_to_world(cut.index), cut.center, atol=1e-9)


def test_a_plane_that_misses_cuts_nothing() -> None:
    grid = Grid.from_spacing(
        (9, 9), 1.0, origin=(0, 0, 50), direction=np.eye(3)[:, :2], frame=Frame("LPS", "mm")
    )
    assert SOLID.cut(grid.affine[:-1]) is None
    assert SOLID.inside(centres(grid)) is None


def test_a_volume_cuts_out_all_of_it() -> None:
    sheared = np.array([[0.2, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.1, 0.0]])
    grid = Grid.from_spacing((30, 40, 50), (1.0, 0.7, 0.6), origin=(-9, -15, -9), direction=sheared)
    cut = SOLID.cut(grid.affine[:-1])
    assert cut is not None
    assert cut.size == pytest.approx(SOLID.volume)
    np.testing.assert_allclose(cut.center, SOLID.center, atol=1e-12)
    key, inside = SOLID.inside(centres(grid)) or ((), np.zeros(0))
    whole = np.zeros(grid.shape, bool)
    whole[key] = inside
    np.testing.assert_array_equal(whole, SOLID.level(centres(grid).points()) <= 1)
