"""Structuring elements: by name, as an array, or the ball of a radius."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, parameter_error, shown
from ..geometry import Grid
from ..kernels import morphology
from ..units import Length

__all__ = ["Footprint", "Structure", "structure", "structuring_element"]

Footprint = str | NDArray[np.bool_]
"""``"cross"``, ``"square"`` (also ``"box"`` or ``"cube"``), or an array of booleans."""

_BOXES = ("square", "box", "cube")


def structuring_element(footprint: object, dimension: int, function: str) -> NDArray[np.bool_]:
    """Return a structuring element as an array of booleans, centred at ``shape // 2``.

    Parameters
    ----------
    footprint
        A name, or an array that is all 0 and 1.
    dimension
        Axes of the mask.
    function
        Whom an error message blames.

    Raises
    ------
    ParameterError
        If it is no such name, has another dimension, or holds nothing.

    Examples
    --------
    >>> structuring_element("cross", 2, "dilate").astype(int)
    array([[0, 1, 0],
           [1, 1, 1],
           [0, 1, 0]])
    """
    if isinstance(footprint, str):
        if footprint == "cross":
            offsets = np.indices((3,) * dimension) - 1
            return np.asarray(np.abs(offsets).sum(axis=0) <= 1)
        if footprint in _BOXES:
            return np.ones((3,) * dimension, np.bool_)
        if footprint in ("disk", "disc", "ball", "sphere"):
            raise ParameterError(
                f"footprint of {function} must be 'cross', 'square' or an array; "
                f'got {footprint!r}. A ball has a radius: {function}(mask, radius="2 mm").'
            )
        raise parameter_error(function, "footprint", "'cross', 'square' or an array", footprint)
    values = np.asarray(footprint)
    if values.dtype.kind not in "biuf" or not np.all(np.isin(values, (0, 1))):
        raise parameter_error(function, "footprint", "'cross', 'square' or an array", footprint)
    if values.ndim != dimension:
        raise ParameterError(
            f"footprint of {function} must have {dimension} axes, as the mask has; got shape "
            f"{values.shape}. For slices of a volume give it a first axis of 1: footprint[None]."
        )
    element: NDArray[np.bool_] = values != 0
    if not element.any():
        raise parameter_error(function, "footprint", "of at least one element", shown(footprint))
    return element


def ball(radius: float, grid: Grid) -> NDArray[np.bool_]:
    """Return the samples within a radius of one, on any lattice, sheared ones too.

    Parameters
    ----------
    radius
        In the world's unit.
    grid
        The lattice.
    """
    steps = grid.affine[:-1, :-1]
    metric = steps.T @ steps
    # The ellipsoid |A i| <= r reaches r sqrt((A^T A)^-1_kk) along index axis k.
    reach = radius * np.sqrt(np.diag(np.linalg.inv(metric))) * (1 + 1e-9)
    sizes = [min(int(value), size - 1) for value, size in zip(reach, grid.shape, strict=True)]
    index = np.stack(
        np.meshgrid(*(np.arange(-size, size + 1) for size in sizes), indexing="ij"), axis=-1
    )
    squared = np.einsum("...i,ij,...j->...", index, metric, index)
    return np.asarray(squared <= (radius * (1 + 1e-9)) ** 2)


@dataclass(frozen=True)
class Structure:
    """What a mask is grown or shrunk by: an array of offsets, or a ball on orthogonal axes.

    Parameters
    ----------
    element
        Booleans centred at ``shape // 2``; None for a ball.
    radius
        Of the ball, in the unit of the spacing.
    spacing
        Of the lattice, in array order.
    """

    element: NDArray[np.bool_] | None
    radius: float
    spacing: tuple[float, ...]

    @property
    def reach(self) -> tuple[int, ...]:
        """How many samples it reaches along each axis, at most."""
        if self.element is None:
            return tuple(int(self.radius / step) + 1 for step in self.spacing)
        return tuple(size // 2 for size in self.element.shape)

    def dilate(
        self, mask: NDArray[np.bool_], iterations: int, *, beyond: bool
    ) -> NDArray[np.bool_]:
        """Grow a mask; `beyond` says whether what lies beyond the edge is in it."""
        if self.element is not None:
            return morphology.dilate_footprint(mask, self.element, iterations, beyond)
        for _ in range(iterations):
            mask = morphology.dilate_ball(mask, self.radius, self.spacing, border_value=beyond)
        return mask

    def erode(self, mask: NDArray[np.bool_], iterations: int, *, beyond: bool) -> NDArray[np.bool_]:
        """Shrink a mask; `beyond` says whether what lies beyond the edge is in it."""
        if self.element is not None:
            return morphology.erode_footprint(mask, self.element, iterations, beyond)
        for _ in range(iterations):
            mask = morphology.erode_ball(mask, self.radius, self.spacing, border_value=beyond)
        return mask


def structure(
    grid: Grid,
    radius: Length | None,
    footprint: Footprint | None,
    iterations: int,
    function: str,
) -> Structure:
    """Read the parameters that dilation, erosion, opening and closing share.

    Parameters
    ----------
    grid
        Where the mask lies.
    radius, footprint, iterations
        As for :func:`fiducial.dilate`.
    function
        Whom an error message blames.

    Raises
    ------
    ParameterError
        If both radius and footprint are given, or one is out of range.
    """
    if radius is not None and footprint is not None:
        raise ParameterError(
            f"radius or footprint of {function} must be given, not both; got {radius} and "
            f"{shown(footprint)}."
        )
    if iterations < 1:
        raise parameter_error(function, "iterations", "1 or more", iterations)
    spacing = tuple(grid.spacing)
    if radius is None:
        shape = "cross" if footprint is None else footprint
        return Structure(structuring_element(shape, grid.dimension, function), 0.0, spacing)
    size = grid.in_unit(radius, f"radius of {function}")
    if size < 0:
        raise parameter_error(function, "radius", "0 or more", str(radius))
    return Structure(None if grid.is_orthogonal else ball(size, grid), size, spacing)
