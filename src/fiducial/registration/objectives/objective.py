"""What a similarity gives an optimiser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ...errors import parameter_error
from ..level import Products

__all__ = ["Objective", "Slope", "objective_named"]


@dataclass(frozen=True)
class Slope:
    """A cost near one transform.

    Attributes
    ----------
    cost : float
        What is made small.
    descent : ndarray
        (P,): minus half the derivative of the cost by the parameters.
    curvature : ndarray
        (P, P): the Gauss-Newton approximation of half its second derivative.
    """

    cost: float
    descent: NDArray[np.float64]
    curvature: NDArray[np.float64]


@runtime_checkable
class Objective(Protocol):
    """A similarity.

    Attributes
    ----------
    name : str
    is_scaled : bool
        Whether it compares images after division by their standard deviations.
    """

    name: str
    is_scaled: bool

    def cost(self, products: Products) -> float:
        """Return what is made small."""

    def slope(self, products: Products) -> Slope:
        """Return the cost with its derivatives."""

    def shown(self, cost: float) -> float:
        """Return the similarity that a person knows, from the cost."""

    def as_json(self) -> dict[str, Any]:
        """Return the form that lineage holds."""


def objective_named(name: str | Objective) -> Objective:
    """Return the similarity of this name; an object is returned as it is.

    Raises
    ------
    ParameterError
        If there is none of this name.
    """
    from .mse import MeanSquaredError
    from .ncc import NormalisedCrossCorrelation

    known: dict[str, Objective] = {
        "mse": MeanSquaredError(),
        "ncc": NormalisedCrossCorrelation(),
    }
    if isinstance(name, str):
        if name not in known:
            choices = ", ".join(["auto", *known])
            raise parameter_error("register", "similarity", f"one of {choices}", name)
        return known[name]
    if not isinstance(name, Objective):
        raise parameter_error("register", "similarity", "a name or an Objective", name)
    return name
