"""Outlines on an image."""

from __future__ import annotations

import fiducial as fd
from fiducial.report.figures.overlay import overlay

BALL = fd.phantoms.ball(fd.Grid.from_spacing((24, 24), 1.0, unit="px"), radius=6)


def test_one_line_for_each_mask_and_a_legend_for_names() -> None:
    both = overlay(BALL.image, [BALL.mask, ~BALL.mask], title="two").axes[0]
    assert len(both.lines) == 1 + 2  # the complement has an outer edge as well
    assert both.get_legend() is None
    assert both.get_title() == "two"
    named = overlay(BALL.image, {"ball": BALL.mask}, colors=["#00ff00"]).axes[0]
    assert named.lines[0].get_color() == "#00ff00"
    assert named.get_legend().get_lines()[0].get_color() == "#00ff00"


def test_an_empty_mask_draws_nothing() -> None:
    assert not overlay(BALL.image, BALL.mask & ~BALL.mask).axes[0].lines
