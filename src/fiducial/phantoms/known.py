"""A transform known in closed form: the truth that a registration should find."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Protocol, Self, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..geometry import Frame
from ..image import Points
from ..lineage import Lineage
from ..transforms import Transform, compose
from ..transforms.transform import derived, frame_json, map_points

__all__ = ["ClosedForm", "KnownTransform"]


class ClosedForm(Protocol):
    """What a motion must offer: a frozen dataclass of numbers and arrays."""

    def map(self, world: ArrayLike) -> NDArray[np.float64]:
        """Map points (..., D)."""

    def inverse_map(self, world: ArrayLike) -> NDArray[np.float64]:
        """Map points back."""

    def jacobian(self, world: ArrayLike) -> NDArray[np.float64]:
        """Return (..., D, D): the derivative of the mapped point by the point."""


@dataclass(frozen=True, eq=False)
class KnownTransform:
    """A motion in closed form as a transform, exact at every point.

    Parameters
    ----------
    motion
        The closed form.
    fixed_frame, moving_frame
        The worlds that it joins.
    is_inverse
        Whether this is the motion's inverse.
    lineage
        How it was made.
    """

    motion: ClosedForm
    fixed_frame: Frame
    moving_frame: Frame
    is_inverse: bool = False
    lineage: Lineage | None = None

    @property
    def dimension(self) -> int:
        """Number of world coordinates."""
        return self.fixed_frame.dimension

    @overload
    def map(self, points: Points) -> Points: ...

    @overload
    def map(self, points: ArrayLike) -> NDArray[np.float64]: ...

    def map(self, points: Points | ArrayLike) -> Points | NDArray[np.float64]:
        """Map points of the fixed world, or coordinates (..., D) in it, to the moving world."""
        function = self.motion.inverse_map if self.is_inverse else self.motion.map
        result: Points | NDArray[np.float64] = map_points(self, points, function)
        return result

    def inverse(self) -> KnownTransform:
        """Return the map from the moving to the fixed world."""
        return KnownTransform(
            self.motion,
            self.moving_frame,
            self.fixed_frame,
            not self.is_inverse,
            derived("inverse", transform=self),
        )

    def displacement(self, world: ArrayLike) -> NDArray[np.float64]:
        """Return where each point (..., D) goes, less the point."""
        points = np.asarray(world, dtype=np.float64)
        return self.map(points) - points

    def jacobian(self, points: ArrayLike) -> NDArray[np.float64]:
        """Return (..., D, D): the derivative of the mapped point by the point."""
        world = np.asarray(points, dtype=np.float64)
        if not self.is_inverse:
            return self.motion.jacobian(world)
        return np.asarray(np.linalg.inv(self.motion.jacobian(self.motion.inverse_map(world))))

    def with_lineage(self, lineage: Lineage | None) -> Self:
        """Return the same map with another record of how it was made."""
        return dataclasses.replace(self, lineage=lineage)

    def with_frames(self, fixed_frame: Frame | None, moving_frame: Frame | None) -> Self:
        """Return the same numbers between other worlds; None keeps one."""
        return dataclasses.replace(
            self,
            fixed_frame=fixed_frame or self.fixed_frame,
            moving_frame=moving_frame or self.moving_frame,
        )

    def as_json(self) -> dict[str, Any]:
        """Return the form that lineage and recipes hold."""
        return {
            "transform": "Known",
            "motion": _json(self.motion),
            "is_inverse": self.is_inverse,
            "fixed_frame": frame_json(self.fixed_frame),
            "moving_frame": frame_json(self.moving_frame),
        }

    def __matmul__(self, other: Transform) -> Transform:
        return compose(self, other)

    def __repr__(self) -> str:
        name = type(self.motion).__name__
        return f"KnownTransform({name}{', inverse' if self.is_inverse else ''})"


def _json(motion: object) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": type(motion).__name__}
    for field in dataclasses.fields(motion):  # type: ignore[arg-type]
        value = getattr(motion, field.name)
        if dataclasses.is_dataclass(value):
            found[field.name] = _json(value)
        else:
            found[field.name] = value.tolist() if isinstance(value, np.ndarray) else value
    return found
