"""Rotations and how a matrix is told in words: angles about named axes, scale, shear."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ParameterError, shown
from ..units import angle

__all__ = [
    "ROTATION_TOLERANCE",
    "Decomposition",
    "as_rotation",
    "decompose",
    "matrix_words",
    "numbers",
    "rotation_angles",
    "rotation_from_angles",
]

ROTATION_TOLERANCE = 1e-6
"""How far the columns of a rotation may be from orthonormal: a matrix written with six decimals
passes, a scale of one part in 100,000 does not."""

_EXACT = 1e-12


def rotation_from_angles(angles: tuple[float, ...]) -> NDArray[np.float64]:
    """Return the rotation by one angle (2D) or by three (3D), in radians.

    Parameters
    ----------
    angles
        One: from the world's x towards y.  Three: right-handed about the fixed world axes x,
        then y, then z.

    Notes
    -----
    In 3D the matrix is Rz Ry Rx.
    """
    if len(angles) == 1:
        c, s = math.cos(angles[0]), math.sin(angles[0])
        return np.array([[c, -s], [s, c]])
    (cx, sx), (cy, sy), (cz, sz) = ((math.cos(a), math.sin(a)) for a in angles)
    about_x = np.array([[1.0, 0.0, 0.0], [0.0, cx, -sx], [0.0, sx, cx]])
    about_y = np.array([[cy, 0.0, sy], [0.0, 1.0, 0.0], [-sy, 0.0, cy]])
    about_z = np.array([[cz, -sz, 0.0], [sz, cz, 0.0], [0.0, 0.0, 1.0]])
    product: NDArray[np.float64] = about_z @ about_y @ about_x
    return product


def rotation_angles(rotation: NDArray[np.float64]) -> tuple[float, ...]:
    """Return the angles, in radians, that :func:`rotation_from_angles` makes the matrix from.

    At a quarter turn about y the angle about z is set to 0, for only their sum is known.
    """
    if len(rotation) == 1:
        return ()
    if len(rotation) == 2:
        return (math.atan2(rotation[1, 0], rotation[0, 0]),)
    about_y = math.asin(min(1.0, max(-1.0, -rotation[2, 0])))
    if abs(rotation[2, 0]) > 1.0 - _EXACT:
        sign = -1.0 if rotation[2, 0] > 0 else 1.0
        return (math.atan2(sign * rotation[0, 1], rotation[1, 1]), about_y, 0.0)
    about_x = math.atan2(rotation[2, 1], rotation[2, 2])
    about_z = math.atan2(rotation[1, 0], rotation[0, 0])
    return (about_x, about_y, about_z)


def as_rotation(rotation: object, where: str) -> NDArray[np.float64]:
    """Read a rotation: a matrix, one angle (2D), or three angles (3D).

    Parameters
    ----------
    rotation
        (D, D) matrix, or angles as :mod:`fiducial.units` reads them (a bare number is in
        degrees).
    where
        What the error message calls it.

    Raises
    ------
    ParameterError
        If a matrix is not a rotation within :data:`ROTATION_TOLERANCE`, or mirrors; or if
        there are neither one nor three angles.
    """
    if not isinstance(rotation, str) and np.ndim(rotation) == 2:  # type: ignore[arg-type]
        return _checked(rotation, where)  # type: ignore[arg-type]
    angles = angle(rotation, where)
    if len(angles) not in (1, 3):
        raise ParameterError(
            f"{where} must be one angle (2D), three (3D: about x, y, z) or a matrix; "
            f"got {len(angles)} angles."
        )
    return rotation_from_angles(angles)


def _checked(values: ArrayLike, where: str) -> NDArray[np.float64]:
    matrix = np.array(values, dtype=np.float64)
    if matrix.shape not in ((1, 1), (2, 2), (3, 3)) or not np.all(np.isfinite(matrix)):
        raise ParameterError(
            f"{where} must be a finite square matrix of 1, 2 or 3 rows; got {shown(values)}."
        )
    error = float(np.abs(matrix.T @ matrix - np.eye(len(matrix))).max())
    if error > ROTATION_TOLERANCE:
        raise ParameterError(
            f"{where} must have orthonormal columns; got a matrix that is off by {error:.2g}. "
            "Use Similarity for a scale, Affine for a shear."
        )
    if np.linalg.det(matrix) < 0:
        raise ParameterError(
            f"{where} must not mirror; got a determinant of -1. Use Affine for a reflection."
        )
    if error > _EXACT:  # written with few decimals: take the nearest rotation
        left, _, right = np.linalg.svd(matrix)
        matrix = left @ right
    return matrix


@dataclass(frozen=True)
class Decomposition:
    """A linear map in the words that a person uses.

    The matrix is ``rotation @ diag(scale) @ shear``, with ones on the diagonal of `shear` and
    zeros below it.

    Attributes
    ----------
    rotation : ndarray
        (D, D), never a mirror.
    degrees : tuple of float
        Its angles: one in 2D, three in 3D about x, then y, then z.
    scale : tuple of float
        Along x, y, z; the last is negative when the map mirrors.
    shear : tuple of float
        Entries above the diagonal: xy in 2D; xy, xz, yz in 3D.
    """

    rotation: NDArray[np.float64]
    degrees: tuple[float, ...]
    scale: tuple[float, ...]
    shear: tuple[float, ...]


def decompose(matrix: NDArray[np.float64]) -> Decomposition:
    """Take a matrix apart into rotation, scale along the axes, and shear."""
    rotation, upper = np.linalg.qr(matrix)
    signs = np.where(np.diag(upper) < 0, -1.0, 1.0)
    rotation, upper = rotation * signs, upper * signs[:, None]
    if np.linalg.det(rotation) < 0:
        rotation[:, -1] *= -1.0
        upper[-1] *= -1.0
    scale = np.diag(upper)
    shear = upper / scale[:, None]
    above = np.triu_indices(len(matrix), 1)
    return Decomposition(
        rotation,
        tuple(math.degrees(value) for value in rotation_angles(rotation)),
        tuple(float(value) for value in scale),
        tuple(float(value) for value in shear[above]),
    )


def matrix_words(matrix: NDArray[np.float64], rank: int, center: NDArray[np.float64]) -> list[str]:
    """Say rotation, scale and shear of a matrix as far as its kind (its rank) has them."""
    parts = decompose(matrix)
    words = []
    if len(parts.degrees) == 1:
        words.append(f"rotation {numbers(parts.degrees)} deg")
    elif parts.degrees:
        axes = zip("xyz", parts.degrees, strict=True)
        words.append("rotation " + ", ".join(f"{a} {numbers([d])}" for a, d in axes) + " deg")
    if rank >= 2:
        words.append(f"scale {numbers(parts.scale[:1] if rank == 2 else parts.scale)}")
    if rank == 3 and parts.shear:
        words.append(f"shear {numbers(parts.shear)}")
    words.append(f"about {numbers(center)}")
    return words


def numbers(values: Sequence[float] | NDArray[np.float64]) -> str:
    """Write one number, or several in parentheses, with five digits and no negative zero."""
    words = [f"{round(float(value), 12) + 0.0:.5g}" for value in values]
    return words[0] if len(words) == 1 else f"({', '.join(words)})"
