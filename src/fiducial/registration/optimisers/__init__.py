"""Optimisers: how the best transform is looked for."""

from .levenberg_marquardt import LevenbergMarquardt
from .optimiser import Optimiser, Step, optimiser_named

__all__ = ["LevenbergMarquardt", "Optimiser", "Step", "optimiser_named"]
