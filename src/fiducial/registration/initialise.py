"""Where to start: transforms to try before the first level."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import FrameMismatchError, ParameterError
from ..geometry import Grid
from ..transforms import Linear, rotation_from_angles
from .level import Level
from .models import Model
from .prepare import Prepared

__all__ = [
    "INITIALS",
    "Start",
    "mass_center",
    "overlap_limit",
    "same_plane",
    "starts",
    "turned",
]

INITIALS = ("auto", "header", "center", "mass")
"""Names of the ways to start."""

_TURNS = (25.0, -25.0)
_TURNS_2D = (30.0, -30.0, 60.0, -60.0)
_HALF_TURNS = (180.0, 90.0, -90.0)
_HALF_TURNS_2D = (180.0, 90.0, -90.0, 120.0, -120.0, 150.0, -150.0)


@dataclass(frozen=True)
class Start:
    """A transform to start from.

    Attributes
    ----------
    name : str
        How it was found, for a person.
    matrix : ndarray
        (W + 1, W + 1), homogeneous world.
    """

    name: str
    matrix: NDArray[np.float64]


def starts(initial: object, fixed: Prepared, moving: Prepared, model: Model) -> list[Start]:
    """Return the transforms to try, the most trusted first.

    Parameters
    ----------
    initial
        A name of :data:`INITIALS`, or a linear transform.
    fixed, moving
        The images.
    model
        What the transform may do: rotations are tried only where it may turn.

    Raises
    ------
    ParameterError
        If `initial` is neither.
    """
    plane = same_plane(fixed.grid, moving.grid)
    if isinstance(initial, Linear):
        for frame, own in (
            (initial.fixed_frame, fixed.grid.frame),
            (initial.moving_frame, moving.grid.frame),
        ):
            if frame is not None:
                frame.require_compatible(own, "initial of register and its image")
        if initial.dimension != fixed.grid.frame.dimension:
            raise ParameterError(
                f"initial of register must have {fixed.grid.frame.dimension} coordinates; "
                f"got {initial.dimension}."
            )
        return [Start("as given", initial.homogeneous)]
    if not isinstance(initial, str) or initial not in INITIALS:
        raise ParameterError(
            f"initial of register must be one of {', '.join(INITIALS)}, or a linear transform; "
            f"got {initial!r}."
        )
    found = []
    if initial in ("auto", "header"):
        found.append(Start("header", plane))
    if initial in ("auto", "center"):
        found.append(_shifted("centres of the lattices", fixed.grid.center, moving.grid.center))
    if initial in ("auto", "mass"):
        found.append(_shifted("centres of mass", mass_center(fixed), mass_center(moving)))
    return found


def turned(start: Start, model: Model, grid: Grid, *, is_half: bool = False) -> list[Start]:
    """Return a start turned about the centre, where the model may turn.

    Parameters
    ----------
    start
        Where to turn from.
    model, grid
        What may move, and the fixed lattice.
    is_half
        Turn by halves and quarters instead of by a little.
    """
    world = len(model.center)
    if model.name == "translation" or grid.dimension != world:
        return []
    turns: list[tuple[str, tuple[float, ...]]] = []
    if world == 3:
        for degrees in _HALF_TURNS if is_half else _TURNS:
            for axis in range(3):
                angles = [0.0, 0.0, 0.0]
                angles[axis] = math.radians(degrees)
                turns.append((f"turned {degrees:g} deg about {'xyz'[axis]}", tuple(angles)))
    else:
        for degrees in _HALF_TURNS_2D if is_half else _TURNS_2D:
            turns.append((f"turned {degrees:g} deg", (math.radians(degrees),)))
    result = []
    for name, angles_of_turn in turns:
        rotation = rotation_from_angles(angles_of_turn)
        matrix = np.eye(world + 1)
        matrix[:-1, :-1] = rotation
        matrix[:-1, -1] = model.center - rotation @ model.center
        result.append(Start(f"{start.name}, {name}", start.matrix @ matrix))
    return result


def mass_center(image: Prepared) -> NDArray[np.float64]:
    """Return the world point about which the brightness of the foreground is balanced.

    What counts is the amount above the mean: background has none.
    """
    weight = image.values.astype(np.float64) - image.mean
    weight[~np.isfinite(weight)] = 0.0
    np.maximum(weight, 0.0, out=weight)
    if image.valid is not None:
        weight *= image.valid
    total = float(weight.sum())
    if not total > 0:
        return image.grid.center
    index = []
    for axis in range(weight.ndim):
        others = tuple(other for other in range(weight.ndim) if other != axis)
        index.append(float(weight.sum(axis=others) @ np.arange(weight.shape[axis])) / total)
    return image.grid.index_to_world(index)


def _shifted(name: str, fixed: NDArray[np.float64], moving: NDArray[np.float64]) -> Start:
    matrix = np.eye(len(fixed) + 1)
    matrix[:-1, -1] = moving - fixed
    return Start(name, matrix)


def same_plane(fixed: Grid, moving: Grid) -> NDArray[np.float64]:
    """Return the world matrix that brings the fixed plane onto the moving one, or the identity.

    Raises
    ------
    FrameMismatchError
        If the two worlds differ in dimension or unit.
    ParameterError
        If one is a plane and the other a volume, or two planes are not parallel.
    """
    worlds = (fixed.frame, moving.frame)
    if worlds[0].dimension != worlds[1].dimension or worlds[0].unit != worlds[1].unit:
        raise FrameMismatchError(
            f"fixed and moving of register must live in worlds of one dimension and unit; "
            f"got {worlds[0]} and {worlds[1]}. Give both images their spacing in one unit."
        )
    if fixed.dimension != moving.dimension:
        raise ParameterError(
            f"fixed and moving of register must both be slices or both volumes; got "
            f"{fixed.dimension} and {moving.dimension} axes. Cut the slice's plane out of the "
            "volume first: resample(volume, slice)."
        )
    matrix = np.eye(fixed.frame.dimension + 1)
    if fixed.dimension == fixed.frame.dimension:
        return matrix
    normal = np.cross(*fixed.direction.T)
    normal /= np.linalg.norm(normal)
    apart = float(np.abs(normal @ moving.direction).max())
    if apart > 1e-3:
        raise ParameterError(
            f"fixed and moving of register must be slices of parallel planes; got "
            f"{math.degrees(math.asin(min(1.0, apart))):.3g} deg between them. "
            "Register the volumes, or resample one slice's plane out of the other's volume."
        )
    matrix[:-1, -1] = normal * (normal @ (moving.origin - fixed.origin))
    return matrix


def overlap_limit(fixed: Level, share: float = 0.25) -> float:
    """Return the least overlap, as a share of the fixed points, that a transform may have.

    A quarter of the smaller image's extent.
    """
    ratio = (
        fixed.moving_grid.voxel_volume
        * float(np.prod(fixed.moving_grid.shape))
        / (fixed.grid.voxel_volume * float(np.prod(fixed.grid.shape)))
    )
    return share * min(1.0, ratio)
