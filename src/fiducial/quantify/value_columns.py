"""Columns of a table of labels that say what values an image has in each."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .regions import Regions

__all__ = ["value_columns"]

_STATISTICS = ("mean", "sd", "min", "median", "max")


def value_columns(
    regions: Regions, image: NDArray[Any], prefix: str, unit: str | None
) -> dict[str, Any]:
    """Return mean, spread, extremes and median of each label, by the names of their columns.

    Parameters
    ----------
    regions
        The voxels of each label.
    image
        The values of one frame and channel.
    prefix
        What the names begin with.
    unit
        What they end with; nothing when None.
    """
    values = image.reshape(-1)[regions.voxels]
    result = np.full((len(regions.counts), len(_STATISTICS)), np.nan)
    missing = np.zeros(len(regions.counts), np.int64)
    for slot, part in regions.parts(values):
        if part.dtype.kind == "f":
            is_missing = np.isnan(part)
            missing[slot] = np.count_nonzero(is_missing)
            if missing[slot]:
                part = part[~is_missing]
        if part.size:
            result[slot] = _statistics(part.astype(np.float64))
    ending = f"_{unit}" if unit else ""
    columns: dict[str, Any] = {
        f"{prefix}{word}{ending}": result[:, position] for position, word in enumerate(_STATISTICS)
    }
    columns[f"{prefix}nan_voxels"] = missing
    return columns


def _statistics(values: NDArray[np.float64]) -> tuple[float, ...]:
    """Return what _STATISTICS names, of at least one value."""
    with np.errstate(invalid="ignore"):  # infinite values have no spread
        mean = float(values.mean())
        spread = float(values.std(ddof=1)) if values.size > 1 else float("nan")
    low, high = float(values.min()), float(values.max())
    return mean, spread, low, float(np.median(values)), high
