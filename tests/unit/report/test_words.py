"""Words: escaped, with code between backticks."""

from __future__ import annotations

from fiducial.report.words import inline, safe


def test_markup_and_control_characters_lose_their_power() -> None:
    assert safe('<a href="x">\'&') == "&lt;a href=&quot;x&quot;&gt;&#x27;&amp;"
    assert safe("a\x00b\x1bc\ud800d\te") == "a\ufffdb\ufffdc\ufffdd\te"
    assert safe(5) == "5"


def test_code_stands_between_backticks() -> None:
    assert inline("see `a < b` and ` ") == "see <code>a &lt; b</code> and ` "
