"""Where things are: frames, lattices, orientation codes and regions."""

from .frame import Frame, default_frame
from .grid import Grid
from .indexing import Key, normalise_key
from .orientation import axis_assignment, orientation_code, parse_orientation, swap_ras_lps
from .pyramid import coarsened, plan_pyramid
from .region import Region
from .spacing import Spacing

__all__ = [
    "Frame",
    "Grid",
    "Key",
    "Region",
    "Spacing",
    "axis_assignment",
    "coarsened",
    "default_frame",
    "normalise_key",
    "orientation_code",
    "parse_orientation",
    "plan_pyramid",
    "swap_ras_lps",
]
