"""Files that tests make: images on awkward grids, DICOM series with one thing wrong."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fiducial.errors import FiducialError, FiducialWarning
from fiducial.geometry import Frame, Grid
from fiducial.image import Image
from fiducial.io import read

Outcome = tuple[Image | None, str, list[str]]


@pytest.fixture
def outcome() -> Callable[..., Outcome]:
    """Read and give (image, refusal, warnings): exactly one of the first two."""

    def attempt(path: Path, **options: Any) -> Outcome:
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            try:
                image, refusal = read(path, **options), ""
            except FiducialError as error:
                image, refusal = None, str(error)
        own = [str(w.message) for w in seen if issubclass(w.category, FiducialWarning)]
        foreign = [w for w in seen if not issubclass(w.category, FiducialWarning)]
        assert foreign == [], "another library's warning reached the user"
        for text in [refusal, *own]:
            assert "\n" not in text
        return image, refusal, own

    return attempt


def rotation(angle: float) -> np.ndarray:
    """Turn about an oblique axis, in degrees."""
    axis = np.array([1.0, 2.0, 3.0]) / math.sqrt(14)
    cross = np.array([[0, -axis[2], axis[1]], [axis[2], 0, -axis[0]], [-axis[1], axis[0], 0]])
    turn = math.radians(angle)
    return np.eye(3) + math.sin(turn) * cross + (1 - math.cos(turn)) * cross @ cross


def grids() -> dict[str, Grid]:
    """Give grids of every awkward kind, by name."""
    size, steps, origin = (4, 5, 6), (3.0, 0.8, 0.7), (-100.5, 20.25, 31.125)
    plain = Grid.from_spacing(size, steps, origin=origin)
    direction = rotation(25) @ np.eye(3)[:, ::-1]
    oblique = Grid.from_spacing(
        size, steps, origin=origin, direction=direction, frame=Frame("LPS", "mm", "1.2.3")
    )
    sheared = oblique.affine.copy()
    sheared[:3, 0] += 0.4 * sheared[:3, 1]
    return {
        "plain": plain,
        "oblique": oblique,
        "left-handed": oblique.flipped((False, True, False)),
        "permuted": oblique.permuted((2, 0, 1)),
        "sheared": Grid(size, sheared, Frame("LPS", "mm")),
        "single slice": Grid.from_spacing((1, 5, 6), steps, origin=origin, direction=direction),
        "slice with pose": oblique.sliced((2, slice(None), slice(None))),
        "microscope": Grid.from_spacing(size, steps, frame=Frame("xyz", "um")),
        "flat": Grid.from_spacing((5, 6), (0.8, 0.7), frame=Frame("xy", "um")),
        "pixels": Grid.from_spacing((5, 6), 1.0, unit="px"),
    }


GRIDS = tuple(grids())


def image_on(grid: Grid, dtype: str = "int16", axes: str = "", **more: Any) -> Image:
    """Give an image of different values on a grid; `axes` adds t before or c after."""
    letters = ("t" if "t" in axes else "") + grid.axes + ("c" if "c" in axes else "")
    shape = (3,) * ("t" in axes) + grid.shape + (2,) * ("c" in axes)
    values = (np.arange(math.prod(shape)).reshape(shape) * 7 % 251 - 30 * (dtype[0] != "u")).astype(
        dtype
    )
    times = (0.0, 0.5, 1.0) if "t" in axes else None
    return Image(values, grid, axes=letters, times=times, **more)


@pytest.fixture
def awkward() -> dict[str, Grid]:
    return grids()


@pytest.fixture(params=GRIDS)
def grid(request: pytest.FixtureRequest) -> Grid:
    """One awkward grid after another."""
    return grids()[request.param]


@pytest.fixture
def make_image() -> Callable[..., Image]:
    return image_on


def write_slice(path: Path, index: int, **more: Any) -> None:
    """Write one DICOM slice: 8 x 6 pixels, value 100 * index + column + 10 * row."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = f"1.2.3.9.{index + 1}"
    meta.TransferSyntaxUID = more.get("syntax", ExplicitVRLittleEndian)
    data = Dataset()
    data.file_meta = meta
    data.SOPClassUID = CTImageStorage
    data.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    data.PatientName = "Canary^Secret"
    data.PatientID = "canary-4711"
    data.SeriesDescription = "Thorax 2.5 canary"
    data.Modality = "CT"
    data.SeriesInstanceUID = "1.2.3.4"
    data.SeriesNumber = 5
    data.InstanceNumber = 40 - index
    data.FrameOfReferenceUID = "1.2.3.5"
    step = more.get("step", 2.5)
    tilt = math.radians(more.get("tilt", 0.0))
    data.ImageOrientationPatient = [1, 0, 0, 0, math.cos(tilt), -math.sin(tilt)]
    data.ImagePositionPatient = [-10, -20, 30 + step * index]
    data.PixelSpacing = [0.8, 0.7]
    data.SamplesPerPixel = 1
    data.PhotometricInterpretation = "MONOCHROME2"
    data.Rows, data.Columns = 6, 8
    data.BitsAllocated, data.BitsStored, data.HighBit = 16, 12, 11
    data.PixelRepresentation = 0
    data.WindowCenter, data.WindowWidth = 40, 400
    data.RescaleIntercept, data.RescaleSlope = -1024, 1
    data.RescaleType = "HU"
    values = 100 * index + np.arange(8)[None] + 10 * np.arange(6)[:, None]
    data.PixelData = values.astype("<u2").tobytes()
    data["PixelData"].VR = "OW"
    if "edit" in more:
        more["edit"](data, index)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data.save_as(path, enforce_file_format=True)


@pytest.fixture
def make_series(tmp_path: Path) -> Callable[..., Path]:
    """Give a maker of series: options step, tilt, count, skip, edit(dataset, index), syntax."""

    def make(name: str = "series", **more: Any) -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        for index in range(more.get("count", 6)):
            if index not in more.get("skip", ()):
                # Names in another order than positions.
                write_slice(folder / f"{(index * 5) % 7}.dcm", index, **more)
        return folder

    return make


@pytest.fixture
def values() -> np.ndarray:
    """Give the values in HU that `make_series` writes."""
    index, row, column = np.mgrid[:6, :6, :8]
    return (100 * index + column + 10 * row - 1024).astype(np.int16)
