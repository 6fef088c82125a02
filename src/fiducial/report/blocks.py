"""What a section of a page is built from: text, pictures, code, notices, and how it is laid out.

Every block gives escaped HTML without scripts, addresses or inline styles, so that it can
stand in a page whose content security policy allows none of them.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal, Protocol, TypeAlias

from ..errors import ParameterError, shown
from ..lineage import Lineage, tree
from .tables import Checks, KnownAndFound
from .words import inline, safe

__all__ = [
    "Block",
    "Code",
    "Details",
    "Notice",
    "Picture",
    "Row",
    "Text",
    "every_check",
    "lineage_block",
    "lineages_block",
]

_DPI = 130


class Block(Protocol):
    """A part of a section."""

    def html(self) -> str:
        """Return it as HTML."""


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
        return "".join(f"<p>{inline(part)}</p>\n" for part in parts)


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
        caption = f"<figcaption>{inline(self.caption)}</figcaption>" if self.caption else ""
        return (
            f'<figure><img src="data:image/png;base64,{source}" alt="{safe(self.alt)}" '
            f'width="{round(width * scale)}" height="{round(height * scale)}">{caption}</figure>\n'
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
        words = inline(self.text)
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
        return f"<details><summary>{inline(self.summary)}</summary>{inner}</details>\n"


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


def lineages_block(
    lineages: Mapping[str, Lineage | Sequence[str]], summary: str = "How these were made"
) -> Details:
    """Return how several results were made, behind one line.

    Parameters
    ----------
    lineages
        The record of each result, or its lines, by the result's name.
    summary
        The line.
    """
    trees: list[Block] = []
    for name, lineage in lineages.items():
        (inner,) = lineage_block(name, lineage).blocks
        trees.append(_Named(name, inner))
    return Details(summary, trees)


@dataclass(frozen=True)
class _Named:
    name: str
    block: Block

    def html(self) -> str:
        return f'<div class="block"><p class="label">{safe(self.name)}</p>{self.block.html()}</div>'


Blocks: TypeAlias = Iterable[Block]


def every_check(blocks: Blocks) -> Iterator[KnownAndFound]:
    """Yield each known number in some blocks, those inside other blocks too."""
    for block in blocks:
        if isinstance(block, Checks):
            yield from block.items
        elif isinstance(block, Row | Details):
            yield from every_check(block.blocks)
