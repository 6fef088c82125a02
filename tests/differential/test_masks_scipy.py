"""Masks against SciPy, scikit-image and SimpleITK, each in its own units and habits."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from scipy import ndimage
from skimage import measure, morphology

import fiducial as fd

SPACING = (3.0, 0.9, 1.4)


def noise(share: float = 0.5, shape: tuple[int, ...] = (11, 23, 26)) -> fd.Mask:
    """Blobs of a few voxels, cut by the edges."""
    values = ndimage.gaussian_filter(np.random.default_rng(11).normal(size=shape), 1.2)
    grid = fd.Grid.from_spacing(shape, SPACING[-len(shape) :])
    return fd.Mask(values > np.quantile(values, 1 - share), grid)


@pytest.mark.parametrize("footprint", ["cross", "square"])
@pytest.mark.parametrize("iterations", [1, 3])
@pytest.mark.parametrize("shape", [(11, 23, 26), (40, 51)])
def test_dilate_and_erode_by_footprints(
    footprint: str, iterations: int, shape: tuple[int, ...]
) -> None:
    mask = noise(shape=shape)
    rank = 1 if footprint == "cross" else len(shape)
    element = ndimage.generate_binary_structure(len(shape), rank)
    grown = fd.dilate(mask, footprint=footprint, iterations=iterations).array
    assert np.array_equal(grown, ndimage.binary_dilation(mask.array, element, iterations))
    shrunk = fd.erode(mask, footprint=footprint, iterations=iterations).array
    assert np.array_equal(
        shrunk, ndimage.binary_erosion(mask.array, element, iterations, border_value=1)
    )
    eaten = fd.erode(mask, footprint=footprint, iterations=iterations, border="outside").array
    assert np.array_equal(eaten, ndimage.binary_erosion(mask.array, element, iterations))


def test_the_loop_of_scikit_image_with_its_default_footprint() -> None:
    mask = noise(0.1, (60, 70))
    expected = mask.array
    for _ in range(20):
        expected = ndimage.binary_dilation(expected, morphology.disk(1))
    assert np.array_equal(fd.dilate(mask, iterations=20).array, expected)


@pytest.mark.parametrize("radius", [0.9, 2.0, 4.3])
def test_balls_are_thresholds_of_the_distance(radius: float) -> None:
    mask = noise(0.2)
    outside = ndimage.distance_transform_edt(~mask.array, sampling=SPACING)
    inside = ndimage.distance_transform_edt(mask.array, sampling=SPACING)
    slack = 1e-6  # mm: no distance on this lattice is so near a radius without being equal
    assert np.array_equal(fd.dilate(mask, radius=radius).array, outside <= radius + slack)
    assert np.array_equal(fd.erode(mask, radius=radius).array, inside > radius + slack)


@pytest.mark.parametrize("name", ["opening", "closing"])
def test_opening_and_closing(name: str) -> None:
    mask = noise(shape=(40, 51))
    expected = getattr(morphology, name)(mask.array, morphology.disk(3), mode="ignore")
    plain = fd.Mask(mask.array)
    assert np.array_equal(getattr(fd, name)(plain, radius=3).array, expected)


def test_distance_transform() -> None:
    mask = noise()
    inside = ndimage.distance_transform_edt(mask.array, sampling=SPACING)
    outside = ndimage.distance_transform_edt(~mask.array, sampling=SPACING)
    # float32 of distances up to 30 mm.
    tolerance = {"rtol": 2e-7, "atol": 1e-6}
    np.testing.assert_allclose(fd.distance_transform(mask).array, inside, **tolerance)
    found = fd.distance_transform(mask, side="signed").array
    np.testing.assert_allclose(found, outside - inside, **tolerance)


def test_the_sign_is_that_of_simpleitk() -> None:
    mask = noise()
    image = mask.as_image().to_simpleitk()
    maurer = sitk.SignedMaurerDistanceMap(image, squaredDistance=False, useImageSpacing=True)
    values = sitk.GetArrayFromImage(maurer)
    found = fd.distance_transform(mask, side="signed").array
    away = values != 0  # Maurer's distance is zero on the voxels of the border themselves
    assert np.array_equal(np.sign(found[away]), np.sign(values[away]))
    np.testing.assert_allclose(found[found > 0], values[found > 0], rtol=1e-5)


@pytest.mark.parametrize("connectivity", ["full", "face"])
def test_components(connectivity: str) -> None:
    mask = noise(0.3)
    rank = 3 if connectivity == "full" else 1
    expected = measure.label(mask.array, connectivity=rank)
    found = fd.label(mask, connectivity=connectivity).array
    assert found.max() == expected.max()
    pairs = np.unique(np.stack([found.ravel(), expected.ravel()]), axis=1)
    assert pairs.shape[1] == found.max() + 1, "the same partition, numbered otherwise"
    sizes = np.bincount(found.ravel())[1:]
    assert np.all(np.diff(sizes) <= 0)
    kept = fd.largest_component(mask, connectivity=connectivity)
    assert kept.count == sizes[0]


def test_the_default_connectivity_is_that_of_scikit_image() -> None:
    mask = noise(0.05)
    assert len(fd.label(mask).numbers) == measure.label(mask.array).max()


@pytest.mark.parametrize("connectivity", ["full", "face"])
def test_fill_holes(connectivity: str) -> None:
    mask = noise(0.7, (60, 70))
    structure = np.ones((3, 3)) if connectivity == "full" else None
    expected = ndimage.binary_fill_holes(mask.array, structure)
    assert expected.sum() > mask.count
    assert np.array_equal(fd.fill_holes(mask, connectivity=connectivity).array, expected)
