from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pytest

import fiducial as fd
from fiducial.shapes import boundary
from fiducial.shapes.boundary import _polygons

UNIT = fd.Grid.from_spacing((9, 9, 9))


def lone(shape: tuple[int, ...]) -> np.ndarray:
    array = np.zeros(shape, bool)
    array[tuple(size // 2 for size in shape)] = True
    return array


def test_a_lone_voxel_is_an_octahedron_and_a_lone_pixel_a_square_on_its_corner() -> None:
    solid = boundary(lone((9, 9, 9)), UNIT)
    assert len(solid.sizes) == 8
    # Eight equilateral triangles of side sqrt(1/2).
    assert solid.size == pytest.approx(8 * np.sqrt(3) / 4 * 0.5)
    flat = boundary(lone((5, 5)), fd.Grid.from_spacing((5, 5), (2.0, 1.0)))
    assert flat.size == pytest.approx(4 * np.hypot(1.0, 0.5))


def test_a_line_of_samples_has_two_ends() -> None:
    grid = fd.Grid((6,), [[2.0, 10.0], [0.0, 1.0]], fd.Frame("x", "mm"))
    ends = boundary(np.array([0, 1, 1, 0, 0, 0], bool), grid)
    assert ends.world[:, 0].tolist() == [11.0, 15.0]
    assert ends.sizes.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("spacing", [(1.0, 1.0, 1.0), (3.0, 1.0, 0.5)])
def test_a_box_has_its_faces_and_bevelled_edges(spacing: tuple[float, float, float]) -> None:
    grid = fd.Grid.from_spacing((12, 12, 12), spacing)
    array = np.zeros(grid.shape, bool)
    array[2:10, 3:9, 4:8] = True
    found = boundary(array, grid)
    counts = np.array([8, 6, 4])
    h = np.array(spacing)
    faces = edges = 0.0
    for a, b, c in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        # Across axis c: the flat part between the outermost centres; along c: four bevels.
        faces += 2 * (counts[a] - 1) * h[a] * (counts[b] - 1) * h[b]
        edges += 4 * (counts[c] - 1) * h[c] * np.hypot(h[a], h[b]) / 2
    corner = 0.5 * np.linalg.norm(np.cross([-h[0] / 2, h[1] / 2, 0.0], [-h[0] / 2, 0.0, h[2] / 2]))
    assert found.size == pytest.approx(faces + edges + 8 * corner)
    low = found.world.min(axis=0)
    assert low == pytest.approx([(4 - 0.5) * h[2], (3 - 0.5) * h[1], (2 - 0.5) * h[0]])


@pytest.mark.parametrize(("spacing", "excess"), [((0.5, 0.5, 0.5), 1.08), ((1.5, 0.5, 0.75), 1.13)])
def test_a_sphere_has_its_area_but_for_the_steps(
    spacing: tuple[float, float, float], excess: float
) -> None:
    grid = fd.Grid.from_spacing([int(24 / h) for h in spacing], spacing)
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    apart = np.linalg.norm(grid.index_to_world(index) - grid.center, axis=-1)
    found = boundary(apart <= 10.0, grid)
    # Voxels make facets in a few directions only: their area is too large by the same share at
    # any resolution, more for longer voxels.
    assert found.size / (4 * np.pi * 100) == pytest.approx(excess, abs=0.02)
    off = np.abs(np.linalg.norm(found.world - grid.center, axis=-1) - 10.0)
    assert off.max() <= max(spacing) / 2 + 1e-9


def test_edges_of_the_lattice_close_the_boundary() -> None:
    grid = fd.Grid.from_spacing((4, 5))
    found = boundary(np.ones((4, 5), bool), grid)
    assert found.size == pytest.approx(2 * (3 + 4) + 4 * np.sqrt(0.5))


def test_nothing_has_no_boundary() -> None:
    found = boundary(np.zeros((4, 5), bool), fd.Grid.from_spacing((4, 5)))
    assert found.size == 0
    assert found.world.shape == (0, 2)


def test_elements_move_with_the_world() -> None:
    array = np.random.default_rng(1).random((5, 6, 7)) < 0.4
    plain = boundary(array, fd.Grid.from_spacing(array.shape))
    turn = np.array([[0.6, -0.8, 0.0], [0.8, 0.6, 0.0], [0.0, 0.0, 1.0]])
    affine = np.eye(4)
    affine[:3, :3] = turn @ np.eye(3)[:, ::-1]
    affine[:3, 3] = [5.0, -3.0, 2.0]
    turned = boundary(array, fd.Grid(array.shape, affine))
    np.testing.assert_allclose(turned.sizes, plain.sizes, rtol=1e-12)
    np.testing.assert_allclose(turned.world, plain.world @ turn.T + affine[:3, 3], atol=1e-12)
    assert np.array_equal(turned.keys, plain.keys)


def test_on_a_sheared_lattice_elements_lie_where_the_lattice_puts_them() -> None:
    affine = np.array(
        [[0.1, 0.4, 1.0, 0.0], [0.3, 0.9, 0.0, 0.0], [2.0, 0.2, 0.0, 0.0], [0, 0, 0, 1]]
    )
    grid = fd.Grid((9, 11, 13), affine)
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    array = np.linalg.norm((index - [4, 5, 6]) / [3.1, 4.2, 5.3], axis=-1) <= 1
    plain = boundary(array, fd.Grid.from_spacing(grid.shape))
    found = boundary(array, grid)
    expected = grid.index_to_world(plain.world[:, ::-1])
    off = np.linalg.norm(found.world - expected, axis=-1)
    # The centre of a flat polygon goes where the lattice takes it; that of a bent one depends on
    # the areas of its triangles, which shear changes.
    assert np.mean(off < 1e-9) > 0.5
    assert off.max() < 0.2 * found.radius
    assert np.array_equal(found.keys, plain.keys)


def test_every_configuration_is_the_same_however_the_axes_run() -> None:
    """All 256 cells under the 48 symmetries of the cube give the same polygons."""
    corners = [digits[::-1] for digits in product((0, 1), repeat=3)]
    tables = _polygons(3)

    def shape(number: int) -> set[frozenset[tuple[float, ...]]]:
        return {frozenset(polygon) for polygon in tables[number]}

    for order in permutations(range(3)):
        for flips in product((0, 1), repeat=3):

            def moved(
                point: tuple[float, ...],
                order: tuple[int, ...] = order,
                flips: tuple[int, ...] = flips,
            ) -> tuple[float, ...]:
                return tuple(
                    1 - point[axis] if flip else point[axis]
                    for axis, flip in zip(order, flips, strict=True)
                )

            for number in range(256):
                inside = {moved(c) for bit, c in enumerate(corners) if number >> bit & 1}
                image = sum(1 << bit for bit, c in enumerate(corners) if c in inside)
                expected = {frozenset(map(moved, polygon)) for polygon in tables[number]}
                assert shape(image) == expected


def test_every_surface_is_closed() -> None:
    """Each side of a polygon on a face between two cells is met by exactly one from beyond."""
    array = np.random.default_rng(5).random((5, 5, 5)) < 0.5
    padded = np.pad(array, 1)
    tables = _polygons(3)
    corners = [digits[::-1] for digits in product((0, 1), repeat=3)]
    sides: dict[frozenset[tuple[float, ...]], int] = {}
    for cell in product(range(6), repeat=3):
        number = sum(
            1 << bit for bit, corner in enumerate(corners) if padded[tuple(np.add(cell, corner))]
        )
        for polygon in tables[number]:
            points = [tuple(np.add(cell, point)) for point in polygon]
            for start, end in zip(points, points[1:] + points[:1], strict=True):
                side = frozenset((start, end))
                sides[side] = sides.get(side, 0) + 1
    assert set(sides.values()) == {2}
