"""The page: whole, closed, verdicts first, written at once or not at all."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from fiducial.errors import FileDefectError, ParameterError
from fiducial.report import Checks, Code, Details, Known, Notice, Page, Section, Text

ATTACK = "<script>alert(1)</script>\"'>"


class Outline(HTMLParser):
    """Collects tags that are left open, ids, and the targets of links."""

    void = frozenset({"meta", "img", "br", "hr", "link", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.faults: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.attributes |= {f"{tag}.{name}" for name in values}
        if "id" in values:
            self.ids.append(values["id"] or "")
        if tag == "a":
            self.links.append(values["href"] or "")
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)


def page() -> Page:
    found = Page(
        f"Report {ATTACK}",
        ATTACK,
        notices=[Notice("slices are thick", "warn")],
        facts={"Version": "1.0", ATTACK: ATTACK},
        footer=ATTACK,
    )
    found.add(Section("First stop", [Text("Words."), Code("a < b")], chapter="One"))
    found.add(Section(f"Second {ATTACK}", [Checks([Known("length, mm", 5, 5)])], chapter="One"))
    found.add(Section("Third", [Details("x", [Checks([Known("area", 5, 6)])])], chapter="Two"))
    return found


def test_it_is_well_formed_and_closed() -> None:
    html = page().html()
    outline = Outline()
    outline.feed(html)
    assert outline.faults == []
    assert outline.open == []
    assert len(set(outline.ids)) == len(outline.ids)
    assert {link[1:] for link in outline.links} <= set(outline.ids)
    assert all(link.startswith("#") for link in outline.links)
    assert "<script" not in html
    assert not re.search(r"https?:|url\(|@import|<link|<iframe|javascript:", html)
    handlers = {name for name in outline.attributes if ".on" in name or name.endswith(".style")}
    assert handlers == set()


def test_the_policy_names_the_style_sheet_by_its_digest() -> None:
    html = page().html()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy.startswith("default-src 'none'; img-src data:;")
    assert f"style-src 'sha256-{digest}'" in policy
    assert html.index("Content-Security-Policy") < html.index("<style>")


def test_verdicts_come_first() -> None:
    html = page().html()
    assert "1 of 2 known numbers were found within their tolerance." in html
    assert "Third: area differs." in html
    order = [html.index(text) for text in ("1 of 2", "area differs", "slices are thick", "Words.")]
    assert order == sorted(order)
    assert '<a class="bad" href="#third">' in html
    fine = Page("Fine", sections=[Section("One", [Checks([Known("a", 1, 1)])])])
    assert '<div class="notice pass">' in fine.html()
    assert "known numbers" not in Page("Plain", sections=[Section("One", [Text("x")])]).html()


def test_chapters_head_the_contents_once() -> None:
    html = page().html()
    assert html.count('<li class="chapter">One</li>') == 1
    assert html.count('<p class="chapter-head">One</p>') == 1
    assert "<nav" not in Page("Short", sections=[Section("One")]).html()


def test_two_sections_have_two_places() -> None:
    found = Page("Twice")
    found.add(Section("Same"))
    with pytest.raises(ParameterError, match="anchor of Section must be one that no other"):
        found.add(Section("Same"))
    found.add(Section("Same", anchor="again"))
    assert Section("µ → ?").place
    with pytest.raises(ParameterError, match="title of Page"):
        Page(" ")


def test_it_is_the_same_every_time(tmp_path: Path) -> None:
    first = page().save(tmp_path / "a.html").read_bytes()
    assert first == page().save(tmp_path / "b.html").read_bytes()


def test_it_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    where = page().save(tmp_path / "page.html")
    before = where.read_bytes()
    with pytest.raises(FileDefectError, match="exists already"):
        page().save(where, overwrite=False)

    class Broken:
        def html(self) -> str:
            raise RuntimeError("no picture")

    broken = page()
    broken.add(Section("Broken", [Broken()]))
    with pytest.raises(RuntimeError, match="no picture"):
        broken.save(where)
    assert where.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]
    with pytest.raises(FileDefectError, match="folder does not exist"):
        page().save(tmp_path / "none" / "page.html")
    with pytest.raises(ParameterError, match=r"path of Page.save must end in .html"):
        page().save(tmp_path / "page.txt")
