"""Landmarks: points in a frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ParameterError, shown
from ..geometry import Frame, Grid, default_frame
from ..lineage import Lineage, Opaque, frozen_array
from .record import call

__all__ = ["Points"]


class Points:
    """Points with world coordinates.

    Parameters
    ----------
    world
        (N, D) coordinates, x first, in the frame's unit.  N may be 0.
    frame
        The world they live in; LPS mm for three coordinates when None, plain axes for two.
    names
        A name for each point.
    lineage
        How they were made.
    copy
        Whether a writable array is copied.

    Examples
    --------
    >>> grid = Grid.from_spacing((10, 10), (2.0, 0.5))
    >>> Points.from_index([[1, 4]], grid).world
    array([[2., 2.]])
    """

    __slots__ = ("frame", "lineage", "names", "world")

    world: NDArray[np.float64]
    frame: Frame
    names: tuple[str, ...] | None
    lineage: Lineage

    def __init__(
        self,
        world: ArrayLike,
        frame: Frame | None = None,
        *,
        names: Sequence[str] | None = None,
        lineage: Lineage | None = None,
        copy: bool = True,
    ) -> None:
        try:
            values = np.asarray(world, dtype=np.float64)
        except (TypeError, ValueError):
            raise ParameterError(
                f"world of Points must be numbers of shape (N, D); got {shown(world)}."
            ) from None
        if values.ndim != 2 or not 1 <= values.shape[1] <= 3:
            raise ParameterError(
                f"world of Points must be of shape (N, D) with D from 1 to 3; "
                f"got shape {values.shape}."
            )
        if frame is None:
            frame = default_frame(values.shape[1], "mm")
        if frame.dimension != values.shape[1]:
            raise ParameterError(
                f"world of Points must have the {frame.dimension} coordinates of {frame}; "
                f"got {values.shape[1]}."
            )
        if names is not None and len(names) != len(values):
            raise ParameterError(
                f"names of Points must be one for each of {len(values)} points; got {len(names)}."
            )
        if lineage is None:
            lineage = Opaque(f"Points {values.shape}")
        parts = {
            "world": frozen_array(values, copy=copy),
            "frame": frame,
            "names": None if names is None else tuple(str(name) for name in names),
            "lineage": lineage,
        }
        for name, value in parts.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("Points is frozen; make a new one instead")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("Points is frozen")

    def __eq__(self, other: object) -> bool:
        """Whether both hold the same points of the same world, under the same names."""
        return (
            isinstance(other, Points)
            and self.frame == other.frame
            and self.names == other.names
            and np.array_equal(self.world, other.world, equal_nan=True)
        )

    def __hash__(self) -> int:
        return hash((self.frame, self.names, self.world.shape))

    @classmethod
    def from_index(
        cls, index: ArrayLike, grid: Grid, *, names: Sequence[str] | None = None
    ) -> Points:
        """Return the world points of (N, D) array indices of a grid."""
        values = np.asarray(index, dtype=np.float64)
        lineage = Opaque(f"Points from index {values.shape}")
        return cls(grid.index_to_world(values), grid.frame, names=names, lineage=lineage)

    def to_index(self, grid: Grid) -> NDArray[np.float64]:
        """Return (N, D) fractional array indices on a grid of a compatible frame."""
        self.frame.require_compatible(grid.frame, "points and grid")
        return grid.world_to_index(self.world)

    def with_lineage(self, lineage: Lineage) -> Points:
        """Return the same points with another record of how they were made."""
        return Points(self.world, self.frame, names=self.names, lineage=lineage, copy=False)

    def distance_to(self, other: Points) -> NDArray[np.float64]:
        """Return the distance from each point to its namesake by position, in the frame's unit."""
        self.frame.require_compatible(other.frame, "the two sets of points")
        if len(self) != len(other):
            raise ParameterError(
                f"other of distance_to must hold {len(self)} points; got {len(other)}."
            )
        return np.asarray(np.linalg.norm(self.world - other.world, axis=1))

    def __getitem__(self, key: object) -> Points:
        """Take some of the points, by integer, slice, list of integers or boolean array."""
        chosen = np.atleast_1d(np.arange(len(self))[cast("Any", key)])
        names = None if self.names is None else [self.names[i] for i in chosen]
        lineage = call("points_index", {"key": chosen.tolist()}, [("points", self.lineage)])
        return Points(self.world[chosen], self.frame, names=names, lineage=lineage, copy=False)

    def __len__(self) -> int:
        return len(self.world)

    def __iter__(self) -> Iterator[NDArray[np.float64]]:
        return iter(self.world)

    def __array__(
        self, dtype: np.dtype[Any] | None = None, copy: bool | None = None
    ) -> NDArray[Any]:
        if dtype is not None and np.dtype(dtype) != self.world.dtype:
            return self.world.astype(dtype)
        return self.world.copy() if copy else self.world

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuilt, (self.world, self.frame, self.names, self.lineage))

    def __deepcopy__(self, memo: object) -> Points:
        return self

    def __repr__(self) -> str:
        return f"Points({len(self)} in {self.frame})"


def _rebuilt(
    world: NDArray[np.float64], frame: Frame, names: Sequence[str] | None, lineage: Lineage
) -> Points:
    return Points(world, frame, names=names, lineage=lineage, copy=False)
