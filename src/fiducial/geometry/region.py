"""A region: a box of voxels of a lattice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import ParameterError
from .indexing import whole_numbers

__all__ = ["Region"]


@dataclass(frozen=True)
class Region:
    """A box of voxels, from `start` up to but not including `stop`, in array order.

    Parameters
    ----------
    start, stop
        Indices, one for each array axis.  They may lie outside a lattice: cropping clips
        only when asked to.

    Examples
    --------
    >>> Region((0, 2), (4, 8)).shape
    (4, 6)
    >>> Region((0, 2), (4, 8)).intersection(Region((2, 0), (9, 4)))
    Region(start=(2, 2), stop=(4, 4))
    """

    start: tuple[int, ...]
    stop: tuple[int, ...]

    def __post_init__(self) -> None:
        start = whole_numbers(self.start, "start of Region")
        stop = whole_numbers(self.stop, "stop of Region")
        if len(start) != len(stop):
            raise ParameterError(
                f"start and stop of Region must be of one length; got {start} and {stop}."
            )
        object.__setattr__(self, "start", start)
        object.__setattr__(self, "stop", stop)

    @classmethod
    def whole(cls, shape: Sequence[int]) -> Region:
        """Return the region that covers a lattice of this shape."""
        return cls((0,) * len(shape), tuple(shape))

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of voxels on each axis, never negative."""
        return tuple(max(0, b - a) for a, b in zip(self.start, self.stop, strict=True))

    @property
    def is_empty(self) -> bool:
        """Whether it holds no voxel."""
        return 0 in self.shape

    @property
    def slices(self) -> tuple[slice, ...]:
        """The slices that take it out of an array; `start` must not be negative."""
        return tuple(slice(a, max(a, b)) for a, b in zip(self.start, self.stop, strict=True))

    def intersection(self, other: Region) -> Region:
        """Return the voxels in both; may be empty."""
        start = tuple(max(a, b) for a, b in zip(self.start, other.start, strict=True))
        stop = tuple(min(a, b) for a, b in zip(self.stop, other.stop, strict=True))
        return Region(start, tuple(max(a, b) for a, b in zip(start, stop, strict=True)))

    def grown(self, margin: int | Sequence[int]) -> Region:
        """Return the region with `margin` voxels more on each side."""
        margins = [margin] * len(self.start) if isinstance(margin, int) else list(margin)
        return Region(
            tuple(a - m for a, m in zip(self.start, margins, strict=True)),
            tuple(b + m for b, m in zip(self.stop, margins, strict=True)),
        )
