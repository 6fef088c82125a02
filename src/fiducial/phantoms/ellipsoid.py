"""Ellipsoids in any dimension, and what a lattice's plane or space cuts out of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .patch import Patch

__all__ = ["Cut", "Ellipsoid", "rotation", "unit_ball"]


def unit_ball(dimension: int) -> float:
    """Return the volume of the unit ball: 2, pi, 4 pi / 3."""
    return float(math.pi ** (dimension / 2) / math.gamma(dimension / 2 + 1))


def rotation(dimension: int, *degrees: float) -> NDArray[np.float64]:
    """Return a rotation matrix: one angle in 2D, angles about x, y and z in turn in 3D."""
    angles = np.radians(degrees)
    if dimension == 2:
        cos, sin = math.cos(angles[0]), math.sin(angles[0])
        return np.array([[cos, -sin], [sin, cos]])
    matrix = np.eye(3)
    for axis, value in enumerate(angles):
        i, j = (axis + 1) % 3, (axis + 2) % 3
        turn = np.eye(3)
        turn[i, i] = turn[j, j] = math.cos(value)
        turn[j, i], turn[i, j] = math.sin(value), -math.sin(value)
        matrix = turn @ matrix
    return matrix


@dataclass(frozen=True)
class Cut:
    """What a lattice's space cuts out of an ellipsoid.

    Attributes
    ----------
    index
        Index of the centre of the cut.
    half
        Half its extent along each array axis, in index units.
    center
        The same centre in the object's coordinates.
    size
        Length, area or volume of the cut, in the object's unit.
    """

    index: NDArray[np.float64]
    half: NDArray[np.float64]
    center: NDArray[np.float64]
    size: float


@dataclass(frozen=True, eq=False)
class Ellipsoid:
    """The points with ``|R^T (p - center) / radii| <= 1``.

    Parameters
    ----------
    center
        N coordinates.
    radii
        N half axes, above 0.
    turn
        (N, N) rotation R: its columns are the directions of the half axes; none when None.
    """

    center: tuple[float, ...]
    radii: tuple[float, ...]
    turn: NDArray[np.float64] | None = None

    @property
    def dimension(self) -> int:
        """Number of coordinates."""
        return len(self.center)

    @property
    def volume(self) -> float:
        """Exact volume, or area in 2D."""
        return unit_ball(self.dimension) * math.prod(self.radii)

    @cached_property
    def scaling(self) -> NDArray[np.float64]:
        """(N, N): takes the offset from the centre into the unit ball."""
        turn = np.eye(self.dimension) if self.turn is None else self.turn
        return np.asarray(turn.T / np.asarray(self.radii)[:, None])

    def level(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``|R^T (p - center) / radii|`` of points (..., N): 1 on the surface."""
        inner = (points - np.asarray(self.center)) @ self.scaling.T
        return np.asarray(np.sqrt(np.einsum("...i,...i->...", inner, inner)))

    def distance(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the signed distance to the surface to first order, negative inside.

        ``(level - 1) / |gradient of level|``: exact for a ball, and on the surface of any
        ellipsoid exact with its first derivatives.
        """
        inner = (points - np.asarray(self.center)) @ self.scaling.T
        level = np.sqrt(np.einsum("...i,...i->...", inner, inner))
        outward = inner @ self.scaling
        slope = np.sqrt(np.einsum("...i,...i->...", outward, outward))
        with np.errstate(divide="ignore", invalid="ignore"):
            found = (level - 1) * level / slope
        return np.asarray(np.where(slope > 0, found, -min(self.radii)))

    def normal(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the unit direction (..., N) in which the level rises; any at the centre."""
        outward = (points - np.asarray(self.center)) @ (self.scaling.T @ self.scaling)
        size = np.sqrt(np.einsum("...i,...i->...", outward, outward))[..., None]
        first = np.eye(self.dimension)[0]
        return np.asarray(np.where(size > 0, outward / np.where(size > 0, size, 1.0), first))

    def cut(self, affine: NDArray[np.float64]) -> Cut | None:
        """Return what the space of a lattice cuts out, or None when it misses.

        Parameters
        ----------
        affine
            (N, D + 1): maps an array index to the object's coordinates; of rank D.
        """
        steps = self.scaling @ affine[:, :-1]
        start = self.scaling @ (affine[:, -1] - np.asarray(self.center))
        inverse = np.linalg.inv(steps.T @ steps)
        index = -inverse @ steps.T @ start
        nearest = steps @ index + start
        left = 1.0 - float(nearest @ nearest)
        if left <= 0:
            return None
        dimension = affine.shape[1] - 1
        half = np.sqrt(left * np.diag(inverse))
        in_index = (
            unit_ball(dimension) * left ** (dimension / 2) * math.sqrt(np.linalg.det(inverse))
        )
        voxel = math.sqrt(float(np.linalg.det(affine[:, :-1].T @ affine[:, :-1])))
        center = affine[:, :-1] @ index + affine[:, -1]
        return Cut(index, half, np.asarray(center), in_index * voxel)

    def inside(self, patch: Patch) -> tuple[tuple[slice, ...], NDArray[np.bool_]] | None:
        """Say which points of a patch lie inside, within the smallest box that holds them.

        Returns
        -------
        key, inside
            Where the box lies in the patch, and the booleans there; None when all are outside.
        """
        cut = self.cut(patch.affine)
        if cut is None:
            return None
        reach = cut.half + 1e-9 * (1 + np.abs(cut.index))
        found = patch.window(cut.index - reach, cut.index + reach)
        if found is None:
            return None
        part, key = found
        inner = (part.points() - np.asarray(self.center)) @ self.scaling.T
        return key, np.einsum("...i,...i->...", inner, inner) <= 1.0
