"""The tour: the lecture's walk on real images and phantoms, as one page."""

from .run import run

__all__ = ["run"]
