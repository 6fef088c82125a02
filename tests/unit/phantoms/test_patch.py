"""Patches of a lattice, and means over its voxels."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from fiducial.errors import ParameterError
from fiducial.geometry import Grid
from fiducial.phantoms import patch as module
from fiducial.phantoms.patch import averaged, centres, check_samples

Lattices = Callable[..., dict[str, Grid]]


@pytest.mark.parametrize(
    "name", ["fine", "coarse", "anisotropic", "oblique", "left-handed", "sheared"]
)
def test_points_are_those_of_the_grid(lattices: Lattices, name: str) -> None:
    grid = lattices((1.0, 2.0, 3.0), 20.0, 4.0)[name]
    index = np.stack(np.indices(grid.shape), axis=-1)
    np.testing.assert_allclose(centres(grid).points(), grid.index_to_world(index), atol=1e-12)
    view = np.array([[0.0, 1.0, 0.0, 5.0], [0.0, 0.0, -1.0, 0.0]])
    seen = centres(grid, view).points()
    world = grid.index_to_world(index)
    np.testing.assert_allclose(seen[..., 0], world[..., 1] + 5, atol=1e-12)
    np.testing.assert_allclose(seen[..., 1], -world[..., 2], atol=1e-12)


@pytest.mark.parametrize("samples", [1, 2, 3])
def test_the_mean_of_a_line_is_its_value_in_the_middle(lattices: Lattices, samples: int) -> None:
    for grid in lattices((0.0, 0.0, 0.0), 20.0, 4.0).values():
        found = averaged(grid, lambda part: part.points() @ np.array([1.0, -2.0, 0.5]), samples)
        world = grid.index_to_world(np.stack(np.indices(grid.shape), axis=-1))
        np.testing.assert_allclose(found, world @ (1.0, -2.0, 0.5), atol=1e-11)


def test_the_mean_of_a_square_is_that_of_the_midpoints() -> None:
    grid = Grid.from_spacing((3,), 2.0)
    found = averaged(grid, lambda part: part.points()[..., 0] ** 2, 2)
    np.testing.assert_allclose(found, [0.25, 4.25, 16.25])


def test_slabs_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    grid = Grid.from_spacing((7, 5, 4), (3.0, 1.0, 2.0))

    def wavy(part: module.Patch) -> np.ndarray:
        return np.sin(part.points()).prod(axis=-1)

    whole = averaged(grid, wavy, 2)
    monkeypatch.setattr(module, "_PATCH_VALUES", 100)
    np.testing.assert_array_equal(averaged(grid, wavy, 2), whole)
    vectors = averaged(grid, lambda part: part.points(), 2)
    assert vectors.shape == (7, 5, 4, 3)


def test_windows() -> None:
    whole = centres(Grid.from_spacing((6, 8), 1.0))
    found = whole.window((0.5, 2.0), (3.2, 2.0))
    assert found is not None
    part, key = found
    assert key == (slice(1, 4), slice(2, 3))
    np.testing.assert_array_equal(part.points(), whole.points()[key])
    assert whole.window((7.0, 0.0), (9.0, 9.0)) is None
    assert whole.window((1.2, 0.0), (1.8, 9.0)) is None


@pytest.mark.parametrize("samples", [0, 33, 2.0, True])
def test_samples_are_checked(samples: object) -> None:
    with pytest.raises(ParameterError, match="samples of ball must be a whole number"):
        check_samples(samples, "ball")  # type: ignore[arg-type]
