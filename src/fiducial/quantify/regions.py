"""The voxels of each label, brought together once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..geometry import Grid

__all__ = ["Regions"]

_LOOKUP = 1 << 22
"""Labels up to this number are put in order through a table."""


class Regions:
    """The voxels of an array of labels, those of one label after those of another.

    Parameters
    ----------
    labels
        Integers or booleans of one frame.
    grid
        Where they lie.
    numbers
        The labels, increasing, without 0.

    Attributes
    ----------
    grid : Grid
    counts : ndarray
        Voxels of each label.
    voxels : ndarray
        Positions in the flat array, by label, and in array order within one.
    """

    def __init__(self, labels: NDArray[Any], grid: Grid, numbers: NDArray[np.int64]) -> None:
        flat = labels.reshape(-1)
        (found,) = np.nonzero(flat)
        if len(numbers) == 1 and labels.dtype == np.bool_:
            self.counts = np.array([found.size], np.int64)
            self.voxels = found
        else:
            slot = _slots(flat[found], numbers)
            self.counts = np.bincount(slot, minlength=len(numbers)).astype(np.int64)
            self.voxels = found[np.argsort(slot, kind="stable")]
        self.grid = grid
        self.starts = np.concatenate([[0], np.cumsum(self.counts)])[:-1]

    @property
    def is_present(self) -> NDArray[np.bool_]:
        """Which labels have voxels."""
        return self.counts > 0

    def index(self, axis: int) -> NDArray[np.int64]:
        """Return the index of every voxel along one array axis."""
        after = int(np.prod(self.grid.shape[axis + 1 :], dtype=np.int64))
        return np.asarray((self.voxels // after) % self.grid.shape[axis])

    def reduced(
        self, function: np.ufunc, values: NDArray[Any], *, empty: float = np.nan
    ) -> NDArray[np.float64]:
        """Reduce values at the voxels by label; `empty` where a label has none."""
        result = np.full(len(self.counts), empty, np.float64)
        if self.is_present.any():
            result[self.is_present] = function.reduceat(values, self.starts[self.is_present])
        return result

    def sums(self, values: NDArray[Any]) -> NDArray[np.float64]:
        """Add values at the voxels by label, each pairwise; 0 where a label has none."""
        result = np.zeros(len(self.counts))
        for slot, part in self.parts(values):
            result[slot] = np.sum(part, dtype=np.float64)
        return result

    def parts(self, values: NDArray[Any]) -> list[tuple[int, NDArray[Any]]]:
        """Return (position of the label, its values) of the labels that have voxels."""
        return [
            (int(slot), values[self.starts[slot] : self.starts[slot] + self.counts[slot]])
            for slot in np.nonzero(self.is_present)[0]
        ]


def _slots(labels: NDArray[Any], numbers: NDArray[np.int64]) -> NDArray[Any]:
    """Return the position of each label among the numbers, in a type that sorts fast."""
    kind = np.uint16 if len(numbers) < 1 << 16 else np.int64
    if len(numbers) and numbers[-1] < _LOOKUP:
        table = np.zeros(int(numbers[-1]) + 1, kind)
        table[numbers] = np.arange(len(numbers), dtype=kind)
        return np.asarray(table[labels])
    return np.searchsorted(numbers, labels).astype(kind)
