"""A flat view of an image: which samples are drawn, how large, and which side is which."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..geometry import Frame, Grid, axis_assignment
from ..image import Image, Labels, Mask, Points, Sampled
from ..image.position import place_at

__all__ = ["Plane", "is_colour", "plane_of"]

_LETTERS = ("LR", "PA", "SI")
"""Letters of growing and falling world coordinates of a patient."""


@dataclass(frozen=True, eq=False)
class Plane:
    """A flat view of an image, ready to be drawn.

    Attributes
    ----------
    values
        (rows, columns), or (rows, columns, 3 or 4) for colour: the first row is drawn on top.
    grid
        The lattice of the rows and columns, in the world.
    basis
        (2, 2): the step of a row and of a column, in (right, down) on the paper, in the
        world's unit.
    letters
        Letters at the left, right, top and bottom edge; None outside a patient.
    key
        Which part of the image's spatial axes was taken.
    order
        Which of the two axes left is drawn as rows, then as columns.
    flips
        Which of the two are drawn reversed.
    where
        Where the plane lies, in words; empty for an image of two axes.
    """

    values: NDArray[Any]
    grid: Grid
    basis: NDArray[np.float64]
    letters: tuple[str, str, str, str] | None
    key: tuple[int | slice, ...]
    order: tuple[int, int]
    flips: tuple[bool, bool]
    where: str

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return (self.values.shape[0], self.values.shape[1])

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, right, bottom and top of the paper, in the world's unit."""
        rows, columns = self.shape
        corners = [(r - 0.5, c - 0.5) for r in (0, rows) for c in (0, columns)]
        x, y = self.on_paper(np.array(corners)).T
        return float(x.min()), float(x.max()), float(y.max()), float(y.min())

    @property
    def ratio(self) -> float:
        """Height over width on the paper."""
        left, right, bottom, top = self.bounds
        return (bottom - top) / (right - left)

    def on_paper(self, index: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map (N, 2) rows and columns of `values` to (right, down) on the paper."""
        return np.asarray(index @ self.basis)

    def from_world(self, world: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map (N, D) world points to the paper, along the normal where they lie off the plane."""
        index = self.grid.world_to_index(world)
        return self.on_paper(index)

    def to_world(self, index: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map (N, 2) rows and columns of `values` to world points."""
        return self.grid.index_to_world(index)

    def arranged(self, values: NDArray[Any]) -> NDArray[Any]:
        """Take the same part of another array with the image's spatial axes, drawn alike."""
        part = values[self.key]
        if part.ndim == 1:
            part = part[None]
        part = np.transpose(part, [*self.order, *range(2, part.ndim)])
        for axis, is_flipped in enumerate(self.flips):
            if is_flipped:
                part = np.flip(part, axis)
        return part


def is_colour(image: Sampled) -> bool:
    """Whether the channels are red, green and blue (and alpha)."""
    names = getattr(image, "channels", None) or ()
    return tuple(names[:3]) == ("red", "green", "blue")


def plane_of(image: Sampled, at: Mapping[str, object] | None = None, frame: int = 0) -> Plane:
    """Return the flat view of an image.

    Parameters
    ----------
    image
        Any image, mask or labels.
    at
        Where to cut a volume, as ``image.at`` takes it: ``{"z": "35 mm"}``.  The middle of
        the first axis when None.
    frame
        Which frame of a sequence.

    Notes
    -----
    A patient is drawn as radiologists look: Superior or else Anterior on top, the patient's
    Right or else Anterior on the left.  Other images are drawn with their first row on top.
    A vector field is drawn as its length, other channels as their first.
    """
    values = image.array
    if "t" in image.axes:
        if not 0 <= frame < len(values):
            raise ParameterError(f"frame of show must be from 0 to {len(values) - 1}; got {frame}.")
        values = values[frame]
    if "c" in image.axes and not is_colour(image):
        names = getattr(image, "channels", None) or ()
        is_vector = names == tuple("xyz"[: len(names)]) and len(names) > 1
        values = np.linalg.norm(values, axis=-1) if is_vector else values[..., 0]
    grid = image.grid
    key, where = _cut(image, at)
    flat = grid.sliced(key)
    if flat is None:
        raise ParameterError("at of show must leave two axes to look at; got one for each.")
    if flat.dimension == 1:
        flat = _two_axes(flat)
    order, flips, letters = _arrangement(flat)
    flat = flat.flipped(flips)  # flips are told of the axes before they change places
    if order == (1, 0):
        flat = Grid(
            (flat.shape[1], flat.shape[0]), flat.affine[:, [1, 0, 2]], flat.frame, flat.axes
        )
        flips = (flips[1], flips[0])
    plane = Plane(np.empty((0, 0)), flat, _basis(flat), letters, key, order, flips, where)
    shown = plane.arranged(values)
    return Plane(shown, flat, plane.basis, letters, key, order, flips, where)


def _cut(image: Sampled, at: Mapping[str, object] | None) -> tuple[tuple[int | slice, ...], str]:
    grid = image.grid
    key: list[int | slice] = [slice(None)] * grid.dimension
    if at:
        for letter, position in at.items():
            if letter not in ("z", "y", "x"):
                raise ParameterError(
                    f"at of show must name spatial axes, out of z, y, x; got {letter!r}."
                )
            axis, index = place_at(image, letter, position)
            key[axis] = index
    elif grid.dimension == 3:
        key[0] = grid.shape[0] // 2
    if sum(isinstance(part, slice) for part in key) > 2:
        raise ParameterError("at of show must cut a volume along one axis; got none.")
    words = []
    for axis, part in enumerate(key):
        if not isinstance(part, slice):
            row = axis_assignment(grid.direction)[axis][0]
            middle = [(size - 1) / 2 for size in grid.shape]
            middle[axis] = part
            value = grid.index_to_world(middle)[row]
            words.append(f"{'xyz'[row]} = {value:.4g} {grid.unit}")
    return tuple(key), ", ".join(words)


def _two_axes(line: Grid) -> Grid:
    """Return a line as a plane of one row as high as a sample is long."""
    step = line.affine[:-1, 0]
    other = np.zeros(len(step))
    other[int(np.argmin(np.abs(step)))] = 1.0
    if len(step) == 1:
        affine = np.array([[0.0, step[0], line.affine[0, -1]], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
        return Grid((1, line.shape[0]), affine, Frame("xy", line.unit))
    across = other - (other @ step) / (step @ step) * step
    across *= np.linalg.norm(step) / np.linalg.norm(across)
    affine = np.insert(line.affine, 0, np.append(across, 0.0), axis=1)
    return Grid((1, line.shape[0]), affine, line.frame)


def _arrangement(
    grid: Grid,
) -> tuple[tuple[int, int], tuple[bool, bool], tuple[str, str, str, str] | None]:
    """Return (order, flips of the axes as they are, letters) of a plane."""
    if not grid.frame.is_patient:
        return (0, 1), (False, False), None
    (first, first_sign), (second, second_sign) = axis_assignment(grid.direction)
    # World axis z stands upright; else y does.  Of the two, the higher one is upright.
    rows = 0 if first > second else 1
    world = (first, second)
    signs = (first_sign, second_sign)
    up, across = world[rows], world[1 - rows]
    # Downwards: S must fall, P must grow.  To the right: L and P must grow.
    wanted_down = -1 if up == 2 else 1
    flip_rows = signs[rows] != wanted_down
    flip_columns = signs[1 - rows] != 1
    flips = (flip_rows, flip_columns) if rows == 0 else (flip_columns, flip_rows)
    low = _LETTERS[up]
    top, bottom = (low[0], low[1]) if up == 2 else (low[1], low[0])
    right, left = _LETTERS[across][0], _LETTERS[across][1]
    return (rows, 1 - rows), flips, (left, right, top, bottom)


def _basis(grid: Grid) -> NDArray[np.float64]:
    """Return the steps of a row and of a column on the paper: columns run to the right."""
    row, column = grid.spacing
    cosine = float(grid.direction[:, 0] @ grid.direction[:, 1])
    if abs(cosine) < 1e-9:
        cosine = 0.0
    return np.array([[row * cosine, row * math.sqrt(1 - cosine * cosine)], [column, 0.0]])


def points_near(plane: Plane, points: Points, reach: float) -> NDArray[np.float64]:
    """Return where points within `reach` of the plane lie on the paper."""
    world = points.world
    back = plane.grid.index_to_world(plane.grid.world_to_index(world))
    near = np.linalg.norm(back - world, axis=1) <= reach
    return plane.from_world(world[near])


def mask_on(plane: Plane, mask: Mask, frame: int = 0) -> NDArray[np.bool_]:
    """Return the part of a mask that the plane shows."""
    values = mask.array[frame] if "t" in mask.axes else mask.array
    return np.asarray(plane.arranged(values), dtype=np.bool_)


def labels_on(plane: Plane, labels: Labels, frame: int = 0) -> NDArray[Any]:
    """Return the part of a label image that the plane shows."""
    return plane.arranged(labels.array[frame] if "t" in labels.axes else labels.array)


def as_image(item: object, function: str) -> Sampled:
    """Return an image, mask or labels as it is, and an array as an image in pixels."""
    if isinstance(item, Sampled):
        return item
    if isinstance(item, np.ndarray) and item.dtype.kind in "iuf":
        axes = "yxc" if item.ndim == 3 and item.shape[-1] in (3, 4) else None
        return Image(item, axes=axes)
    if isinstance(item, np.ndarray) and item.dtype == np.bool_:
        return Mask(item)
    raise ParameterError(
        f"images of {function} must be images, masks, labels, arrays or (image, mask) pairs; "
        f"got {type(item).__name__}."
    )
