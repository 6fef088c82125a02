"""Columns of a table of labels that say how large each is, and where."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..units import LENGTH_UNITS, convert
from .regions import Regions

__all__ = ["spatial_columns"]

_SIZES = {1: "length", 2: "area", 3: "volume"}
_POWERS = {1: "", 2: "2", 3: "3"}


def spatial_columns(regions: Regions) -> dict[str, Any]:
    """Return voxels, size, centre and box of each label, by the names of their columns.

    Parameters
    ----------
    regions
        The voxels of each label.
    """
    import pandas as pd

    grid, counts = regions.grid, regions.counts
    unit, dimension = grid.unit, grid.dimension
    size = counts * grid.voxel_volume
    columns: dict[str, Any] = {
        "voxels": counts,
        f"{_SIZES[dimension]}_{unit}{_POWERS[dimension]}": size,
    }
    if dimension == 3 and unit in LENGTH_UNITS:
        columns["volume_mL"] = size / convert(1.0, "cm", unit) ** 3
    indices = [regions.index(axis) for axis in range(dimension)]
    present = np.where(counts > 0, counts, np.nan)
    means = [regions.sums(index) / present for index in indices]
    centres = grid.index_to_world(np.stack(means, axis=-1))
    names = "xyz"[: grid.frame.dimension]
    for row, letter in enumerate(names):
        columns[f"centre_{letter}_{unit}"] = centres[:, row]
    steps = grid.affine[:-1, :-1]
    for row, letter in enumerate(names):
        coordinate = np.full(regions.voxels.size, grid.origin[row])
        for axis in range(dimension):
            if steps[row, axis]:
                coordinate += steps[row, axis] * indices[axis]
        half = 0.5 * float(np.abs(steps[row]).sum())
        columns[f"low_{letter}_{unit}"] = regions.reduced(np.minimum, coordinate) - half
        columns[f"high_{letter}_{unit}"] = regions.reduced(np.maximum, coordinate) + half
    for axis, letter in enumerate(grid.axes):
        for word, function in (("first", np.minimum), ("last", np.maximum)):
            ends = regions.reduced(function, indices[axis])
            columns[f"{word}_index_{letter}"] = pd.Series(ends).astype("Int64")
    return columns
