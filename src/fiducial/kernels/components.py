"""Connected components of masks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fiducial import progress
from fiducial.errors import parameter_error

from . import body
from .arrays import boolean

__all__ = ["Components", "Connectivity", "components"]

Connectivity = Literal["full", "face"]
"""Whether samples that share only an edge or a corner are connected."""

_MOST_RUNS = (1 << 31) - 1


@dataclass(frozen=True)
class Components:
    """The connected components of a mask, numbered from 1 in array order.

    Attributes
    ----------
    shape : tuple of int
        Of the mask.
    sizes : ndarray
        (count + 1,), int64: samples of each number; the first is of what is in none.
    at_edge : ndarray
        (count + 1,), bool: whether each reaches an edge of the array, on an axis of more than
        one sample; False for the first.
    numbers : ndarray or None
        The number of every sample, int32, where the reference found it.
    runs : tuple of ndarray or None
        Offsets of the rows, starts, ends and numbers of the runs along the last axis, where
        the compiled kernel found them.
    """

    shape: tuple[int, ...]
    sizes: NDArray[np.int64]
    at_edge: NDArray[np.bool_]
    numbers: NDArray[np.int32] | None
    runs: tuple[NDArray[Any], ...] | None

    @property
    def count(self) -> int:
        """How many components there are."""
        return len(self.sizes) - 1

    def paint(self, table: ArrayLike) -> NDArray[Any]:
        """Return an array that holds a table's entry at every sample.

        Parameters
        ----------
        table
            (count + 1,), bool or int32: what each number becomes; the first what is in none.

        Raises
        ------
        ParameterError
            If the table has another length or type.
        Cancelled
            If the work was cancelled.

        Examples
        --------
        >>> components([[True, False, True]]).paint([False, False, True]).tolist()
        [[False, False, True]]
        """
        entries = np.ascontiguousarray(table)
        if entries.shape != (self.count + 1,) or entries.dtype not in (np.bool_, np.int32):
            raise parameter_error("paint", "table", f"{self.count + 1} of bool or int32", entries)
        if self.numbers is not None:
            return np.asarray(entries[self.numbers])
        assert self.runs is not None
        module = body.native()
        out = np.empty(self.shape, entries.dtype)
        if module is None:
            _paint_runs(self.runs, entries, out)
            return out
        is_boolean = entries.dtype == np.bool_
        work = out.view(np.uint8) if is_boolean else out
        done = module.paint_runs(
            work.reshape((1,) * (3 - work.ndim) + work.shape),
            *self.runs,
            entries.view(np.uint8) if is_boolean else entries,
            progress.cancel_flag(),
        )
        body.completed(done, "components")
        return out


def components(
    mask: ArrayLike,
    *,
    connectivity: Connectivity = "full",
    complement: bool = False,
) -> Components:
    """Find the connected components of a mask.

    Parameters
    ----------
    mask
        Boolean, of any dimension.
    connectivity
        ``"full"``: neighbours share at least a corner; ``"face"``: a face (a side in 2D).
    complement
        Of what is False instead of what is True.

    Returns
    -------
    Components
        Numbered in array order of their first samples.

    Raises
    ------
    ParameterError
        If an argument is not as described.
    Cancelled
        If the work was cancelled.

    Notes
    -----
    Runs along the last axis are joined to those of the rows before, the earlier leading [1]_.
    Memory: 12 bytes a run.  The cost is one look at every sample and a step a run.

    References
    ----------
    .. [1] L. He, Y. Chao, K. Suzuki, "A Run-Based Two-Scan Labeling Algorithm", IEEE Trans.
       Image Processing 17:749-756, 2008. :doi:`10.1109/TIP.2008.919369`

    Examples
    --------
    >>> found = components([[True, False], [False, True]], connectivity="face")
    >>> found.count, found.sizes.tolist()
    (2, [2, 1, 1])
    """
    function = "components"
    given = boolean(mask, function)
    if connectivity not in ("full", "face"):
        raise parameter_error(function, "connectivity", "'full' or 'face'", connectivity)
    module = body.native()
    if module is None or not 1 <= given.ndim <= 3 or given.size == 0:
        return _reference_components(given, connectivity, complement)
    volume = given.view(np.uint8).reshape((1,) * (3 - given.ndim) + given.shape)
    flag = progress.cancel_flag()
    offsets = np.zeros(volume.shape[0] * volume.shape[1] + 1, np.int64)
    body.completed(module.count_runs(volume, complement, offsets[1:], flag), function)
    np.cumsum(offsets, out=offsets)
    total = int(offsets[-1])
    if total > _MOST_RUNS:
        return _reference_components(given, connectivity, complement)
    starts, ends, labels = (np.empty(total, np.int32) for _ in range(3))
    sizes, edges = np.zeros(total + 1, np.int64), np.zeros(total + 1, np.uint8)
    count = np.zeros(1, np.int64)
    done = module.join_runs(
        volume,
        complement,
        connectivity == "full",
        offsets,
        starts,
        ends,
        labels,
        sizes,
        edges,
        count,
        flag,
    )
    body.completed(done, function)
    kept = slice(0, int(count[0]) + 1)
    sizes, edges = sizes[kept].copy(), edges[kept].copy()
    sizes[0] = given.size - sizes.sum()
    runs = (offsets, starts, ends, labels)
    return Components(given.shape, sizes, edges.view(np.bool_), None, runs)


def _reference_components(
    mask: NDArray[np.bool_], connectivity: str, complement: bool
) -> Components:
    """Let SciPy number them, in array order as well."""
    from scipy import ndimage

    inside = ~mask if complement else mask
    rank = max(1, mask.ndim) if connectivity == "full" else 1
    structure = ndimage.generate_binary_structure(mask.ndim, rank)
    numbers = np.zeros(mask.shape, np.int32)
    count = int(ndimage.label(inside, structure, output=numbers)) if mask.size else 0
    sizes = np.bincount(numbers.reshape(-1), minlength=count + 1).astype(np.int64)
    at_edge = np.zeros(count + 1, np.bool_)
    for axis, size in enumerate(mask.shape):
        if size > 1:
            for end in (0, -1):
                at_edge[np.take(numbers, end, axis=axis)] = True
    at_edge[0] = False
    return Components(mask.shape, sizes, at_edge, numbers, None)


def _paint_runs(runs: tuple[NDArray[Any], ...], table: NDArray[Any], out: NDArray[Any]) -> None:
    """Paint run after run: what the compiled kernel found, should it be gone by now."""
    offsets, starts, ends, labels = runs
    rows = out.reshape(-1, out.shape[-1])
    rows[...] = table[0]
    for row in range(len(rows)):
        for run in range(offsets[row], offsets[row + 1]):
            rows[row, starts[run] : ends[run]] = table[labels[run]]
