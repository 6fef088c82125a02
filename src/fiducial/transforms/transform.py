"""What every transform promises, and what all of them do alike with points and frames.

A transform maps points of the fixed (output) world to the moving (input) world: the
pull-back that resampling needs.  ``(A @ B).map(p)`` is ``A.map(B.map(p))``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol, Self, overload, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import FrameMismatchError, ParameterError, shown
from ..geometry import Frame
from ..image import Points
from ..lineage import Call, Lineage, plain

__all__ = [
    "Transform",
    "check_frames",
    "derived",
    "frame_from_json",
    "frame_json",
    "join_frames",
    "map_points",
    "multiplied",
    "vector_of",
]


@runtime_checkable
class Transform(Protocol):
    """A map of points of the fixed (output) world to the moving (input) world.

    Transforms are frozen values.  A frame that is None stands for any world of the right
    dimension.
    """

    @property
    def dimension(self) -> int:
        """Number of world coordinates."""

    @property
    def fixed_frame(self) -> Frame | None:
        """World of the points that go in; None for any."""

    @property
    def moving_frame(self) -> Frame | None:
        """World of the points that come out; None for any."""

    @property
    def lineage(self) -> Lineage | None:
        """How it was made; None when its numbers were given and say all there is."""

    @overload
    def map(self, points: Points) -> Points: ...

    @overload
    def map(self, points: ArrayLike) -> NDArray[np.float64]: ...

    def map(self, points: Points | ArrayLike) -> Points | NDArray[np.float64]:
        """Map points (or an array (..., D) of world coordinates, x first)."""

    def inverse(self) -> Transform:
        """Return the map from the moving to the fixed world."""

    def jacobian(self, points: ArrayLike) -> NDArray[np.float64]:
        """Return (..., D, D): the derivative of the mapped point by the point."""

    def with_lineage(self, lineage: Lineage | None) -> Self:
        """Return the same map with another record of how it was made."""

    def with_frames(self, fixed_frame: Frame | None, moving_frame: Frame | None) -> Self:
        """Return the same numbers between other worlds."""

    def as_json(self) -> dict[str, Any]:
        """Return the form that lineage and recipes hold."""

    def __matmul__(self, other: Transform) -> Transform:
        """Return the map that applies `other` first, then this one."""


def map_points(
    transform: Transform,
    points: Points | ArrayLike,
    function: Callable[[NDArray[np.float64]], NDArray[np.float64]],
) -> Any:
    """Map points or an array of coordinates with `function`, frames checked.

    Parameters
    ----------
    transform
        Whose `map` this is.
    points
        Points of the fixed world, or coordinates (..., D) in it.
    function
        Maps (N, D) float64.

    Raises
    ------
    FrameMismatchError
        If the points live in another world.
    ParameterError
        If the array does not have D coordinates in its last axis.
    """
    if isinstance(points, Points):
        if transform.fixed_frame is not None:
            points.frame.require_compatible(transform.fixed_frame, "points and transform")
        if points.frame.dimension != transform.dimension:
            raise FrameMismatchError(
                f"points of map must have {transform.dimension} coordinates; "
                f"got {points.frame.dimension} in {points.frame}."
            )
        parents: list[tuple[str, Lineage]] = [("points", points.lineage)]
        given: dict[str, Any] = {}
        if transform.lineage is None:
            given["transform"] = plain(transform.as_json())
        else:
            parents.append(("transform", transform.lineage))
        return Points(
            function(points.world),
            transform.moving_frame or points.frame,
            names=points.names,
            lineage=_call("map_points", given, parents),
            copy=False,
        )
    world = np.asarray(points, dtype=np.float64)
    if world.ndim == 0 or world.shape[-1] != transform.dimension:
        raise ParameterError(
            f"points of map must have {transform.dimension} world coordinates in the last axis; "
            f"got shape {world.shape}."
        )
    return function(world.reshape(-1, transform.dimension)).reshape(world.shape)


def multiplied(points: NDArray[np.float64], matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``points @ matrix.T``, each point the same whatever stands beside it.

    A linear algebra library rounds a point differently alone and among many, and on another
    number of threads.
    """
    result = np.empty_like(points)
    for row, weights in enumerate(matrix):
        column = points[:, 0] * weights[0]
        for axis in range(1, len(weights)):
            column += points[:, axis] * weights[axis]
        result[:, row] = column
    return result


def check_frames(kind: str, dimension: int, *frames: Frame | None) -> None:
    """Raise unless every frame that is given has this dimension."""
    for frame in frames:
        if frame is not None and frame.dimension != dimension:
            raise FrameMismatchError(
                f"frames of {kind} must have {dimension} coordinates; got {frame}."
            )


def join_frames(outer: Transform, inner: Transform) -> tuple[Frame | None, Frame | None]:
    """Return (fixed, moving) frame of ``outer @ inner``.

    Raises
    ------
    FrameMismatchError
        If `inner` ends in another world than `outer` starts from.
    """
    if outer.dimension != inner.dimension:
        raise FrameMismatchError(
            f"A @ B must join transforms of one dimension; got {outer.dimension} and "
            f"{inner.dimension}."
        )
    ends, starts = inner.moving_frame, outer.fixed_frame
    if ends is not None and starts is not None and not ends.is_compatible(starts):
        raise FrameMismatchError(
            f"A @ B applies B first, so B must end where A starts; got {ends} and {starts}. "
            "Swap the two, or take the inverse of one."
        )
    return inner.fixed_frame, outer.moving_frame


def derived(
    operation: str, given: Mapping[str, Any] | None = None, **transforms: Transform
) -> Lineage | None:
    """Return the record of a transform made from others.

    None when none of them has a record and nothing else was given: the numbers then say all
    there is.
    """
    parents = tuple(
        (role, item.lineage) for role, item in transforms.items() if item.lineage is not None
    )
    if not parents and not given:
        return None
    numbers = {
        role: plain(item.as_json()) for role, item in transforms.items() if item.lineage is None
    }
    return _call(operation, {**numbers, **plain(given or {})}, parents)


def _call(operation: str, given: Mapping[str, Any], parents: Any) -> Call:
    from .. import __version__

    return Call(operation, __version__, given, given, tuple(parents))


def frame_json(frame: Frame | None) -> dict[str, Any] | None:
    """Return a frame as plain JSON values."""
    if frame is None:
        return None
    return {"axes": frame.axes, "unit": frame.unit, "id": frame.id}


def frame_from_json(document: Mapping[str, Any] | None) -> Frame | None:
    """Read back what :func:`frame_json` wrote."""
    return None if document is None else Frame(**document)


def vector_of(values: ArrayLike | None, dimension: int, where: str) -> NDArray[np.float64]:
    """Read a world vector; zeros when None."""
    if values is None:
        return np.zeros(dimension)
    vector = np.array(values, dtype=np.float64)
    if vector.shape != (dimension,) or not np.all(np.isfinite(vector)):
        raise ParameterError(
            f"{where} must be {dimension} finite world coordinates, x first; got {shown(values)}."
        )
    return vector
