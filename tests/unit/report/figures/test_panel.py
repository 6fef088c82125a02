"""The six panels, and the figures they are made of."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError
from fiducial.report.figures.checkerboard_view import checkerboard_view
from fiducial.report.figures.difference_view import difference_view
from fiducial.report.figures.fused_view import fused_view
from fiducial.report.figures.panel import panel
from fiducial.transforms import Translation

FLAT = fd.Grid.from_spacing((50, 40), 4.0, origin=(-78, -98))
DEEP = fd.Grid.from_spacing((20, 24, 20), 9.0, origin=(-85.5, -103.5, -85.5))


@pytest.mark.parametrize("grid", [FLAT, DEEP], ids=["2D", "3D"])
@pytest.mark.parametrize("comparison", ["fused", "checkerboard", "difference"])
def test_six_panels(grid: fd.Grid, comparison: Any) -> None:
    pair = fd.phantoms.brain_pair(grid, samples=1)
    figure = panel(pair.fixed, pair.moving, pair.transform, comparison=comparison)
    titles = [axes.get_title() for axes in figure.axes if axes.get_title()]
    assert titles[:6] == [
        "Moving",
        "Fixed",
        "Comparison before",
        "Moving, with the fixed lattice",
        "Moved",
        "Comparison after",
    ]
    figure.savefig(io.BytesIO(), format="png")


def test_it_takes_a_registration() -> None:
    class Registration:
        transform = Translation((4.0, 0.0))

    image = fd.phantoms.ball(FLAT, radius=40).image
    figure = panel(image, image, Registration())
    moved = np.asarray(figure.axes[4].images[0].get_array())
    np.testing.assert_allclose(moved[:, :-1], image.array[:, 1:], atol=1e-6)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"found": 5}, "found of panel must be a registration or a transform"),
        ({"comparison": "flicker"}, "comparison of panel"),
    ],
)
def test_refusals(options: dict[str, Any], message: str) -> None:
    image = fd.phantoms.ball(FLAT, radius=40).image
    given = {"found": Translation((1.0, 0.0)), **options}
    with pytest.raises(ParameterError, match=message):
        panel(image, image, **given)


def test_fused_images_are_grey_where_they_agree() -> None:
    image = fd.phantoms.ball(FLAT, radius=40).image
    shown = np.asarray(fused_view(image, image).axes[0].images[0].get_array())
    np.testing.assert_allclose(shown[..., 0], shown[..., 1], atol=1e-6)
    moved = fused_view(image, image, transform=Translation((20.0, 0.0)))
    shown = np.asarray(moved.axes[0].images[0].get_array())
    assert np.abs(shown[..., 0] - shown[..., 1]).max() > 0.9


def test_fields_of_the_checkerboard() -> None:
    low, high = fd.Image(np.zeros((8, 8)), FLAT.sliced((slice(8), slice(8)))), None
    high = low + 1.0
    figure = checkerboard_view(low, high, tile="2 px", window=(0, 1))
    shown = np.asarray(figure.axes[0].images[0].get_array())
    assert shown[4, 4] == shown[3, 3] == 0  # the field in the middle is of the fixed image
    assert shown[4, 6] == 1
    assert shown.mean() == 0.5
    with pytest.raises(ParameterError, match="tile of checkerboard_view must be above 0"):
        checkerboard_view(low, high, tile=0)


def test_differences_have_their_sign() -> None:
    first = fd.Image(np.full((4, 4), 5.0), unit="HU")
    second = fd.Image(np.full((4, 4), 3.0), unit="HU")
    shown = np.asarray(difference_view(first, second).axes[0].images[0].get_array())
    assert set(shown.ravel()) == {2.0}
    same = difference_view(first, first, colorbar=False)
    assert same.axes[0].images[0].get_clim() == (-1.0, 1.0)
    with pytest.raises(ParameterError, match="moving of difference_view must be in HU"):
        difference_view(first, second.with_unit("SUV"))
    with pytest.raises(ParameterError, match="span of difference_view must be above 0"):
        difference_view(first, second, span=-1.0)
