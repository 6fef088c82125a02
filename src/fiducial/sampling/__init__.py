"""Images on other lattices: resampling through a transform, antialiasing, pyramids."""

from .antialias import ANTIALIAS_FWHM, antialias_sigma, antialiased
from .onto import outside_value, resampled
from .placement import Placement, place
from .pyramid import level_values

__all__ = [
    "ANTIALIAS_FWHM",
    "Placement",
    "antialias_sigma",
    "antialiased",
    "level_values",
    "outside_value",
    "place",
    "resampled",
]
