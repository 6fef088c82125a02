"""The mask: a set of voxels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ParameterError, shown
from ..geometry import Grid, Region
from ..lineage import Lineage
from .given import given_values
from .inside import require_same_times
from .record import call
from .sampled import Sampled

__all__ = ["Mask"]


class Mask(Sampled):
    """A set of voxels on a lattice.

    ``|``, ``&``, ``-``, ``^`` and ``~`` are union, intersection, difference, symmetric
    difference and complement; masks on different grids are refused.  ``a == b`` is the mask of
    the voxels where both agree.

    Parameters
    ----------
    array
        Booleans, or integers that are all 0 or 1 (or all 0 or 255, as image editors write).
    grid
        Where the spatial axes lie; a lattice in pixels when None.
    axes, times, lineage, copy
        As for :class:`Image`.

    Examples
    --------
    >>> a, b = Mask([[True, True, False]]), Mask([[False, True, True]])
    >>> (a - b).array
    array([[ True, False, False]])
    """

    __slots__ = ()

    def __init__(
        self,
        array: ArrayLike,
        grid: Grid | Sampled | None = None,
        *,
        axes: str | None = None,
        times: Sequence[float] | None = None,
        lineage: Lineage | None = None,
        copy: bool = True,
    ) -> None:
        values = given_values(
            array,
            "Mask",
            grid,
            "Compare an image (image > 0), take a label (labels.mask(1)), or use "
            "numpy.asarray(...) with grid=.",
        )
        if values.dtype != np.bool_:
            found = np.unique(values) if values.dtype.kind in "iuf" else None
            if (
                found is None
                or found.size > 2
                or not np.all(np.isin(found, (0, 1, 255)))
                or (1 in found and 255 in found)
            ):
                raise ParameterError(
                    f"array of Mask must be boolean, or all 0 and 1, or all 0 and 255; "
                    f"got {shown(values)} of {values.dtype}. Compare first (image > 0), or use "
                    "fd.Labels(array, grid)."
                )
            values = values != 0
            copy = False
        self._build(values, grid, axes, lineage, times, copy)

    @property
    def count(self) -> int:
        """Number of voxels in the set."""
        return int(np.count_nonzero(self.array))

    @property
    def is_empty(self) -> bool:
        """Whether no voxel is in the set."""
        return not bool(self.array.any())

    @property
    def region(self) -> Region | None:
        """Smallest box of voxels that holds the set in every frame; None when empty."""
        others = tuple(i for i, letter in enumerate(self.axes) if letter not in "zyx")
        inside: NDArray[np.bool_] = np.any(self.array, axis=others) if others else self.array
        bounds = []
        for axis in range(inside.ndim):
            rest = tuple(other for other in range(inside.ndim) if other != axis)
            (hits,) = np.nonzero(np.any(inside, axis=rest))
            if not hits.size:
                return None
            bounds.append((int(hits[0]), int(hits[-1]) + 1))
        return Region(tuple(low for low, _ in bounds), tuple(high for _, high in bounds))

    def __or__(self, other: Mask) -> Mask:
        return self._combined("union", np.logical_or, other)

    def __and__(self, other: Mask) -> Mask:
        return self._combined("intersection", np.logical_and, other)

    def __xor__(self, other: Mask) -> Mask:
        return self._combined("symmetric_difference", np.logical_xor, other)

    def __sub__(self, other: Mask) -> Mask:
        return self._combined("difference", np.greater, other)

    def __eq__(self, other: Any) -> Mask:  # type: ignore[override]
        return ~self.__ne__(other)

    def __ne__(self, other: Any) -> Mask:  # type: ignore[override]
        if not isinstance(other, Mask):
            raise ParameterError(
                f"other of a comparison with a mask must be a Mask; got {shown(other)}. "
                "Write mask or ~mask for its truth, mask is None to ask whether there is one."
            )
        return self._combined("symmetric_difference", np.logical_xor, other)

    __hash__ = object.__hash__

    def __invert__(self) -> Mask:
        lineage = call("complement", {}, [("mask", self.lineage)])
        return self._like(array=~self.array, lineage=lineage)

    def _combined(self, name: str, function: np.ufunc, other: Mask) -> Mask:
        if not isinstance(other, Mask):
            raise ParameterError(
                f"other of {name} must be a Mask; got {shown(other)}. "
                "Wrap it: fd.Mask(array, grid)."
            )
        if other is not self:
            self.grid.require_close(other.grid, f"the masks of {name}")
            require_same_times(self, other, f"the masks of {name}")
        if self.axes != other.axes or self.shape != other.shape:
            raise ParameterError(
                f"the masks of {name} must have the same axes; got {self!r} and {other!r}."
            )
        parents = [("a", self.lineage), ("b", other.lineage)]
        lineage = call(name, {}, parents, frames=[self.frame, other.frame])
        return self._like(array=function(self.array, other.array), lineage=lineage)

    def as_image(self, *, inside: float = 1, outside: float = 0) -> Any:
        """Return an image with one value inside and another outside."""
        from .image import Image

        kind = np.result_type(np.min_scalar_type(inside), np.min_scalar_type(outside))
        values = np.where(self.array, kind.type(inside), kind.type(outside))
        given = {"inside": inside, "outside": outside}
        return Image(
            values,
            self.grid,
            axes=self.axes,
            times=self.times,
            lineage=call("as_image", given, [("mask", self.lineage)]),
            copy=False,
        )

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from .numpy_calls import numpy_call

        return numpy_call(ufunc, method, inputs, kwargs)

    def _details(self) -> list[tuple[str, str]]:
        rows = super()._details()
        rows.insert(2, ("inside", f"{self.count} of {self.array.size} voxels"))
        return rows
