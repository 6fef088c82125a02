"""Series that are sound, odd, or refused: every row of the table of how readers fail."""

from __future__ import annotations

import math
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fiducial.errors import FileDefectError, GeometryWarning
from fiducial.io import read, read_grid, read_info
from fiducial.io.intake import resampled

Maker = Callable[..., Path]


def test_a_regular_series_is_read_in_hu_by_position(make_series: Maker, values: Any) -> None:
    ct = read(make_series())
    assert ct.axes == "zyx"
    assert ct.unit == "HU"
    assert ct.dtype == np.int16
    np.testing.assert_array_equal(ct.array, values)
    np.testing.assert_allclose(ct.grid.spacing, (2.5, 0.8, 0.7))
    np.testing.assert_allclose(ct.grid.index_to_world([5, 1, 2]), [-8.6, -19.2, 42.5])
    assert ct.frame.id == "1.2.3.5"
    assert ct.about["modality"] == "CT"
    assert (ct.about["window_center"], ct.about["window_width"]) == (40, 400)


def test_a_reversed_or_sagittal_series_is_right_handed_all_the_same(make_series: Maker) -> None:
    def sagittal(data: Any, index: int) -> None:
        data.ImageOrientationPatient = [0, 1, 0, 0, 0, -1]
        data.ImagePositionPatient = [30 - 2.5 * index, -20, 7]

    image = read(make_series(edit=sagittal))
    assert image.grid.is_right_handed
    # The normal of (0,1,0) and (0,0,-1) is (-1,0,0): index 0 is the slice at x = 30.
    np.testing.assert_allclose(image.grid.index_to_world([1, 2, 3]), [27.5, -17.9, 5.4])
    assert image.array[1, 2, 3] == 100 + 3 + 20 - 1024


def test_slopes_may_differ_from_slice_to_slice(make_series: Maker) -> None:
    def scaled(data: Any, index: int) -> None:
        data.RescaleSlope = 0.5 + index
        data.RescaleIntercept = -index

    image = read(make_series(edit=scaled))
    assert image.dtype == np.float32
    stored = np.asarray(100 * 3 + 4 + 10 * 2)
    assert image.array[3, 2, 4] == np.float32(stored * 3.5 - 3)


def test_gantry_tilt_gives_a_sheared_grid_and_says_angle_and_shift(make_series: Maker) -> None:
    folder = make_series(tilt=15.0)
    with pytest.warns(GeometryWarning, match=r"tilted by 15\.00 degrees.* 3\.2 mm from first"):
        ct = read(folder)
    # 12.5 mm of table travel times sin 15 degrees is 3.24 mm.
    assert not ct.grid.is_orthogonal
    np.testing.assert_allclose(ct.grid.skew, math.sin(math.radians(15)), atol=1e-9)
    # Every slice lies where its header says: exact, but for decimal strings of 16 characters.
    np.testing.assert_allclose(ct.grid.index_to_world([4, 0, 0]), [-10, -20, 40], atol=1e-9)
    down = [0, 0.8 * math.cos(math.radians(15)), -0.8 * math.sin(math.radians(15))]
    np.testing.assert_allclose(
        ct.grid.index_to_world([4, 1, 0]), np.add([-10, -20, 40], down), atol=1e-9
    )


def test_a_missing_slice_is_refused_with_its_gap(make_series: Maker, values: Any) -> None:
    folder = make_series(skip=(2,))
    with pytest.raises(FileDefectError, match=r"1 slice is missing: a gap of 5 mm between 5\.dcm"):
        read(folder)
    with pytest.warns(GeometryWarning, match="interpolated linearly onto 6"):
        ct = read(folder, accept="missing slice")
    np.testing.assert_allclose(ct.grid.spacing, (2.5, 0.8, 0.7))
    # The values are linear in z, so that the lost slice comes back exactly.
    np.testing.assert_array_equal(ct.array, values)
    assert ct.lineage.options["accept"] == ["missing slice"]
    with pytest.raises(FileDefectError, match="missing"):
        read(folder, accept="uneven steps")


def test_two_missing_slices_are_counted(make_series: Maker) -> None:
    with pytest.raises(FileDefectError, match=r"2 slices are missing: a gap of 7\.5 mm"):
        read(make_series(skip=(2, 3)))


def test_uneven_steps_are_refused_or_interpolated_where_they_lie(make_series: Maker) -> None:
    def shifted(data: Any, index: int) -> None:
        place = [0, 2, 5, 7.5, 9, 12.5][index]
        data.ImagePositionPatient = [-10, -20, 30 + place]
        data.PixelData = np.full((6, 8), round(100 * place), "<u2").tobytes()

    folder = make_series(edit=shifted)
    with pytest.raises(FileDefectError, match=r"uneven, from 1\.500 to 3\.500 mm.*accept="):
        read(folder)
    with pytest.warns(GeometryWarning, match="even steps"):
        ct = read(folder, accept=["uneven steps"])
    heights = ct.grid.index_to_world([[i, 0, 0] for i in range(ct.shape[0])])[:, 2] - 30
    # The value was 100 a millimetre, minus 1024: exact in float32 but for its rounding.
    np.testing.assert_allclose(ct.array[:, 0, 0], 100 * heights - 1024, atol=1e-3)
    assert heights[0] == 0
    assert heights[-1] == pytest.approx(12.5)


def test_positions_rounded_to_a_tenth_are_even_steps_with_a_word(make_series: Maker) -> None:
    def rounded(data: Any, index: int) -> None:
        data.ImagePositionPatient = [-10, -20, round(30 + 0.625 * index, 1)]

    with pytest.warns(GeometryWarning, match=r"up to 0\.0\d+ mm off even steps"):
        ct = read(make_series(edit=rounded))
    assert ct.grid.is_orthogonal


def duplicate(data: Any, index: int) -> None:
    data.ImagePositionPatient = [-10, -20, 30 + 2.5 * min(index, 4)]


def two_series(data: Any, index: int) -> None:
    data.SeriesInstanceUID = f"1.2.3.4.{index % 2}"
    data.SeriesDescription = ("Head canary", "Chest canary")[index % 2]
    data.SeriesNumber = index % 2


def scout(data: Any, index: int) -> None:
    if index == 0:
        data.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]


def times(data: Any, index: int) -> None:
    data.ImagePositionPatient = [-10, -20, 30 + 2.5 * (index % 3)]
    data.TemporalPositionIdentifier = 1 + index // 3


def one(name: str, value: Any) -> Callable[[Any, int], None]:
    """Give an edit of one element of one slice."""

    def edit(data: Any, index: int) -> None:
        if index == 3:
            if value is None:
                delattr(data, name)
            else:
                setattr(data, name, value)

    return edit


def raw(name: str, text: str) -> Callable[[Any, int], None]:
    """Give an edit that writes a text which pydicom itself would not take."""

    def edit(data: Any, index: int) -> None:
        if index == 3:
            from pydicom.datadict import tag_for_keyword
            from pydicom.dataelem import DataElement

            tag = tag_for_keyword(name)
            assert tag is not None
            data[tag] = DataElement(tag, "LO", text)

    return edit


REFUSED: dict[str, tuple[Callable[[Any, int], None], str]] = {
    "a slice twice": (duplicate, "lie where another lies"),
    "two series": (two_series, "holds 2 series: series=1 CT series .* series=2"),
    "a scout in the series": (scout, "holds 2 series"),
    "two time points": (times, "1 of 2 time points.*2 of 2 time points"),
    "pixel spacing 0": (one("PixelSpacing", [0, 0]), "pixel spacing is 0 x 0"),
    "pixel spacing negative": (one("PixelSpacing", [-0.8, 0.7]), "pixel spacing"),
    "pixel spacing NaN": (raw("PixelSpacing", "nan\\0.7"), "pixel spacing is not 2 finite"),
    "orientation zero": (one("ImageOrientationPatient", [0] * 6), "not two unit vectors"),
    "orientation skew": (one("ImageOrientationPatient", [1, 0, 0, 0.3, 0.9, 0]), "unit vectors"),
    "orientation NaN": (raw("ImageOrientationPatient", "nan\\0\\0\\0\\1\\0"), "not 6 finite"),
    "slope NaN": (raw("RescaleSlope", "nan"), "rescale slope is not 1 finite"),
    "slope beyond floats": (raw("RescaleSlope", "1e999"), "rescale slope is not 1 finite"),
    "slope a word": (raw("RescaleSlope", "one"), "rescale slope is not 1 finite"),
    "slope with underscore": (raw("RescaleSlope", "1_0"), "rescale slope is not 1 finite"),
    "slope 0": (one("RescaleSlope", 0), "rescale slope is 0"),
    "half of the pixels": (one("PixelData", b"\0" * 48), "truncated: 48 bytes of pixels"),
    "no pixels": (one("PixelData", None), "pixel data are missing"),
    "rows 65535": (one("Rows", 65535), "truncated: 96 bytes of pixels"),
    "rows 0": (one("Rows", 0), "its size is 0 x 8"),
    "frames 2^31": (one("NumberOfFrames", 2**31 - 1), "number of frames"),
    "frames -3": (one("NumberOfFrames", -3), "number of frames"),
    "frames 4": (one("NumberOfFrames", 4), "multi-frame"),
    "mosaic": (one("ImageType", ["ORIGINAL", "PRIMARY", "M", "MOSAIC"]), "Siemens mosaic"),
    "a table of values": (one("BitsStored", 17), "17 of 16 bits"),
    "highest bit elsewhere": (one("HighBit", 15), "the highest at 15"),
    "no positions": (lambda data, _: delattr(data, "ImagePositionPatient"), "no position"),
    "colours of a palette": (
        one("PhotometricInterpretation", "PALETTE COLOR"),
        "holds 2 series|PALETTE COLOR",
    ),
    "off the line": (one("ImagePositionPatient", [-8, -20, 37.5]), "on no line"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_refused_by_name(make_series: Maker, outcome: Any, name: str) -> None:
    edit, words = REFUSED[name]
    folder = make_series(edit=edit)
    image, refusal, _ = outcome(folder)
    assert image is None
    import re

    assert re.search(words, refusal), refusal
    assert str(folder) in refusal
    assert "canary" not in refusal.lower(), "patient data in a message"
    # The listing of the folder says the same, and raises nothing.
    listing = "\n".join(read_info(folder).lines())
    assert "canary" not in listing.lower()
    assert "refused" in listing or "series=2" in listing


def test_a_series_is_chosen_by_number_uid_or_description(make_series: Maker) -> None:
    folder = make_series(edit=two_series, step=2.5)
    by_number = read(folder, series=2)
    by_uid = read(folder, series="1.2.3.4.1")
    by_words = read(folder, series="chest")
    assert by_number.array[0, 0, 0] == 100 - 1024
    for other in (by_uid, by_words):
        np.testing.assert_array_equal(other.array, by_number.array)
    assert read_grid(folder, series=2) == by_number.grid
    with pytest.raises(FileDefectError, match="names none"):
        read(folder, series="knee")
    with pytest.raises(FileDefectError, match="names 2"):
        read(folder, series="canary")


def test_two_time_points_can_be_read_one_by_one(make_series: Maker) -> None:
    folder = make_series(edit=times)
    first, second = read(folder, series=1), read(folder, series=2)
    assert first.array[1, 0, 0] == 100 - 1024
    assert second.array[1, 0, 0] == 400 - 1024


def test_one_bad_series_does_not_hide_the_other(make_series: Maker) -> None:
    def edit(data: Any, index: int) -> None:
        two_series(data, index)
        if index == 3:
            data.RescaleSlope = 0

    folder = make_series(edit=edit)
    info = read_info(folder)
    assert [bool(entry.error) for entry in info.entries] == [False, True]
    assert read(folder, series=1).shape == (3, 6, 8)
    assert info.as_json()["entries"][1]["refused"]


def test_monochrome1_keeps_its_values_and_says_so(make_series: Maker, values: Any) -> None:
    def inverted(data: Any, index: int) -> None:
        data.PhotometricInterpretation = "MONOCHROME1"

    image = read(make_series(edit=inverted))
    np.testing.assert_array_equal(image.array, values)
    assert image.about["photometric"] == "MONOCHROME1"


def test_bits_above_the_stored_ones_are_ignored(make_series: Maker, values: Any) -> None:
    def overlay(data: Any, index: int) -> None:
        numbers = np.frombuffer(data.PixelData, "<u2") | np.uint16(0xF000)
        data.PixelData = numbers.tobytes()

    np.testing.assert_array_equal(read(make_series(edit=overlay)).array, values)


def test_signed_numbers_of_twelve_bits(make_series: Maker) -> None:
    def signed(data: Any, index: int) -> None:
        data.PixelRepresentation = 1
        data.RescaleIntercept = 0
        data.PixelData = np.full((6, 8), 0x0FFF, "<u2").tobytes()  # -1 in 12 bits

    assert np.all(read(make_series(edit=signed)).array == -1)


def test_one_file_is_one_slice_with_its_pose(make_series: Maker, values: Any) -> None:
    folder = make_series()
    plane = read(folder / "3.dcm")  # index 2
    assert plane.axes == "yx"
    np.testing.assert_array_equal(plane.array, values[2])
    np.testing.assert_allclose(plane.grid.index_to_world([1, 2]), [-8.6, -19.2, 35])
    assert plane.grid.is_close(read(folder).grid.sliced((2, slice(None), slice(None))))


def test_run_length_coding_is_read(make_series: Maker, values: Any) -> None:
    def compressed(data: Any, index: int) -> None:
        from pydicom.uid import RLELossless

        data.compress(RLELossless)

    np.testing.assert_array_equal(read(make_series(edit=compressed)).array, values)


def test_other_codecs_are_refused_with_a_command(make_series: Maker) -> None:
    folder = make_series(count=1)
    data = (folder / "0.dcm").read_bytes()
    plain, jpeg = b"UI\x14\x001.2.840.10008.1.2.1\0", b"UI\x16\x001.2.840.10008.1.2.4.90"
    assert plain in data
    (folder / "0.dcm").write_bytes(data.replace(plain, jpeg))
    with pytest.raises(FileDefectError, match=r"JPEG 2000.*gdcmconv --raw"):
        read(folder)


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2", "1.2.840.10008.1.2.2"])
def test_implicit_and_big_endian_files(make_series: Maker, values: Any, syntax: str) -> None:
    def edit(data: Any, index: int) -> None:
        if syntax.endswith(".2.2"):
            data.PixelData = np.frombuffer(data.PixelData, "<u2").astype(">u2").tobytes()

    np.testing.assert_array_equal(read(make_series(edit=edit, syntax=syntax)).array, values)


@pytest.mark.parametrize("kept", [0, 3, 131, 140, 400, 700, -1])
def test_a_truncated_file_is_refused(make_series: Maker, outcome: Any, kept: int) -> None:
    folder = make_series()
    path = folder / "3.dcm"
    data = path.read_bytes()
    path.write_bytes(data[:kept])
    for where in (path, folder):
        image, refusal, _ = outcome(where)
        assert image is None
        assert "3.dcm" in refusal
    # The others can be read without it, when asked for by name; its gap is seen then.
    _, refusal, _ = outcome(folder, accept="unreadable files")
    assert "missing" in refusal
    image, _, notes = outcome(folder, accept=("unreadable files", "missing slice"))
    assert image is not None
    assert any("left out" in note for note in notes)


def test_an_element_of_4_gb_is_refused_at_once(make_series: Maker) -> None:
    folder = make_series(count=1)
    path = folder / "0.dcm"
    data = path.read_bytes()
    place = data.index(b"\xe0\x7f\x10\x00OW")
    huge = struct.pack("<HH2sHI", 0x0029, 0x1010, b"OB", 0, 0xFFFFFFF0)
    path.write_bytes(data[:place] + huge + data[place:])
    with pytest.raises(FileDefectError, match="truncated"):
        read(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_links_and_pipes_are_not_followed(make_series: Maker, tmp_path: Path) -> None:
    folder = make_series()
    os.mkfifo(folder / "pipe")
    with pytest.raises(FileDefectError, match="pipe"):
        read(folder)
    with pytest.raises(FileDefectError, match="pipe"):
        read(folder / "pipe")
    os.unlink(folder / "pipe")
    (folder / "dangling.dcm").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileDefectError, match="link to what is not there"):
        read(folder)
    os.unlink(folder / "dangling.dcm")
    outside = make_series("outside", count=1)
    os.rename(folder / "3.dcm", tmp_path / "elsewhere.dcm")
    (folder / "3.dcm").symlink_to(tmp_path / "elsewhere.dcm")
    with pytest.raises(FileDefectError, match="leaves the folder"):
        read(folder)
    # A link that the user names is followed.
    assert read(folder / "3.dcm").shape == (6, 8)
    assert read(outside).shape == (6, 8)


def test_the_digest_is_over_the_slices_in_order(make_series: Maker) -> None:
    import hashlib

    folder = make_series()
    names = [f"{(index * 5) % 7}.dcm" for index in range(6)]
    parts = [hashlib.sha256((folder / name).read_bytes()).digest() for name in names]
    expected = "sha256:" + hashlib.sha256(b"".join(parts)).hexdigest()
    assert read(folder).lineage.digest == expected


def test_nothing_of_the_patient_is_kept(make_series: Maker) -> None:
    ct = read(make_series())
    assert set(ct.about) <= {
        "modality",
        "photometric",
        "body_part",
        "window_center",
        "window_width",
    }
    assert "canary" not in repr(ct).lower() + str(ct.about).lower() + str(ct.lineage).lower()


def test_positron_units_come_from_their_tag(make_series: Maker) -> None:
    def positron(data: Any, index: int) -> None:
        data.Modality = "PT"
        data.Units = "BQML"
        data.RescaleSlope, data.RescaleIntercept = 1.5 + index, 0

    image = read(make_series(edit=positron))
    assert image.unit == "Bq/mL"
    assert image.array[2, 0, 1] == pytest.approx(201 * 3.5)


def test_without_rescale_numbers_are_not_called_hu(make_series: Maker, outcome: Any) -> None:
    def bare(data: Any, index: int) -> None:
        del data.RescaleSlope, data.RescaleIntercept, data.RescaleType

    image, _, notes = outcome(make_series(edit=bare))
    assert image.unit is None
    assert any("no rescaling to HU" in note for note in notes)


def test_an_empty_folder_and_a_folder_of_others(tmp_path: Path) -> None:
    for words in ("", "hello"):
        if words:
            (tmp_path / "notes.txt").write_text(words)
        with pytest.raises(FileDefectError, match="no image that can be read"):
            read(tmp_path)
        assert read_info(tmp_path).entries == ()
    np.save(tmp_path / "scan.npy", np.zeros((2, 3)))
    with pytest.raises(FileDefectError, match=r"one by one. Give .* such as scan\.npy"):
        read(tmp_path)


def test_resampling_along_the_stack_is_linear() -> None:
    even = resampled(np.array([[0.0], [1.0], [3.0]], np.float32), (0.0, 1.0, 3.0), 7)
    np.testing.assert_allclose(even[:, 0], np.linspace(0, 3, 7), atol=1e-6)


def test_a_header_without_the_preamble_is_read(make_series: Maker) -> None:
    folder = make_series(count=2)
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes()[132:])
    assert read(folder).shape == (2, 6, 8)
