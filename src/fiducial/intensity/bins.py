"""Which samples are counted, and where the edges of their bins lie."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..image import Sampled
from ..kernels.histogram import Counts, histogram

__all__ = ["MOST_BINS", "Edges", "aligned", "counted", "integer_edges", "range_of", "rule_width"]

MOST_BINS = 1 << 20
"""More bins than this are refused: a width that small is a slip."""

MOST_BY_RULE = 1024
"""The rule gives no more bins than a figure can show."""

_FINE = 4096
_ENOUGH = 256
_REFINEMENTS = 4
_SLACK = 1e-9
"""Share of a bin by which a value may miss an edge through rounding."""


@dataclass(frozen=True)
class Edges:
    """Bins of equal width.

    Parameters
    ----------
    low
        Lower edge of the first bin.
    high
        Upper edge of the last.
    bins
        How many there are.
    """

    low: float
    high: float
    bins: int

    @property
    def values(self) -> NDArray[np.float64]:
        """(bins + 1,): all edges."""
        return np.linspace(self.low, self.high, self.bins + 1)

    def count(self, values: NDArray[Any], inside: NDArray[np.bool_] | None) -> Counts:
        """Count values in the bins."""
        return histogram(values, self.bins, self.low, self.high, mask=inside)


def aligned(image: Sampled, chosen: Sampled, function: str, name: str) -> NDArray[Any]:
    """Return the array of a mask or of labels in the shape of an image's.

    A mask without time or channels holds for every frame and channel.

    Raises
    ------
    ParameterError
        If it has an axis that the image lacks.
    """
    if chosen.axes == image.axes and chosen.shape == image.shape:
        return chosen.array
    if any(letter not in image.axes for letter in chosen.axes):
        raise ParameterError(
            f"{name} of {function} must have no axis that the image lacks; got {chosen!r}. "
            f"Take one frame: {name}.at(t=0)."
        )
    key = tuple(slice(None) if letter in chosen.axes else None for letter in image.axes)
    return np.ascontiguousarray(np.broadcast_to(chosen.array[key], image.shape))


def range_of(values: NDArray[Any], inside: NDArray[np.bool_] | None) -> tuple[float, float] | None:
    """Return the least and the greatest finite value that is counted; None if there is none."""
    if values.dtype.kind in "iu" and inside is None:
        return float(values.min()), float(values.max())
    if inside is None:
        low, high = float(np.min(values)), float(np.max(values))
        if math.isfinite(low) and math.isfinite(high):
            return low, high
    chosen = values if inside is None else values[inside]
    if chosen.dtype.kind == "f":
        chosen = chosen[np.isfinite(chosen)]
    return (float(chosen.min()), float(chosen.max())) if chosen.size else None


def counted(width: float, low: float, high: float, *, start: float) -> Edges:
    """Return bins of `width` from `start`, as many as reach from `low` to `high`.

    `low` and `high` are values; the bins that hold none of them at either end are left out.
    """
    first = math.floor((low - start) / width + _SLACK)
    last = max(first + 1, math.ceil((high - start) / width - _SLACK))
    if last - first > MOST_BINS:
        raise ParameterError(
            f"width of histogram must give at most {MOST_BINS} bins; got {width}, which gives "
            f"{last - first} from {low:.6g} to {high:.6g}. Give limits, or a greater width."
        )
    # Rounding may put an edge a hair inside the values at the ends, which must be counted.
    return Edges(min(low, start + first * width), max(high, start + last * width), last - first)


def integer_edges(low: float, high: float, width: int) -> Edges:
    """Return bins that hold `width` whole numbers each, the same for every image.

    Edges lie at multiples of the width less a half, so that a bin of one number is centred
    on it.
    """
    return counted(width, low, high + 0.5, start=-0.5)


def rule_width(
    values: NDArray[Any], inside: NDArray[np.bool_] | None, low: float, high: float
) -> float:
    """Return the bin width of Freedman and Diaconis, at least the range over 1024.

    Notes
    -----
    2 IQR / n^(1/3).  The quartiles are read off 4096 bins over the range, or, while fewer than
    256 of them lie between the quartiles, over the bins that hold these.  Where the quartiles
    still coincide after four rounds, the range over the number of bins of Sturges,
    log2(n) + 1.
    """
    span = high - low
    least = max(span / MOST_BY_RULE, 4 * float(np.spacing(max(abs(low), abs(high), 1e-300))))
    if span <= least:
        return least
    near = _fine(low, high)
    total = 0
    for _ in range(_REFINEMENTS):
        counts, before, _, _ = near.count(values, inside)
        if not total:  # what lies before the least finite value is infinite, and no rank
            total, infinite = int(counts.sum()), before
        before -= infinite
        edges = near.values
        heap = before + np.cumsum(counts)
        first, last = np.searchsorted(heap, [0.25 * total, 0.75 * total], side="left")
        if last - first >= _ENOUGH:
            break
        near = _fine(float(edges[first]), float(edges[last + 1]))
    if last - first >= _ENOUGH:
        quartiles = [quantile_of(counts, edges, before, q * total) for q in (0.25, 0.75)]
        width = 2 * (quartiles[1] - quartiles[0]) / float(np.cbrt(total))
    else:
        width = span / (math.log2(total) + 1)
    return max(width, least)


def _fine(low: float, high: float) -> Edges:
    """Return many bins, but none narrower than the floats between its edges."""
    room = (high - low) / (4 * float(np.spacing(max(abs(low), abs(high), 1e-300))))
    return Edges(low, high, max(1, min(_FINE, int(room))))


def quantile_of(
    counts: NDArray[np.int64], edges: NDArray[np.float64], below: int, rank: float
) -> float:
    """Return the value at a rank, counted from below the first edge; NaN outside the bins.

    Within a bin the values are taken to be spread evenly.
    """
    heap = below + np.concatenate([[0], np.cumsum(counts)])
    if not heap[0] <= rank <= heap[-1] or heap[-1] == heap[0]:
        return math.nan
    place = int(np.clip(np.searchsorted(heap, rank, side="left") - 1, 0, len(counts) - 1))
    while counts[place] == 0:
        place += 1
    share = (rank - heap[place]) / counts[place]
    return float(edges[place] + share * (edges[place + 1] - edges[place]))
