"""Patches of a lattice seen from an object, and means over voxels taken on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import parameter_error
from ..geometry import Grid
from ..progress import report

__all__ = ["Patch", "averaged", "centres", "check_samples"]

_PATCH_VALUES = 2_000_000
"""Most points held at once: about 50 MB in 3D."""


@dataclass(frozen=True, eq=False)
class Patch:
    """A box of sample points, and the affine from their index to the object's coordinates.

    Parameters
    ----------
    affine
        (N, D + 1): maps a homogeneous array index to a point of the object.
    index
        Index coordinates along each of the D array axes; they may be fractions.
    """

    affine: NDArray[np.float64]
    index: tuple[NDArray[np.float64], ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of points along each array axis."""
        return tuple(len(values) for values in self.index)

    def points(self) -> NDArray[np.float64]:
        """Return the points, (..., N), in the object's coordinates."""
        dimension = len(self.index)
        points = np.zeros((*self.shape, len(self.affine)))
        points += self.affine[:, -1]
        for axis, values in enumerate(self.index):
            shape = [1] * (dimension + 1)
            shape[axis], shape[-1] = len(values), len(self.affine)
            points += (values[:, None] * self.affine[:, axis]).reshape(shape)
        return points

    def window(self, low: ArrayLike, high: ArrayLike) -> tuple[Patch, tuple[slice, ...]] | None:
        """Return the part with index coordinates from `low` to `high`, or None if empty.

        Parameters
        ----------
        low, high
            Bounds of the index along each array axis.

        Returns
        -------
        patch
            The part.
        key
            Where it lies in an array of the whole patch's shape.
        """
        key = tuple(
            slice(
                int(np.searchsorted(values, first, "left")),
                int(np.searchsorted(values, last, "right")),
            )
            for values, first, last in zip(
                self.index, np.asarray(low), np.asarray(high), strict=True
            )
        )
        if any(part.stop <= part.start for part in key):
            return None
        parts = tuple(values[part] for values, part in zip(self.index, key, strict=True))
        return Patch(self.affine, parts), key


def check_samples(samples: int, function: str) -> None:
    """Refuse a number of sub-samples that is not a whole number from 1 to 32."""
    if isinstance(samples, bool) or not isinstance(samples, int) or not 1 <= samples <= 32:
        raise parameter_error(function, "samples", "a whole number from 1 to 32", samples)


def _affine(grid: Grid, view: ArrayLike | None) -> NDArray[np.float64]:
    steps = np.asarray(grid.affine[:-1])
    if view is None:
        return steps
    matrix = np.asarray(view, dtype=np.float64)
    if matrix.shape[1] == steps.shape[0]:
        return np.asarray(matrix @ steps)
    affine = matrix[:, :-1] @ steps
    affine[:, -1] += matrix[:, -1]
    return np.asarray(affine)


def centres(grid: Grid, view: ArrayLike | None = None) -> Patch:
    """Return the voxel centres of a grid.

    Parameters
    ----------
    grid
        The lattice.
    view
        (N, W) or (N, W + 1): maps a (homogeneous) world point to the object's coordinates;
        the same when None.
    """
    return Patch(_affine(grid, view), tuple(np.arange(float(size)) for size in grid.shape))


def averaged(
    grid: Grid,
    values: Callable[[Patch], NDArray[np.floating]],
    samples: int,
    view: ArrayLike | None = None,
) -> NDArray[np.float64]:
    """Return the mean of a function over each voxel, by midpoints.

    Parameters
    ----------
    grid
        The lattice.
    values
        Gives an array of the patch's shape, perhaps with axes more behind.
    samples
        Midpoints along each axis of a voxel: ``samples ** D`` in all; 1 takes the centre.
    view
        As for :func:`centres`.

    Notes
    -----
    Voxels are parallelepipeds around their centres, so that the lattice's whole extent is
    covered once, sheared or not.  Works slab by slab, about 50 MB at a time.
    """
    affine = _affine(grid, view)
    offsets = (np.arange(samples) + 0.5) / samples - 0.5
    finer = [(np.arange(size)[:, None] + offsets).ravel() for size in grid.shape]
    plane = int(np.prod([len(part) for part in finer[1:]], dtype=np.int64)) * samples
    thickness = max(1, _PATCH_VALUES // max(1, plane))
    slabs = []
    for start in range(0, grid.shape[0], thickness):
        report(start, grid.shape[0], "phantom")
        stop = min(start + thickness, grid.shape[0])
        rows = finer[0][start * samples : stop * samples]
        found = np.asarray(values(Patch(affine, (rows, *finer[1:]))))
        slabs.append(_block_means(found, [stop - start, *grid.shape[1:]], samples))
    report(grid.shape[0], grid.shape[0], "phantom")
    return np.concatenate(slabs)


def _block_means(
    values: NDArray[np.floating], shape: Sequence[int], samples: int
) -> NDArray[np.float64]:
    if samples == 1:
        return np.asarray(values, dtype=np.float64)
    blocks: list[int] = []
    for size in shape:
        blocks += [size, samples]
    tail = values.shape[len(shape) :]
    inner = tuple(range(1, 2 * len(shape), 2))
    return np.asarray(values.reshape(*blocks, *tail).mean(axis=inner, dtype=np.float64))
