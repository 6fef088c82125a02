"""Two images in one view."""

from __future__ import annotations

import numpy as np

from fiducial.geometry import Frame, Grid
from fiducial.image import Image
from fiducial.phantoms import brain_pair
from fiducial.report.pairing import fused, matching_cut, shades, values_on
from fiducial.report.plane import plane_of
from fiducial.transforms import Translation

GRID = Grid.from_spacing((12, 14, 16), (3.0, 2.0, 1.0), origin=(-8, -14, -18))


def test_on_its_own_lattice_an_image_keeps_its_values() -> None:
    image = Image(np.random.default_rng(1).random(GRID.shape), GRID)
    for at in (None, {"y": 0.0}, {"x": 0.0}):
        plane = plane_of(image, at)
        np.testing.assert_allclose(values_on(plane, image), plane.values, atol=1e-6)


def test_through_the_true_transform_the_moving_image_becomes_the_fixed() -> None:
    grid = Grid.from_spacing((50, 40), 4.0, origin=(-78, -98))
    pair = brain_pair(grid, noise=0, samples=4)
    plane = plane_of(pair.fixed)
    before = np.nanmean(np.abs(values_on(plane, pair.moving) - plane.values))
    after = np.nanmean(np.abs(values_on(plane, pair.moving, pair.transform) - plane.values))
    assert after < 0.5 * before


def test_frames_of_other_ids_are_drawn_where_their_numbers_put_them() -> None:
    first = Image(np.ones(GRID.shape), GRID.with_frame(Frame(id="1")))
    second = Image(np.ones(GRID.shape), GRID.with_frame(Frame(id="2")))
    assert values_on(plane_of(first), second).min() == 1


def test_what_lies_outside_is_undefined() -> None:
    image = Image(np.ones(GRID.shape), GRID)
    found = values_on(plane_of(image), image, Translation((8.0, 0.0, 0.0)))
    assert np.isnan(found[:, -1]).all()
    assert not np.isnan(found[:, 0]).any()
    assert shades(found, (0, 1), None)[0, -1] == 0


def test_the_other_volume_is_cut_through_the_same_point() -> None:
    image = Image(np.zeros(GRID.shape), GRID)
    other = Grid.from_spacing((40, 10, 10), (1.0, 4.0, 4.0), origin=(-20, -20, -25))
    cut = matching_cut(plane_of(image, {"z": "3 mm"}), Image(np.zeros(other.shape), other))
    assert cut == {"z": "28 px"}
    far = matching_cut(
        plane_of(image),
        Image(np.zeros((2, 4, 4)), GRID.sliced((slice(0, 2), slice(0, 4), slice(0, 4)))),
    )
    assert far == {"z": "1 px"}
    assert matching_cut(plane_of(image), image[0]) is None


def test_equal_shades_are_grey() -> None:
    shade = np.array([[0.0, 0.5, 1.0]])
    colours = fused(shade, shade)
    assert (colours[..., 0] == colours[..., 1]).all()
    assert tuple(fused(shade, 0 * shade)[0, 2]) == (1.0, 0.0, 1.0)
