"""Smoothing within a mask."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd

GRID = fd.Grid.from_spacing((6, 9, 10), (3.0, 1.0, 0.8))


def smooth(image: fd.Image, name: str, **given: object) -> fd.Image:
    if name == "gaussian":
        return fd.gaussian(image, sigma="0.7 mm", **given)
    return fd.mean_filter(image, size="4 mm", **given)


filters = pytest.mark.parametrize("name", ["gaussian", "mean"])


@filters
def test_what_lies_outside_the_mask_has_no_influence(name: str) -> None:
    generator = np.random.default_rng(1)
    inside = generator.random(GRID.shape) < 0.5
    values = generator.normal(size=GRID.shape)
    mask = fd.Mask(inside, GRID)
    found = smooth(fd.Image(values, GRID), name, mask=mask).array
    for other in (np.nan, 1e9, -np.inf):
        changed = fd.Image(np.where(inside, values, other), GRID)
        np.testing.assert_array_equal(smooth(changed, name, mask=mask).array, found)


@filters
def test_a_constant_stays_constant_up_to_the_edge_of_the_mask(name: str) -> None:
    inside = np.zeros(GRID.shape, bool)
    inside[1:4, 2:7, 2:6] = True
    values = np.where(inside, 40, -1000).astype(np.int16)
    found = smooth(fd.Image(values, GRID, "HU"), name, mask=fd.Mask(inside, GRID))
    assert found.unit == "HU"
    np.testing.assert_allclose(found.array[inside], 40, rtol=1e-6)  # float32
    reached = ~np.isnan(found.array)
    np.testing.assert_allclose(found.array[reached], 40, rtol=1e-6)
    assert not reached.all()


@filters
def test_a_full_mask_is_no_mask_and_an_empty_one_gives_nan(name: str) -> None:
    image = fd.Image(np.random.default_rng(2).normal(size=GRID.shape), GRID)
    full = smooth(image, name, mask=fd.Mask(np.ones(GRID.shape, bool), GRID)).array
    # float64: the weights sum to 1 but for rounding
    np.testing.assert_allclose(full, smooth(image, name).array, atol=1e-14)
    empty = smooth(image, name, mask=fd.Mask(np.zeros(GRID.shape, bool), GRID)).array
    assert np.isnan(empty).all()


def test_the_mean_is_that_of_the_samples_within_the_box() -> None:
    row = fd.Image(np.array([[1.0, 2.0, 4.0, 8.0, 16.0]]))
    mask = fd.Mask(np.array([[True, False, True, True, False]]))
    found = fd.mean_filter(row, size=["1 px", "3 px"], mask=mask, border="nearest")
    # nearest: the first sample, repeated, counts twice; the last is outside the mask
    np.testing.assert_allclose(found.array, [[1, 2.5, 6, 6, 8]])


def test_a_constant_beyond_the_edge_counts() -> None:
    row = fd.Image(np.array([[1.0, 2.0, 4.0]]))
    mask = fd.Mask(np.array([[False, True, True]]))
    found = fd.mean_filter(row, size=["1 px", "3 px"], mask=mask, border="constant", cval=10.0)
    np.testing.assert_allclose(found.array, [[6, 3, 16 / 3]])


def test_one_mask_serves_every_frame_and_channel() -> None:
    values = np.random.default_rng(3).normal(size=(2, 5, 6, 3))
    mask = fd.Mask(np.random.default_rng(4).random((5, 6)) < 0.6)
    image = fd.Image(values, axes="tyxc")
    found = fd.gaussian(image, sigma="1 px", mask=mask)
    one = fd.gaussian(image.at(t=1).channel("green"), sigma="1 px", mask=mask)
    np.testing.assert_array_equal(found.array[1, ..., 1], one.array)


def test_a_mask_on_another_grid_is_refused() -> None:
    image = fd.Image(np.zeros(GRID.shape), GRID)
    other = fd.Mask(np.ones(GRID.shape, bool), fd.Grid.from_spacing(GRID.shape, 1.0))
    with pytest.raises(fd.errors.GridMismatchError, match="image and mask of gaussian"):
        fd.gaussian(image, mask=other)
