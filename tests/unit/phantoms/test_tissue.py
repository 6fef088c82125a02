"""The stained section: concentrations come back out of the colours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from fiducial.errors import ParameterError
from fiducial.geometry import Grid
from fiducial.phantoms.tissue import two_stain_tissue

Lattices = Callable[..., dict[str, Grid]]


@pytest.mark.parametrize("second", ["DAB", "eosin"])
def test_the_law_holds_in_every_pixel(second: Any) -> None:
    slide = two_stain_tissue(second=second)
    assert slide.concentrations.channels == ("hematoxylin", second)
    density = -np.log10(slide.transmittance.array.astype(float) / 0.94)
    expected = 6 * slide.concentrations.array.astype(float) @ slide.matrix
    np.testing.assert_allclose(density, expected, atol=1e-6)


def test_separating_the_stains_gives_the_concentrations_back() -> None:
    from skimage.color import rgb2hed

    slide = two_stain_tissue()
    found = rgb2hed(slide.transmittance.array / 0.94)
    truth = slide.concentrations.array
    # float32: seven digits of a density of about 1, times the matrix's condition of about 5.
    np.testing.assert_allclose(found[..., 0], truth[..., 0], atol=1e-5)
    np.testing.assert_allclose(found[..., 2], truth[..., 1], atol=1e-5)
    np.testing.assert_allclose(found[..., 1], 0, atol=1e-5)


def test_eight_bits_lose_little_and_saturate_nowhere() -> None:
    slide = two_stain_tissue()
    assert slide.image.dtype == np.uint8
    assert slide.image.array.min() > 10
    assert slide.image.array.max() < 255
    np.testing.assert_allclose(
        slide.image.array / 255, slide.transmittance.array, atol=0.5001 / 255
    )
    assert two_stain_tissue(exposure=1.3).image.array.max() == 255


@pytest.mark.parametrize("name", ["fine", "coarse", "anisotropic", "oblique", "sheared"])
def test_the_same_section_on_every_lattice(lattices: Lattices, name: str) -> None:
    center = (128.0, 128.0)
    grid = lattices(center, 160.0, 1.0, unit="um")[name]
    slide = two_stain_tissue(grid)
    fine = two_stain_tissue(lattices(center, 260.0, 1.0, unit="um")["fine"])
    # Look the positive mask up on the fine lattice: they disagree only at the glands' edges.
    world = grid.index_to_world(np.stack(np.indices(grid.shape), axis=-1))
    index = np.rint(fine.positive.grid.world_to_index(world)).astype(int)
    same = slide.positive.array == fine.positive.array[index[..., 0], index[..., 1]]
    assert same.mean() > 0.97
    assert slide.positive_share == pytest.approx(slide.positive.array.mean())


def test_positive_pixels_hold_the_second_stain() -> None:
    slide = two_stain_tissue()
    free = slide.nuclei.array == 0
    second = slide.concentrations.array[..., 1]
    assert np.median(second[slide.positive.array & free]) > 0.3 / 6
    assert np.median(second[~slide.positive.array & free]) < 0.06 / 6


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"second": "alcian"}, "second of two_stain_tissue"),
        ({"strength": 0}, "strength of two_stain_tissue"),
        ({"exposure": 0}, "exposure of two_stain_tissue"),
    ],
)
def test_refusals(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        two_stain_tissue(**options)
