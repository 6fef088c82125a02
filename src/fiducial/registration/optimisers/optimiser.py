"""What an optimiser takes and gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from ...errors import parameter_error
from ..objectives import Slope

__all__ = ["Evaluate", "Found", "Optimiser", "Step", "optimiser_named"]

Evaluate = Callable[[NDArray[np.float64]], tuple[Slope, float]]
"""From a world matrix to the cost with its derivatives, and the overlap (0 to 1)."""


@dataclass(frozen=True)
class Step:
    """One transform that was tried.

    Attributes
    ----------
    cost : float
    overlap : float
    length : float
        How far the step moved the image's points, in the world's unit.
    is_accepted : bool
    """

    cost: float
    overlap: float
    length: float
    is_accepted: bool


@dataclass(frozen=True)
class Found:
    """Where an optimiser ended.

    Attributes
    ----------
    matrix : ndarray
        (W + 1, W + 1): the best world matrix.
    slope : Slope
        The cost there, with its derivatives.
    overlap : float
    steps : tuple of Step
    reason : str
        Why it stopped.
    has_converged : bool
        Whether that was because there was nothing more to gain.
    """

    matrix: NDArray[np.float64]
    slope: Slope
    overlap: float
    steps: tuple[Step, ...]
    reason: str
    has_converged: bool


@runtime_checkable
class Optimiser(Protocol):
    """Looks for the transform of least cost."""

    name: str

    def run(
        self,
        evaluate: Evaluate,
        start: NDArray[np.float64],
        move: Callable[[NDArray[np.float64]], NDArray[np.float64]],
        *,
        tolerance: float,
        longest: float,
        least_overlap: float,
        iterations: int,
    ) -> Found:
        """Look for the least cost from `start`."""

    def as_json(self) -> dict[str, Any]:
        """Return the form that lineage holds."""


def optimiser_named(name: str | Optimiser) -> Optimiser:
    """Return the optimiser of this name; an object is returned as it is.

    Raises
    ------
    ParameterError
        If there is none of this name.
    """
    from .levenberg_marquardt import LevenbergMarquardt

    if isinstance(name, str):
        if name not in ("auto", "levenberg-marquardt"):
            raise parameter_error("register", "optimiser", "one of auto, levenberg-marquardt", name)
        return LevenbergMarquardt()
    if not isinstance(name, Optimiser):
        raise parameter_error("register", "optimiser", "a name or an Optimiser", name)
    return name
