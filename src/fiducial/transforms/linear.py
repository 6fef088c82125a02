"""Linear maps of the world: translation, rigid, similarity, affine."""

from __future__ import annotations

from typing import Any, ClassVar, Self, TypeVar, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ParameterError, shown
from ..geometry import Frame
from ..image import Points
from ..lineage import Lineage
from .rotation import Decomposition, as_rotation, decompose, matrix_words, numbers
from .transform import (
    Transform,
    check_frames,
    derived,
    frame_json,
    join_frames,
    map_points,
    multiplied,
    vector_of,
)

__all__ = [
    "Affine",
    "Linear",
    "Rigid",
    "Similarity",
    "Translation",
    "assembled",
]

_SINGULAR = 1e-12

Kind = TypeVar("Kind", bound="Linear")


class Linear:
    """What the linear kinds share: ``x' = matrix (x - center) + center + translation``.

    Use :class:`Translation`, :class:`Rigid`, :class:`Similarity` or :class:`Affine`.

    Attributes
    ----------
    matrix : ndarray
        (D, D), read-only.
    translation : ndarray
        (D,), in the world's unit: how far the centre moves.
    center : ndarray
        (D,), a point of the fixed world.
    fixed_frame, moving_frame : Frame or None
        The worlds that it joins; None for any.
    lineage : Lineage or None
        How it was made; None when the numbers were given.
    """

    __slots__ = ("center", "fixed_frame", "lineage", "matrix", "moving_frame", "translation")

    matrix: NDArray[np.float64]
    translation: NDArray[np.float64]
    center: NDArray[np.float64]
    fixed_frame: Frame | None
    moving_frame: Frame | None
    lineage: Lineage | None

    rank: ClassVar[int] = 3
    """Generality: 0 translation, 1 rigid, 2 similarity, 3 affine."""

    def _build(
        self,
        matrix: NDArray[np.float64],
        translation: ArrayLike | None,
        center: ArrayLike | None,
        frames: tuple[Frame | None, Frame | None],
        lineage: Lineage | None,
    ) -> None:
        kind, dimension = type(self).__name__, len(matrix)
        check_frames(kind, dimension, *frames)
        parts = {
            "matrix": matrix,
            "translation": vector_of(translation, dimension, f"translation of {kind}"),
            "center": vector_of(center, dimension, f"center of {kind}"),
        }
        for name, value in parts.items():
            value = value + 0.0  # no negative zeros: equal maps have equal bytes
            value.setflags(write=False)
            object.__setattr__(self, name, value)
        object.__setattr__(self, "fixed_frame", frames[0])
        object.__setattr__(self, "moving_frame", frames[1])
        object.__setattr__(self, "lineage", lineage)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen; make a new one instead")

    @property
    def dimension(self) -> int:
        """Number of world coordinates."""
        return len(self.matrix)

    @property
    def offset(self) -> NDArray[np.float64]:
        """(D,): where the world's origin goes."""
        return self.center + self.translation - self.matrix @ self.center

    @property
    def homogeneous(self) -> NDArray[np.float64]:
        """(D + 1, D + 1): the map of homogeneous world coordinates."""
        result = np.eye(self.dimension + 1)
        result[:-1, :-1] = self.matrix
        result[:-1, -1] = self.offset
        return result

    @overload
    def map(self, points: Points) -> Points: ...

    @overload
    def map(self, points: ArrayLike) -> NDArray[np.float64]: ...

    def map(self, points: Points | ArrayLike) -> Points | NDArray[np.float64]:
        """Map points of the fixed world, or coordinates (..., D) in it, to the moving world.

        Raises
        ------
        FrameMismatchError
            If the points live in another world.
        """
        shift = self.center + self.translation
        result: Points | NDArray[np.float64] = map_points(
            self, points, lambda world: multiplied(world - self.center, self.matrix) + shift
        )
        return result

    def jacobian(self, points: ArrayLike) -> NDArray[np.float64]:
        """Return (..., D, D): the matrix at every point."""
        shape = np.asarray(points).shape[:-1]
        return np.broadcast_to(self.matrix, (*shape, *self.matrix.shape)).copy()

    def inverse(self) -> Self:
        """Return the map from the moving to the fixed world, of the same kind."""
        matrix = self.matrix.T if self.rank <= 1 else np.linalg.inv(self.matrix)
        return assembled(
            matrix,
            -self.translation,
            self.center + self.translation,
            (self.moving_frame, self.fixed_frame),
            derived("invert_transform", transform=self),
            type(self),
        )

    def __matmul__(self, other: Transform) -> Transform:
        if not isinstance(other, Linear):
            from .composite import compose

            return compose(self, other)
        frames = join_frames(self, other)
        kind = type(self) if self.rank >= other.rank else type(other)
        center = other.center if other.rank else self.center
        matrix = self.matrix @ other.matrix
        moved = self.map(other.map(center))
        lineage = derived("compose_transforms", outer=self, inner=other)
        return assembled(matrix, moved - center, center, frames, lineage, kind)

    def with_lineage(self, lineage: Lineage | None) -> Self:
        """Return the same map with another record of how it was made."""
        return self._changed((self.fixed_frame, self.moving_frame), lineage)

    def with_frames(self, fixed_frame: Frame | None, moving_frame: Frame | None) -> Self:
        """Return the same numbers between other worlds."""
        return self._changed((fixed_frame, moving_frame), self.lineage)

    def _changed(self, frames: tuple[Frame | None, Frame | None], lineage: Lineage | None) -> Self:
        return assembled(self.matrix, self.translation, self.center, frames, lineage, type(self))

    def decompose(self) -> Decomposition:
        """Return rotation, scale and shear in the words that a person uses."""
        return decompose(self.matrix)

    def as_json(self) -> dict[str, Any]:
        """Return the form that lineage and recipes hold; ``from_json`` reads it back."""
        return {
            "transform": type(self).__name__,
            "matrix": self.matrix.tolist(),
            "translation": self.translation.tolist(),
            "center": self.center.tolist(),
            "fixed_frame": frame_json(self.fixed_frame),
            "moving_frame": frame_json(self.moving_frame),
        }

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Linear):
            return NotImplemented
        return type(self) is type(other) and self.as_json() == other.as_json()

    def __hash__(self) -> int:
        return hash((type(self), self.matrix.tobytes(), self.translation.tobytes()))

    def __reduce__(self) -> tuple[Any, ...]:
        frames = (self.fixed_frame, self.moving_frame)
        parts = (self.matrix, self.translation, self.center, frames, self.lineage)
        return (assembled, (*parts, type(self)))

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(self._words())})"

    def _words(self) -> list[str]:
        unit = self.fixed_frame.unit if self.fixed_frame is not None else ""
        words = [f"translation {numbers(self.translation)}{' ' + unit if unit else ''}"]
        return words + (matrix_words(self.matrix, self.rank, self.center) if self.rank else [])


class Translation(Linear):
    """A shift.

    Parameters
    ----------
    vector
        (D,): world coordinates, x first, in the world's unit.
    fixed_frame, moving_frame
        The worlds that it joins; None for any.
    lineage
        How it was made.

    Examples
    --------
    >>> Translation((1.0, 2.0)).map([[0.0, 0.0]])
    array([[1., 2.]])
    """

    __slots__ = ()
    rank = 0

    def __init__(
        self,
        vector: ArrayLike,
        *,
        fixed_frame: Frame | None = None,
        moving_frame: Frame | None = None,
        lineage: Lineage | None = None,
    ) -> None:
        dimension = np.asarray(vector).size
        if not 1 <= dimension <= 3:
            raise ParameterError(
                f"vector of Translation must have 1 to 3 coordinates; got {shown(vector)}."
            )
        self._build(np.eye(dimension), vector, None, (fixed_frame, moving_frame), lineage)


class Rigid(Linear):
    """A rotation about a centre, then a shift; never a mirror.

    Parameters
    ----------
    rotation
        One angle in 2D (from x towards y), three in 3D (about the fixed world axes x, then
        y, then z), a bare number in degrees; or a (D, D) matrix, which must be a rotation
        within 1e-6.
    translation
        (D,): how far the centre moves, in the world's unit; zeros when None.
    center
        (D,): a point of the fixed world; the origin when None.
    fixed_frame, moving_frame
        The worlds that it joins; None for any.
    lineage
        How it was made.

    Examples
    --------
    >>> turn = Rigid("90 deg", center=(10.0, 0.0))
    >>> turn.map([[11.0, 0.0]]).round(6)
    array([[10.,  1.]])
    >>> turn
    Rigid(translation (0, 0), rotation 90 deg, about (10, 0))
    """

    __slots__ = ()
    rank = 1

    def __init__(
        self,
        rotation: Any,
        translation: ArrayLike | None = None,
        *,
        center: ArrayLike | None = None,
        fixed_frame: Frame | None = None,
        moving_frame: Frame | None = None,
        lineage: Lineage | None = None,
    ) -> None:
        matrix = as_rotation(rotation, "rotation of Rigid")
        self._build(matrix, translation, center, (fixed_frame, moving_frame), lineage)


class Similarity(Linear):
    """A rotation and one scale about a centre, then a shift.

    Parameters
    ----------
    rotation, translation, center, fixed_frame, moving_frame, lineage
        As for :class:`Rigid`.
    scale
        Above 0.

    Examples
    --------
    >>> Similarity(0, 2.0, center=(1.0, 1.0)).map([[2.0, 1.0]])
    array([[3., 1.]])
    """

    __slots__ = ()
    rank = 2

    def __init__(
        self,
        rotation: Any,
        scale: float = 1.0,
        translation: ArrayLike | None = None,
        *,
        center: ArrayLike | None = None,
        fixed_frame: Frame | None = None,
        moving_frame: Frame | None = None,
        lineage: Lineage | None = None,
    ) -> None:
        if not (np.isfinite(scale) and scale > 0):
            raise ParameterError(f"scale of Similarity must be above 0; got {shown(scale)}.")
        matrix = as_rotation(rotation, "rotation of Similarity") * float(scale)
        self._build(matrix, translation, center, (fixed_frame, moving_frame), lineage)

    @property
    def scale(self) -> float:
        """The factor by which lengths grow."""
        return float(abs(np.linalg.det(self.matrix)) ** (1.0 / self.dimension))


class Affine(Linear):
    """Any invertible linear map about a centre, then a shift; may mirror.

    Parameters
    ----------
    matrix
        (D, D), invertible.
    translation, center, fixed_frame, moving_frame, lineage
        As for :class:`Rigid`.

    Examples
    --------
    >>> Affine([[2.0, 0.0], [0.0, 1.0]], (1.0, 0.0)).inverse().map([[5.0, 3.0]])
    array([[2., 3.]])
    """

    __slots__ = ()
    rank = 3

    def __init__(
        self,
        matrix: ArrayLike,
        translation: ArrayLike | None = None,
        *,
        center: ArrayLike | None = None,
        fixed_frame: Frame | None = None,
        moving_frame: Frame | None = None,
        lineage: Lineage | None = None,
    ) -> None:
        values = np.array(matrix, dtype=np.float64)
        square = values.ndim == 2 and values.shape[0] == values.shape[1] <= 3
        if not square or not np.all(np.isfinite(values)):
            raise ParameterError(
                f"matrix of Affine must be a finite square matrix of 1, 2 or 3 rows; "
                f"got {shown(matrix)}. Give the shift apart, as translation."
            )
        size = np.linalg.norm(values, 2)
        if size == 0 or np.linalg.svd(values, compute_uv=False)[-1] / size < _SINGULAR:
            raise ParameterError(f"matrix of Affine must be invertible; got {values.tolist()}.")
        self._build(values, translation, center, (fixed_frame, moving_frame), lineage)


def assembled(
    matrix: NDArray[Any],
    translation: ArrayLike,
    center: ArrayLike,
    frames: tuple[Frame | None, Frame | None],
    lineage: Lineage | None,
    kind: type[Kind],
) -> Kind:
    """Build without checking again what is known to hold."""
    result = object.__new__(kind)
    result._build(np.array(matrix, np.float64), translation, center, frames, lineage)
    return result
