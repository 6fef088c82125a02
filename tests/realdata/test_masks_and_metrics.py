"""Real nuclei against their outlines, real labels against themselves moved."""

from __future__ import annotations

from functools import reduce
from operator import or_
from pathlib import Path

import numpy as np
import pytest

import fiducial as fd


@pytest.mark.realdata("dsb2018_nuclei")
def test_otsu_finds_nuclei_as_well_as_is_known(realdata: Path) -> None:
    """Known of the sixty images: Dice 0.899 in fluorescence, 0.833 in histology."""
    found: dict[str, list[float]] = {"fluorescence": [], "histology": []}
    for folder in sorted((realdata / "dsb2018_nuclei").iterdir())[::2]:
        if not folder.is_dir():
            continue
        image = fd.read(next((folder / "images").glob("*.png")))
        truth = reduce(or_, (fd.read_mask(path) for path in (folder / "masks").glob("*.png")))
        gray = image.gray()
        nuclei = fd.otsu(gray)
        if nuclei.count > nuclei.array.size / 2:
            nuclei = ~nuclei  # dark on bright
        is_coloured = np.ptp(image.array[..., :3].astype(int), axis=-1).mean() > 1
        if gray.array.mean() > 150 and not is_coloured:
            continue  # bright field: out of the reach of a threshold
        found["histology" if is_coloured else "fluorescence"].append(fd.dice(nuclei, truth))
    assert {name: len(values) > 1 for name, values in found.items()} == dict.fromkeys(found, True)
    # A quarter of those images: three hundredths either way.
    assert np.mean(found["fluorescence"]) == pytest.approx(0.89, abs=0.03)
    assert np.mean(found["histology"]) == pytest.approx(0.85, abs=0.03)


@pytest.mark.realdata("hippocampus_msd")
def test_labels_moved_by_a_voxel_are_a_voxel_away(realdata: Path) -> None:
    paths = sorted((realdata / "hippocampus_msd" / "labels").glob("*.nii.gz"))[:4]
    for path in paths:
        labels = fd.read_labels(path)
        same = fd.compare(prediction=labels, reference=labels)
        assert same["dice"].tolist() == [1.0] * len(same)
        assert same["hausdorff_distance_mm"].tolist() == [0.0] * len(same)
        room = np.pad(labels.array, 2)
        grid = labels.grid.padded(2)
        moved = fd.Labels(np.roll(room, 1, axis=1), grid)
        table = fd.compare(prediction=moved, reference=fd.Labels(room, grid))
        step = grid.spacing[1]
        np.testing.assert_allclose(table["centroid_distance_mm"], step, rtol=1e-9)
        # A voxel along an axis; parts of the outline that lie nearer make it no larger.
        assert np.all(table["hausdorff_distance_mm"] <= step * (1 + 1e-9))
        assert np.all(table["dice"] > 0.7)


@pytest.mark.realdata("hippocampus_msd")
def test_volumes_and_means_are_those_of_simpleitk(realdata: Path) -> None:
    import SimpleITK as sitk

    folder = realdata / "hippocampus_msd"
    for path in sorted((folder / "labels").glob("*.nii.gz"))[:4]:
        labels, image = fd.read_labels(path), fd.read(folder / "images" / path.name)
        table = fd.measure(labels, images=image).set_index("label")
        statistics, shapes = (
            sitk.LabelStatisticsImageFilter(),
            sitk.LabelShapeStatisticsImageFilter(),
        )
        numbers = sitk.ReadImage(str(path), sitk.sitkUInt8)
        values = sitk.ReadImage(str(folder / "images" / path.name), sitk.sitkFloat64)
        values.CopyInformation(numbers)
        statistics.Execute(values, numbers)
        shapes.Execute(numbers)
        assert table.index.tolist() == list(shapes.GetLabels())
        for number in table.index:
            row = table.loc[number]
            assert row["volume_mm3"] == pytest.approx(shapes.GetPhysicalSize(number), rel=1e-6)
            assert row["mean"] == pytest.approx(statistics.GetMean(number), rel=1e-6)
            centre = [row[f"centre_{axis}_mm"] for axis in "xyz"]
            np.testing.assert_allclose(centre, shapes.GetCentroid(number), atol=1e-3)
