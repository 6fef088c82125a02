"""The motion of the breathing thorax: smooth, exact at every point, with its inverse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["BreathingMotion", "FrameMotion"]

INVERSE_TOLERANCE = 1e-10
"""How near the inverse comes, in mm: rounding of double precision at 1 m."""

_DOME = (50.0, 75.0)
_BACK = (15.0, 60.0)
_CHEST = (-10.0, 110.0)


def _bump(values: NDArray[np.float64], shape: tuple[float, float]) -> NDArray[np.float64]:
    middle, width = shape
    return np.asarray(np.exp(-(((values - middle) / width) ** 2)))


def _slope(values: NDArray[np.float64], shape: tuple[float, float]) -> NDArray[np.float64]:
    middle, width = shape
    return np.asarray(-2.0 * (values - middle) / width**2 * _bump(values, shape))


def _front(depth: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(0.5 - 0.5 * np.tanh((depth + 20.0) / 50.0))


def _solved(
    change: Callable[[NDArray[np.float64]], NDArray[np.float64]], target: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the value with ``value + change(value) = target``, for a contraction."""
    value = target
    for _ in range(1000):
        last, value = value, target - change(value)
        if not float(np.max(np.abs(value - last), initial=0.0)) > INVERSE_TOLERANCE / 4:
            return value
    raise AssertionError("the iteration of a contraction ended without an answer")


@dataclass(frozen=True)
class BreathingMotion:
    """Where each point of a breathing thorax was at the end of expiration.

    In the coordinates (depth from front to back, height downwards), with the state b from 0
    (exhaled) to 1 (inhaled)::

        height' = height - b A exp(-((height - 50) / 75)^2) exp(-((depth - 15) / 60)^2)
        depth'  = depth + b B f(depth) exp(-((height' + 10) / 110)^2)

    where A is how far the diaphragm descends, B how far the chest's front rises and f falls
    smoothly from 1 in front to 0 behind.

    Parameters
    ----------
    descent, rise
        A and B, in mm.
    is_volume
        Whether points are of a patient's 3D world (LPS: depth is y, height is -z, and x does
        not matter) rather than of a 2D world (depth is x, height is y).
    """

    descent: float
    rise: float
    is_volume: bool = False

    def map(self, world: ArrayLike, state: float) -> NDArray[np.float64]:
        """Map points (..., 2 or 3) of the world at a state to where they were exhaled: exact."""
        points, depth, height = self._parts(world)
        height = height - state * self.descent * _bump(height, _DOME) * _bump(depth, _BACK)
        depth = depth + state * self.rise * _front(depth) * _bump(height, _CHEST)
        return self._whole(points, depth, height)

    def inverse_map(self, world: ArrayLike, state: float) -> NDArray[np.float64]:
        """Map exhaled points to where they are at a state, to 1e-10 mm of the exact inverse."""
        points, depth, height = self._parts(world)
        lift = state * self.rise * _bump(height, _CHEST)
        depth = _solved(lambda value: lift * _front(value), depth)
        drop = state * self.descent * _bump(depth, _BACK)
        height = _solved(lambda value: -drop * _bump(value, _DOME), height)
        return self._whole(points, depth, height)

    def jacobian(self, world: ArrayLike, state: float) -> NDArray[np.float64]:
        """Return the exact (..., D, D) derivative of :meth:`map`."""
        points, depth, height = self._parts(world)
        drop = state * self.descent
        dome, back, front = _bump(height, _DOME), _bump(depth, _BACK), _front(depth)
        moved = height - drop * dome * back
        chest = _bump(moved, _CHEST)
        by_height = 1.0 - drop * _slope(height, _DOME) * back
        by_depth = -drop * dome * _slope(depth, _BACK)
        lift = state * self.rise
        along = lift * front * _slope(moved, _CHEST)
        steep = -0.01 * (1.0 - np.tanh((depth + 20.0) / 50.0) ** 2)
        derivative = np.zeros((*points.shape, points.shape[-1]))
        sign = 1.0
        if self.is_volume:
            derivative[..., 0, 0], sign = 1.0, -1.0
        derivative[..., -2, -2] = 1.0 + lift * steep * chest + along * by_depth
        derivative[..., -2, -1] = sign * along * by_height
        derivative[..., -1, -2] = sign * by_depth
        derivative[..., -1, -1] = by_height
        return derivative

    def _parts(
        self, world: ArrayLike
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        points = np.asarray(world, dtype=np.float64)
        if self.is_volume:
            return points, points[..., 1], -points[..., 2]
        return points, points[..., 0], points[..., 1]

    def _whole(
        self, points: NDArray[np.float64], depth: NDArray[np.float64], height: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        if self.is_volume:
            return np.stack([points[..., 0], depth, -height], axis=-1)
        return np.stack([depth, height], axis=-1)


@dataclass(frozen=True)
class FrameMotion:
    """The mapping from the world of one frame to that of another.

    Parameters
    ----------
    motion
        The motion of the whole sequence.
    fixed, moving
        States of the two frames.
    """

    motion: BreathingMotion
    fixed: float
    moving: float

    def map(self, world: ArrayLike) -> NDArray[np.float64]:
        """Map points of the fixed frame's world to the moving frame's, to 1e-10 mm."""
        return self.motion.inverse_map(self.motion.map(world, self.fixed), self.moving)

    def inverse_map(self, world: ArrayLike) -> NDArray[np.float64]:
        """Map points of the moving frame's world to the fixed frame's, to 1e-10 mm."""
        return FrameMotion(self.motion, self.moving, self.fixed).map(world)

    def jacobian(self, world: ArrayLike) -> NDArray[np.float64]:
        """Return the (..., D, D) derivative of :meth:`map`."""
        exhaled = self.motion.map(world, self.fixed)
        there = self.motion.inverse_map(exhaled, self.moving)
        back = np.linalg.inv(self.motion.jacobian(there, self.moving))
        return np.asarray(back @ self.motion.jacobian(world, self.fixed))
