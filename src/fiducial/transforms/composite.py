"""Several transforms one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ParameterError, shown
from ..geometry import Frame
from ..image import Points
from ..lineage import Lineage
from .linear import Linear
from .transform import Transform, derived, join_frames, map_points

__all__ = ["Composite", "compose"]


class Composite:
    """Transforms applied one after the other, the last of the list first.

    ``Composite([A, B]).map(p)`` is ``A.map(B.map(p))``, as is ``(A @ B).map(p)``.  Composites
    inside are opened, and neighbours that are linear become one.

    Parameters
    ----------
    transforms
        At least one; each must start in the world where the next one of the list ends.
    lineage
        How it was made.

    Raises
    ------
    FrameMismatchError
        If two neighbours do not meet in one world.

    Examples
    --------
    >>> from fiducial.transforms import Rigid, Translation
    >>> Composite([Translation((1.0, 0.0)), Rigid("90 deg")]).map([[2.0, 0.0]]).round(6)
    array([[1., 2.]])
    """

    __slots__ = ("fixed_frame", "lineage", "moving_frame", "transforms")

    transforms: tuple[Transform, ...]
    fixed_frame: Frame | None
    moving_frame: Frame | None
    lineage: Lineage | None

    def __init__(self, transforms: Sequence[Transform], *, lineage: Lineage | None = None) -> None:
        if not transforms or not all(isinstance(item, Transform) for item in transforms):
            raise ParameterError(
                f"transforms of Composite must be one transform or more; got {shown(transforms)}."
            )
        flat = _flat(transforms)
        frames = (flat[-1].fixed_frame, flat[0].moving_frame)
        parts = zip(self.__slots__, (frames[0], lineage, frames[1], flat), strict=True)
        for name, value in parts:
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("Composite is frozen; make a new one instead")

    @property
    def dimension(self) -> int:
        """Number of world coordinates."""
        return self.transforms[0].dimension

    @overload
    def map(self, points: Points) -> Points: ...

    @overload
    def map(self, points: ArrayLike) -> NDArray[np.float64]: ...

    def map(self, points: Points | ArrayLike) -> Points | NDArray[np.float64]:
        """Map points of the fixed world, or coordinates (..., D) in it, to the moving world."""
        result: Points | NDArray[np.float64] = map_points(self, points, self._mapped)
        return result

    def _mapped(self, world: NDArray[np.float64]) -> NDArray[np.float64]:
        for item in reversed(self.transforms):
            world = item.map(world)
        return world

    def inverse(self) -> Composite:
        """Return the map from the moving to the fixed world."""
        lineage = derived("invert_transform", transform=self)
        return Composite([item.inverse() for item in reversed(self.transforms)], lineage=lineage)

    def jacobian(self, points: ArrayLike) -> NDArray[np.float64]:
        """Return (..., D, D): the product of the Jacobians along the way."""
        world = np.asarray(points, dtype=np.float64)
        result = np.broadcast_to(np.eye(self.dimension), (*world.shape, self.dimension))
        for item in reversed(self.transforms):
            result = item.jacobian(world) @ result
            world = item.map(world)
        return np.array(result)

    def __matmul__(self, other: Transform) -> Transform:
        return compose(self, other)

    def with_lineage(self, lineage: Lineage | None) -> Composite:
        """Return the same map with another record of how it was made."""
        return Composite(self.transforms, lineage=lineage)

    def with_frames(self, fixed_frame: Frame | None, moving_frame: Frame | None) -> Composite:
        """Return the same numbers between other worlds."""
        parts = list(self.transforms)
        parts[0] = parts[0].with_frames(parts[0].fixed_frame, moving_frame)
        parts[-1] = parts[-1].with_frames(fixed_frame, parts[-1].moving_frame)
        return Composite(parts, lineage=self.lineage)

    def as_json(self) -> dict[str, Any]:
        """Return the form that lineage and recipes hold."""
        return {
            "transform": "Composite",
            "transforms": [item.as_json() for item in self.transforms],
        }

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Composite):
            return NotImplemented
        return self.transforms == other.transforms

    def __hash__(self) -> int:
        return hash(self.transforms)

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuilt, (self.transforms, self.lineage))

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __repr__(self) -> str:
        return f"Composite({' @ '.join(repr(item) for item in self.transforms)})"


def compose(outer: Transform, inner: Transform) -> Transform:
    """Return the map that applies `inner` first, then `outer`.

    Raises
    ------
    FrameMismatchError
        If `inner` ends in another world than `outer` starts from.
    """
    if not isinstance(inner, Transform):
        raise ParameterError(f"A @ B must join two transforms; got {shown(inner)}.")
    join_frames(outer, inner)
    lineage = derived("compose_transforms", outer=outer, inner=inner)
    return Composite([outer, inner], lineage=lineage)


def _flat(transforms: Sequence[Transform]) -> tuple[Transform, ...]:
    """Open composites inside, merge linear neighbours, and check that frames meet."""
    opened: list[Transform] = []
    for item in transforms:
        opened += item.transforms if isinstance(item, Composite) else [item]
    merged = [opened[0]]
    for item in opened[1:]:
        join_frames(merged[-1], item)
        if isinstance(merged[-1], Linear) and isinstance(item, Linear):
            merged[-1] = merged[-1] @ item
        else:
            merged.append(item)
    return tuple(merged)


def _rebuilt(transforms: tuple[Transform, ...], lineage: Lineage | None) -> Composite:
    return Composite(transforms, lineage=lineage)
