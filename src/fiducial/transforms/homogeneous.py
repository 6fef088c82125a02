"""Linear transforms from homogeneous matrices, and from their JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ParameterError, shown
from ..geometry import Frame
from ..lineage import Lineage
from .linear import Affine, Linear, Rigid, Similarity, Translation, assembled
from .rotation import as_rotation
from .transform import frame_from_json, vector_of

__all__ = ["linear_from_json", "linear_like"]

_IDENTITY_TOLERANCE = 1e-9

_KINDS: dict[str, type[Any]] = {
    "Translation": Translation,
    "Rigid": Rigid,
    "Similarity": Similarity,
    "Affine": Affine,
}


def linear_like(
    kind: str,
    homogeneous: ArrayLike,
    *,
    center: ArrayLike | None = None,
    fixed_frame: Frame | None = None,
    moving_frame: Frame | None = None,
    lineage: Lineage | None = None,
) -> Linear:
    """Return a transform of the named kind from a homogeneous matrix, checked to be of it.

    Parameters
    ----------
    kind
        ``"Translation"``, ``"Rigid"``, ``"Similarity"`` or ``"Affine"``.
    homogeneous
        (D + 1, D + 1), last row (0, ..., 0, 1).
    center
        (D,): the point about which it is told; the origin when None.
    fixed_frame, moving_frame, lineage
        As for the classes.

    Raises
    ------
    ParameterError
        If the matrix is not of that kind.
    """
    values = np.asarray(homogeneous, dtype=np.float64)
    if values.ndim != 2 or values.shape[0] != values.shape[1] or not 2 <= len(values) <= 4:
        raise ParameterError(
            f"matrix of {kind} must be square with 2 to 4 rows; got {shown(homogeneous)}."
        )
    if np.abs(values[-1] - np.eye(len(values))[-1]).max() > _IDENTITY_TOLERANCE:
        raise ParameterError(
            f"matrix of {kind} must end in the row (0, ..., 0, 1); got {values[-1].tolist()}."
        )
    matrix = values[:-1, :-1]
    about = vector_of(center, len(matrix), f"center of {kind}")
    translation = matrix @ about + values[:-1, -1] - about
    made = assembled(
        _checked(kind, matrix), translation, about, (fixed_frame, moving_frame), lineage, Affine
    )
    document = {**made.as_json(), "transform": kind}
    return linear_from_json(document, lineage)


def linear_from_json(document: Mapping[str, Any], lineage: Lineage | None = None) -> Linear:
    """Read back what the ``as_json`` of a linear transform gave.

    Raises
    ------
    ParameterError
        If the matrix is not of the kind that the document names.
    """
    kind: str = document["transform"]
    matrix = _checked(kind, np.asarray(document["matrix"], dtype=np.float64))
    frames = (
        frame_from_json(document.get("fixed_frame")),
        frame_from_json(document.get("moving_frame")),
    )
    result: Linear = assembled(
        matrix, document["translation"], document["center"], frames, lineage, _KINDS[kind]
    )
    return result


def _checked(kind: str, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the matrix if it is of the kind; a rotation is brought to the nearest one."""
    if kind == "Translation":
        if np.abs(matrix - np.eye(len(matrix))).max() > _IDENTITY_TOLERANCE:
            raise ParameterError(
                f"matrix of Translation must be the identity; got {matrix.tolist()}. "
                "Use Rigid or Affine."
            )
        return np.eye(len(matrix))
    if kind == "Rigid":
        return as_rotation(matrix, "matrix of Rigid")
    Affine(matrix)
    if kind == "Similarity":
        scale = abs(np.linalg.det(matrix)) ** (1.0 / len(matrix))
        as_rotation(matrix / scale, "matrix of Similarity without its scale")
    return matrix
