"""The boundary of a set of voxels, as elements with a place and a size in the world.

Between eight neighbouring voxel centres (four in 2D) lies a cell.  Where some of them are
inside and some outside, the boundary crosses the cell: it runs through the middle of every
edge that joins an inside centre to an outside one.  These points make one or more closed
polygons (line segments in 2D), and each is an element: its centre of area and its area.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ..geometry import Grid
from ..progress import report

__all__ = ["Boundary", "boundary"]

Point = tuple[float, ...]

_MESSAGE = "surface"


@dataclass(frozen=True)
class Boundary:
    """Elements of a boundary.

    Parameters
    ----------
    world
        (N, W): centre of each element, in world coordinates.
    sizes
        (N,): its area (length in 2D, 1 in 1D), in the world's unit.
    keys
        (N,) integers, increasing: two elements of masks on one lattice with the same key are
        the same element.
    radius
        No point of an element is farther than this from its centre.
    """

    world: NDArray[np.float64]
    sizes: NDArray[np.float64]
    keys: NDArray[np.int64]
    radius: float

    @property
    def size(self) -> float:
        """Size of the whole boundary: area, or length in 2D."""
        return float(self.sizes.sum())


def boundary(inside: NDArray[np.bool_], grid: Grid) -> Boundary:
    """Return the elements of the boundary between the voxels of a set and all others.

    Parameters
    ----------
    inside
        Booleans of the grid's shape.  What lies beyond the edge of the lattice is outside, so
        that every boundary is closed.
    grid
        Any lattice: anisotropic, oblique, sheared; one to three axes in any world.

    Returns
    -------
    Boundary
        In array order of the cells; without elements for an empty set.

    Notes
    -----
    Where two inside voxels meet only across the diagonal of a face, they are joined, as in
    components of full connectivity.  Elements do not depend on the order or the sense of the
    array axes.  Cost: a pass an axis over the box around the set, then one for the elements.

    Examples
    --------
    >>> grid = Grid.from_spacing((3, 4), (1.0, 1.0))
    >>> inside = np.zeros((3, 4), bool)
    >>> inside[1, 1:3] = True
    >>> found = boundary(inside, grid)
    >>> len(found.sizes), round(found.size, 4)
    (6, 4.8284)
    """
    table = _metric_table(tuple(map(tuple, grid.affine[:-1, :-1].tolist())))
    lows, configurations = _configurations(inside)
    report(1, 5, _MESSAGE)
    flat = configurations.reshape(-1)
    # Neither 0 (all outside) nor all inside, in one comparison of unsigned numbers.
    last = np.uint8((1 << (1 << grid.dimension)) - 2)
    (cells,) = np.nonzero((flat - np.uint8(1)) < last)
    report(2, 5, _MESSAGE)
    kinds = flat[cells].astype(np.intp)
    counts = table.counts[kinds]
    position = np.stack(np.unravel_index(cells, configurations.shape), axis=-1) + lows
    if counts.size and int(counts.max()) > 1:
        first = np.repeat(np.cumsum(counts) - counts, counts)
        within = np.arange(int(counts.sum())) - first
        position = np.repeat(position, counts, axis=0)
        elements = np.repeat(table.starts[kinds], counts) + within
    else:
        elements = table.starts[kinds]
    report(3, 5, _MESSAGE)
    room = tuple(size + 1 for size in grid.shape)
    place = np.ravel_multi_index(tuple(position.T + 1), room).astype(np.int64)
    report(4, 5, _MESSAGE)
    world = grid.index_to_world(position) + table.centres[elements]
    report(5, 5, _MESSAGE)
    keys = place * len(table.sizes) + elements
    return Boundary(world, table.sizes[elements], keys, table.radius)


def _configurations(
    inside: NDArray[np.bool_],
) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return the index of the first cell's first corner, and which corners of each are inside.

    Bit k of a cell is the corner whose offsets are the binary digits of k, the first axis in
    the lowest.
    """
    lows, slices = [], []
    for axis in range(inside.ndim):
        others = tuple(other for other in range(inside.ndim) if other != axis)
        (hits,) = np.nonzero(inside.any(axis=others))
        start, stop = (int(hits[0]), int(hits[-1]) + 1) if hits.size else (0, 0)
        lows.append(start - 1)
        slices.append(slice(start, stop))
    bits = np.pad(inside[tuple(slices)], 1).view(np.uint8)
    for axis in range(inside.ndim):
        before = bits[(slice(None),) * axis + (slice(None, -1),)]
        after = bits[(slice(None),) * axis + (slice(1, None),)]
        bits = before | (after << np.uint8(1 << axis))
    return np.asarray(lows, np.int64), bits


@dataclass(frozen=True)
class _Table:
    """The elements of every configuration, one after the other."""

    starts: NDArray[np.intp]
    counts: NDArray[np.intp]
    centres: NDArray[np.float64]
    sizes: NDArray[np.float64]
    radius: float


@lru_cache(maxsize=64)
def _metric_table(rows: tuple[tuple[float, ...], ...]) -> _Table:
    """Return places and sizes of all elements on a lattice of these steps, kept for the next."""
    steps = np.asarray(rows)
    starts: list[int] = []
    counts: list[int] = []
    centres: list[NDArray[np.float64]] = []
    sizes: list[float] = []
    radius = 0.0
    for polygons in _polygons(steps.shape[1]):
        starts.append(len(sizes))
        counts.append(len(polygons))
        for polygon in polygons:
            corners = np.asarray(polygon) @ steps.T
            centre, size = _centre_and_size(corners)
            centres.append(centre)
            sizes.append(size)
            radius = max(radius, float(np.linalg.norm(corners - centre, axis=-1).max()))
    return _Table(
        np.asarray(starts, np.intp),
        np.asarray(counts, np.intp),
        np.asarray(centres),
        np.asarray(sizes),
        radius,
    )


def _centre_and_size(corners: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Return centre and size of a point, a segment, or a fan of triangles about the middle."""
    middle = corners.mean(axis=0)
    if len(corners) == 1:
        return middle, 1.0
    if len(corners) == 2:
        return middle, float(np.linalg.norm(corners[1] - corners[0]))
    first = corners - middle
    second = np.roll(first, -1, axis=0)
    gram = (
        np.sum(first**2, axis=1) * np.sum(second**2, axis=1) - np.sum(first * second, axis=1) ** 2
    )
    areas = 0.5 * np.sqrt(np.maximum(gram, 0.0))
    total = float(areas.sum())
    return middle + (areas @ (first + second)) / (3.0 * total), total


@cache
def _polygons(dimension: int) -> tuple[tuple[tuple[Point, ...], ...], ...]:
    """Return, for each configuration of a cell, the corners of its elements in index space."""
    corners = 1 << dimension
    found = []
    for configuration in range(1 << corners):
        bits = {
            offset: bool(configuration >> number & 1)
            for number, offset in enumerate(_offsets(dimension))
        }
        found.append(tuple(_elements(bits, dimension)))
    return tuple(found)


def _offsets(dimension: int) -> list[tuple[int, ...]]:
    """List the corners of a cell, the first axis changing fastest."""
    return [digits[::-1] for digits in product((0, 1), repeat=dimension)]


def _elements(bits: dict[tuple[int, ...], bool], dimension: int) -> list[tuple[Point, ...]]:
    if dimension == 1:
        return [((0.5,),)] if bits[(0,)] != bits[(1,)] else []
    if dimension == 2:
        return [tuple(segment) for segment in _segments(bits, (0, 1), {})]
    links: dict[Point, list[Point]] = {}
    for axis, side in product(range(3), (0, 1)):
        plane = ((1, 2), (0, 2), (0, 1))[axis]
        for start, end in _segments(bits, plane, {axis: side}):
            links.setdefault(start, []).append(end)
            links.setdefault(end, []).append(start)
    loops = []
    while links:
        loop = [min(links)]
        step = links.pop(loop[0])[0]
        while step != loop[0]:
            ahead = next(point for point in links.pop(step) if point != loop[-1])
            loop.append(step)
            step = ahead
        loops.append(tuple(loop))
    return loops


def _segments(
    bits: dict[tuple[int, ...], bool], plane: tuple[int, int], fixed: dict[int, int]
) -> list[tuple[Point, Point]]:
    """Return the segments in one square face: round each lone corner, or straight across."""

    def corner(first: int, second: int) -> tuple[int, ...]:
        place = {plane[0]: first, plane[1]: second, **fixed}
        return tuple(place[axis] for axis in range(len(place)))

    around = [corner(0, 0), corner(0, 1), corner(1, 1), corner(1, 0)]
    values = [bits[place] for place in around]
    middles = [_middle(around[k], around[(k + 1) % 4]) for k in range(4)]
    crossed = [k for k in range(4) if values[k] != values[(k + 1) % 4]]
    if len(crossed) == 2:
        return [(middles[crossed[0]], middles[crossed[1]])]
    # Two inside corners across the diagonal are joined: cut off the two outside ones.
    return [(middles[k - 1], middles[k]) for k in range(4) if len(crossed) == 4 and not values[k]]


def _middle(first: Sequence[int], second: Sequence[int]) -> Point:
    return tuple((a + b) / 2 for a, b in zip(first, second, strict=True))
