"""Texture and smooth motion out of plane waves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiducial.errors import ParameterError
from fiducial.phantoms.waves import WaveMotion, directions, texture


def motion(seed: int, dimension: int, size: float) -> WaveMotion:
    random = np.random.default_rng(seed)
    waves = directions(random, 5, dimension) * (2 * np.pi / random.uniform(80, 160, (5, 1)))
    return WaveMotion(waves, directions(random, 5, dimension) * size / 5, random.uniform(0, 6, 5))


@given(seed=st.integers(0, 1000), dimension=st.sampled_from([2, 3]), size=st.floats(0.1, 12))
def test_the_inverse_undoes_the_motion(seed: int, dimension: int, size: float) -> None:
    moved = motion(seed, dimension, size)
    points = np.random.default_rng(seed).uniform(-300, 300, (50, dimension))
    away = moved.map(moved.inverse_map(points)) - points
    assert np.abs(away).max() < 1e-9  # mm
    assert np.linalg.norm(moved.displacement(points), axis=1).max() <= moved.bound + 1e-12
    assert moved.bound == pytest.approx(size)
    assert np.linalg.det(moved.jacobian(points)).min() > 0


def test_the_derivative_is_that_of_the_motion() -> None:
    moved = motion(3, 3, 9.0)
    points = np.random.default_rng(1).uniform(-100, 100, (40, 3))
    for axis in range(3):
        step = np.eye(3)[axis] * 1e-4
        slope = (moved.map(points + step) - moved.map(points - step)) / 2e-4
        np.testing.assert_allclose(moved.jacobian(points)[..., axis], slope, atol=1e-8)


def test_a_motion_that_could_fold_is_refused() -> None:
    with pytest.raises(ParameterError, match="keep its slope below 1"):
        motion(3, 2, 60.0)


def test_no_points_are_mapped_to_no_points() -> None:
    assert motion(1, 2, 5.0).inverse_map(np.zeros((0, 2))).shape == (0, 2)


def test_texture_has_mean_0_and_variance_1() -> None:
    points = np.random.default_rng(0).uniform(0, 1000, (20_000, 2))
    values = texture(points, (1, 2), (5.0, 20.0), 16)
    # 20000 independent points: five standard errors of the mean are 0.035.
    assert abs(values.mean()) < 0.035
    assert values.var() == pytest.approx(1.0, abs=0.06)
    np.testing.assert_array_equal(values, texture(points, (1, 2), (5.0, 20.0), 16))
    assert not np.array_equal(values, texture(points, (1, 3), (5.0, 20.0), 16))
