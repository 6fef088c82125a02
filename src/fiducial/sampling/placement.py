"""Where the samples of one lattice lie in another, through a transform."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ..errors import FrameMismatchError, ParameterError
from ..geometry import Grid
from ..geometry.grid import CLOSE_FRACTION
from ..transforms import Linear, Transform

__all__ = ["Placement", "place"]

_SLAB = 1 << 18
"""Points mapped at once through a transform that is not linear: 6 MB of coordinates in 3D."""


@dataclass(frozen=True)
class Placement:
    """How the indices of an output lattice map to indices of an input lattice.

    Attributes
    ----------
    output, input : Grid
    transform : Transform or None
        Maps world points of `output` to world points of `input`.
    matrix : ndarray
        (input axes, output axes + 1): the whole map when the transform is linear, and the map
        without the transform otherwise.
    is_linear : bool
    """

    output: Grid
    input: Grid
    transform: Transform | None
    matrix: NDArray[np.float64]
    is_linear: bool

    @property
    def is_same(self) -> bool:
        """Whether every output sample is the input sample of the same index."""
        if not self.is_linear or self.output.shape != self.input.shape:
            return False
        identity = np.eye(len(self.matrix), self.matrix.shape[1])
        reach = np.asarray([*self.output.shape, 1.0])
        return bool(np.max(np.abs(self.matrix - identity) @ reach) < _ROUNDING)

    def slabs(self) -> Iterator[tuple[slice, NDArray[np.float64]]]:
        """Yield ranges of the output's first axis with the (..., D) input indices of its samples.

        Raises
        ------
        ParameterError
            If the input is a plane and a sample does not lie in it.
        """
        shape = self.output.shape
        rows = max(1, _SLAB // max(1, int(np.prod(shape[1:], dtype=np.int64))))
        for start in range(0, shape[0], rows):
            part = slice(start, min(start + rows, shape[0]))
            index = np.indices((part.stop - part.start, *shape[1:]), dtype=np.float64)
            index[0] += start
            world = self.output.index_to_world(np.moveaxis(index, 0, -1))
            if self.transform is not None:
                world = self.transform.map(world)
            _require_in_plane(world, self.input)
            yield part, self.input.world_to_index(world)


_ROUNDING = 1e-7
"""Share of a sample below which an offset is rounding: far below what interpolation resolves."""


def place(output: Grid, input: Grid, transform: Transform | None = None) -> Placement:
    """Find where the samples of `output` lie in `input`.

    Parameters
    ----------
    output
        The lattice to be filled, in the fixed world.
    input
        The lattice that has the values, in the moving world.
    transform
        Maps the fixed world to the moving one; the identity when None.

    Raises
    ------
    FrameMismatchError
        If the two worlds differ and no transform joins them, or the transform joins others.
    ParameterError
        If `input` is a plane in a 3D world and a sample does not lie in it.
    """
    _require_joined(output, input, transform)
    homogeneous = np.eye(output.frame.dimension + 1)
    is_linear = transform is None or isinstance(transform, Linear)
    if isinstance(transform, Linear):
        homogeneous = transform.homogeneous
    there = homogeneous @ output.affine
    steps = input.affine[:-1, :-1]
    back = np.linalg.inv(steps) if len(steps) == input.dimension else np.linalg.pinv(steps)
    matrix = back @ there[:-1]
    matrix[:, -1] -= back @ input.affine[:-1, -1]
    if is_linear:
        corners = output.index_to_world(list(product(*((0, size - 1) for size in output.shape))))
        _require_in_plane(corners @ homogeneous[:-1, :-1].T + homogeneous[:-1, -1], input)
    return Placement(output, input, transform, matrix, is_linear)


def _require_joined(output: Grid, input: Grid, transform: Transform | None) -> None:
    fixed, moving = output.frame, input.frame
    if fixed.dimension != moving.dimension:
        raise FrameMismatchError(
            f"image and grid of resample must live in worlds of one dimension; got {moving} and "
            f"{fixed}."
        )
    if transform is None:
        if not fixed.is_compatible(moving):
            raise FrameMismatchError(
                f"image and grid of resample must live in one frame; got {moving} and {fixed}. "
                "Give the transform that joins them: resample(..., transform=...)."
            )
        return
    if transform.dimension != fixed.dimension:
        raise FrameMismatchError(
            f"transform of resample must have {fixed.dimension} coordinates; "
            f"got {transform.dimension}."
        )
    for name, frame, world in (
        ("start from the grid's", transform.fixed_frame, fixed),
        ("end in the image's", transform.moving_frame, moving),
    ):
        if frame is not None and not frame.is_compatible(world):
            raise FrameMismatchError(
                f"transform of resample must {name} frame, {world}; got {frame}. "
                "It maps the output's world to the input's; take transform.inverse() if it is "
                "the other way round."
            )
    if fixed.unit != moving.unit and None in (transform.fixed_frame, transform.moving_frame):
        raise FrameMismatchError(
            f"transform of resample must name its frames where units differ; got {moving} and "
            f"{fixed}. Say what it joins: transform.with_frames(fixed, moving)."
        )


def _require_in_plane(world: NDArray[np.float64], plane: Grid) -> None:
    """Raise if the grid is a plane in a larger world and a point does not lie in it."""
    if plane.dimension == plane.frame.dimension:
        return
    nearest = plane.index_to_world(plane.world_to_index(world))
    apart = float(np.max(np.linalg.norm(world - nearest, axis=-1)))
    if apart > CLOSE_FRACTION * min(plane.spacing):
        raise ParameterError(
            f"grid of resample must lie in the plane of the image; got samples up to "
            f"{apart:.4g} {plane.unit} off it: a slice has no values there. "
            "Resample the volume that it was taken from."
        )
