"""Blocks: everything escaped, pictures inside."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fiducial.errors import ParameterError
from fiducial.lineage import Call, Opaque
from fiducial.picture import png
from fiducial.report.blocks import (
    Code,
    Details,
    Notice,
    Picture,
    Row,
    Text,
    every_check,
    lineage_block,
    lineages_block,
)
from fiducial.report.layout import new_figure
from fiducial.report.tables import Checks, Known, Table

ATTACK = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&\x00"
PIXELS = png(np.zeros((2, 3), np.uint8))


@pytest.mark.parametrize(
    "block",
    [
        Text(ATTACK),
        Text(f"`{ATTACK}`"),
        Picture(PIXELS, ATTACK, ATTACK),
        Table([ATTACK], [[ATTACK]], ATTACK),
        Checks([Known(ATTACK, 1, 2, 3, ATTACK)], ATTACK),
        Code(ATTACK, ATTACK),
        Notice(ATTACK, "warn", ATTACK),
        Row([Code(ATTACK)]),
        Details(ATTACK, [Text(ATTACK)]),
        lineages_block({ATTACK: [ATTACK]}, ATTACK),
        lineage_block(ATTACK, Call(ATTACK, "1", {"x": ATTACK}, {}, (("a", Opaque(ATTACK)),))),
    ],
    ids=lambda block: type(block).__name__,
)
def test_nothing_that_is_given_becomes_markup(block: Any) -> None:
    html = block.html()
    assert "<script" not in html
    assert "<img src=x" not in html
    assert "alert(1)" in html
    assert 'onerror=alert(1)"' not in html
    assert "\x00" not in html
    assert "style=" not in html


def test_checks_inside_other_blocks_are_found() -> None:
    first, second = Known("a", 1, 1), Known("b", 1, 2)
    blocks = [Text("x"), Row([Checks([first])]), Details("more", [Row([Checks([second])])])]
    assert list(every_check(blocks)) == [first, second]


def test_text_becomes_paragraphs_and_code() -> None:
    assert Text("one\n\ntwo `fd.show` <three>").html() == (
        "<p>one</p>\n<p>two <code>fd.show</code> &lt;three&gt;</p>\n"
    )


def test_a_picture_holds_the_figure() -> None:
    figure = new_figure(3.0, 2.0)
    figure.add_axes((0, 0, 1, 1))
    picture = Picture(figure, "an empty pair of axes")
    html = picture.html()
    assert 'width="288" height="192"' in html  # 96 to the inch
    assert "data:image/png;base64," in html
    assert picture.png() == picture.png()
    assert b"matplotlib" not in picture.png().lower()
    assert 'width="3" height="2"' in Picture(PIXELS, "three by two").html()


def test_a_picture_must_say_what_it_shows() -> None:
    with pytest.raises(ParameterError, match="alt of Picture must say what the picture shows"):
        Picture(PIXELS, " ")
    with pytest.raises(ParameterError, match="figure of Picture must be a PNG"):
        Picture(b"GIF89a", "gif").html()


def test_lineage_is_a_tree() -> None:
    call = Call("gaussian", "1", {"sigma": 2}, {}, (("image", Opaque("array")),))
    html = lineage_block("smooth", call).html()
    assert "gaussian(sigma=2)" in html
    assert "  image: array, from memory (opaque)" in html
    assert lineage_block("smooth", ["one", "two"]).html().count("one\ntwo") == 1
    both = lineages_block({"first": call, "second": ["three"]}).html()
    assert both.count("<details>") == 1
    assert [both.index(text) for text in ("first", "gaussian", "second", "three")] == sorted(
        both.index(text) for text in ("first", "gaussian", "second", "three")
    )
