"""Shapes between the voxels: boundaries of masks as elements in the world."""

from .boundary import Boundary, boundary

__all__ = ["Boundary", "boundary"]
