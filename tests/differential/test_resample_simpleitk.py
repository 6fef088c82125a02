"""Resampling and transform files against SimpleITK."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import fiducial as fd
from fiducial.io.transform_files.itk import read_itk_transform, write_itk_transform
from fiducial.transforms import Displacement, Linear, Transform

sitk = pytest.importorskip("SimpleITK")

TURNED = fd.Rigid((10, -20, 30)).matrix
GRIDS = {
    "plain": fd.Grid.from_spacing((20, 24, 28), (2.0, 1.0, 1.0), origin=(-14, -12, -20)),
    "oblique left-handed": fd.Grid.from_spacing(
        (18, 22, 26),
        (1.8, 1.1, 1.2),
        origin=(-9, -15, -17),
        direction=TURNED @ np.diag([1.0, 1.0, -1.0]),
    ),
    "one slice": fd.Grid.from_spacing((1, 24, 28), (2.0, 1.0, 1.0), origin=(-14, -12, -2)),
    "plane": fd.Grid.from_spacing((24, 28), (1.0, 0.7), origin=(-8, -12)),
}
TRANSFORMS: dict[str, Transform] = {
    "translation": fd.Translation((1.3, -2.1, 0.7)),
    "rigid": fd.Rigid((5, 10, -15), (1.0, -2.0, 3.0), center=(2, 1, 0)),
    "similarity": fd.Similarity((5, 10, -15), 1.1, (1.0, -2.0, 3.0), center=(2, 1, 0)),
    "affine": fd.Affine(
        [[1.1037, 0.0971, 0.0133], [0.0211, 0.9041, 0.0317], [0.0511, 0.0071, 1.0213]],
        (1.0173, 2.0371, 3.0119),
        center=(1, 2, 3),
    ),
}
PLANE = {
    "translation": fd.Translation((1.3, -2.1)),
    "rigid": fd.Rigid(20, (1.0, -2.0), center=(2, 1)),
    "affine": fd.Affine([[1.1037, 0.0971], [0.2113, 0.9041]], (1.0173, 2.0371), center=(1, 2)),
}


def image(grid: fd.Grid) -> fd.Image:
    return fd.Image(np.random.default_rng(0).random(grid.shape, np.float32), grid)


def reference(grid: fd.Grid) -> object:
    return fd.Image(np.zeros(grid.shape, np.float32), grid).to_simpleitk()


def by_itk(transform: Linear) -> object:
    dimension = transform.dimension
    result = sitk.AffineTransform(dimension)
    result.SetMatrix(transform.matrix.ravel().tolist())
    result.SetTranslation(transform.translation.tolist())
    result.SetCenter(transform.center.tolist())
    return result


def cases() -> list[tuple[str, str, str]]:
    volumes = ["plain", "oblique left-handed", "one slice"]
    found = [(a, b, name) for a in volumes for b in volumes[:2] for name in TRANSFORMS]
    return found + [("plane", "plane", name) for name in PLANE]


@pytest.mark.parametrize(("source", "target", "name"), cases())
@pytest.mark.parametrize("interpolation", ["linear", "nearest"])
def test_the_same_values_at_the_same_places(
    source: str, target: str, name: str, interpolation: str
) -> None:
    transform = PLANE[name] if source == "plane" else TRANSFORMS[name]
    given, grid = image(GRIDS[source]), GRIDS[target]
    ours = fd.resample(
        given, grid, transform=transform, interpolation=interpolation, outside=-9.0, antialias=False
    ).array
    how = sitk.sitkLinear if interpolation == "linear" else sitk.sitkNearestNeighbor
    theirs = sitk.GetArrayFromImage(
        sitk.Resample(given.to_simpleitk(), reference(grid), by_itk(transform), how, -9.0)
    )
    # 2e-5: float32 fractions of values up to 1.
    assert np.abs(ours - theirs).max() < 2e-5


def test_a_displacement_field_means_the_same() -> None:
    grid = GRIDS["oblique left-handed"]
    world = grid.index_to_world(np.moveaxis(np.indices(grid.shape), 0, -1))
    transform = Displacement(1.5 * np.sin(world / 6.0), grid)
    vectors = sitk.GetImageFromArray(transform.field, isVector=True)
    vectors.CopyInformation(reference(grid))
    theirs = sitk.DisplacementFieldTransform(sitk.Cast(vectors, sitk.sitkVectorFloat64))
    inner = np.random.default_rng(1).uniform(0, 1, (50, 3)) * (np.array(grid.shape) - 1)
    points = grid.index_to_world(inner)
    expected = [theirs.TransformPoint(point) for point in points.tolist()]
    assert transform.map(points) == pytest.approx(np.array(expected), abs=1e-9)
    given = image(grid)
    ours = fd.resample(given, grid, transform=transform, outside=-9.0).array
    warped = sitk.GetArrayFromImage(
        sitk.Resample(given.to_simpleitk(), reference(grid), theirs, sitk.sitkLinear, -9.0)
    )
    assert np.abs(ours - warped).max() < 2e-5


@pytest.mark.parametrize("name", list(TRANSFORMS))
def test_simpleitk_applies_our_file_as_we_do(tmp_path: Path, name: str) -> None:
    transform = TRANSFORMS[name]
    theirs = sitk.ReadTransform(str(write_itk_transform(transform, tmp_path / "t.tfm")))
    points = np.random.default_rng(0).uniform(-200, 200, (50, 3))
    expected = [theirs.TransformPoint(point) for point in points.tolist()]
    # 1e-10 mm: rounding of doubles at 200 mm.
    assert transform.map(points) == pytest.approx(np.array(expected), abs=1e-10)


@pytest.mark.parametrize("name", list(PLANE))
def test_simpleitk_applies_our_file_as_we_do_in_2d(tmp_path: Path, name: str) -> None:
    transform = PLANE[name]
    theirs = sitk.ReadTransform(str(write_itk_transform(transform, tmp_path / "t.tfm")))
    points = np.random.default_rng(0).uniform(-200, 200, (50, 2))
    expected = [theirs.TransformPoint(point) for point in points.tolist()]
    assert transform.map(points) == pytest.approx(np.array(expected), abs=1e-10)


def foreign() -> list[object]:
    euler = sitk.Euler3DTransform((1, 2, 3), 0.1, -0.2, 0.3, (4, 5, 6))
    other_order = sitk.Euler3DTransform((1, 2, 3), 0.1, -0.2, 0.3, (4, 5, 6))
    other_order.SetComputeZYX(True)
    versor = sitk.VersorRigid3DTransform((1, 2, 3), 0.4, (4, 5, 6), (1, 2, 3))
    grown = sitk.Similarity3DTransform(1.2, (1, 2, 3), 0.4, (4, 5, 6), (1, 2, 3))
    flat = sitk.Euler2DTransform((1, 2), 0.3, (4, 5))
    flat_grown = sitk.Similarity2DTransform(1.3, 0.3, (4, 5), (1, 2))
    affine = sitk.AffineTransform(3)
    affine.SetMatrix(np.random.default_rng(0).standard_normal(9).tolist())
    shift = sitk.TranslationTransform(3, (1, 2, 3))
    chain = sitk.CompositeTransform([euler, affine, shift])
    return [euler, other_order, versor, grown, flat, flat_grown, affine, shift, chain]


@pytest.mark.parametrize("number", range(9))
def test_we_apply_simpleitks_file_as_it_does(tmp_path: Path, number: int) -> None:
    theirs = foreign()[number]
    path = tmp_path / "t.tfm"
    sitk.WriteTransform(theirs, str(path))
    ours = read_itk_transform(path)
    points = np.random.default_rng(0).uniform(-200, 200, (50, theirs.GetDimension()))
    expected = [theirs.TransformPoint(point) for point in points.tolist()]
    # 1e-9 mm: the file's digits, and products of three matrices at 600 mm.
    assert ours.map(points) == pytest.approx(np.array(expected), abs=1e-9)
