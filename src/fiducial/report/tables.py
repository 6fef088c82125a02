"""Tables of a page: values, and known numbers beside those that were found."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Protocol

from .words import inline, safe

__all__ = ["Checks", "Known", "KnownAndFound", "Table", "number"]


def number(value: object, tolerance: float = 0.0) -> str:
    """Return a value as it is printed in a table.

    Parameters
    ----------
    value
        A number, or anything else, which is printed as it is.
    tolerance
        Digits that the tolerance makes meaningless are left out, and those that it calls for
        are there.

    Examples
    --------
    >>> number(14137.1669, 300.0), number(0.123456, 0.01), number(3), number(1 / 3)
    ('14137', '0.123', '3', '0.333333')
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        return str(value)
    if isinstance(value, Integral):
        return str(int(value))
    found = float(value)
    if math.isnan(found):
        return "undefined"
    if math.isinf(found):
        return "infinite" if found > 0 else "-infinite"
    if not tolerance > 0 or found == 0:
        return f"{found:.6g}"
    if abs(found) < tolerance / 10:
        return f"{found:.2g}"
    places = 1 - math.floor(math.log10(tolerance))
    if places <= 3:
        return f"{found:.{max(0, places)}f}"
    digits = math.floor(math.log10(abs(found))) + 1 + places
    return f"{found:.{min(12, max(2, digits))}g}"


def _tolerance(value: float) -> str:
    if value == 0:
        return "exact"
    return f"± {value:.0f}" if value >= 1000 else f"± {value:.3g}"


@dataclass(frozen=True)
class Table:
    """A table.

    Parameters
    ----------
    columns
        Headings.
    rows
        One value for each column; numbers are set to the right.
    caption
        Above it.
    """

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]
    caption: str = ""

    @classmethod
    def from_frame(cls, frame: Any, caption: str = "", limit: int = 200) -> Table:
        """Take a pandas table, its index left out.

        Parameters
        ----------
        frame
            The table.
        caption
            Above it; says so when rows were left out.
        limit
            Most rows.
        """
        rows = [
            tuple(item.item() if hasattr(item, "item") else item for item in row)
            for row in frame.head(limit).itertuples(index=False, name=None)
        ]
        if len(frame) > limit:
            caption = f"{caption} (the first {limit} of {len(frame)} rows)".strip()
        return cls([str(name) for name in frame.columns], rows, caption)

    def html(self) -> str:
        """Return it as HTML."""
        numeric = [
            all(isinstance(row[place], Real) or row[place] is None for row in self.rows)
            and bool(self.rows)
            for place in range(len(self.columns))
        ]
        kinds = [' class="num"' if is_number else "" for is_number in numeric]
        head = "".join(
            f'<th scope="col"{kind}>{safe(name)}</th>'
            for name, kind in zip(self.columns, kinds, strict=True)
        )
        body = "".join(
            "<tr>"
            + "".join(
                f"<td{kind}>{safe('' if value is None else number(value))}</td>"
                for value, kind in zip(row, kinds, strict=True)
            )
            + "</tr>\n"
            for row in self.rows
        )
        return _table(head, body, self.caption)


def _table(head: str, body: str, caption: str) -> str:
    title = f"<caption>{inline(caption)}</caption>" if caption else ""
    # A table wider than a phone scrolls, by keys as well.
    return (
        f'<div class="block scroll" tabindex="0" role="region" '
        f'aria-label="{safe(caption) or "Table"}"><table>{title}'
        f"<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>\n"
    )


class KnownAndFound(Protocol):
    """A number that is known beside the number that was found."""

    @property
    def what(self) -> str:
        """What is measured, with its unit."""

    @property
    def known(self) -> float:
        """The truth."""

    @property
    def found(self) -> float:
        """What was measured."""

    @property
    def tolerance(self) -> float:
        """How far apart the two may be."""

    @property
    def source(self) -> str:
        """Where the truth comes from."""

    @property
    def is_met(self) -> bool:
        """Whether they agree."""


@dataclass(frozen=True)
class Known:
    """A number that is known, beside the number that was found.

    Parameters
    ----------
    what
        What is measured, with its unit.
    known
        The truth.
    found
        What was measured.
    tolerance
        How far apart the two may be, in the same unit.
    source
        Where the truth comes from.
    """

    what: str
    known: float
    found: float
    tolerance: float = 0.0
    source: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the two agree within the tolerance; never for NaN."""
        if math.isinf(self.known) or math.isinf(self.found):
            return self.known == self.found
        return abs(self.known - self.found) <= self.tolerance


@dataclass(frozen=True)
class Checks:
    """Known numbers beside those found, each with a tick or a cross.

    Parameters
    ----------
    items
        :class:`Known`, or anything with the same attributes.
    caption
        Above the table.
    """

    items: Sequence[KnownAndFound]
    caption: str = "Known and found"

    def html(self) -> str:
        """Return it as HTML."""
        if not self.items:
            return ""
        has_source = any(item.source for item in self.items)
        names = ["What", "Known", "Found", "Tolerance", "", *(["Known from"] if has_source else [])]
        kinds = ["", ' class="num"', ' class="num"', ' class="num"', "", ""]
        head = "".join(
            f'<th scope="col"{kind}>{safe(name)}</th>'
            if name
            else '<th scope="col"><span aria-label="agrees"></span></th>'
            for name, kind in zip(names, kinds, strict=False)
        )
        return _table(
            head, "".join(_check_row(item, has_source) for item in self.items), self.caption
        )


def _check_row(item: KnownAndFound, has_source: bool) -> str:
    kind, mark, words = ("yes", "✓", "agrees") if item.is_met else ("no", "✗", "differs")
    tolerance = _tolerance(float(item.tolerance))
    source = f"<td>{inline(item.source)}</td>" if has_source else ""
    return (
        f'<tr><th scope="row">{inline(item.what)}</th>'
        f'<td class="num">{safe(number(item.known, item.tolerance))}</td>'
        f'<td class="num">{safe(number(item.found, item.tolerance))}</td>'
        f'<td class="num">{safe(tolerance)}</td>'
        f'<td class="mark {kind}"><span role="img" aria-label="{words}">{mark}</span></td>'
        f"{source}</tr>\n"
    )
