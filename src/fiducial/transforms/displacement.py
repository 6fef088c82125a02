"""A displacement field: how far each point of a lattice moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ParameterError, shown
from ..geometry import Frame, Grid
from ..image import Image, Points
from ..image.sampled import call
from ..kernels import interpolation
from ..lineage import Lineage, Opaque
from .transform import (
    Transform,
    derived,
    frame_from_json,
    frame_json,
    map_points,
)

__all__ = ["INVERSE_TOLERANCE", "Displacement"]

INVERSE_TOLERANCE = 1e-3
"""Error, as a share of the smallest spacing, to which the inverse is solved at its samples."""

_MOST_ITERATIONS = 100


class Displacement:
    """Every point moves by a vector, interpolated linearly from a lattice.

    ``x' = x + u(x)``.  Beyond the outer edges of the lattice points stay where they are, as
    in ITK; between the last centre and the edge the last vector holds.

    Parameters
    ----------
    field
        (*shape, D): the vectors in world order (x first) and in the world's unit; or a
        vector image with as many channels.
    grid
        The lattice in the fixed world, with as many axes as the world has; taken from
        `field` when that is an image.
    moving_frame
        World of the points that come out; None for any.  The fixed frame is the lattice's.
    lineage
        How it was made; the image's, or an opaque source.

    Raises
    ------
    ParameterError
        If shapes do not fit, or a vector is not finite.

    Notes
    -----
    Vectors are kept in float32, which resolves 1e-5 mm in 100 mm, unless given in float64.

    Examples
    --------
    >>> grid = Grid.from_spacing((3, 3), 2.0)
    >>> field = np.zeros((3, 3, 2)); field[..., 0] = 0.5
    >>> Displacement(field, grid).map([[1.0, 1.0], [50.0, 1.0]])
    array([[ 1.5,  1. ],
           [50. ,  1. ]])
    """

    __slots__ = ("field", "grid", "lineage", "moving_frame")

    field: NDArray[Any]
    grid: Grid
    moving_frame: Frame | None
    lineage: Lineage

    def __init__(
        self,
        field: Image | ArrayLike,
        grid: Grid | None = None,
        *,
        moving_frame: Frame | None = None,
        lineage: Lineage | None = None,
    ) -> None:
        if isinstance(field, Image):
            if grid is not None and not grid.is_close(field.grid):
                raise ParameterError("grid of Displacement must be that of its field, or None.")
            if "c" not in field.axes or "t" in field.axes:
                raise ParameterError(
                    f"field of Displacement must be a vector image; got {field!r}."
                )
            given = {"moving_frame": frame_json(moving_frame)}
            grid = field.grid
            lineage = lineage or call("displacement_field", given, [("field", field.lineage)])
            values = field.array
        else:
            values = np.asarray(field)
        if grid is None:
            raise ParameterError("grid of Displacement must be given with an array; got None.")
        if grid.dimension != grid.frame.dimension:
            raise ParameterError(
                f"grid of Displacement must have as many axes as its world; got {grid!r}."
            )
        if values.shape != (*grid.shape, grid.dimension):
            raise ParameterError(
                f"field of Displacement must be of shape {(*grid.shape, grid.dimension)}; "
                f"got {values.shape}."
            )
        kind = np.float64 if values.dtype == np.float64 else np.float32
        values = np.ascontiguousarray(values, dtype=kind)
        if not np.all(np.isfinite(values)):
            raise ParameterError("field of Displacement must be finite; got NaN or infinity.")
        if values.flags.writeable:
            values = values.copy()
            values.setflags(write=False)
        parts = (values, grid, lineage or Opaque(f"Displacement {values.shape}"), moving_frame)
        for name, value in zip(self.__slots__, parts, strict=True):
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("Displacement is frozen; make a new one instead")

    @classmethod
    def from_transform(cls, transform: Transform, grid: Grid) -> Displacement:
        """Sample any transform at the centres of a lattice of its fixed world."""
        if transform.fixed_frame is not None:
            grid.frame.require_compatible(transform.fixed_frame, "grid and transform")
        world = grid.index_to_world(np.moveaxis(np.indices(grid.shape), 0, -1))
        return cls(
            transform.map(world) - world,
            grid,
            moving_frame=transform.moving_frame,
            lineage=derived("displacement", {"grid": grid.as_json()}, transform=transform),
        )

    @property
    def dimension(self) -> int:
        """Number of world coordinates."""
        return self.grid.dimension

    @property
    def fixed_frame(self) -> Frame:
        """World of the points that go in."""
        return self.grid.frame

    def as_image(self) -> Image:
        """Return the vectors as an image with one channel for each world axis."""
        names = tuple("xyz"[: self.dimension])
        axes = self.grid.axes + "c"
        unit = self.grid.unit
        lineage = call("displacement_image", {}, [("transform", self.lineage)])
        return Image(self.field, self.grid, unit, axes, channels=names, lineage=lineage, copy=False)

    @overload
    def map(self, points: Points) -> Points: ...

    @overload
    def map(self, points: ArrayLike) -> NDArray[np.float64]: ...

    def map(self, points: Points | ArrayLike) -> Points | NDArray[np.float64]:
        """Map points of the fixed world, or coordinates (..., D) in it, to the moving world."""
        result: Points | NDArray[np.float64] = map_points(
            self, points, lambda world: world + self._vectors(world)
        )
        return result

    def _vectors(
        self, world: NDArray[np.float64], *, is_continued: bool = False
    ) -> NDArray[np.float64]:
        """Interpolate the vectors; beyond the edges they are zero, or go on if wanted."""
        index = self.grid.world_to_index(world)
        if is_continued:
            index = np.clip(index, 0, np.asarray(self.grid.shape) - 1)
        return np.stack(
            [
                interpolation.sample(self.field[..., axis], index, outside=0.0)
                for axis in range(self.dimension)
            ],
            axis=-1,
        ).astype(np.float64)

    def jacobian(self, points: ArrayLike) -> NDArray[np.float64]:
        """Return (..., D, D), by central differences over one sample of the lattice."""
        world = np.asarray(points, dtype=np.float64)
        flat = world.reshape(-1, self.dimension)
        steps = self.grid.affine[:-1, :-1]
        by_index = np.stack(
            [
                self._vectors(flat + steps[:, axis] / 2) - self._vectors(flat - steps[:, axis] / 2)
                for axis in range(self.dimension)
            ],
            axis=-1,
        )
        result = np.eye(self.dimension) + by_index @ np.linalg.inv(steps)
        return np.asarray(result.reshape(*world.shape, self.dimension))

    def inverse(self, *, tolerance: float | None = None) -> Displacement:
        """Return the map from the moving to the fixed world, sampled on the same lattice.

        Parameters
        ----------
        tolerance
            Largest error at the lattice's samples, in the world's unit;
            :data:`INVERSE_TOLERANCE` of the smallest spacing when None.

        Raises
        ------
        ParameterError
            If the field folds (its Jacobian is not positive somewhere), so that there is no
            inverse to find.

        Notes
        -----
        Solves ``v(y) = -u(y + v(y))`` by fixed-point iteration, halving the steps where they
        do not shrink.  Between samples the error is that of linear interpolation.  Where a
        point comes from beyond the edges, the field is taken to go on with its last vector.
        """
        asked = None if tolerance is None else {"tolerance": tolerance}
        if tolerance is None:
            tolerance = INVERSE_TOLERANCE * min(self.grid.spacing)
        world = self.grid.index_to_world(np.moveaxis(np.indices(self.grid.shape), 0, -1))
        world = world.reshape(-1, self.dimension)
        found = np.zeros_like(world)
        step = np.ones(len(world))
        before = np.full(len(world), np.inf)
        active = np.arange(len(world))
        for _ in range(_MOST_ITERATIONS):
            there = world[active] + found[active]
            residual = found[active] + self._vectors(there, is_continued=True)
            error = np.linalg.norm(residual, axis=1)
            step[active] = np.where(error > 0.9 * before[active], step[active] / 2, step[active])
            before[active] = error
            left = error > tolerance
            if not left.any():
                break
            active = active[left]
            found[active] -= step[active, None] * residual[left]
        else:
            raise ParameterError(
                f"inverse of a Displacement must exist; got {len(active)} of {len(world)} samples "
                f"without one within {tolerance:.3g} {self.grid.unit}: the field folds or is too "
                "steep there. Smooth it, or make it smaller."
            )
        grid = self.grid
        if self.moving_frame is not None:
            grid = grid.with_frame(self.moving_frame)
        return Displacement(
            found.astype(self.field.dtype).reshape(self.field.shape),
            grid,
            moving_frame=self.grid.frame,
            lineage=derived("invert_transform", asked, transform=self),
        )

    def __matmul__(self, other: Transform) -> Transform:
        from .composite import compose

        return compose(self, other)

    def with_lineage(self, lineage: Lineage | None) -> Displacement:
        """Return the same map with another record of how it was made."""
        return Displacement(self.field, self.grid, moving_frame=self.moving_frame, lineage=lineage)

    def with_frames(self, fixed_frame: Frame | None, moving_frame: Frame | None) -> Displacement:
        """Return the same numbers between other worlds; a lattice needs a fixed frame."""
        if fixed_frame is None:
            raise ParameterError("fixed_frame of a Displacement must be given; got None.")
        grid = self.grid.with_frame(fixed_frame)
        return Displacement(self.field, grid, moving_frame=moving_frame, lineage=self.lineage)

    def as_json(self) -> dict[str, Any]:
        """Return the form that lineage and recipes hold; large fields by their digest."""
        return {
            "transform": "Displacement",
            "field": self.field,
            "grid": self.grid.as_json(),
            "moving_frame": frame_json(self.moving_frame),
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any], lineage: Lineage | None = None) -> Displacement:
        """Read back what :meth:`as_json` gave, with the field as an array or nested lists."""
        field = document["field"]
        if isinstance(field, Mapping):
            if "array" not in field:
                raise ParameterError(
                    f"field of Displacement must hold its vectors; got {shown(field)}."
                )
            field = np.asarray(field["array"], dtype=field["dtype"])
        return cls(
            field,
            Grid.from_json(document["grid"]),
            moving_frame=frame_from_json(document.get("moving_frame")),
            lineage=lineage,
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Displacement):
            return NotImplemented
        return (
            self.grid == other.grid
            and self.moving_frame == other.moving_frame
            and np.array_equal(self.field, other.field)
        )

    def __hash__(self) -> int:
        return hash((self.grid, self.moving_frame))

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuilt, (self.field, self.grid, self.moving_frame, self.lineage))

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __repr__(self) -> str:
        largest = float(np.linalg.norm(self.field, axis=-1).max())
        return f"Displacement(up to {largest:.4g} {self.grid.unit} on {self.grid!r})"


def _rebuilt(
    field: NDArray[Any], grid: Grid, moving_frame: Frame | None, lineage: Lineage | None
) -> Displacement:
    return Displacement(field, grid, moving_frame=moving_frame, lineage=lineage)
