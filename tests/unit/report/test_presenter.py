"""show: what it takes, and that image.show() finds it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError


def test_one_panel_for_each_picture() -> None:
    mask = fd.Mask(np.add.outer(np.arange(8), np.arange(8)) < 5)
    image = fd.Image(np.arange(64.0).reshape(8, 8))
    figure = fd.show([image, mask, (image, mask), fd.Labels(np.eye(8, dtype=int))], list("abcd"))
    assert [axes.get_title() for axes in figure.axes] == list("abcd")
    assert len(figure.axes[2].lines) == 1
    assert len(fd.show(image).axes) == 1
    assert len(fd.show((image, [mask, mask])).axes[0].lines) == 2
    assert len(fd.show(np.zeros((4, 4))).axes) == 1


def test_stains_are_shown_one_by_one_in_their_colours() -> None:
    slide = fd.Image(np.full((4, 4, 3), (120, 60, 140), np.uint8), axes="yxc")
    stains = fd.separate_stains(slide)
    figure = fd.show(stains)
    assert [axes.get_title() for axes in figure.axes] == ["hematoxylin", "eosin", "DAB"]
    shown = np.asarray(figure.axes[0].images[0].get_array())
    np.testing.assert_allclose(shown, stains.color("hematoxylin").array, atol=1 / 255)
    assert len(fd.show([slide, stains]).axes) == 4


def test_the_nouns_show_themselves() -> None:
    image = fd.Image(np.arange(16.0).reshape(4, 4))
    assert image.show(window=(0, 5)).axes[0].images[0].get_clim() == (0.0, 5.0)
    assert len(fd.Mask(np.eye(3, dtype=bool)).show().axes) == 1


def test_frames_are_spread_over_the_sequence() -> None:
    values = np.arange(5.0)[:, None, None] * np.ones((5, 3, 3))
    cine = fd.Image(values, axes="tyx", times=[0, 0.5, 1, 1.5, 2])
    figure = fd.show(cine, "cine", frames=3)
    assert [axes.get_title() for axes in figure.axes] == ["cine, 0 s", "cine, 1 s", "cine, 2 s"]
    shown = [float(np.asarray(axes.images[0].get_array())[0, 0]) for axes in figure.axes]
    assert shown == [0, 2, 4]
    assert len(fd.show(cine, frames=9).axes) == 5
    assert len(fd.show(cine).axes) == 1


def test_on_axes_that_are_given() -> None:
    from matplotlib.figure import Figure

    figure = Figure()
    places = figure.subplots(1, 2)
    image = fd.Image(np.zeros((4, 4)))
    assert fd.show([image, image], ax=places) is figure
    assert fd.show(image, ax=places[0]) is figure


def test_on_a_desktop_it_opens_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    from matplotlib import pyplot

    from fiducial.report import layout

    opened: list[bool] = []
    monkeypatch.setattr(layout, "has_window", lambda: True)
    monkeypatch.setattr(pyplot, "show", lambda: opened.append(True))
    figure = fd.show(fd.Image(np.zeros((4, 4))))
    assert opened == [True]
    assert figure.number in pyplot.get_fignums()
    pyplot.close(figure)
    place = figure.axes[0]
    fd.show(fd.Image(np.zeros((4, 4))), ax=place)
    assert opened == [True]


def test_images_are_not_changed() -> None:
    image = fd.phantoms.abdomen_ct(fd.Grid.from_spacing((4, 20, 20), 12.0)).image
    before = image.array.copy()
    fd.show(image, window="abdomen").savefig(io.BytesIO(), format="png")
    np.testing.assert_array_equal(image.array, before)


def test_every_kind_of_lattice_can_be_drawn() -> None:
    turned = np.linalg.qr(np.array([[1.0, 0.3, -0.2], [-0.3, 1.0, 0.25], [0.2, -0.2, 1.0]]))[0]
    grids = [
        fd.Grid.from_spacing((5, 6, 7), (3, 1, 2)),
        fd.Grid.from_spacing((5, 6, 7), (3, 1, 2), direction=turned),
        fd.Grid.from_spacing((5, 6, 7), 1.0, direction=turned * (-1, 1, 1)),
        fd.Grid.from_spacing((5, 6, 7), 1.0, direction=[[0, 0, 1], [0, 1, 0], [1, 0.3, 0]]),
        fd.Grid.from_spacing((1, 6, 7), 1.0),
        fd.Grid.from_spacing((6, 7), 1.0, unit="um"),
        fd.Grid.from_spacing((6,), 1.0),
    ]
    images = [fd.Image(np.random.default_rng(1).random(grid.shape), grid) for grid in grids]
    images += [fd.Image(np.full((3, 3), np.nan)), fd.Image(np.zeros((3, 3), np.uint8))]
    fd.show(images).savefig(io.BytesIO(), format="png")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"images": []}, "images of show must hold at least one image"),
        ({"images": "a.png"}, "images of show must be images"),
        ({"images": (np.zeros((2, 2)),) * 3}, "pairs; got 3 in one"),
        ({"images": [np.zeros((2, 2))], "titles": ["a", "b"]}, "titles of show must be one for"),
        ({"images": np.zeros((2, 2)), "frames": 0}, "frames of show must be a whole number"),
    ],
)
def test_refusals(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        fd.show(**options)
