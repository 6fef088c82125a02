"""Nothing of a patient leaves the DICOM files: no output, record, page or picture names one."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from fiducial.cli.main import main

CANARY = "Canary"


@pytest.fixture
def series(tmp_path: Path) -> Path:
    """Write a CT of three slices whose every text about a person is a canary."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

    folder = tmp_path / "series"
    folder.mkdir()
    for index in range(3):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = f"1.2.3.9.{index + 1}"
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data = Dataset()
        data.file_meta = meta
        for keyword in (
            "PatientName",
            "PatientID",
            "PatientComments",
            "PatientAddress",
            "InstitutionName",
            "ReferringPhysicianName",
            "OperatorsName",
            "AccessionNumber",
            "StudyDescription",
            "SeriesDescription",
            "ProtocolName",
            "StationName",
            "StudyID",
            "ImageComments",
        ):
            setattr(data, keyword, f"{CANARY}{len(keyword)}")
        data.PatientBirthDate = "19010203"
        data.add_new(0x00090010, "LO", CANARY)
        data.add_new(0x00091001, "LO", CANARY)
        data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
        data.Modality, data.SeriesInstanceUID = "CT", "1.2.3.4"
        data.FrameOfReferenceUID, data.InstanceNumber = "1.2.3.5", index + 1
        data.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        data.ImagePositionPatient = [0, 0, 2.5 * index]
        data.PixelSpacing, data.SamplesPerPixel = [0.8, 0.8], 1
        data.PhotometricInterpretation = "MONOCHROME2"
        data.Rows = data.Columns = 16
        data.BitsAllocated, data.BitsStored, data.HighBit = 16, 16, 15
        data.PixelRepresentation = 1
        data.RescaleIntercept, data.RescaleSlope, data.RescaleType = 0, 1, "HU"
        values = np.arange(256, dtype="<i2") * (index + 1)
        data.PixelData = values.tobytes()
        data["PixelData"].VR = "OW"
        data.save_as(folder / f"{index}.dcm", enforce_file_format=True)
    return folder


def test_no_output_names_the_patient(
    series: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert CANARY.encode() in (series / "0.dcm").read_bytes()
    endings = ("nii.gz", "mha", "nrrd", "ome.tif", "npy")
    commands = [
        ["info", "series"],
        ["info", "series", "--json"],
        *(["convert", "series", f"out.{ending}"] for ending in endings),
        ["threshold", "series", "bright.nii.gz", "--above", "100"],
        ["measure", "bright.nii.gz", "--images", "series", "-o", "table.csv"],
        ["history", "bright.nii.gz"],
        ["history", "bright.nii.gz", "--json"],
        ["replay", "bright.nii.gz"],
        ["tour", "OUT", "--ct", "series/0.dcm", "--no-open"],
        ["convert", "series", "nowhere/out.nii"],
        ["info", "series/none.dcm"],
    ]
    codes = [main(command) for command in commands]
    assert codes == [0] * (len(commands) - 2) + [3, 3]
    said = capsys.readouterr()
    assert CANARY not in said.out + said.err
    assert "19010203" not in said.out + said.err
    written = [path for path in tmp_path.rglob("*") if path.is_file() and path.parent != series]
    assert len(written) > 30
    for path in written:
        data = path.read_bytes()
        if path.suffix == ".gz":
            data = gzip.decompress(data)
        assert CANARY.encode() not in data, path
        assert b"19010203" not in data, path
        assert CANARY not in path.name
