"""Mean squared difference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..level import Products
from .objective import Slope

__all__ = ["MeanSquaredError"]


@dataclass(frozen=True)
class MeanSquaredError:
    """Mean squared difference over the overlap; for images in the same units of intensity.

    Notes
    -----
    ``mean((fixed - moving)^2)`` over the points that have a value in both images: leaving the
    field of view is neither rewarded nor filled with zeros.

    Examples
    --------
    >>> MeanSquaredError().name
    'mse'
    """

    name = "mse"
    is_scaled = False

    def cost(self, products: Products) -> float:
        """Return the mean squared difference."""
        return products.difference

    def slope(self, products: Products) -> Slope:
        """Return the cost with its derivatives."""
        return Slope(products.difference, -products.change_slope, products.slopes)

    def shown(self, cost: float) -> float:
        """Return the mean squared difference."""
        return cost

    def as_json(self) -> dict[str, Any]:
        """Return the form that lineage holds."""
        return {"similarity": self.name}
