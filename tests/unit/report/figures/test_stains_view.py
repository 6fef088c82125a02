"""A slide and its stains."""

from __future__ import annotations

import fiducial as fd
from fiducial.report.figures.stains_view import stains_view


def test_a_panel_for_each_stain() -> None:
    slide = fd.phantoms.two_stain_tissue(fd.Grid.from_spacing((32, 32), 8.0, unit="um"))
    stains = fd.separate_stains(slide.image)
    figure = stains_view(stains, slide.image, names=["hematoxylin", "DAB"])
    assert [axes.get_title() for axes in figure.axes] == ["Slide", "hematoxylin", "DAB"]
    assert len(stains_view(stains).axes) == 3
