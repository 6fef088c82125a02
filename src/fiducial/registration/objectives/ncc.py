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
        return 1.0 - products.correlation

    def slope(self, products: Products) -> Slope:
        """Return the cost with its derivatives."""
        count = len(products.mean_slope)
        if min(products.deviation) < 1e-6:
            return Slope(1.0, np.zeros(count), np.zeros((count, count)))
        fixed = (products.fixed_slope - products.mean[0] * products.mean_slope) / (
            products.deviation[0]
        )
        moving = (products.moving_slope - products.mean[1] * products.mean_slope) / (
            products.deviation[1]
        )
        curvature = (
            products.slopes
            - np.outer(products.mean_slope, products.mean_slope)
            - np.outer(moving, moving)
        )
        return Slope(1.0 - products.correlation, fixed - products.correlation * moving, curvature)

    def shown(self, cost: float) -> float:
        """Return the correlation."""
        return 1.0 - cost

    def as_json(self) -> dict[str, Any]:
        """Return the form that lineage holds."""
        return {"similarity": self.name}
