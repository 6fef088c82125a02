"""Gauss-Newton with damping."""

from __future__ import annotations

import numpy as np
import pytest

from fiducial.registration.objectives import Slope
from fiducial.registration.optimisers import LevenbergMarquardt
from fiducial.registration.optimisers.levenberg_marquardt import undetermined

OPTIONS = {"tolerance": 1e-9, "longest": 10.0, "least_overlap": 0.25, "iterations": 50}


def shift(parameters: np.ndarray) -> np.ndarray:
    matrix = np.eye(3)
    matrix[:2, 2] = parameters
    return matrix


def bowl(matrix: np.ndarray) -> tuple[Slope, float]:
    away = matrix[:2, 2] - [3.0, -2.0]
    curvature = np.array([[2.0, 0.5], [0.5, 1.0]])
    return Slope(float(away @ curvature @ away), -curvature @ away, curvature), 1.0


def test_a_bowl_is_solved_to_its_bottom() -> None:
    found = LevenbergMarquardt().run(bowl, np.eye(3), shift, **OPTIONS)
    assert found.matrix[:2, 2] == pytest.approx([3.0, -2.0], abs=1e-8)
    assert found.has_converged
    assert found.reason == "a step would move less than 1e-09"


def test_steps_are_cut_to_the_longest() -> None:
    found = LevenbergMarquardt().run(bowl, np.eye(3), shift, **{**OPTIONS, "longest": 0.5})
    assert max(step.length for step in found.steps) <= 0.5 + 1e-12
    assert found.matrix[:2, 2] == pytest.approx([3.0, -2.0], abs=1e-8)


def test_it_never_ends_above_the_start() -> None:
    def liar(matrix: np.ndarray) -> tuple[Slope, float]:
        slope, overlap = bowl(matrix)
        return Slope(slope.cost, -slope.descent, slope.curvature), overlap

    found = LevenbergMarquardt().run(liar, np.eye(3), shift, **OPTIONS)
    assert np.array_equal(found.matrix, np.eye(3))
    assert found.reason == "no step lowers the cost"
    assert [step.is_accepted for step in found.steps[1:]] == [False] * (len(found.steps) - 1)


def test_a_step_that_leaves_the_image_is_refused() -> None:
    def narrow(matrix: np.ndarray) -> tuple[Slope, float]:
        slope, _ = bowl(matrix)
        return slope, 0.2 if matrix[0, 2] > 2 else 1.0

    found = LevenbergMarquardt().run(narrow, np.eye(3), shift, **OPTIONS)
    assert found.matrix[0, 2] <= 2.0
    assert found.overlap == 1.0


def test_iterations_are_counted() -> None:
    found = LevenbergMarquardt().run(bowl, np.eye(3), shift, **{**OPTIONS, "iterations": 1})
    assert not found.has_converged
    assert found.reason == "all 1 iterations were used"


def test_motions_without_effect_stay() -> None:
    def valley(matrix: np.ndarray) -> tuple[Slope, float]:
        away = matrix[0, 2] - 3.0
        return Slope(away**2, np.array([-away, 0.0]), np.diag([1.0, 0.0])), 1.0

    found = LevenbergMarquardt().run(valley, np.eye(3), shift, **OPTIONS)
    assert found.matrix[:2, 2] == pytest.approx([3.0, 0.0], abs=1e-8)
    assert undetermined(found.slope).tolist() == [False, True]


def test_a_flat_cost_converges_at_once() -> None:
    found = LevenbergMarquardt().run(
        lambda matrix: (Slope(1.0, np.zeros(2), np.zeros((2, 2))), 1.0), np.eye(3), shift, **OPTIONS
    )
    assert np.array_equal(found.matrix, np.eye(3))
