"""Gauss-Newton steps, damped where they do not pay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..objectives import Slope
from .optimiser import Evaluate, Found, Step

__all__ = ["LevenbergMarquardt", "undetermined"]

_FLAT = 1e-8
"""Share of the largest curvature below which a motion changes nothing that can be seen."""

_MOST_DAMPING = 1e6


@dataclass(frozen=True)
class LevenbergMarquardt:
    """Gauss-Newton with damping: a step that does not lower the cost is tried again, shorter.

    Parameters
    ----------
    damping
        At the start, as a share of the curvature; above 0.
    more, less
        What the damping is multiplied with after a failed step, and divided by after a good
        one.

    References
    ----------
    Marquardt, An algorithm for least-squares estimation of nonlinear parameters, SIAM J. Appl.
    Math. 11 (1963), doi:10.1137/0111030.  Malis, Improving vision-based control using efficient
    second-order minimization techniques, ICRA 2004, doi:10.1109/ROBOT.2004.1308092.
    """

    damping: float = 1e-3
    more: float = 8.0
    less: float = 5.0

    name = "levenberg-marquardt"

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
        """Look for the least cost from `start`; never ends above it.

        Parameters
        ----------
        evaluate
            Gives cost, derivatives and overlap of a world matrix.
        start
            (W + 1, W + 1).
        move
            Turns parameters (lengths in the world's unit) into the matrix of a motion.
        tolerance
            Length of a step, in the world's unit, below which there is nothing to gain.
        longest
            Length to which a step is cut.
        least_overlap
            A step that leaves less of the fixed points inside the moving image is refused
            unless it gains overlap.
        iterations
            Most transforms tried.
        """
        matrix = start
        slope, overlap = evaluate(matrix)
        damping = self.damping
        steps = [Step(slope.cost, overlap, 0.0, True)]
        reason, has_converged = f"all {iterations} iterations were used", False
        for _ in range(iterations):
            change = _solved(slope, damping)
            length = float(np.linalg.norm(change))
            if length < tolerance:
                reason, has_converged = f"a step would move less than {tolerance:.3g}", True
                break
            if length > longest:
                change, length = change * (longest / length), longest
            tried = matrix @ move(change)
            new, new_overlap = evaluate(tried)
            is_better = new.cost < slope.cost and new_overlap >= min(least_overlap, overlap)
            steps.append(Step(new.cost, new_overlap, length, is_better))
            if is_better:
                matrix, slope, overlap = tried, new, new_overlap
                damping = max(damping / self.less, 1e-7)
            else:
                damping *= self.more
                if damping > _MOST_DAMPING:
                    reason, has_converged = "no step lowers the cost", True
                    break
        return Found(matrix, slope, overlap, tuple(steps), reason, has_converged)

    def as_json(self) -> dict[str, Any]:
        """Return the form that lineage holds."""
        return {
            "optimiser": self.name,
            "damping": self.damping,
            "more": self.more,
            "less": self.less,
        }


def undetermined(slope: Slope) -> NDArray[np.bool_]:
    """Say which parameters change nothing that can be seen."""
    curvature = np.diag(slope.curvature)
    return np.asarray(curvature <= _FLAT * max(float(curvature.max(initial=0.0)), 1e-30))


def _solved(slope: Slope, damping: float) -> NDArray[np.float64]:
    """Return the damped step; parameters that change nothing stay."""
    result = np.zeros(len(slope.descent))
    keep = ~undetermined(slope)
    if not keep.any():
        return result
    curvature = slope.curvature[np.ix_(keep, keep)]
    scale = 1.0 / np.sqrt(np.diag(curvature))
    scaled = curvature * np.outer(scale, scale)
    values, vectors = np.linalg.eigh(scaled)
    amounts = vectors.T @ (scale * slope.descent[keep])
    amounts = amounts / (np.maximum(values, _FLAT) + damping)
    result[keep] = scale * (vectors @ amounts)
    return result
