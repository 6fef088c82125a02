"""Similarities: how well two images match, and which way is better."""

from .mse import MeanSquaredError
from .ncc import NormalisedCrossCorrelation
from .objective import Objective, Slope, objective_named

__all__ = [
    "MeanSquaredError",
    "NormalisedCrossCorrelation",
    "Objective",
    "Slope",
    "objective_named",
]
