"""Metrics and quantities against SimpleITK, SciPy, scikit-image and pandas."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk
from scipy.spatial.distance import directed_hausdorff
from skimage import measure as regions

import fiducial as fd
from fiducial.shapes import boundary

SPACING = (3.0, 0.9, 0.9)
GRID = fd.Grid.from_spacing((16, 50, 54), SPACING, origin=(-30.0, 12.0, 5.0))


def ball(radius: float, shift: tuple[float, float, float]) -> fd.Mask:
    index = np.stack(np.meshgrid(*map(np.arange, GRID.shape), indexing="ij"), axis=-1)
    world = GRID.index_to_world(index) - GRID.center - shift
    return fd.Mask(np.linalg.norm(world, axis=-1) <= radius, GRID)


A, B = ball(14.0, (0.0, 0.0, 0.0)), ball(13.0, (4.0, -3.0, 2.0))


def as_sitk(mask: fd.Mask) -> sitk.Image:
    return mask.as_image().to_simpleitk()


def test_overlap() -> None:
    overlap = sitk.LabelOverlapMeasuresImageFilter()
    overlap.Execute(as_sitk(B), as_sitk(A))  # source, target
    assert fd.dice(A, B) == pytest.approx(overlap.GetDiceCoefficient(1), rel=1e-12)
    assert fd.jaccard(A, B) == pytest.approx(overlap.GetJaccardCoefficient(1), rel=1e-12)
    missed = overlap.GetFalseNegativeError(1)
    assert 1 - fd.recall(prediction=B, reference=A) == pytest.approx(missed, rel=1e-9)


def test_the_hausdorff_distance_differs_by_less_than_its_bound() -> None:
    """SimpleITK measures from voxels of one mask to voxels of the other, we between surfaces."""
    hausdorff = sitk.HausdorffDistanceImageFilter()
    hausdorff.Execute(as_sitk(A), as_sitk(B))
    found = fd.hausdorff_distance(A, B)
    # Where the distance is large, both are the distance between the outlines of the masks. A
    # surface lies half a voxel or less outside the voxels, an element's centre within its radius.
    bound = max(SPACING) / 2 + boundary(A.array, GRID).radius
    assert abs(found - hausdorff.GetHausdorffDistance()) < bound


def test_the_hausdorff_distance_between_elements_is_scipys() -> None:
    first, second = boundary(A.array, GRID).world, boundary(B.array, GRID).world
    expected = max(directed_hausdorff(first, second)[0], directed_hausdorff(second, first)[0])
    assert fd.hausdorff_distance(A, B) == pytest.approx(expected, rel=1e-12)


def test_the_centroid() -> None:
    shapes = sitk.LabelShapeStatisticsImageFilter()
    centres = []
    for mask in (A, B):
        shapes.Execute(as_sitk(mask))
        centres.append(np.array(shapes.GetCentroid(1)))
    expected = np.linalg.norm(centres[0] - centres[1])
    assert fd.centroid_distance(A, B) == pytest.approx(expected, abs=1e-9)
    row = fd.measure(A).iloc[0]
    np.testing.assert_allclose([row[f"centre_{axis}_mm"] for axis in "xyz"], centres[0], atol=1e-9)


def test_measure() -> None:
    values = np.random.default_rng(2).normal(40, 15, GRID.shape)
    image = fd.Image(values, GRID, "HU")
    numbers = A.array + 2 * (B - A).array.astype(np.uint8)
    table = fd.measure(fd.Labels(numbers, GRID), images=image).set_index("label")
    statistics = sitk.LabelStatisticsImageFilter()
    label_image = sitk.GetImageFromArray(numbers.astype(np.uint8))
    label_image.SetSpacing(SPACING[::-1])
    plain = sitk.GetImageFromArray(values)
    plain.SetSpacing(SPACING[::-1])
    statistics.Execute(plain, label_image)
    shapes = sitk.LabelShapeStatisticsImageFilter()
    shapes.Execute(label_image)
    for number in (1, 2):
        row = table.loc[number]
        assert row["voxels"] == statistics.GetCount(number)
        assert row["mean_HU"] == pytest.approx(statistics.GetMean(number), rel=1e-10)
        assert row["sd_HU"] == pytest.approx(statistics.GetSigma(number), rel=1e-8)
        assert row["min_HU"] == statistics.GetMinimum(number)
        assert row["max_HU"] == statistics.GetMaximum(number)
        assert row["volume_mm3"] == pytest.approx(shapes.GetPhysicalSize(number), rel=1e-12)
        x0, x1, y0, y1, z0, z1 = statistics.GetBoundingBox(number)
        assert [row[f"first_index_{axis}"] for axis in "xyz"] == [x0, y0, z0]
        assert [row[f"last_index_{axis}"] for axis in "xyz"] == [x1, y1, z1]


def test_measure_of_many_cells() -> None:
    random = np.random.default_rng(4)
    seeds = random.random((120, 130)) < 0.01
    values = random.normal(10, 2, seeds.shape)
    cells = fd.label(fd.dilate(fd.Mask(seeds), radius=2.2))
    table = fd.measure(cells, images=fd.Image(values)).set_index("label")
    for region in regions.regionprops(cells.array, values):
        row = table.loc[region.label]
        assert row["voxels"] == region.area
        assert row["mean"] == pytest.approx(region.intensity_mean, rel=1e-12)
        assert [row["centre_y_px"], row["centre_x_px"]] == pytest.approx(region.centroid)
