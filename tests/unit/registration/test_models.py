"""What a transform may do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fiducial as fd
from fiducial.errors import ParameterError
from fiducial.registration.models import MODELS, model_for, motion

GRID = fd.Grid.from_spacing((10, 12, 14), (3.0, 2.0, 1.0), origin=(-7, -12, -14))
CENTER = np.array([1.0, 2.0, 3.0])
COUNTS = {"translation": 3, "rigid": 6, "similarity": 7, "affine": 12}


@pytest.mark.parametrize("name", MODELS)
def test_parameters_are_counted_and_named(name: str) -> None:
    model = model_for(name, GRID, CENTER)
    assert len(model.names) == len(set(model.names)) == COUNTS[name] == len(model.generators)


@pytest.mark.parametrize("name", MODELS)
def test_a_motion_of_zero_is_the_identity(name: str) -> None:
    model = model_for(name, GRID, CENTER)
    assert np.array_equal(model.step(np.zeros(COUNTS[name])), np.eye(4))


@pytest.mark.parametrize("name", MODELS)
def test_a_small_motion_is_what_its_generator_says(name: str) -> None:
    model = model_for(name, GRID, CENTER)
    point = np.array([4.0, -5.0, 6.0])
    for number, generator in enumerate(model.generators):
        parameters = np.zeros(COUNTS[name])
        parameters[number] = 1e-6
        moved = (model.step(parameters) @ np.append(point, 1.0))[:3]
        expected = generator @ np.append(point - CENTER, 1.0)
        assert (moved - point) / 1e-6 == pytest.approx(expected, abs=1e-5)


@given(st.lists(st.floats(-60, 60), min_size=6, max_size=6))
def test_a_large_rigid_motion_is_exactly_rigid(parameters: list[float]) -> None:
    model = model_for("rigid", GRID, CENTER)
    matrix = model.step(np.array(parameters))[:3, :3]
    assert np.abs(matrix.T @ matrix - np.eye(3)).max() < 1e-12
    assert np.linalg.det(matrix) > 0


def test_a_turn_moves_points_at_the_radius_by_its_size() -> None:
    model = model_for("rigid", GRID, GRID.center)
    about_z = model.names.index("turn about z")
    point = GRID.center + np.array([model.radius, 0, 0])
    velocity = model.generators[about_z] @ np.append(point - GRID.center, 1.0)
    assert velocity == pytest.approx([0, 1, 0])


@pytest.mark.parametrize("name", MODELS)
def test_the_result_is_a_transform_of_the_kind(name: str) -> None:
    model = model_for(name, GRID, CENTER)
    rng = np.random.default_rng(0)
    matrix = np.eye(4)
    for _ in range(50):
        matrix = matrix @ model.step(rng.normal(0, 1, COUNTS[name]))
    found = model.transform(matrix)
    assert type(found).__name__.lower() == name
    points = rng.uniform(-50, 50, (20, 3))
    expected = points @ matrix[:3, :3].T + matrix[:3, 3]
    assert found.map(points) == pytest.approx(expected, abs=1e-9)


def test_a_slice_moves_within_its_plane() -> None:
    turned = fd.Rigid((10, -20, 30)).matrix
    plane = fd.Grid.from_spacing((12, 14), (2.0, 1.0), direction=turned[:, 1:])
    normal = turned[:, 0]
    for name, count in {"translation": 2, "rigid": 3, "similarity": 4, "affine": 6}.items():
        model = model_for(name, plane, plane.center)
        assert len(model.names) == count
        matrix = model.step(np.random.default_rng(0).normal(0, 1, count))
        point = plane.index_to_world([3.0, 4.0])
        moved = (matrix @ np.append(point, 1.0))[:3]
        assert abs((moved - plane.origin) @ normal) < 1e-12


def test_exponential_of_a_known_velocity() -> None:
    quarter = np.array([[0.0, -np.pi / 2], [np.pi / 2, 0.0]])
    assert motion(quarter) == pytest.approx(np.array([[0, -1], [1, 0]]), abs=1e-14)
    assert motion(np.diag([1.0, -3.0])) == pytest.approx(np.diag(np.exp([1.0, -3.0])), rel=1e-13)


def test_an_unknown_transform_is_refused() -> None:
    with pytest.raises(ParameterError, match="one of translation, rigid, similarity, affine"):
        model_for("bspline", GRID, CENTER)
