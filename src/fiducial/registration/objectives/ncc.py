"""Normalised cross correlation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..level import Products
from .objective import Slope

__all__ = ["NormalisedCrossCorrelation"]


@dataclass(frozen=True)
class NormalisedCrossCorrelation:
    """Pearson's correlation over the overlap; for images that are linearly related.

    Multiplying one image by a positive number or adding one changes nothing.  An inverted
    contrast counts as a bad match.

    Notes
    -----
    With ``f`` and ``w`` the images less their means over their standard deviations, the cost
    is ``mean((f - w)^2) / 2 = 1 - r``, and its Gauss-Newton step takes account of mean and
    standard deviation changing along.

    Examples
    --------
    >>> NormalisedCrossCorrelation().name
    'ncc'
    """

    name = "ncc"
    is_scaled = True

    def cost(self, products: Products) -> float:
        """Return one minus the correlation."""
        return products.uncorrelated

    def slope(self, products: Products) -> Slope:
        """Return the cost with its derivatives."""
        count = len(products.mean_slope)
        if products.is_flat:
            return Slope(1.0, np.zeros(count), np.zeros((count, count)))
        fixed = products.fixed_slope - products.fixed_mean * products.mean_slope
        change = products.change_slope - products.change_mean * products.mean_slope
        deviation = np.sqrt(products.fixed_variance)
        moving_deviation = np.sqrt(products.moving_variance)
        correlation = products.correlation
        # f - r w in terms of f and the change d = w - f, which is small near a match.
        share = (products.covariance + products.change_variance) / (
            deviation * products.moving_variance
        )
        descent = fixed * share - change * (correlation / moving_deviation)
        moving = (fixed + change) / moving_deviation
        curvature = (
            products.slopes
            - np.outer(products.mean_slope, products.mean_slope)
            - np.outer(moving, moving)
        )
        return Slope(products.uncorrelated, descent, curvature)

    def shown(self, cost: float) -> float:
        """Return the correlation."""
        return 1.0 - cost

    def as_json(self) -> dict[str, Any]:
        """Return the form that lineage holds."""
        return {"similarity": self.name}
