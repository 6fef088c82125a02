"""Displacement fields."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import FrameMismatchError, ParameterError
from fiducial.transforms import Displacement

TURNED = fd.Rigid((10, -20, 30)).matrix
OBLIQUE = fd.Grid.from_spacing(
    (12, 14, 16), (2.0, 1.5, 1.0), origin=(3, -2, 5), direction=TURNED @ np.diag([1.0, 1.0, -1.0])
)


def world_of(grid: fd.Grid) -> np.ndarray:
    return grid.index_to_world(np.moveaxis(np.indices(grid.shape), 0, -1))


def linear_field(grid: fd.Grid) -> np.ndarray:
    slope = np.array([[0.1, 0.02, 0.0], [0.0, -0.05, 0.03], [0.04, 0.0, 0.06]])
    return (world_of(grid) - grid.center) @ slope.T


def test_a_linear_field_is_exact_between_samples_on_an_oblique_left_handed_lattice() -> None:
    assert OBLIQUE.is_right_handed is not None
    transform = Displacement(linear_field(OBLIQUE), OBLIQUE)
    inner = np.random.default_rng(0).uniform(0, 1, (50, 3)) * (np.array(OBLIQUE.shape) - 1)
    points = OBLIQUE.index_to_world(inner)
    slope = np.array([[0.1, 0.02, 0.0], [0.0, -0.05, 0.03], [0.04, 0.0, 0.06]])
    expected = points + (points - OBLIQUE.center) @ slope.T
    assert transform.map(points) == pytest.approx(expected, abs=1e-9)
    away = points[np.all((inner > 1) & (inner < np.array(OBLIQUE.shape) - 2), axis=1)]
    assert transform.jacobian(away) == pytest.approx(
        np.broadcast_to(np.eye(3) + slope, (len(away), 3, 3)), abs=1e-9
    )


def test_points_beyond_the_edges_stay() -> None:
    grid = fd.Grid.from_spacing((4, 4), 2.0)
    transform = Displacement(np.ones((4, 4, 2)), grid)
    assert transform.map([[-0.9, 0.0], [-1.1, 0.0], [100.0, 3.0]]).tolist() == [
        [pytest.approx(0.1), 1.0],
        [-1.1, 0.0],
        [100.0, 3.0],
    ]


def test_inverse_is_exact_at_the_samples_to_its_tolerance() -> None:
    grid = fd.Grid.from_spacing((20, 24), (1.5, 1.0), origin=(-12, -14))
    world = world_of(grid)
    bump = np.exp(-np.sum(world**2, axis=-1, keepdims=True) / 30.0)
    transform = Displacement(2.0 * bump * np.array([1.0, -0.5]), grid)
    inverse = transform.inverse()
    back = transform.map(inverse.map(world.reshape(-1, 2)))
    assert np.linalg.norm(back - world.reshape(-1, 2), axis=1).max() < 1e-3 * min(grid.spacing)


def test_a_steep_field_is_inverted_by_damped_steps() -> None:
    grid = fd.Grid.from_spacing((1, 60), 1.0)
    along = world_of(grid)[..., 0]
    field = np.zeros((1, 60, 2))
    field[..., 0] = 3.0 * np.sin(along / 2.0)  # slope up to 1.5, so plain iteration diverges
    with pytest.raises(ParameterError, match="folds or is too steep"):
        Displacement(field, grid).inverse()
    field[..., 0] = 1.6 * np.sin(along / 2.0)
    inverse = Displacement(field, grid).inverse()
    middle = world_of(grid)[:, 5:-5].reshape(-1, 2)
    there = Displacement(field, grid).map(inverse.map(middle))
    assert there == pytest.approx(middle, abs=1.1e-3)


def test_from_transform_samples_any_transform() -> None:
    rigid = fd.Rigid((1, 2, 3), (4, 5, 6), fixed_frame=OBLIQUE.frame)
    field = Displacement.from_transform(rigid, OBLIQUE)
    points = OBLIQUE.index_to_world([[3.0, 4.0, 5.0], [3.5, 4.5, 5.5]])
    assert field.map(points) == pytest.approx(rigid.map(points), abs=1e-9)


def test_image_of_vectors_goes_in_and_comes_out() -> None:
    transform = Displacement(linear_field(OBLIQUE).astype(np.float32), OBLIQUE)
    image = transform.as_image()
    assert image.channels == ("x", "y", "z")
    assert Displacement(image) == transform


@pytest.mark.parametrize(
    ("field", "grid", "message"),
    [
        (np.zeros((4, 4, 3)), fd.Grid.from_spacing((4, 4)), "shape"),
        (np.zeros((4, 4, 2)), None, "must be given"),
        (np.full((4, 4, 2), np.nan), fd.Grid.from_spacing((4, 4)), "finite"),
        (
            np.zeros((4, 4, 3)),
            fd.Grid.from_spacing((4, 4), 1.0, direction=np.eye(3)[:, :2]),
            "as many axes",
        ),
    ],
)
def test_fields_that_fit_nowhere_are_refused(
    field: np.ndarray, grid: fd.Grid | None, message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        Displacement(field, grid)


def test_a_field_needs_its_frame() -> None:
    transform = Displacement(np.zeros((4, 4, 2)), fd.Grid.from_spacing((4, 4)))
    with pytest.raises(ParameterError, match="fixed_frame"):
        transform.with_frames(None, None)
    with pytest.raises(FrameMismatchError):
        Displacement.from_transform(
            fd.Translation((1, 2, 3), fixed_frame=fd.Frame("LPS", "mm", "other")),
            OBLIQUE.with_frame(fd.Frame("LPS", "mm", "this")),
        )
