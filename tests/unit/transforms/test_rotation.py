"""Rotations, their angles, and the words for a matrix."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiducial.transforms.rotation import decompose, rotation_angles, rotation_from_angles

ANGLE = st.floats(-math.pi, math.pi)
TILT = st.floats(-math.pi / 2 + 1e-3, math.pi / 2 - 1e-3)


def test_known_matrix() -> None:
    assert rotation_from_angles((math.pi / 2,)) == pytest.approx(np.array([[0, -1], [1, 0]]))


@given(st.tuples(ANGLE, TILT, ANGLE))
def test_angles_give_the_matrix_that_gave_them(angles: tuple[float, float, float]) -> None:
    matrix = rotation_from_angles(angles)
    # 1e-9: near a quarter turn about y, which the strategy keeps 1e-3 away, digits get lost.
    assert rotation_from_angles(rotation_angles(matrix)) == pytest.approx(matrix, abs=1e-9)


@pytest.mark.parametrize("tilt", [math.pi / 2, -math.pi / 2])
def test_at_a_quarter_turn_about_y_the_angles_still_give_the_matrix(tilt: float) -> None:
    matrix = rotation_from_angles((0.3, tilt, 0.5))
    assert rotation_from_angles(rotation_angles(matrix)) == pytest.approx(matrix, abs=1e-7)


@given(
    st.tuples(ANGLE, TILT, ANGLE),
    st.lists(st.floats(0.2, 5.0), min_size=3, max_size=3),
    st.lists(st.floats(-1.0, 1.0), min_size=3, max_size=3),
)
def test_decomposition_multiplies_to_the_matrix(
    angles: tuple[float, float, float], scale: list[float], shear: list[float]
) -> None:
    upper = np.eye(3)
    upper[np.triu_indices(3, 1)] = shear
    matrix = rotation_from_angles(angles) @ np.diag(scale) @ upper
    parts = decompose(matrix)
    assert parts.scale == pytest.approx(scale, rel=1e-9)
    assert parts.shear == pytest.approx(shear, abs=1e-9)
    again = np.eye(3)
    again[np.triu_indices(3, 1)] = parts.shear
    assert parts.rotation @ np.diag(parts.scale) @ again == pytest.approx(matrix, abs=1e-9)


def test_a_mirror_is_told_by_the_last_scale() -> None:
    parts = decompose(np.diag([1.0, -1.0, 1.0]))
    assert np.linalg.det(parts.rotation) == pytest.approx(1.0)
    assert parts.scale[-1] < 0
