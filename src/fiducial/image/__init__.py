"""The nouns that hold samples: images, masks, labels; and points."""

from .arithmetic import working_dtype
from .image import Image
from .labels import Labels
from .mask import Mask
from .points import Points
from .sampled import Sampled

__all__ = ["Image", "Labels", "Mask", "Points", "Sampled", "working_dtype"]
