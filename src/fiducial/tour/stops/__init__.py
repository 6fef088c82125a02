"""The stops of the tour, chapter by chapter, in the order of the lecture."""

from __future__ import annotations

from ..stop import Stop
from . import brightness, filters, introduction, masks, registration, segmentation

__all__ = ["STOPS"]

STOPS: tuple[Stop, ...] = (
    *introduction.STOPS,
    *brightness.STOPS,
    *filters.STOPS,
    *segmentation.STOPS,
    *masks.STOPS,
    *registration.STOPS,
)
