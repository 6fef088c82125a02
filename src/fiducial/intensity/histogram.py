"""The histogram: how often which values occur."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..catalogue import figures
from ..errors import ParameterError, UnknownNameError, parameter_error, shown
from ..image import Image, Labels, Mask
from ..lineage import Lineage, Opaque
from ..operation import operation
from . import bins as binning

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Histogram", "histogram"]


@dataclass(frozen=True, eq=False)
class Histogram:
    """Counts of values in bins of equal width.

    Attributes
    ----------
    counts : ndarray
        (B,) integers: how many values lie in each bin.
    edges : ndarray
        (B + 1,): a bin holds its lower edge and not its upper, but the last holds both.
    unit : str or None
        Unit of the edges.
    below, above, nan : int
        How many values lie below the first edge, above the last, or are NaN.
    parts : Mapping
        The histogram of each channel or label by its name; ``histogram["red"]`` takes one.
    lineage : Lineage
        How it was made.
    """

    counts: NDArray[np.int64]
    edges: NDArray[np.float64]
    unit: str | None = None
    below: int = 0
    above: int = 0
    nan: int = 0
    parts: Mapping[str, Histogram] = field(default_factory=dict)
    lineage: Lineage = field(default_factory=lambda: Opaque("Histogram"))

    def __post_init__(self) -> None:
        counts = np.array(self.counts, dtype=np.int64)
        edges = np.array(self.edges, dtype=np.float64)
        if counts.ndim != 1 or edges.shape != (counts.size + 1,) or not np.all(np.diff(edges) > 0):
            raise ParameterError(
                "edges of Histogram must grow and be one more than the counts; "
                f"got shapes {edges.shape} and {counts.shape}."
            )
        for name, array in (("counts", counts), ("edges", edges)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    def __getitem__(self, name: str) -> Histogram:
        if name not in self.parts:
            known = ", ".join(self.parts) or "none"
            raise ParameterError(f"part of Histogram must be one of {known}; got {shown(name)}.")
        return self.parts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.parts)

    @property
    def centers(self) -> NDArray[np.float64]:
        """(B,): middle of each bin."""
        return np.asarray((self.edges[:-1] + self.edges[1:]) / 2)

    @property
    def width(self) -> float:
        """Width of a bin."""
        return float((self.edges[-1] - self.edges[0]) / self.counts.size)

    @property
    def total(self) -> int:
        """Number of values that were counted: in the bins, below and above, without NaN."""
        return int(self.counts.sum()) + self.below + self.above

    @property
    def density(self) -> NDArray[np.float64]:
        """(B,): share of all values per unit of value; the area under it is 1 if none is out."""
        return np.asarray(self.counts / (self.width * max(1, self.total)))

    @property
    def cumulative(self) -> NDArray[np.int64]:
        """(B,): how many values lie below each bin's upper edge, those below all bins too."""
        return np.asarray(np.cumsum(self.counts) + self.below)

    def quantile(self, share: float) -> float:
        """Return the value below which this share of all values lies.

        Parameters
        ----------
        share
            From 0 to 1.

        Returns
        -------
        float
            In the histogram's unit, to within the width of a bin, in which values are taken
            to be spread evenly.  NaN where it lies outside the bins, or nothing was counted.

        Raises
        ------
        ParameterError
            If the share is not from 0 to 1.
        """
        if not 0 <= share <= 1:
            raise parameter_error("quantile", "share", "from 0 to 1", share)
        rank = share * self.total
        return binning.quantile_of(self.counts, self.edges, self.below, rank)

    @property
    def table(self) -> pd.DataFrame:
        """One row a bin: low, high, count, and the count of each part."""
        import pandas as pd

        columns: dict[str, Any] = {
            "low": self.edges[:-1],
            "high": self.edges[1:],
            "count": self.counts,
        }
        for name, part in self.parts.items():
            columns[f"count of {name}" if name in columns else name] = part.counts
        table = pd.DataFrame(columns)
        table.attrs.update(unit=self.unit, lineage=self.lineage)
        return table

    def to_csv(self, *, index: bool = False) -> str:
        """Return the table as comma-separated values."""
        return str(self.table.to_csv(index=index))

    def as_json(self) -> dict[str, Any]:
        """Return plain values: edges, counts and what lies outside."""
        return {
            "unit": self.unit,
            "edges": self.edges.tolist(),
            "counts": self.counts.tolist(),
            "below": self.below,
            "above": self.above,
            "nan": self.nan,
            "parts": {name: part.counts.tolist() for name, part in self.parts.items()},
        }

    def lines(self) -> list[str]:
        """Return what the command line prints: a line a bin, and what lies outside."""
        unit = f" {self.unit}" if self.unit else ""
        outside = {"below": self.below, "above": self.above, "NaN": self.nan}
        rows = [
            f"{low:>12.6g} to {high:<12.6g}{unit} {count:>12d}"
            for low, high, count in zip(self.edges[:-1], self.edges[1:], self.counts, strict=True)
        ]
        return rows + [f"{name}: {count}" for name, count in outside.items() if count]

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draw it with the figure that the catalogue names ``histogram``.

        Parameters
        ----------
        ax
            Axes to draw on; new ones when None.
        **options
            Whatever that figure takes.
        """
        found = figures().get("histogram")
        if found is None:
            raise UnknownNameError("no figure is called 'histogram'. See: fiducial list.")
        return found.load()(self, ax=ax, **options)

    def with_lineage(self, lineage: Lineage) -> Histogram:
        """Return the same counts with another record of how they were made."""
        parts = {name: part.with_lineage(lineage) for name, part in self.parts.items()}
        return replace(self, parts=parts, lineage=lineage)

    def __repr__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        outside = f", {self.below} below, {self.above} above" if self.below or self.above else ""
        nan = f", {self.nan} NaN" if self.nan else ""
        return (
            f"Histogram({self.total} values in {self.counts.size} bins of {self.width:.6g}{unit} "
            f"from {self.edges[0]:.6g} to {self.edges[-1]:.6g}{unit}{outside}{nan})"
        )


@operation(uses="tc", example={"bins": 16})
def histogram(
    image: Image,
    *,
    bins: int | None = None,
    width: float | None = None,
    limits: Sequence[float] | None = None,
    mask: Mask | None = None,
    labels: Labels | None = None,
) -> Histogram:
    """Count how often which values occur, in bins of equal width.

    Differs from NumPy in that integer images get bins that hold the same number of whole
    numbers each, so that no bin is empty merely because its edges fall between two.

    Parameters
    ----------
    image
        Any image; all its frames are counted together, and channels both together and alone.
    bins
        How many bins; at most as many for integer images.  By the rule of Freedman and
        Diaconis when neither this nor the width is given, with at most 1024.
    width
        Width of a bin in the image's unit; above 0.  Edges then lie at multiples of it, so
        that the histograms of two images can be compared bin by bin (for integer images and
        a whole width, half below them).
    limits
        Lowest and highest value to count, in the image's unit; those of the image when None.
        With them and a width, the first edge is the lower limit, and the last the first that
        reaches the upper.
    mask
        Count only here; a mask without time holds for every frame.
    labels
        Count each label alone as well; a histogram of each is in ``parts``.

    Returns
    -------
    Histogram
        Counts, edges, how many values lay outside or were NaN; ``.quantile(0.5)``,
        ``.cumulative``, ``.table`` and ``.plot()``.

    Raises
    ------
    ParameterError
        If both bins and width are given, one is not above 0, limits are not two growing
        numbers, or labels are given for an image with channels.

    Notes
    -----
    A value belongs to the bin whose lower edge it reaches and whose upper it stays below; the
    last bin holds its upper edge too.  The rule's width is 2 IQR / n^(1/3), rounded to whole
    numbers for integer images.  An image of one value has one bin about it; where nothing is
    counted there is one empty bin, from 0 to 1 or between the limits.  Cost: one pass for the
    range, one for the counts, and two for the rule.

    References
    ----------
    .. [1] D. Freedman and P. Diaconis, "On the histogram as a density estimator: L2 theory",
       Z. Wahrscheinlichkeitstheorie 57, 453 (1981), doi:10.1007/BF01025868.

    Examples
    --------
    >>> import fiducial as fd
    >>> found = fd.histogram(fd.Image([[-1000, 40, 41, 45, 60]], unit="HU"), width=10)
    >>> found.edges[-4:], found.counts[-3:]
    (array([39.5, 49.5, 59.5, 69.5]), array([3, 0, 1]))
    >>> fd.histogram(fd.Image([[1.0, 2.0, 2.5, 9.0]]), bins=2, limits=(0, 4))
    Histogram(4 values in 2 bins of 2 from 0 to 4, 0 below, 1 above)
    """
    inside = None if mask is None else binning.aligned(image, mask, "histogram", "mask")
    if labels is not None and "c" in image.axes:
        raise ParameterError(
            f"image of histogram must have no channels when labels are given; got {image!r}. "
            "Take one channel: image.channel(0)."
        )
    edges = _edges(image, inside, bins, width, limits)

    def count(values: NDArray[Any], where: NDArray[np.bool_] | None) -> Histogram:
        counts, below, above, nan = edges.count(values, where)
        return Histogram(counts, edges.values, image.unit, below, above, nan)

    whole = count(image.array, inside)
    parts: dict[str, Histogram] = {}
    if labels is not None:
        numbers = binning.aligned(image, labels, "histogram", "labels")
        for number in labels.numbers:
            where = numbers == number
            parts[labels.name(number)] = count(
                image.array, where if inside is None else where & inside
            )
    elif "c" in image.axes:
        names = image.channels or tuple(str(index) for index in range(image.shape[-1]))
        for index, name in enumerate(names):
            where = None if inside is None else inside[..., index]
            parts[name] = count(image.array[..., index], where)
    return replace(whole, parts=parts)


def _edges(
    image: Image,
    inside: NDArray[np.bool_] | None,
    bins: int | None,
    width: float | None,
    limits: Sequence[float] | None,
) -> binning.Edges:
    if bins is not None and width is not None:
        raise parameter_error("histogram", "width", "left out where bins is given", width)
    if bins is not None and not 1 <= bins <= binning.MOST_BINS:
        raise parameter_error("histogram", "bins", f"from 1 to {binning.MOST_BINS}", bins)
    if width is not None and not (np.isfinite(width) and width > 0):
        raise parameter_error("histogram", "width", "above 0 and finite", width)
    values = image.array
    is_integer = values.dtype.kind in "iu"
    if limits is not None:
        ends = np.asarray(limits, dtype=np.float64)
        if ends.shape != (2,) or not np.all(np.isfinite(ends)) or not ends[0] < ends[1]:
            raise parameter_error("histogram", "limits", "two finite, growing numbers", limits)
        low, high = float(ends[0]), float(ends[1])
        if bins is not None:
            return binning.Edges(low, high, bins)
        if width is None:
            width = binning.rule_width(values, inside, low, high)
            bins = max(1, round((high - low) / width))
            return binning.Edges(low, high, bins)
        return binning.counted(width, low, high, start=low)
    span = binning.range_of(values, inside)
    if span is None:
        return binning.Edges(0.0, 1.0, 1)
    low, high = span
    if is_integer and (width is None or width == round(width)):
        if bins is not None:
            each = np.ceil((high - low + 1) / bins)
            return binning.counted(each, low - 0.5, high + 0.5, start=low - 0.5)
        if width is None:
            width = max(1.0, round(binning.rule_width(values, inside, low, high)))
            width = max(width, np.ceil((high - low + 1) / binning.MOST_BY_RULE))
        return binning.integer_edges(low, high, int(width))
    if width is not None:
        return binning.counted(width, low, high, start=0.0)
    if low == high:
        return binning.Edges(*_about(low), 1)
    if bins is None:
        bins = max(1, int(np.ceil((high - low) / binning.rule_width(values, inside, low, high))))
    return binning.Edges(low, high, bins)


def _about(value: float) -> tuple[float, float]:
    """Return edges about a single value: half a unit away, or far enough to be different."""
    half = max(0.5, 2 * float(np.spacing(abs(value))))
    return value - half, value + half
