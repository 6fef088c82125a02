"""One page that holds everything: no script, no request, readable from a stick in ten years."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path

from ..errors import ParameterError
from ..io.files import write_text
from ..progress import tracked
from .blocks import Block, Notice, every_check
from .words import safe

__all__ = ["Page", "Section"]


@dataclass(frozen=True)
class Section:
    """A part of a page.

    Parameters
    ----------
    heading
        Its heading.
    blocks
        What it holds, from :mod:`fiducial.report.blocks`.
    chapter
        Neighbouring sections with the same chapter stand under one line in the contents.
    anchor
        Its address in the page; made from the heading when empty.
    """

    heading: str
    blocks: Sequence[Block] = ()
    chapter: str = ""
    anchor: str = ""

    @property
    def place(self) -> str:
        """Address in the page: letters, digits and hyphens."""
        return re.sub(r"[^a-z0-9]+", "-", (self.anchor or self.heading).lower()).strip("-") or "s"

    @property
    def has_failed(self) -> bool:
        """Whether a known number was not found in it, or a notice says that it failed."""
        return any(not check.is_met for check in every_check(self.blocks)) or any(
            isinstance(block, Notice) and block.kind == "fail" for block in self.blocks
        )


@dataclass
class Page:
    """A report as one file of HTML: pictures inside, nothing outside.

    Parameters
    ----------
    title
        What it is; never a person's name or a path.
    lead
        One or two sentences below it.
    notices
        Verdicts and warnings, shown first.  A line that counts the known numbers found is
        put before them.
    facts
        What a reader would ask: version, date, time taken.
    footer
        Below everything.
    sections
        The sections so far.

    Examples
    --------
    >>> from fiducial.report import Checks, Code, Known, Page, Section, Text
    >>> page = Page("A ball", "Its volume, known and found.")
    >>> page.add(
    ...     Section("Volume", [
    ...         Text("A ball of 10 mm."),
    ...         Checks([Known("volume, mL", 4.19, 4.18, 0.05, "formula")]),
    ...         Code("fd.phantoms.ball()"),
    ...     ])
    ... )
    >>> "1 of 1 known numbers" in page.html()
    True
    """

    title: str
    lead: str = ""
    notices: Sequence[Notice] = ()
    facts: Mapping[str, object] = field(default_factory=dict)
    footer: str = ""
    sections: list[Section] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise ParameterError("title of Page must be a text; got nothing.")
        given, self.sections = self.sections, []
        for section in given:
            self.add(section)

    def add(self, section: Section) -> None:
        """Put a section at the end.

        Raises
        ------
        ParameterError
            If another section has the same address.
        """
        if any(other.place == section.place for other in self.sections):
            raise ParameterError(
                f"anchor of Section must be one that no other section has; got {section.place!r}. "
                "Give anchor=."
            )
        self.sections.append(section)

    def html(self) -> str:
        """Return the whole page.

        Notes
        -----
        The content security policy allows pictures inside the page and the one style sheet,
        named by its digest: no script would run even if a text brought one in.  All text is
        escaped.
        """
        style = resources.files(__package__).joinpath("templates/page.css").read_text("utf-8")
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
        policy = (
            "default-src 'none'; img-src data:; "
            f"style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
        )
        numbers = tracked(range(len(self.sections)), "rendering")
        body = "".join(self._section(number) for number in numbers)
        has_contents = len(self.sections) > 2
        contents = self._contents() if has_contents else ""
        lead = f'<p class="lead">{safe(self.lead)}</p>\n' if self.lead else ""
        footer = f"<footer>{safe(self.footer)}</footer>\n" if self.footer else ""
        return (
            "<!doctype html>\n"
            '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="referrer" content="no-referrer">\n'
            '<meta name="color-scheme" content="light dark">\n'
            f"<title>{safe(self.title)}</title>\n<style>{style}</style>\n</head>\n<body>\n"
            '<a class="skip" href="#content">Skip to the content</a>\n'
            f'<div class="sheet">\n<header>\n<h1>{safe(self.title)}</h1>\n{lead}'
            f"{self._notices()}{self._facts()}</header>\n"
            f"<div{' class=' + chr(34) + 'with-nav' + chr(34) if has_contents else ''}>\n"
            f'{contents}<main id="content">\n{body}</main>\n</div>\n{footer}</div>\n'
            "</body>\n</html>\n"
        )

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = True) -> Path:
        """Write the page whole or not at all.

        Parameters
        ----------
        path
            File that ends in ``.html``.
        overwrite
            Whether a page of this name may be replaced.

        Raises
        ------
        FileDefectError
            If the folder takes no file, or the file exists and may not be replaced.
        """
        where = Path(path)
        if where.suffix.lower() not in (".html", ".htm"):
            raise ParameterError(f"path of Page.save must end in .html; got {where.name!r}.")
        write_text(where, self.html(), overwrite=overwrite)
        return where

    def _notices(self) -> str:
        checks = [check for section in self.sections for check in every_check(section.blocks)]
        lines = []
        if checks:
            met = sum(check.is_met for check in checks)
            words = f"{met} of {len(checks)} known numbers were found within their tolerance."
            lines.append(Notice(words, "pass" if met == len(checks) else "fail"))
            lines += [
                Notice(f"{section.heading}: {check.what} differs.", "fail", section.place)
                for section in self.sections
                for check in every_check(section.blocks)
                if not check.is_met
            ]
        return "".join(line.html() for line in [*lines, *self.notices])

    def _facts(self) -> str:
        if not self.facts:
            return ""
        rows = "".join(
            f"<dt>{safe(name)}</dt><dd>{safe(value)}</dd>" for name, value in self.facts.items()
        )
        return f'<dl class="facts">{rows}</dl>\n'

    def _contents(self) -> str:
        items, chapter = [], ""
        for section in self.sections:
            if section.chapter != chapter:
                chapter = section.chapter
                if chapter:
                    items.append(f'<li class="chapter">{safe(chapter)}</li>')
            kind = ' class="bad"' if section.has_failed else ""
            items.append(f'<li><a{kind} href="#{section.place}">{safe(section.heading)}</a></li>')
        return (
            '<nav aria-label="Contents"><details open><summary>Contents</summary>'
            f"<ol>{''.join(items)}</ol></details></nav>\n"
        )

    def _section(self, number: int) -> str:
        section = self.sections[number]
        before = self.sections[number - 1].chapter if number else ""
        chapter = ""
        if section.chapter and section.chapter != before:
            chapter = f'<p class="chapter-head">{safe(section.chapter)}</p>\n'
        blocks = "".join(block.html() for block in section.blocks)
        return (
            f'<section id="{section.place}" aria-labelledby="{section.place}-h">\n{chapter}'
            f'<h2 id="{section.place}-h">{safe(section.heading)}</h2>\n{blocks}</section>\n'
        )
