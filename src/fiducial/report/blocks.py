"""What a section of a page is built from: text, pictures, tables, code, notices.

Every block gives escaped HTML without scripts, addresses or inline styles, so that it can
stand in a page whose content security policy allows none of them.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from io import BytesIO
from numbers import Integral, Real
from typing import Any, Literal, Protocol, TypeAlias

from ..errors import ParameterError, shown
from ..lineage import Lineage, tree

__all__ = [
    "Block",
    "Checks",
    "Code",
    "Details",
    "KnownAndFound",
    "Known",
    "Notice",
    "Picture",
    "Row",
    "Table",
    "Text",
    "every_check",
    "lineage_block",
    "number",
    "safe",
]

_DPI = 130
_CODE = re.compile(r"`([^`]+)`")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Block(Protocol):
    """A part of a section."""

    def html(self) -> str:
        """Return it as HTML."""


def safe(text: object) -> str:
    """Return text escaped for HTML, without control characters."""
    return escape(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", str(text)), quote=True)


def number(value: object, tolerance: float = 0.0) -> str:
    """Return a value as it is printed in a table.

    Parameters
    ----------
    value
        A number, or anything else, which is printed as it is.
    tolerance
        Digits behind it that the tolerance makes meaningless are left out.

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
    if tolerance > 0 and abs(found) < 1e9:
        digits = max(0, 1 - math.floor(math.log10(tolerance)))
        if digits <= 6:
            text = f"{found:.{digits}f}"
            return text.lstrip("-") if float(text) == 0 else text
    return f"{found:.6g}"


@dataclass(frozen=True)
class Text:
    """Paragraphs; words in backticks are code.

    Parameters
    ----------
    text
        Paragraphs are separated by an empty line.
    """

    text: str

    def html(self) -> str:
        """Return it as HTML."""
        parts = [part.strip() for part in re.split(r"\n\s*\n", self.text) if part.strip()]
        return "".join(f"<p>{_inline(part)}</p>\n" for part in parts)


def _inline(text: str) -> str:
    return _CODE.sub(r"<code>\1</code>", safe(text))


@dataclass(frozen=True)
class Picture:
    """A figure, inside the page as PNG.

    Parameters
    ----------
    figure
        A matplotlib figure, or the bytes of a PNG.
    alt
        What it shows, for those who do not see it; never empty.
    caption
        Below it.
    """

    figure: Any
    alt: str
    caption: str = ""

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise ParameterError(
                "alt of Picture must say what the picture shows; got nothing. "
                "Those who cannot see it read these words."
            )

    def png(self) -> bytes:
        """Return the picture's bytes."""
        if isinstance(self.figure, bytes):
            if not self.figure.startswith(b"\x89PNG\r\n\x1a\n"):
                raise ParameterError(
                    f"figure of Picture must be a PNG or a figure; got {shown(self.figure)}."
                )
            return self.figure
        stream = BytesIO()
        # Without the date and the version of the library: the same figure, the same bytes.
        self.figure.savefig(stream, format="png", dpi=_DPI, metadata={"Software": None})
        return stream.getvalue()

    def html(self) -> str:
        """Return it as HTML."""
        data = self.png()
        width, height = (int.from_bytes(data[at : at + 4], "big") for at in (16, 20))
        scale = 1.0 if isinstance(self.figure, bytes) else 96 / _DPI
        source = base64.b64encode(data).decode("ascii")
        caption = f"<figcaption>{_inline(self.caption)}</figcaption>" if self.caption else ""
        return (
            f'<figure><img src="data:image/png;base64,{source}" alt="{safe(self.alt)}" '
            f'width="{round(width * scale)}" height="{round(height * scale)}">{caption}</figure>\n'
        )


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
    title = f"<caption>{_inline(caption)}</caption>" if caption else ""
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
    tolerance = "exact" if item.tolerance == 0 else f"± {number(float(item.tolerance))}"
    source = f"<td>{_inline(item.source)}</td>" if has_source else ""
    return (
        f'<tr><th scope="row">{_inline(item.what)}</th>'
        f'<td class="num">{safe(number(item.known, item.tolerance))}</td>'
        f'<td class="num">{safe(number(item.found, item.tolerance))}</td>'
        f'<td class="num">{safe(tolerance)}</td>'
        f'<td class="mark {kind}"><span role="img" aria-label="{words}">{mark}</span></td>'
        f"{source}</tr>\n"
    )


@dataclass(frozen=True)
class Code:
    """Lines of code.

    Parameters
    ----------
    text
        The lines.
    label
        Above them: ``"Python"``, ``"Command line"``, ``"Recipe"``.
    """

    text: str
    label: str = "Python"

    def html(self) -> str:
        """Return it as HTML."""
        return (
            f'<div class="block"><p class="label">{safe(self.label)}</p>'
            f'<pre tabindex="0"><code>{safe(self.text.strip(chr(10)))}</code></pre></div>\n'
        )


@dataclass(frozen=True)
class Notice:
    """One line that is seen first: a verdict, a warning, a remark.

    Parameters
    ----------
    text
        The line.
    kind
        ``"pass"``, ``"warn"``, ``"fail"`` or ``"note"``.
    target
        Anchor of a section that it leads to.
    """

    text: str
    kind: Literal["pass", "warn", "fail", "note"] = "note"
    target: str = ""

    def html(self) -> str:
        """Return it as HTML."""
        # The word stands beside the colour for those who do not see colours.
        lead = {"pass": "Pass", "warn": "Warning", "fail": "Fail", "note": ""}[self.kind]
        lead = f"<strong>{lead}.</strong> " if lead else ""
        words = _inline(self.text)
        if self.target:
            words = f'<a href="#{safe(self.target)}">{words}</a>'
        return f'<div class="notice {self.kind}">{lead}{words}</div>\n'


@dataclass(frozen=True)
class Row:
    """Blocks beside each other where there is room, below each other where not.

    Parameters
    ----------
    blocks
        The blocks.
    """

    blocks: Sequence[Block]

    def html(self) -> str:
        """Return it as HTML."""
        return f'<div class="row">{"".join(block.html() for block in self.blocks)}</div>\n'


@dataclass(frozen=True)
class Details:
    """Blocks behind a line that opens them.

    Parameters
    ----------
    summary
        The line.
    blocks
        What it opens.
    """

    summary: str
    blocks: Sequence[Block]

    def html(self) -> str:
        """Return it as HTML."""
        inner = "".join(block.html() for block in self.blocks)
        return f"<details><summary>{_inline(self.summary)}</summary>{inner}</details>\n"


@dataclass(frozen=True)
class _Lines:
    text: str

    def html(self) -> str:
        return f'<pre tabindex="0">{safe(self.text)}</pre>'


def lineage_block(name: str, lineage: Lineage | Sequence[str]) -> Details:
    """Return how a result was made, as a tree behind a line.

    Parameters
    ----------
    name
        Of the result.
    lineage
        Its record, or the lines of it.
    """
    lines = [lineage] if isinstance(lineage, str) else lineage
    if not isinstance(lines, list | tuple):
        lines = tree(lineage)  # type: ignore[arg-type]
    return Details(f"How {name} was made", [_Lines("\n".join(lines))])


Blocks: TypeAlias = Iterable[Block]


def every_check(blocks: Blocks) -> Iterator[KnownAndFound]:
    """Yield each known number in some blocks, those inside other blocks too."""
    for block in blocks:
        if isinstance(block, Checks):
            yield from block.items
        elif isinstance(block, Row | Details):
            yield from every_check(block.blocks)
