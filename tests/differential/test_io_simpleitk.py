"""Against SimpleITK: the same landmarks in mm and the same values, in files of either's making."""

from __future__ import annotations

import math
import warnings
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from fiducial.errors import FiducialWarning
from fiducial.geometry import Frame, Grid
from fiducial.image import Image
from fiducial.io import read, write

SHAPE = (5, 6, 7)
LANDMARKS = np.array([[0, 0, 0], [4, 5, 6], [1, 2, 3], [4, 0, 6]])


def rotation(angle: float) -> np.ndarray:
    """Turn about the axis (1, 2, 3), in degrees."""
    axis = np.array([1.0, 2.0, 3.0]) / math.sqrt(14)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    turn = math.radians(angle)
    return np.eye(3) + math.sin(turn) * cross + (1 - math.cos(turn)) * cross @ cross


GRIDS = {
    "axial": np.eye(3)[:, ::-1],
    "oblique": rotation(33) @ np.eye(3)[:, ::-1],
    "left-handed": rotation(33) @ np.eye(3)[:, ::-1] * [1, -1, 1],
    "sagittal": np.eye(3)[:, [0, 2, 1]],
}


def image_in(direction: np.ndarray, dtype: str = "int16") -> Image:
    grid = Grid.from_spacing(
        SHAPE,
        (3.0, 0.8, 0.7),
        origin=(-100.5, 20.25, 31.125),
        direction=direction,
        frame=Frame("LPS", "mm"),
    )
    values = np.arange(math.prod(SHAPE)).reshape(SHAPE).astype(dtype)
    return Image(values, grid)


def points_of(image: sitk.Image) -> np.ndarray:
    return np.array(
        [image.TransformIndexToPhysicalPoint([int(v) for v in place[::-1]]) for place in LANDMARKS]
    )


# NIfTI holds float32: 7 digits of 100 mm. The others hold 17 digits, SimpleITK writes fewer.
TOLERANCE = {"nii.gz": 5e-5, "nii": 5e-5, "mha": 1e-9, "mhd": 1e-9, "nrrd": 1e-9, "nhdr": 1e-9}


@pytest.mark.parametrize("ending", TOLERANCE)
@pytest.mark.parametrize("name", GRIDS)
@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "float64"])
def test_simpleitk_reads_what_is_written(
    tmp_path: Path, ending: str, name: str, dtype: str
) -> None:
    image = image_in(GRIDS[name], dtype)
    theirs = sitk.ReadImage(str(write(image, tmp_path / f"a.{ending}")))
    np.testing.assert_array_equal(sitk.GetArrayFromImage(theirs), image.array)
    ours = image.grid.index_to_world(LANDMARKS)
    np.testing.assert_allclose(points_of(theirs), ours, atol=TOLERANCE[ending])


@pytest.mark.parametrize("ending", ["nii.gz", "nii", "mha", "mhd", "nrrd", "nhdr"])
@pytest.mark.parametrize("name", GRIDS)
def test_what_simpleitk_writes_is_read(tmp_path: Path, ending: str, name: str) -> None:
    theirs = image_in(GRIDS[name]).to_simpleitk()
    path = tmp_path / f"a.{ending}"
    sitk.WriteImage(theirs, str(path), ending != "mhd")
    ours = read(path)
    np.testing.assert_array_equal(ours.array, sitk.GetArrayFromImage(theirs))
    # SimpleITK writes MetaImage with about 15 digits, NIfTI with float32.
    np.testing.assert_allclose(ours.grid.index_to_world(LANDMARKS), points_of(theirs), atol=5e-5)


@pytest.mark.parametrize("ending", ["nii.gz", "mha", "nrrd"])
def test_slices_and_colour(tmp_path: Path, ending: str) -> None:
    values = np.arange(90, dtype=np.uint8).reshape(5, 6, 3)
    theirs = sitk.GetImageFromArray(values, isVector=True)
    theirs.SetSpacing((0.5, 0.8))
    path = tmp_path / f"a.{ending}"
    sitk.WriteImage(theirs, str(path))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FiducialWarning)
        ours = read(path)
    np.testing.assert_array_equal(np.squeeze(ours.array), values)
    assert tuple(ours.grid.spacing[-2:]) == pytest.approx((0.8, 0.5))


def test_a_dicom_series_agrees(tmp_path: Path) -> None:
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

    direction = rotation(12)
    row, column, normal = direction.T
    for index in range(5):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = f"1.2.3.{index + 1}"
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data = Dataset()
        data.file_meta = meta
        data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
        data.Modality, data.SeriesInstanceUID = "CT", "1.2.9"
        data.StudyInstanceUID, data.InstanceNumber = "1.2.8", index + 1
        place = np.array([-20.0, 15.0, 7.0]) + 2.5 * index * normal
        data.ImageOrientationPatient = [f"{value:.10f}" for value in (*row, *column)]
        data.ImagePositionPatient = [f"{value:.8f}" for value in place]
        data.PixelSpacing = [0.8, 0.7]
        data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
        data.Rows, data.Columns = 6, 7
        data.BitsAllocated, data.BitsStored, data.HighBit = 16, 16, 15
        data.PixelRepresentation, data.RescaleSlope, data.RescaleIntercept = 0, 1, -1024
        data.PixelData = (np.arange(42, dtype="<u2") + 100 * index).tobytes()
        data.save_as(tmp_path / f"{index}.dcm", enforce_file_format=True)
    ours = read(tmp_path)
    reader = sitk.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(tmp_path)))
    theirs = reader.Execute()
    np.testing.assert_array_equal(ours.array, sitk.GetArrayFromImage(theirs))
    # Directions with ten decimals over 20 mm.
    np.testing.assert_allclose(ours.grid.index_to_world(LANDMARKS), points_of(theirs), atol=1e-6)
