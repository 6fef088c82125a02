"""How many voxels two masks share: what the overlap metrics are made of."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..image import Mask

__all__ = ["Counts", "count", "one_frame", "ratio", "require_alike"]


class Counts(NamedTuple):
    """Voxels in both sets, only in the first, only in the second."""

    both: int
    first_only: int
    second_only: int

    @property
    def first(self) -> int:
        """Voxels of the first set."""
        return self.both + self.first_only

    @property
    def second(self) -> int:
        """Voxels of the second set."""
        return self.both + self.second_only


def count(first: NDArray[np.bool_], second: NDArray[np.bool_]) -> Counts:
    """Count the voxels that two arrays share, and those that they do not."""
    both = int(np.count_nonzero(first & second))
    return Counts(both, int(np.count_nonzero(first)) - both, int(np.count_nonzero(second)) - both)


def ratio(part: float, whole: float) -> float:
    """Return a share, NaN where it is undefined: 0 / 0."""
    return part / whole if whole else float("nan")


def require_alike(first: Mask, second: Mask, function: str, roles: tuple[str, str]) -> None:
    """Raise unless two masks have the same axes."""
    if first.axes != second.axes or first.shape != second.shape:
        raise ParameterError(
            f"{roles[0]} and {roles[1]} of {function} must have the same axes; "
            f"got {first!r} and {second!r}."
        )


def one_frame(mask: Mask, function: str, role: str) -> None:
    """Raise unless a mask is one object of space, without time or channels."""
    if mask.axes != mask.grid.axes:
        raise ParameterError(
            f"{role} of {function} must be one frame; got {mask!r}. "
            f"Take one: {role}.at(t=0); or use compare, which has a row for each."
        )
