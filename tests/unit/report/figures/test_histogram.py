"""The drawn histogram."""

from __future__ import annotations

import numpy as np

import fiducial as fd
from fiducial.report.figures.histogram import histogram


def test_it_draws_the_counts() -> None:
    counts = fd.histogram(fd.Image(np.array([[1.0, 2.0, 2.0, 9.0]]), unit="HU"), bins=4)
    axes = histogram(counts, marks={"limit": 5.0}, cumulative=True, title="few").axes
    np.testing.assert_array_equal(axes[0].patches[0].get_data().values, counts.counts)
    assert axes[0].get_legend().get_texts()[0].get_text() == "limit 5"
    share = axes[1].lines[0].get_ydata()
    assert share[0] == 0
    assert share[-1] == 1


def test_a_histogram_plots_itself() -> None:
    counts = fd.histogram(fd.Image(np.arange(9.0).reshape(3, 3)), bins=3)
    assert counts.plot(log=True).axes[0].get_yscale() == "symlog"


def test_colour_has_three_lines() -> None:
    picture = fd.Image(np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8), axes="yxc")
    names = [text.get_text() for text in histogram(picture).axes[0].get_legend().get_texts()]
    assert names == ["red", "green", "blue"]


def test_on_axes_that_are_given() -> None:
    from matplotlib.figure import Figure

    figure = Figure()
    places = figure.subplots(1, 2)
    assert histogram(fd.Image(np.arange(9.0).reshape(3, 3)), ax=places[1], marks=[3.0]) is figure
    assert places[1].patches
    assert not places[0].patches
