"""TIFF: axes and sizes only where stated, pages all there."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile

from fiducial.errors import FileDefectError, GeometryWarning, ParameterError
from fiducial.image import Image
from fiducial.io import read, read_info, write

STACK = (np.arange(5 * 6 * 7).reshape(5, 6, 7) % 251).astype(np.uint8)


def test_resolution_tags_alone_are_a_print_size(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", STACK[0], resolution=(300, 300), resolutionunit="INCH")
    assert read(tmp_path / "a.tif").grid.unit == "px"


def test_imagej_states_unit_and_distance(tmp_path: Path) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif",
        np.zeros((2, 5, 3, 6, 7), np.uint16),
        imagej=True,
        resolution=(4.0, 2.0),
        metadata={"axes": "TZCYX", "spacing": 1.5, "unit": "um", "finterval": 0.25},
    )
    image = read(tmp_path / "a.tif")
    assert image.axes == "tzyxc"
    assert image.shape == (2, 5, 6, 7, 3)
    assert image.grid.unit == "um"
    assert image.grid.spacing == pytest.approx((1.5, 0.5, 0.25))
    assert image.times == (0, 0.25)


def test_imagej_without_distance_says_what_it_means(tmp_path: Path) -> None:
    tifffile.imwrite(
        tmp_path / "a.tif",
        STACK,
        imagej=True,
        resolution=(2.0, 2.0),
        metadata={"axes": "ZYX", "unit": "um"},
    )
    with pytest.warns(GeometryWarning, match="means 1 um"):
        assert read(tmp_path / "a.tif").grid.spacing.z == 1


@pytest.mark.parametrize(("unit", "expected"), [("µm", "um"), ("nm", "nm"), ("mm", "mm")])
def test_ome_states_sizes_with_units(tmp_path: Path, unit: str, expected: str) -> None:
    tifffile.imwrite(
        tmp_path / "a.ome.tif",
        STACK,
        metadata={
            "axes": "ZYX",
            "PhysicalSizeX": 0.25,
            "PhysicalSizeXUnit": unit,
            "PhysicalSizeY": 0.5,
            "PhysicalSizeYUnit": unit,
            "PhysicalSizeZ": 1.5,
            "PhysicalSizeZUnit": unit,
        },
    )
    image = read(tmp_path / "a.ome.tif")
    assert image.grid.unit == expected
    assert image.grid.spacing == pytest.approx((1.5, 0.5, 0.25))
    np.testing.assert_array_equal(image.array, STACK)


def test_ome_without_a_distance_of_slices_is_in_pixels(tmp_path: Path) -> None:
    tifffile.imwrite(
        tmp_path / "a.ome.tif",
        STACK,
        metadata={"axes": "ZYX", "PhysicalSizeX": 0.25, "PhysicalSizeY": 0.5},
    )
    with pytest.warns(GeometryWarning, match="along some axes only"):
        assert read(tmp_path / "a.ome.tif").grid.unit == "px"


def test_ome_that_promises_more_planes_is_refused(tmp_path: Path, outcome: Any) -> None:
    path = tmp_path / "a.ome.tif"
    tifffile.imwrite(path, STACK, metadata={"axes": "ZYX"})
    path.write_bytes(path.read_bytes().replace(b'SizeZ="5"', b'SizeZ="9"'))
    image, refusal, _ = outcome(path)
    assert image is None
    assert "promises 9 planes" in refusal


def test_entities_in_xml_are_refused(tmp_path: Path, outcome: Any) -> None:
    text = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
        '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">&a;</OME>'
    )
    tifffile.imwrite(tmp_path / "a.ome.tif", STACK, description=text, metadata=None)
    image, refusal, _ = outcome(tmp_path / "a.ome.tif")
    assert image is None
    assert "entities" in refusal


def test_pages_without_a_meaning_need_axes(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", STACK, metadata=None)
    with pytest.raises(FileDefectError, match=r"stack of 5 pages.*axes="):
        read(tmp_path / "a.tif")
    assert read(tmp_path / "a.tif", axes="zyx").axes == "zyx"
    assert read(tmp_path / "a.tif", axes="tyx").axes == "tyx"
    channels = read(tmp_path / "a.tif", axes="yxc")
    np.testing.assert_array_equal(channels.array, np.moveaxis(STACK, 0, -1))


def test_a_palette_becomes_colours(tmp_path: Path) -> None:
    table = np.zeros((3, 256), np.uint16)
    table[0, 1], table[2, 2] = 65535, 65535
    tifffile.imwrite(
        tmp_path / "a.tif", (STACK[0] % 3), photometric="palette", colormap=table, metadata=None
    )
    image = read(tmp_path / "a.tif")
    np.testing.assert_array_equal(image.array[0, :3], [[0, 0, 0], [255, 0, 0], [0, 0, 255]])


def test_white_is_zero_keeps_its_values(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", STACK[0], photometric="miniswhite", metadata=None)
    image = read(tmp_path / "a.tif")
    np.testing.assert_array_equal(image.array, STACK[0])
    assert image.about["photometric"] == "MINISWHITE"


@pytest.mark.parametrize("turn", range(1, 9))
def test_orientation_is_applied(tmp_path: Path, outcome: Any, turn: int) -> None:
    plane = STACK[0]
    tag = (274, "H", 1, turn, True)
    tifffile.imwrite(tmp_path / "a.tif", plane, metadata=None, extratags=[tag])
    image, _, notes = outcome(tmp_path / "a.tif")
    # TIFF 6.0: where the first row and the first column of the file belong in the picture.
    turned = {
        1: plane,
        2: plane[:, ::-1],
        3: plane[::-1, ::-1],
        4: plane[::-1],
        5: plane.T,
        6: plane.T[:, ::-1],
        7: plane.T[::-1, ::-1],
        8: plane.T[::-1],
    }
    np.testing.assert_array_equal(image.array, turned[turn])
    assert bool(notes) == (turn != 1)
    assert read_info(tmp_path / "a.tif").entries[0].shape == image.shape


@pytest.mark.parametrize("compression", [None, "zlib", "lzw", "jpeg"])
@pytest.mark.parametrize("share", [0.05, 0.4, 0.8, 0.99])
def test_truncated_is_refused(
    tmp_path: Path, outcome: Any, compression: str | None, share: float
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (5, 64, 64), dtype=np.uint8)
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, noise, compression=compression, metadata={"axes": "ZYX"})
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    image, refusal, _ = outcome(path, axes="zyx")
    assert image is None
    assert "truncated" in refusal or "not there" in refusal or "damaged" in refusal


def test_a_circle_of_pages_is_refused(tmp_path: Path, outcome: Any) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, STACK[0], metadata=None)
    data = bytearray(path.read_bytes())
    first = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, first)[0]
    struct.pack_into("<I", data, first + 2 + 12 * count, first)
    path.write_bytes(bytes(data))
    image, refusal, _ = outcome(path)
    assert image is None
    assert "circle" in refusal


def test_strips_of_no_bytes_are_not_taken_for_zeros(tmp_path: Path, outcome: Any) -> None:
    path = tmp_path / "a.tif"
    tifffile.imwrite(path, STACK[0], metadata=None)
    with tifffile.TiffFile(path, mode="r+b") as tif:
        tif.pages[0].tags[279].overwrite(0)
    image, refusal, _ = outcome(path)
    assert image is None
    assert "missing" in refusal


def test_a_size_beyond_its_strips_is_refused(tmp_path: Path, outcome: Any) -> None:
    path = tmp_path / "a.tif"
    for compression in (None, "zlib"):
        tifffile.imwrite(path, STACK[0], metadata=None, compression=compression)
        with tifffile.TiffFile(path, mode="r+b") as tif:
            tif.pages[0].tags[257].overwrite(60000)
            tif.pages[0].tags[278].overwrite(60000)
        image, refusal, _ = outcome(path)
        assert image is None, compression
        assert refusal


@pytest.mark.filterwarnings("ignore::fiducial.errors.FiducialWarning")
@pytest.mark.parametrize("axes", ["", "t", "c", "tc"])
@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32", "float64"])
@pytest.mark.parametrize("ending", [".tif", ".ome.tif"])
def test_what_is_written_reads_back(
    tmp_path: Path, awkward: Any, make_image: Any, axes: str, dtype: str, ending: str
) -> None:
    for name in ("microscope", "flat", "pixels"):
        image: Image = make_image(awkward[name], dtype, axes)
        again = read(write(image, tmp_path / f"{name}{ending}", sidecar=False))
        np.testing.assert_array_equal(again.array, image.array)
        assert again.axes == image.axes
        assert again.dtype == image.dtype
        assert again.grid.frame == image.grid.frame
        # ImageJ keeps pixels per unit as a fraction of 32-bit numbers.
        assert again.grid.spacing == pytest.approx(image.grid.spacing, rel=1e-8)
        assert again.times == image.times


def test_colour_is_written_as_colour(tmp_path: Path) -> None:
    values = np.stack([STACK[0], STACK[1], STACK[2]], axis=-1)
    for ending in (".tif", ".ome.tif"):
        path = write(Image(values, axes="yxc"), tmp_path / f"a{ending}")
        np.testing.assert_array_equal(tifffile.imread(path), values)
        np.testing.assert_array_equal(read(path).array, values)


def test_tifffile_sees_the_same_calibration(tmp_path: Path, awkward: Any, make_image: Any) -> None:
    path = write(make_image(awkward["microscope"], "float64"), tmp_path / "a.ome.tif")
    with tifffile.TiffFile(path) as tif:
        assert tif.is_ome
        assert tif.series[0].axes == "ZYX"
        assert 'PhysicalSizeZ="3.0"' in tif.ome_metadata


def test_types_that_tiff_lacks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="int64"):
        write(Image(STACK.astype(np.int64)), tmp_path / "a.tif")


def test_the_same_image_gives_the_same_bytes(tmp_path: Path, awkward: Any, make_image: Any) -> None:
    for ending in (".tif", ".ome.tif"):
        image = make_image(awkward["microscope"], "float32")
        one = write(image, tmp_path / f"a{ending}").read_bytes()
        assert write(image, tmp_path / f"b{ending}").read_bytes() == one
