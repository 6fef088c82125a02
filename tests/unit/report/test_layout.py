"""Figures and panels: nothing of matplotlib's own state is touched."""

from __future__ import annotations

import io

import numpy as np
import pytest

from fiducial.errors import ParameterError
from fiducial.image import Image
from fiducial.report.drawing import draw
from fiducial.report.layout import axes_for, has_window, tiled


def test_figures_belong_to_nobody() -> None:
    from matplotlib import pyplot, rcParams

    settings, numbers = dict(rcParams), pyplot.get_fignums()
    figure, axes = tiled(5, 3, 1.2)
    draw(axes[0], Image(np.arange(16.0).reshape(4, 4)))
    figure.savefig(io.BytesIO(), format="png")
    assert pyplot.get_fignums() == numbers
    assert dict(rcParams) == settings
    assert len(figure.axes) == 5


def test_a_notebook_asks_a_figure_for_its_picture() -> None:
    figure, _ = tiled(2, 2, 1.0)
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_there_is_no_window_under_agg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setenv("MPLBACKEND", "agg")
    assert not has_window()
    monkeypatch.delenv("MPLBACKEND")
    monkeypatch.delenv("DISPLAY")
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    assert not has_window()


def test_axes_that_are_given_must_be_as_many_as_panels() -> None:
    figure, axes = tiled(2, 2, 1.0)
    assert axes_for(axes, 2, 2, 1.0, function="show")[0] is figure
    with pytest.raises(ParameterError, match=r"ax of panel must be 6 axes, .* got 2"):
        axes_for(axes, 6, 3, 1.0, function="panel")
