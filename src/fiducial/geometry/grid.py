"""The lattice: where in a world the samples of an image sit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import GridMismatchError, ParameterError, shown
from .affine import affine_from_spacing, checked_affine, gram_determinant, read_only
from .derived import flipped, moved, reorientation, resized, respaced
from .frame import Frame
from .indexing import coordinates, normalise_key, slice_count, whole_numbers
from .measured import CLOSE_FRACTION, in_index, in_unit
from .orientation import orientation_code
from .region import Region
from .spacing import Spacing

__all__ = ["CLOSE_FRACTION", "ORTHOGONAL_COSINE", "Grid"]

ORTHOGONAL_COSINE = 1e-4
"""Axes count as orthogonal below this cosine: over 1000 voxels it shifts by 0.1 voxel, and
direction cosines written with six decimals stay well below."""


@dataclass(frozen=True, eq=False)
class Grid:
    """A regular lattice of samples in a frame.

    Voxel centres sit at integer indices, which are in array order (z, y, x); world points are
    in the order of the frame's axes (x, y, z).  Oblique, left-handed and sheared lattices are
    legal, and so is a 2D lattice in a 3D world.

    Parameters
    ----------
    shape
        Number of samples along each array axis: one to three numbers above 0.
    affine
        (W + 1, D + 1): maps a homogeneous array index to a homogeneous world point.
    frame
        The world; when None, LPS mm for three world coordinates, plain axes in mm otherwise.
    axes
        A letter for each array axis, out of ``"zyx"`` in that order; the last D when None.

    Examples
    --------
    >>> grid = Grid.from_spacing((40, 256, 256), (3.0, 0.8, 0.8), origin=(-100, -100, 50))
    >>> grid.index_to_world([1, 0, 0])
    array([-100., -100.,   53.])
    """

    shape: tuple[int, ...]
    affine: NDArray[np.float64]
    frame: Frame
    axes: str

    def __init__(
        self,
        shape: Sequence[int],
        affine: ArrayLike,
        frame: Frame | None = None,
        axes: str | None = None,
    ) -> None:
        sizes = whole_numbers(shape, "shape of Grid")
        if not 1 <= len(sizes) <= 3 or min(sizes) < 1:
            raise ParameterError(
                f"shape of Grid must be one to three sizes above 0; got {shown(tuple(shape))}."
            )
        dimension = len(sizes)
        matrix, frame = checked_affine(affine, dimension, frame)
        if axes is None:
            axes = "zyx"[-dimension:]
        if len(axes) != dimension or "".join(a for a in "zyx" if a in axes) != axes:
            raise ParameterError(
                f"axes of Grid must be {dimension} of z, y, x in that order; got {axes!r}."
            )
        for name, value in (("shape", sizes), ("affine", matrix), ("frame", frame), ("axes", axes)):
            object.__setattr__(self, name, value)

    @classmethod
    def from_spacing(
        cls,
        shape: Sequence[int],
        spacing: float | Sequence[float] = 1.0,
        *,
        origin: Sequence[float] | None = None,
        direction: ArrayLike | None = None,
        unit: str = "mm",
        frame: Frame | None = None,
    ) -> Grid:
        """Build a grid from its spacing, in array order.

        Parameters
        ----------
        shape
            Samples along each array axis.
        spacing
            Distance between centres along each array axis, in `unit`; one number for all,
            or one each in array order.  Above 0.
        origin
            World point (x, y, z) of the first sample's centre; zeros when None.
        direction
            (W, D): its columns are the world vectors of the array axes, in array order.
            Columns are scaled to length 1.  When None the array axes run along the world's
            (z along z, y along y, x along x).
        unit
            Unit of spacing and origin.
        frame
            The world; by default LPS for 3D in mm, plain axes otherwise.
        """
        sizes = whole_numbers(shape, "shape of Grid.from_spacing")
        affine, frame = affine_from_spacing(len(sizes), spacing, origin, direction, unit, frame)
        return cls(sizes, affine, frame)

    # What it is

    @property
    def dimension(self) -> int:
        """Number of array axes."""
        return len(self.shape)

    @property
    def unit(self) -> str:
        """Unit of the world."""
        return self.frame.unit

    @cached_property
    def spacing(self) -> Spacing:
        """Distance between neighbouring centres along each array axis."""
        return Spacing(np.linalg.norm(self.affine[:-1, :-1], axis=0), self.axes)

    @property
    def origin(self) -> NDArray[np.float64]:
        """World point of the centre of the first sample."""
        return self.affine[:-1, -1].copy()

    @cached_property
    def direction(self) -> NDArray[np.float64]:
        """(W, D): unit world vectors of the array axes, in array order."""
        return read_only(self.affine[:-1, :-1] / np.asarray(self.spacing))

    @property
    def is_orthogonal(self) -> bool:
        """Whether the array axes stand at right angles (within :data:`ORTHOGONAL_COSINE`)."""
        return self.skew <= ORTHOGONAL_COSINE

    @cached_property
    def skew(self) -> float:
        """Largest cosine between two array axes: 0 for a lattice without shear."""
        gram = self.direction.T @ self.direction
        return float(np.max(np.abs(gram - np.diag(np.diag(gram)))))

    @property
    def is_right_handed(self) -> bool | None:
        """Whether the axes x, y, z are right-handed; None for a plane in a 3D world."""
        steps = self.direction[:, ::-1]
        return None if steps.shape[0] != steps.shape[1] else bool(np.linalg.det(steps) > 0)

    @property
    def orientation(self) -> str:
        """Letters towards which the axes x, y, z grow (``"LPS"``); empty outside a patient."""
        return orientation_code(self.direction) if self.frame.is_patient else ""

    @property
    def voxel_volume(self) -> float:
        """Volume (area in 2D) of one voxel in the world's unit, shear taken into account."""
        steps = self.affine[:-1, :-1]
        if steps.shape == (3, 3):
            # NumPy's determinant goes through logarithms: 3 x 1 x 1 mm would not be 3 but nearly.
            return abs(float(steps[:, 0] @ np.cross(steps[:, 1], steps[:, 2])))
        if steps.shape == (2, 2):
            return abs(float(steps[0, 0] * steps[1, 1] - steps[0, 1] * steps[1, 0]))
        return float(math.sqrt(gram_determinant(steps)))

    @cached_property
    def corners(self) -> NDArray[np.float64]:
        """(2^D, W): world points of the outer corners, half a voxel beyond the centres."""
        ends = [(-0.5, size - 0.5) for size in self.shape]
        index = np.stack(np.meshgrid(*ends, indexing="ij"), axis=-1).reshape(-1, self.dimension)
        return read_only(self.index_to_world(index))

    @property
    def center(self) -> NDArray[np.float64]:
        """World point of the middle of the lattice."""
        return self.index_to_world([(size - 1) / 2 for size in self.shape])

    @property
    def extent(self) -> Spacing:
        """Length of the lattice along each array axis, edge to edge."""
        lengths = [n * s for n, s in zip(self.shape, self.spacing, strict=True)]
        return Spacing(lengths, self.axes)

    # Between index and world

    def index_to_world(self, index: ArrayLike) -> NDArray[np.float64]:
        """Map array indices (..., D), which may be fractions, to world points (..., W)."""
        points = coordinates(index, self.dimension, "index")
        world: NDArray[np.float64] = points @ self.affine[:-1, :-1].T + self.affine[:-1, -1]
        return world

    def world_to_index(self, world: ArrayLike) -> NDArray[np.float64]:
        """Map world points (..., W) to fractional array indices (..., D).

        For a plane in a 3D world the point is first projected on the plane.
        """
        points = coordinates(world, self.frame.dimension, "world")
        steps = self.affine[:-1, :-1]
        inverse = np.linalg.inv(steps) if len(steps) == self.dimension else np.linalg.pinv(steps)
        index: NDArray[np.float64] = (points - self.affine[:-1, -1]) @ inverse.T
        return index

    def contains(self, world: ArrayLike) -> NDArray[np.bool_]:
        """Say which world points lie inside the outer edges of the lattice."""
        index = self.world_to_index(world)
        limit = np.asarray(self.shape) - 0.5
        return np.asarray(np.all((index >= -0.5) & (index <= limit), axis=-1))

    def in_index(self, value: object, name: str = "length") -> tuple[float, ...]:
        """Return a length (one, or one for each axis) as samples along each array axis.

        Raises
        ------
        UnitError
            If a physical length meets a lattice without a physical unit; the message calls
            it `name`.
        """
        return in_index(self, value, name)

    def in_unit(self, value: object, name: str = "length") -> float:
        """Return one length in the world's unit; ``px`` needs the same spacing on all axes."""
        return in_unit(self, value, name)

    # Same or not

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Grid)
            and self.shape == other.shape
            and self.axes == other.axes
            and self.frame == other.frame
            and np.array_equal(self.affine, other.affine)
        )

    def __hash__(self) -> int:
        return hash((self.shape, self.axes, self.frame, self.affine.tobytes()))

    def __reduce__(self) -> tuple[object, ...]:
        return (Grid, (self.shape, self.affine, self.frame, self.axes))

    def __deepcopy__(self, memo: object) -> Grid:
        return self

    def as_json(self) -> dict[str, object]:
        """Return the form that lineage and recipes hold; :meth:`from_json` reads it back."""
        return {
            "shape": list(self.shape),
            "affine": self.affine.tolist(),
            "frame": {"axes": self.frame.axes, "unit": self.frame.unit, "id": self.frame.id},
            "axes": self.axes,
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Grid:
        """Read back what :meth:`as_json` wrote."""
        frame = Frame(**document["frame"])
        return cls(document["shape"], document["affine"], frame, document["axes"])

    def is_close(self, other: Grid, tolerance: float | None = None) -> bool:
        """Whether both place their samples at the same points.

        Parameters
        ----------
        other
            The other grid.
        tolerance
            Largest distance between matching corners, in the world's unit;
            :data:`CLOSE_FRACTION` of the smallest spacing when None.
        """
        if self is other:
            return True
        if self.shape != other.shape or not self.frame.is_compatible(other.frame):
            return False
        if tolerance is None:
            tolerance = CLOSE_FRACTION * min(min(self.spacing), min(other.spacing))
        return self.corner_distance(other) <= tolerance

    def corner_distance(self, other: Grid) -> float:
        """Return the largest distance between matching corners, in the world's unit."""
        return float(np.max(np.linalg.norm(self.corners - other.corners, axis=-1)))

    def require_close(self, other: Grid, what: str = "the two images") -> None:
        """Raise unless both place their samples at the same points; the message says how not."""
        if self.is_close(other):
            return
        self.frame.require_compatible(other.frame, what)
        if self.shape != other.shape:
            how = f"shapes {self.shape} and {other.shape}"
        else:
            how = f"corners up to {self.corner_distance(other):.4g} {self.unit} apart"
        raise GridMismatchError(
            f"{what} must be on one grid; got {how}. "
            "Bring one onto the other's: resample(image, grid=other)."
        )

    # Grids made from it

    def sliced(self, key: object) -> Grid | None:
        """Return the grid of ``array[key]``, or None when no axis is left.

        Integers drop an axis (a slice of a volume keeps its place in the world), slices keep
        it, with any step.
        """
        parts = normalise_key(key, self.shape)
        first = [part if isinstance(part, int) else part.start for part in parts]
        kept = [axis for axis, part in enumerate(parts) if isinstance(part, slice)]
        if not kept:
            return None
        steps = [part.step for part in parts if isinstance(part, slice)]
        affine = np.zeros((self.frame.dimension + 1, len(kept) + 1))
        affine[:-1, :-1] = self.affine[:-1, kept] * np.asarray(steps, dtype=np.float64)
        affine[:-1, -1] = self.index_to_world(first)
        affine[-1, -1] = 1.0
        shape = [slice_count(part) for part in parts if isinstance(part, slice)]
        return Grid(shape, affine, self.frame, "".join(self.axes[axis] for axis in kept))

    def cropped(self, region: Region) -> Grid:
        """Return the grid of a region, which may reach beyond this one."""
        if len(region.start) != self.dimension or region.is_empty:
            raise ParameterError(
                f"region of crop must hold voxels on {self.dimension} axes; got {region}."
            )
        return Grid(region.shape, moved(self, region.start), self.frame, self.axes)

    def padded(self, before: int | Sequence[int], after: int | Sequence[int] | None = None) -> Grid:
        """Return the grid with samples added before the first and after the last of each axis."""
        low = (before,) * self.dimension if isinstance(before, int) else tuple(before)
        high = low if after is None else after
        high = (high,) * self.dimension if isinstance(high, int) else tuple(high)
        start = tuple(-count for count in low)
        stop = tuple(n + count for n, count in zip(self.shape, high, strict=True))
        return self.cropped(Region(start, stop))

    def resized(self, shape: Sequence[int]) -> Grid:
        """Return a grid of another shape over the same extent: outer edges stay in place."""
        return Grid(*resized(self, shape), self.frame, self.axes)

    def with_spacing(self, spacing: object) -> Grid:
        """Return a grid of exactly this spacing (a length) about the same centre.

        The shape is rounded up, so that the new lattice covers the old one; the outer edges
        move outwards by less than half a new voxel.
        """
        return Grid(*respaced(self, spacing), self.frame, self.axes)

    def permuted(self, order: Sequence[int]) -> Grid:
        """Return the same samples with the array axes in another order; axes are renamed."""
        if sorted(order) != list(range(self.dimension)):
            raise ParameterError(
                f"order of permuted must name each of {self.dimension} axes once; got {order}."
            )
        affine = self.affine[:, [*order, self.dimension]]
        return Grid([self.shape[axis] for axis in order], affine, self.frame, self.axes)

    def flipped(self, flips: Sequence[bool]) -> Grid:
        """Return the same samples with some array axes reversed."""
        return Grid(self.shape, flipped(self, flips), self.frame, self.axes)

    def reoriented(self, code: str) -> tuple[Grid, tuple[int, ...], tuple[bool, ...]]:
        """Return the same samples with axes in the order and sense of `code` (``"LPS"``).

        Returns
        -------
        grid
            The permuted and flipped grid.
        order
            Which old array axis becomes each new one.
        flips
            Which new array axes run against the old.
        """
        order, flips = reorientation(self, code)
        return self.permuted(order).flipped(flips), order, flips

    def with_frame(self, frame: Frame) -> Grid:
        """Return the same numbers in another frame of the same dimension."""
        return Grid(self.shape, self.affine, frame, self.axes)

    def __repr__(self) -> str:
        spacing = " x ".join(f"{value:.6g}" for value in self.spacing)
        shape = " x ".join(str(size) for size in self.shape)
        pose = f", {self.orientation}" if self.orientation else ""
        return f"Grid({self.axes}: {shape} at {spacing} {self.unit}{pose})"
