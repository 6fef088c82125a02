"""Solids: closed forms on every lattice."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest

from fiducial.errors import ParameterError
from fiducial.geometry import Frame, Grid
from fiducial.phantoms.solids import ball, box, checker, gaussian_blob

Lattices = Callable[..., dict[str, Grid]]
NAMES = ["fine", "coarse", "anisotropic", "oblique", "left-handed", "sheared"]


def rounding(surface: float, grid: Grid, samples: int = 1) -> float:
    """Return what counting sample points may miss of a solid, in the world's unit.

    Each of the n samples at its surface is wrong by about 0.29 of itself, at random: five
    standard errors are 1.5 sqrt(n) samples.
    """
    size = grid.voxel_volume / samples**grid.dimension
    count = surface / size ** ((grid.dimension - 1) / grid.dimension)
    return 1.5 * math.sqrt(count) * size


def test_ball_known_answer() -> None:
    found = ball(radius=10.0)
    assert found.volume == pytest.approx(4 / 3 * math.pi * 1000, rel=1e-12)
    np.testing.assert_allclose(found.center.world, [[0, 0, 0]], atol=1e-12)
    assert found.is_whole
    assert found.mask.array[16, 16, 16]
    assert not found.mask.array[0, 0, 0]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dimension", [2, 3])
def test_ball_is_the_same_on_every_lattice(lattices: Lattices, name: str, dimension: int) -> None:
    center = (3.0, -7.0, 11.0)[:dimension]
    # Off the lattice's own centre, or the errors of mirrored samples would add up.
    grid = lattices(np.add(center, (0.31, 0.17, 0.23)[:dimension]), 40.0, 1.0)[name]
    found = ball(grid, center, 12.0)
    size = math.pi * 144 if dimension == 2 else 4 / 3 * math.pi * 1728
    surface = 2 * math.pi * 12 if dimension == 2 else 4 * math.pi * 144
    assert found.volume == pytest.approx(size, rel=1e-9)
    assert found.is_whole
    total = float(found.image.array.sum(dtype=float)) * grid.voxel_volume
    assert total == pytest.approx(size, abs=rounding(surface, grid, samples=4))
    counted = found.mask.count * grid.voxel_volume
    assert counted == pytest.approx(size, abs=rounding(surface, grid))
    index = np.stack(np.nonzero(found.image.array), axis=-1)
    weight = found.image.array[found.image.array > 0].astype(float)
    middle = np.average(grid.index_to_world(index), axis=0, weights=weight)
    np.testing.assert_allclose(middle, center, atol=0.05)  # mm: a twentieth of a voxel


def test_ball_cut_by_a_plane() -> None:
    grid = Grid.from_spacing(
        (50, 50),
        1.0,
        origin=(-25, -25, 6.0),
        direction=np.eye(3)[:, [1, 0]],
        frame=Frame("LPS", "mm"),
    )
    found = ball(grid, (0.0, 0.0, 0.0), 10.0)
    assert found.volume == pytest.approx(math.pi * 64.0, rel=1e-12)
    np.testing.assert_allclose(found.center.world, [[0, 0, 6]], atol=1e-12)
    with pytest.raises(ParameterError, match="center of ball must be within a radius"):
        ball(grid, (0.0, 0.0, 20.0), 10.0)


def test_ball_beyond_the_edge_is_not_whole() -> None:
    grid = Grid.from_spacing((20, 20), 1.0)
    assert not ball(grid, (2.0, 9.0), 5.0).is_whole
    outside = ball(grid, (-50.0, 9.0), 5.0)
    assert outside.mask.is_empty
    assert not outside.image.array.any()


def test_single_slice() -> None:
    grid = Grid.from_spacing((1, 30, 30), (4.0, 1.0, 1.0), origin=(-14.5, -14.5, 0.0))
    found = ball(grid, (0, 0, 0), 10.0)
    assert found.mask.count * 1.0 == pytest.approx(math.pi * 100, rel=0.02)
    assert not found.is_whole


@pytest.mark.parametrize("name", NAMES)
def test_box_is_the_same_on_every_lattice(lattices: Lattices, name: str) -> None:
    grid = lattices((1.0, 2.0, 3.0), 40.0, 1.0)[name]
    found = box(grid, (1.0, 2.0, 3.0), ["10 mm", "14 mm", "1.8 cm"])
    assert found.volume == pytest.approx(2520.0, rel=1e-12)
    total = float(found.image.array.sum(dtype=float)) * grid.voxel_volume
    # Flat faces along a lattice round all alike: 1/8 voxel on each of six faces, 3 mm apart.
    step = max(grid.spacing)
    assert total == pytest.approx(2520.0, rel=0.03 * step)


@pytest.mark.parametrize("name", NAMES)
def test_blob_is_exact_at_every_centre(lattices: Lattices, name: str) -> None:
    grid = lattices((0.0, 0.0, 0.0), 48.0, 2.0)[name]
    found = gaussian_blob(grid, (0.0, 0.0, 0.0), 5.0, height=7.0)
    world = grid.index_to_world(np.stack(np.indices(grid.shape), axis=-1))
    expected = 7.0 * np.exp(-np.sum(world**2, axis=-1) / 50.0)
    np.testing.assert_allclose(found.image.array, expected, atol=1e-12)
    # Spectral accuracy while the spacing stays near sigma; the box cuts below 1e-4.
    total = float(found.image.array.sum()) * grid.voxel_volume
    assert total == pytest.approx(found.integral, rel=2e-3)


def test_checker_has_its_corner_at_the_origin() -> None:
    grid = Grid.from_spacing((8, 8), 1.0, origin=(-3.5, -3.5))
    found = checker(grid, 4.0, low=1.0, high=3.0)
    assert found.image.array[4, 4] == 3.0
    assert found.image.array[4, 3] == 1.0
    assert found.image.array[3, 3] == 3.0
    np.testing.assert_array_equal(found.mask.array, found.image.array == 3.0)


@pytest.mark.parametrize(
    ("function", "options", "message"),
    [
        (ball, {"radius": 0}, "radius of ball must be above 0"),
        (ball, {"radius": "-2 mm"}, "radius of ball must be above 0"),
        (ball, {"center": (0.0, 0.0)}, "center of ball must be a world point of 3"),
        (ball, {"samples": 0}, "samples of ball must be a whole number from 1 to 32"),
        (box, {"size": [1, 2]}, "size of box must be one length or 3"),
        (gaussian_blob, {"sigma": 0}, "sigma of gaussian_blob must be above 0"),
        (checker, {"period": 0}, "period of checker must be above 0"),
    ],
)
def test_refusals(function: Callable[..., object], options: dict, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        function(**options)
