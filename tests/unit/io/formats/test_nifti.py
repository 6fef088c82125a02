"""NIfTI: where voxels lie, what scaling means, and every way a header lies."""

from __future__ import annotations

import gzip
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest

from fiducial.errors import FileDefectError, GeometryWarning
from fiducial.image import Image
from fiducial.io import read, read_info, write

SHAPE = (4, 5, 6)
AFFINE = np.array(
    [[-2.0, 0.1, 0, 90], [0.1, 2.0, 0.2, -126], [0, 0.2, 3.0, -72], [0, 0, 0, 1]], float
)


def stored(**fields: Any) -> bytes:
    """Give a NIfTI file of int16 0 to 119 with some header fields changed, as bytes."""
    values = np.arange(120, dtype=np.int16).reshape(SHAPE[::-1]).T
    image = nibabel.Nifti1Image(values, fields.pop("affine", AFFINE))
    image.header.set_xyzt_units("mm", "sec")
    if "qform" in fields:
        image.set_qform(fields.pop("qform"), code=1)
    data = bytearray(image.to_bytes())
    header = nibabel.Nifti1Header(bytes(data[:348]), check=False)
    raw = header._structarr
    for name, value in fields.items():
        place, _, index = name.partition("__")
        if index:
            raw[place][int(index)] = value
        else:
            raw[place] = value
    data[:348] = raw.tobytes()
    return bytes(data)


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    def make(data: bytes, name: str = "a.nii") -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return make


def test_ras_in_the_file_is_lps_here(put: Any) -> None:
    image = read(put(stored()))
    assert image.axes == "zyx"
    # i, j, k = 1, 2, 3 is the array index (3, 2, 1), and x and y change their sign.
    ras = AFFINE @ [1, 2, 3, 1]
    np.testing.assert_allclose(
        image.grid.index_to_world([3, 2, 1]), [-ras[0], -ras[1], ras[2]], atol=1e-6
    )
    assert image.array[3, 2, 1] == 3 * 20 + 2 * 4 + 1
    assert image.dtype == np.int16


def test_a_sheared_sform_stays_sheared(put: Any) -> None:
    affine = np.diag([1.0, 1.0, 2.0, 1.0])
    affine[0, 1] = np.tan(np.radians(3))
    image = read(put(stored(affine=affine)))
    assert not image.grid.is_orthogonal
    np.testing.assert_allclose(image.grid.skew, np.sin(np.radians(3)), atol=1e-7)


def test_qform_alone_and_its_handedness(put: Any) -> None:
    rigid = np.diag([-2.0, 2.0, 3.0, 1.0])
    rigid[:3, 3] = 10, 20, 30
    data = stored(affine=rigid, qform=rigid, sform_code=0)
    image = read(put(data))
    np.testing.assert_allclose(image.grid.index_to_world([1, 1, 1]), [-8, -22, 33], atol=1e-5)
    flipped = read(put(stored(affine=rigid, qform=rigid, sform_code=0, pixdim__0=1.0)))
    assert flipped.grid.is_right_handed != image.grid.is_right_handed


@pytest.mark.parametrize(("code", "factor"), [(1, 1000.0), (2, 1.0), (3, 1e-3), (0, 1.0)])
def test_units_become_mm(put: Any, outcome: Any, code: int, factor: float) -> None:
    image, _, _ = outcome(put(stored(xyzt_units=code)))
    assert image.grid.unit == "mm"
    ras = AFFINE @ [1, 2, 3, 1] * factor
    np.testing.assert_allclose(
        image.grid.index_to_world([3, 2, 1]), [-ras[0], -ras[1], ras[2]], rtol=1e-6
    )


def test_without_orientation_axes_are_not_called_anatomical(put: Any) -> None:
    path = put(stored(sform_code=0, qform_code=0, pixdim__1=1.5))
    with pytest.warns(GeometryWarning, match="no orientation"):
        image = read(path)
    assert not image.frame.is_patient
    assert image.grid.spacing.x == pytest.approx(1.5)


@pytest.mark.parametrize(
    ("slope", "intercept", "expected", "warned"),
    [
        (1.0, 0.0, 5, False),
        (0.5, 1.0, 3.5, False),
        (2.0, -1000.0, -990, False),
        (0.0, 0.0, 5, False),
        (0.0, 7.0, 5, True),
        (np.nan, 0.0, 5, True),
    ],
)
def test_scaling(
    put: Any, outcome: Any, slope: float, intercept: float, expected: float, warned: bool
) -> None:
    image, _, notes = outcome(put(stored(scl_slope=slope, scl_inter=intercept)))
    assert image.array.ravel()[5] == expected
    assert bool(notes) == warned
    assert image.dtype == (np.float32 if slope == 0.5 else np.int16)


def test_big_endian(put: Any) -> None:
    values = np.arange(120, dtype=">i2").reshape(SHAPE)
    header = nibabel.Nifti1Header(endianness=">")
    header.set_data_dtype(np.int16)
    image = nibabel.Nifti1Image(values, AFFINE, header)
    again = read(put(image.to_bytes()))
    assert again.dtype == np.int16
    np.testing.assert_array_equal(again.array, values.T)


def test_nifti_2(put: Any) -> None:
    values = np.arange(120, dtype=np.int16).reshape(SHAPE)
    again = read(put(nibabel.Nifti2Image(values, AFFINE).to_bytes()))
    np.testing.assert_array_equal(again.array, values.T)


def test_four_axes_are_time_with_its_step(put: Any) -> None:
    image = nibabel.Nifti1Image(np.arange(240, dtype=np.int16).reshape(*SHAPE, 2), AFFINE)
    image.header.set_xyzt_units("mm", "msec")
    image.header["pixdim"][4] = 1500
    image.header["toffset"] = 500
    path = put(image.to_bytes())
    again = read(path)
    assert again.axes == "tzyx"
    assert again.times == (0.5, 2.0)
    assert read(path, axes="zyxc").axes == "zyxc"
    with pytest.raises(FileDefectError, match="not 'zyx'"):
        read(path, axes="zyx")


def test_five_axes_need_a_meaning(put: Any) -> None:
    image = nibabel.Nifti1Image(np.zeros((3, 4, 5, 1, 3), np.float32), AFFINE)
    with pytest.raises(FileDefectError, match=r"no stated meaning.*axes="):
        read(put(image.to_bytes()))
    image.header.set_intent("vector")
    with pytest.warns(GeometryWarning, match="vectors"):
        assert read(put(image.to_bytes())).axes == "zyxc"


def test_colour(put: Any) -> None:
    kind = np.dtype([("R", "u1"), ("G", "u1"), ("B", "u1")])
    values = np.arange(72, dtype=np.uint8).reshape(2, 3, 4, 3)
    image = read(put(nibabel.Nifti1Image(values.copy().view(kind)[..., 0], AFFINE).to_bytes()))
    assert image.axes == "zyxc"
    assert image.channels == ("red", "green", "blue")
    np.testing.assert_array_equal(image.array, values.transpose(2, 1, 0, 3))


REFUSED = {
    "dim 0": ({"dim__2": 0}, "not all above 0"),
    "dim -20": ({"dim__2": -20}, "not all above 0"),
    "nine axes": ({"dim__0": 9}, "names 9 axes"),
    "no axes": ({"dim__0": 0}, "names 0 axes"),
    "dim 30000 cubed": ({"dim": [3, 30000, 30000, 30000, 1, 1, 1, 1]}, "truncated"),
    "bitpix contradicts": ({"bitpix": 32}, "contradicts itself"),
    "datatype unknown": ({"datatype": 99, "bitpix": 16}, "datatype 99"),
    "complex": ({"datatype": 32, "bitpix": 64}, "datatype 32"),
    "offset 1e9": ({"vox_offset": 1e9}, "truncated"),
    "offset NaN": ({"vox_offset": np.nan}, "begin at byte nan"),
    "offset 10": ({"vox_offset": 10}, "begin at byte 10"),
    "offset a fraction": ({"vox_offset": 352.5}, r"begin at byte 352\.5"),
    "sform NaN": ({"srow_y": np.nan}, "holds NaN"),
    "sform singular": ({"srow_z": 0}, "singular"),
    "pixdim 0": ({"sform_code": 0, "qform_code": 1, "pixdim__2": 0}, "spacing along axis y is 0"),
    "pixdim NaN": ({"sform_code": 0, "qform_code": 0, "pixdim__3": np.nan}, "axis z is nan"),
    "pixdim negative": ({"sform_code": 0, "qform_code": 1, "pixdim__1": -2}, "axis x is -2"),
    "qform no rotation": ({"sform_code": 0, "qform_code": 1, "quatern_b": 1.5}, "no rotation"),
    "slope infinite": ({"scl_slope": np.inf}, "scales values by inf"),
    "intercept NaN": ({"scl_slope": 2.0, "scl_inter": np.nan}, "scales values"),
    "unit unknown": ({"xyzt_units": 5}, "unknown code 5"),
    "Analyze": ({"magic": b"\0\0\0\0"}, "Analyze"),
    "half a pair": ({"magic": b"ni1"}, "half of a NIfTI pair"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_what_is_wrong_is_refused(put: Any, outcome: Any, name: str, ending: str) -> None:
    fields, words = REFUSED[name]
    data = stored(**fields)
    path = put(gzip.compress(data) if ending == ".nii.gz" else data, "a" + ending)
    image, refusal, _ = outcome(path)
    assert image is None
    if words == "truncated":
        words = "truncated|memory budget"
    import re

    assert re.search(words, refusal), refusal
    with pytest.raises(FileDefectError):
        read_info(path)


WARNED = {
    "sform and qform differ": ({"qform": np.diag([1.0, 1, 1, 1])}, "corners .* mm apart"),
    "pixdim contradicts": ({"qform_code": 0, "pixdim__1": 5.0}, "pixdim .* contradicts"),
    "voxels of metres": ({"xyzt_units": 1}, "is its unit, m, right"),
    "bytes follow": ({"vox_offset": 352}, None),
}


@pytest.mark.parametrize(
    "name", ["sform and qform differ", "pixdim contradicts", "voxels of metres"]
)
def test_what_is_odd_is_read_with_a_word(put: Any, outcome: Any, name: str) -> None:
    fields, words = WARNED[name]
    image, _, notes = outcome(put(stored(**fields)))
    import re

    assert image is not None
    assert any(re.search(str(words), note) for note in notes), notes


def test_trailing_bytes_are_mentioned(put: Any, outcome: Any) -> None:
    _, _, notes = outcome(put(stored() + b"\1" * 30))
    assert any("30 bytes follow" in note for note in notes)


@pytest.mark.parametrize("kept", [0, 1, 100, 347, 351, 360, -1])
@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_truncated_files_are_refused(put: Any, outcome: Any, kept: int, ending: str) -> None:
    data = stored()
    data = gzip.compress(data[:kept]) if ending == ".nii.gz" else data[:kept]
    image, refusal, _ = outcome(put(data, "a" + ending))
    assert image is None
    assert "truncated" in refusal or "empty" in refusal or "not a NIfTI" in refusal, refusal


@pytest.mark.parametrize("share", [0.02, 0.3, 0.9, 0.999])
def test_truncated_gzip_is_refused(put: Any, outcome: Any, share: float) -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 1000, (30, 30, 30)).astype(np.int16)
    data = gzip.compress(nibabel.Nifti1Image(noise, AFFINE).to_bytes())
    image, refusal, _ = outcome(put(data[: int(len(data) * share)], "a.nii.gz"))
    assert image is None
    assert "truncated" in refusal or "damaged" in refusal


def test_one_changed_byte_in_gzip_is_noticed(put: Any, outcome: Any) -> None:
    # Stored blocks: the byte changes one voxel, and only the checksum tells.
    data = bytearray(gzip.compress(stored(), compresslevel=0))
    place = len(data) - 40
    data[place] ^= 1
    image, refusal, _ = outcome(put(bytes(data), "a.nii.gz"))
    assert image is None
    assert "damaged" in refusal


def test_a_bomb_is_refused_before_it_is_unpacked(
    put: Any, outcome: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = bytearray(stored()[:352])
    struct.pack_into("<8h", header, 40, 3, 2000, 1000, 1000, 1, 1, 1, 1)
    data = gzip.compress(bytes(header) + b"\0" * (8 << 20))
    monkeypatch.setenv("FIDUCIAL_MEMORY_BUDGET", str(1 << 30))
    image, refusal, _ = outcome(put(data, "a.nii.gz"))
    assert image is None
    assert "truncated" in refusal or "memory budget" in refusal


def test_nan_and_infinity_are_kept_and_counted(put: Any, outcome: Any) -> None:
    values = np.ones(SHAPE, np.float32)
    values[0, 0, :3] = np.nan, np.inf, -np.inf
    image, _, notes = outcome(put(nibabel.Nifti1Image(values, AFFINE).to_bytes()))
    np.testing.assert_array_equal(image.array, values.T)
    assert any("3 values are NaN or infinite" in note for note in notes)


@pytest.mark.filterwarnings("ignore::fiducial.errors.FiducialWarning")
@pytest.mark.parametrize(
    "dtype", ["uint8", "int8", "int16", "uint16", "int32", "float32", "float64"]
)
@pytest.mark.parametrize("ending", [".nii", ".nii.gz"])
def test_what_is_written_reads_back(
    tmp_path: Path, grid: Any, make_image: Any, dtype: str, ending: str
) -> None:
    image: Image = make_image(grid, dtype)
    again = read(write(image, tmp_path / f"a{ending}"))
    np.testing.assert_array_equal(again.array, image.array)
    assert again.dtype == image.dtype
    assert again.grid == image.grid
    # Without the sidecar the header's float32 is left: 1e-5 mm at 100 mm from the origin.
    (tmp_path / f"a{ending}.lineage.json").unlink()
    bare = read(tmp_path / f"a{ending}")
    if image.frame.is_patient:
        assert bare.grid.corner_distance(image.grid) < 2e-5
    assert bare.grid.spacing == pytest.approx(image.grid.spacing, rel=1e-6)


@pytest.mark.parametrize("name", ["plain", "oblique", "left-handed", "sheared"])
def test_nibabel_reads_what_is_written(
    tmp_path: Path, awkward: Any, make_image: Any, name: str
) -> None:
    image = make_image(awkward[name])
    theirs = nibabel.load(write(image, tmp_path / "a.nii.gz"))
    np.testing.assert_array_equal(np.asarray(theirs.dataobj), image.array.T)
    point = theirs.affine @ [1, 2, 3, 1]
    # float32 in the header: 7 digits of 100 mm.
    np.testing.assert_allclose(
        image.grid.index_to_world([3, 2, 1]), [-point[0], -point[1], point[2]], atol=2e-5
    )


def test_the_bytes_written_do_not_depend_on_when(
    tmp_path: Path, awkward: Any, make_image: Any
) -> None:
    image = make_image(awkward["oblique"])
    one = write(image, tmp_path / "a.nii.gz").read_bytes()
    assert write(image, tmp_path / "b.nii.gz").read_bytes() == one
