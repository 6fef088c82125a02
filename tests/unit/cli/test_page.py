"""What is known of reference pages."""

from __future__ import annotations

import pytest

from fiducial.cli.page import collect, page_of, prose
from fiducial.errors import UnknownNameError


def test_an_operation_has_every_section() -> None:
    text = page_of("gaussian")
    for part in ("# gaussian", "## Parameters", "## Returns", "## Notes", "## Examples"):
        assert f"\n{part}\n" in text
    assert "- **sigma**" in text
    assert "```python\n>>> import numpy" in text
    assert "On the command line: `fiducial gaussian --help`" in text


def test_an_alias_leads_to_its_page() -> None:
    assert page_of("rgb2hed") == page_of("separate_stains")
    assert "Also called" in page_of("separate_stains")


def test_every_public_name_has_a_page() -> None:
    for public in collect()[0]:
        assert page_of(public.name).splitlines()[2] == f"# {public.name}"


def test_marks_of_docstrings_become_markdown() -> None:
    assert prose("See :func:`~fiducial.read` and ``x``.") == "See `fiducial.read` and `x`."


@pytest.mark.parametrize(
    ("name", "words"), [("gausian", "Did you mean gaussian?"), ("Grit", "Grid")]
)
def test_an_unknown_name_brings_the_nearest(name: str, words: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        page_of(name)
    assert words in str(caught.value)
