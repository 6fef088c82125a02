"""The mark of a figure, and what every figure of the catalogue promises."""

from __future__ import annotations

import inspect

import pytest

from fiducial import catalogue
from fiducial.report.figure import figure

NAMES = sorted(catalogue.figures())


def test_the_mark_changes_nothing() -> None:
    def drawn(*, ax: object = None) -> int:
        return 5

    assert figure(drawn) is drawn
    assert figure(drawn)() == 5


def test_the_catalogue_lists_the_figures() -> None:
    assert {"histogram", "overlay", "panel", "deformed_grid", "distance_bands"} <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_every_figure_takes_ax_and_says_what_it_is(name: str) -> None:
    entry = catalogue.figures()[name]
    function = entry.load()
    assert inspect.signature(function).parameters["ax"].default is None
    assert function.__fiducial_figure__
    assert entry.summary.endswith(".")
    text = inspect.getdoc(function) or ""
    assert "Examples\n--------" in text
    for parameter in inspect.signature(function).parameters:
        assert parameter in text
