"""Real files: one head in 48 orientations, one brain in two formats, microscopy, bad files."""

from __future__ import annotations

import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from fiducial.errors import FiducialError, FiducialWarning, GeometryWarning
from fiducial.io import read, read_labels, read_mask


@pytest.mark.realdata("niivue_nifti_space")
def test_one_head_in_48_orientations(realdata: Path) -> None:
    paths = sorted((realdata / "niivue_nifti_space").glob("*.nii.gz"))
    assert len(paths) == 48
    first = read(paths[0])
    index = np.random.default_rng(0).integers(0, first.shape, (2000, 3))
    world = first.grid.index_to_world(index)
    expected = first.array[tuple(index.T)]
    orientations = set()
    for path in paths:
        image = read(path)
        orientations.add(image.grid.orientation)
        places = image.grid.world_to_index(world)
        # Headers in float32: the same points to a thousandth of a voxel.
        np.testing.assert_allclose(places, np.rint(places), atol=2e-3, err_msg=path.name)
        found = image.array[tuple(np.rint(places).astype(int).T)]
        np.testing.assert_allclose(found, expected, rtol=1e-5, err_msg=path.name)
    assert len(orientations) == 48


@pytest.mark.realdata("format_quad_i2nii")
def test_one_brain_in_two_formats(realdata: Path) -> None:
    folder = realdata / "format_quad_i2nii"
    one, other = read(folder / "mha.mha"), read(folder / "nrrd.nhdr")
    np.testing.assert_array_equal(one.array, other.array)
    # Text headers with six decimals.
    assert one.grid.corner_distance(other.grid) < 1e-3


@pytest.mark.realdata("formats_nibabel")
def test_every_file_of_nibabel_ends_in_an_image_or_one_line(realdata: Path) -> None:
    import nibabel

    compared = 0
    messages = []
    for path in sorted((realdata / "formats_nibabel").rglob("*")):
        if not path.is_file():
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FiducialWarning)
            try:
                image = read(path)
            except FiducialError as error:
                messages.append(str(error))
                continue
        if path.name.endswith((".nii", ".nii.gz")) and image.axes in ("zyx", "tzyx"):
            theirs = nibabel.load(path)
            values = np.squeeze(np.asarray(theirs.dataobj)).T
            np.testing.assert_allclose(np.squeeze(image.array), values, rtol=1e-6)
            point = theirs.affine @ [1, 2, 1, 1]
            np.testing.assert_allclose(
                image.grid.index_to_world([1, 2, 1]), [-point[0], -point[1], point[2]], atol=1e-4
            )
            compared += 1
    assert compared >= 6
    assert not any("\n" in message for message in messages)


CALIBRATED = {
    "xyz_8bit_calibrated_anisotropic__mri_head.tif": ("zyx", (7.0, 0.5, 0.5), "mm"),
    "xyz_8bit__chromosomes.tif": ("zyx", (0.15, 0.0338542, 0.0338542), "um"),
    "xy_8bit__em_mitochondria_er.tif": ("yx", (8.0, 8.0), "nm"),
    "xyc_16bit__embryo_transmission_fluorescence.tif": ("yxc", (0.39, 0.39), "um"),
    "xyt_8bit__em_fly_eye.tif": ("tyx", (1.0, 1.0), "px"),
    "xy_rgb__cells.tif": ("yxc", (1.0, 1.0), "px"),
}


@pytest.mark.realdata("neubias_microscopy")
@pytest.mark.parametrize("name", CALIBRATED)
def test_microscopy_keeps_its_calibration(realdata: Path, name: str) -> None:
    axes, spacing, unit = CALIBRATED[name]
    image = read(realdata / "neubias_microscopy" / name)
    assert image.axes == axes
    assert image.grid.unit == unit
    assert image.grid.spacing == pytest.approx(spacing, rel=1e-5)


@pytest.mark.realdata("neubias_microscopy")
def test_a_stack_without_a_distance_of_slices_says_so(realdata: Path) -> None:
    path = realdata / "neubias_microscopy" / "xyz_8bit__mitotic_plate_badZcalibrated.tif"
    with pytest.warns(GeometryWarning, match="no distance between slices"):
        read(path)


@pytest.mark.realdata("neubias_microscopy")
def test_labels_and_masks_of_microscopy(realdata: Path) -> None:
    folder = realdata / "neubias_microscopy"
    labels = read_labels(folder / "xy_8bit_labels__mitocheck_incenp_t1.tif")
    assert len(labels.numbers) == 7
    assert read_mask(folder / "xyz_8bit_binary__spots.tif").count > 0


# Each file in a process of its own would take minutes: one process, whose end is what counts.
_SWEEP = """
import resource, sys, time, warnings
from pathlib import Path
import fiducial as fd
from fiducial.errors import FiducialError, FiducialWarning
resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
warnings.simplefilter("error")
warnings.simplefilter("ignore", FiducialWarning)
images = refused = 0
for path in sorted(Path(sys.argv[1]).rglob("*")):
    if not path.is_file():
        continue
    start = time.process_time()
    try:
        fd.read(path)
        images += 1
    except FiducialError as error:
        assert "\\n" not in str(error)
        refused += 1
    assert time.process_time() - start < 10, path
print(images, refused)
"""


@pytest.mark.realdata("bad_images_pillow")
def test_bad_pictures_never_crash_hang_or_pass_silently(realdata: Path) -> None:
    pytest.importorskip("resource")
    done = subprocess.run(
        [sys.executable, "-c", _SWEEP, str(realdata / "bad_images_pillow")],
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    images, refused = map(int, done.stdout.split())
    assert images + refused == 125
    assert images >= 50
    assert refused >= 60


SILENT_ELSEWHERE = (
    "bmp/b/badrle.bmp",
    "bmp/b/pal8badindex.bmp",
    "crash-0da013a13571cc8eb457a39fee8db18f8a3c7127.tif",
    "crash-74d2a78403a5a59db1fb0a2b8735ac068a75f6e3.tif",
    "multipage_multiple_frame_loop.tiff",
    "truncated_app14.jpg",
    "photoshop-200dpi-broken.jpg",
)


@pytest.mark.realdata("bad_images_pillow")
@pytest.mark.parametrize("name", SILENT_ELSEWHERE)
def test_what_pillow_reads_in_silence_is_refused(realdata: Path, name: str) -> None:
    with pytest.raises(FiducialError):
        read(realdata / "bad_images_pillow" / name)
