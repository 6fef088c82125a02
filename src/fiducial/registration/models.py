"""What a transform may do: the motions that an optimiser combines."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ..errors import parameter_error
from ..geometry import Grid
from ..transforms import Linear, linear_like

__all__ = ["MODELS", "Model", "model_for", "motion"]

MODELS = ("translation", "rigid", "similarity", "affine")
"""Linear transforms from the stiffest to the freest."""


@dataclass(frozen=True)
class Model:
    """Infinitesimal motions about a centre, each with a size in the world's unit.

    Attributes
    ----------
    name : str
        One of :data:`MODELS`.
    names : tuple of str
        What each motion is, for a person.
    generators : ndarray
        (parameters, W, W + 1): each maps a homogeneous world point, relative to the centre, to
        a velocity.  A unit of any parameter moves a point at `radius` by about one unit.
    center : ndarray
        (W,), world.
    radius : float
        Typical distance of the image's points from the centre.
    """

    name: str
    names: tuple[str, ...]
    generators: NDArray[np.float64]
    center: NDArray[np.float64]
    radius: float

    def step(self, parameters: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the homogeneous world matrix of a finite motion; exactly of the model's kind."""
        size = len(self.center)
        about = np.zeros((size + 1, size + 1))
        about[:-1] = np.tensordot(parameters, self.generators, axes=1)
        matrix = motion(about)
        shift = np.eye(size + 1)
        shift[:-1, -1] = self.center
        back = np.eye(size + 1)
        back[:-1, -1] = -self.center
        return np.asarray(shift @ matrix @ back)

    def transform(self, homogeneous: NDArray[np.float64]) -> Linear:
        """Return the transform of the model's kind from its world matrix."""
        kind = self.name.capitalize()
        matrix = homogeneous.copy()
        if self.name == "translation":
            matrix[:-1, :-1] = np.eye(len(self.center))
        elif self.name in ("rigid", "similarity"):  # thousands of products: back to orthonormal
            left, sizes, right = np.linalg.svd(matrix[:-1, :-1])
            scale = float(np.mean(sizes)) if self.name == "similarity" else 1.0
            exact = scale * (left @ right)
            matrix[:-1, -1] += (matrix[:-1, :-1] - exact) @ self.center
            matrix[:-1, :-1] = exact
        return linear_like(kind, matrix, center=None if kind == "Translation" else self.center)


def model_for(name: str, grid: Grid, center: NDArray[np.float64]) -> Model:
    """Return the motions of a transform over a lattice.

    Parameters
    ----------
    name
        One of :data:`MODELS`.
    grid
        The fixed lattice; a plane in a 3D world moves only within itself.
    center
        (W,), world: about what to turn and to stretch.

    Raises
    ------
    ParameterError
        If the name is none of :data:`MODELS`.
    """
    if name not in MODELS:
        raise parameter_error("register", "transform", f"one of {', '.join(MODELS)}", name)
    basis, labels = _basis(grid)
    world = grid.frame.dimension
    radius = float(np.sqrt(np.mean(np.sum((grid.corners - center) ** 2, axis=1)) / 3.0))
    motions: list[tuple[str, NDArray[np.float64]]] = []
    for label, vector in zip(labels, basis.T, strict=True):
        generator = np.zeros((world, world + 1))
        generator[:, -1] = vector
        motions.append((f"shift {label}", generator))
    pairs = list(combinations(range(len(labels)), 2))

    def outer(a: int, b: int) -> NDArray[np.float64]:
        return np.outer(basis[:, a], basis[:, b]) / radius

    if name in ("rigid", "similarity"):
        for a, b in pairs:
            motions.append(_linear(_turn_name(labels, a, b), outer(b, a) - outer(a, b)))
    if name == "similarity":
        motions.append(_linear("scale", sum(outer(a, a) for a in range(len(labels)))))
    if name == "affine":
        for a, label in enumerate(labels):
            motions.append(_linear(f"scale {label}", outer(a, a)))
        for a, b in pairs:
            motions.append(_linear(_turn_name(labels, a, b), outer(b, a) - outer(a, b)))
            motions.append(_linear(f"shear {labels[a]}{labels[b]}", outer(b, a) + outer(a, b)))
    names = tuple(label for label, _ in motions)
    return Model(name, names, np.stack([item for _, item in motions]), center, radius)


def _basis(grid: Grid) -> tuple[NDArray[np.float64], list[str]]:
    """Return orthonormal directions of motion as columns, and what to call them."""
    world = grid.frame.dimension
    if grid.dimension == world:
        return np.eye(world), list("xyz"[:world])
    columns, _ = np.linalg.qr(grid.direction[:, ::-1])
    return columns, ["along rows", "along columns"][: columns.shape[1]]


def _turn_name(labels: list[str], a: int, b: int) -> str:
    if len(labels) == 3 and labels[0] == "x":
        return f"turn about {labels[3 - a - b]}"
    return "turn"


def _linear(label: str, matrix: object) -> tuple[str, NDArray[np.float64]]:
    values = np.asarray(matrix)
    return label, np.concatenate([values, np.zeros((len(values), 1))], axis=1)


def motion(velocity: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the matrix exponential, by scaling, its series, and squaring.

    Parameters
    ----------
    velocity
        A square matrix of a few rows.

    Notes
    -----
    The series of a matrix of norm below 1/4 is cut after 12 terms: below 1e-16.
    """
    norm = float(np.linalg.norm(velocity, 1))
    halvings = max(0, math.ceil(math.log2(max(norm, 1e-300) * 4.0)))
    small = velocity / 2.0**halvings
    result = np.eye(len(velocity))
    term = result
    for order in range(1, 13):
        term = term @ small / order
        result = result + term
    for _ in range(halvings):
        result = result @ result
    return result
