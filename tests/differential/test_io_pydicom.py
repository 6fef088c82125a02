"""Our walk through DICOM headers against pydicom's, on every file that comes with pydicom."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.data import get_testdata_file

from fiducial.errors import FiducialError, FiducialWarning
from fiducial.io import read
from fiducial.io.dicom_elements import RLE
from fiducial.io.dicom_slice import read_slice
from fiducial.io.dicom_tags import TAGS

ROOT = Path(pydicom.__file__).parent / "data" / "test_files"
FILES = sorted(path for path in ROOT.rglob("*.dcm") if path.is_file())
TEXT = ("modality", "series", "frame", "position", "orientation", "spacing", "slope", "intercept")
BINARY = ("rows", "columns", "samples", "allocated", "stored", "high", "signed")


def theirs(path: Path) -> pydicom.Dataset | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return pydicom.dcmread(path, force=True, stop_before_pixels=True)
        except Exception:
            return None


def plain(value: object) -> str:
    """Give a text as it stands in the file, of several parts or one."""
    if isinstance(value, pydicom.multival.MultiValue):
        return "\\".join(plain(part) for part in value)
    original = getattr(value, "original_string", None)
    return str(original if original is not None else value).strip()


def test_there_are_files_to_compare() -> None:
    assert len(FILES) > 30


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_headers_agree(path: Path) -> None:
    reference = theirs(path)
    try:
        ours = read_slice(path)
    except FiducialError as error:
        message = str(error)
        assert "\n" not in message
        # Where pydicom finds an image, we must have said why not.
        assert (
            "truncated" in message
            or "deflated" in message
            or "damaged" in message
            or ("not DICOM" in message)
        )
        return
    assert reference is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in TEXT:
            element = reference.get(TAGS[name])
            expected = "" if element is None or element.value is None else plain(element.value)
            assert ours.text(name) == expected.strip("\0 "), name
        for name in BINARY:
            element = reference.get(TAGS[name])
            if element is not None and isinstance(element.value, int):
                assert ours.elements.integer(TAGS[name]) == element.value, name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_pixels_agree_where_both_read(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FiducialWarning)
        try:
            image = read(path)
        except FiducialError as error:
            message = str(error)
            assert "\n" not in message
            return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        data = pydicom.dcmread(path, force=True)
        if "TransferSyntaxUID" not in data.file_meta:
            data.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian
        stored = data.pixel_array
    slope = float(data.get("RescaleSlope", 1) or 1)
    intercept = float(data.get("RescaleIntercept", 0) or 0)
    # float32 holds 24 bits of what 16-bit numbers and a decimal slope give.
    np.testing.assert_allclose(image.array, stored * slope + intercept, rtol=1e-6)


def test_the_tours_slices_are_read() -> None:
    ct = read(get_testdata_file("CT_small.dcm"))
    assert (ct.shape, ct.unit) == ((128, 128), "HU")
    assert ct.grid.spacing == pytest.approx((0.661468, 0.661468))
    np.testing.assert_allclose(ct.grid.origin, [-158.135803, -179.035797, -75.699997])
    mr = read(get_testdata_file("MR_small.dcm"))
    assert mr.unit is None
    assert mr.about["modality"] == "MR"


def test_run_length_coding_agrees() -> None:
    path = get_testdata_file("MR_small_RLE.dcm")
    assert read_slice(Path(path)).elements.syntax == RLE
    np.testing.assert_array_equal(read(path).array, read(get_testdata_file("MR_small.dcm")).array)
