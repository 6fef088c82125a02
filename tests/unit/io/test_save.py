"""Writing: whole or not at all, nothing lost without a word, the record beside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fiducial.errors import (
    FiducialWarning,
    FileDefectError,
    FrameMismatchError,
    ParameterError,
)
from fiducial.image import Image, Labels, Mask, Points
from fiducial.io import (
    read,
    read_labels,
    read_mask,
    read_points,
    read_sidecar,
    read_source,
    save,
    write,
)


def test_the_path_comes_back_and_the_sidecar_stands_beside(tmp_path: Path) -> None:
    path = write(Image([[1, 2]]), tmp_path / "a.npy")
    assert path == tmp_path / "a.npy"
    assert sorted(os.listdir(tmp_path)) == ["a.npy", "a.npy.lineage.json"]
    document = json.loads((tmp_path / "a.npy.lineage.json").read_text())
    assert document["fiducial_lineage"] == 1
    assert document["file"]["name"] == "a.npy"
    assert set(document) == {
        "fiducial_lineage",
        "file",
        "lineage",
        "determined_by",
        "happened",
        "describes",
    }
    assert "threads" not in document["determined_by"]["kernels"]


@pytest.mark.parametrize("ending", ["nii.gz", "mha", "nrrd", "tif", "npy", "png"])
@pytest.mark.filterwarnings("ignore::fiducial.errors.FiducialWarning")
def test_names_of_labels_and_masks_come_back(tmp_path: Path, ending: str) -> None:
    labels = Labels(np.arange(30).reshape(5, 6) % 4, names={1: "nucleus", 3: "µ<&>"})
    again = read_labels(
        write(Labels(labels.array.astype(np.uint8), names=labels.names), tmp_path / f"l.{ending}")
    )
    np.testing.assert_array_equal(again.array, labels.array)
    assert again.names == labels.names
    mask = labels.mask("nucleus")
    np.testing.assert_array_equal(
        read_mask(write(mask, tmp_path / f"m.{ending}")).array, mask.array
    )


def test_without_the_sidecar_losses_are_named(tmp_path: Path) -> None:
    with pytest.warns(FiducialWarning, match="HU is lost"):
        write(Image([[1, 2]], unit="HU"), tmp_path / "a.npy", sidecar=False)
    with pytest.warns(FiducialWarning, match="no names of labels"):
        write(Labels([[1, 2]], names={1: "liver"}), tmp_path / "a.npy", sidecar=False)


def test_an_existing_file_is_kept_when_asked(tmp_path: Path) -> None:
    path = write(Image([[1, 2]]), tmp_path / "a.npy")
    with pytest.raises(FileDefectError, match="exists already"):
        write(Image([[3, 4]]), path, overwrite=False)
    np.testing.assert_array_equal(read(path).array, [[1, 2]])
    write(Image([[3, 4]]), path)
    np.testing.assert_array_equal(read(path).array, [[3, 4]])


def test_what_a_format_lacks_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    volume = Image(np.zeros((3, 4, 5), np.int16))
    with pytest.raises(ParameterError, match="axes that PNG"):
        write(volume, tmp_path / "a.png")
    with pytest.raises(ParameterError, match="float16"):
        write(volume.astype("float16"), tmp_path / "a.nii.gz")
    with pytest.raises(ParameterError, match="must end in one of"):
        write(volume, tmp_path / "a.xyz")
    with pytest.raises(FileDefectError, match="folder does not exist"):
        write(volume, tmp_path / "none" / "a.nrrd")
    with pytest.raises(ParameterError, match="obj of write"):
        write([1, 2], tmp_path / "a.csv")
    (tmp_path / "folder.nrrd").mkdir()
    with pytest.raises(FileDefectError, match="not a file"):
        write(volume, tmp_path / "folder.nrrd")
    assert os.listdir(tmp_path) == ["folder.nrrd"]


def test_a_failed_write_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(Image([[1, 2]]), tmp_path / "a.npy")

    def full(_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(save, "settle", full)
    with pytest.raises(FileDefectError, match="No space left"):
        write(Image([[3, 4]]), path)
    np.testing.assert_array_equal(read(path).array, [[1, 2]])
    assert sorted(os.listdir(tmp_path)) == ["a.npy", "a.npy.lineage.json"]


def test_what_does_not_read_back_is_not_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoilt(stream: Any) -> None:
        stream.truncate(100)
        stream.flush()

    monkeypatch.setattr(save, "settle", spoilt)
    with pytest.raises(FileDefectError, match="does not read back"):
        write(Image(np.zeros((9, 9))), tmp_path / "a.nrrd")
    assert os.listdir(tmp_path) == []


def test_cancelling_leaves_nothing(tmp_path: Path) -> None:
    from fiducial.errors import Cancelled
    from fiducial.progress import listening

    with listening(lambda *_: False), pytest.raises(Cancelled):
        write(Image(np.zeros((9, 9))), tmp_path / "a.nii")
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(os.name == "nt", reason="kills with a signal")
def test_a_killed_writer_leaves_the_old_file_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.nii.gz"
    old = Image(np.full((40, 64, 64), 7, np.int16))
    with pytest.warns(FiducialWarning, match="pixels"):
        write(old, path)
    program = (
        "import sys, warnings, numpy as np, fiducial as fd\n"
        "warnings.simplefilter('ignore')\n"
        "image = fd.Image(np.random.default_rng(0).integers(0, 999, (40, 64, 64), np.int16))\n"
        "print('go', flush=True)\n"
        "while True: fd.write(image, sys.argv[1])\n"
    )
    rng = np.random.default_rng(0)
    for wait in rng.uniform(0.0, 0.15, 5):
        with subprocess.Popen(
            [sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(wait)
            writer.send_signal(signal.SIGKILL)
            writer.wait()
        import warnings

        with warnings.catch_warnings():
            # Killed between file and record, the record is seen not to match.
            warnings.simplefilter("ignore", FiducialWarning)
            again = read(path)
        assert again.array.size == old.array.size
        assert again.array.flat[0] == 7 or again.array.max() > 900
    with pytest.warns(FiducialWarning, match="pixels"):
        write(old, path)
    assert sorted(os.listdir(tmp_path)) == ["a.nii.gz", "a.nii.gz.lineage.json"], "litter is left"


def test_a_link_is_written_through(tmp_path: Path) -> None:
    target = write(Image([[1, 2]]), tmp_path / "target.npy")
    (tmp_path / "link.npy").symlink_to(target)
    write(Image([[3, 4]]), tmp_path / "link.npy")
    assert (tmp_path / "link.npy").is_symlink()
    np.testing.assert_array_equal(np.load(target), [[3, 4]])


def test_points_and_tables_are_csv(tmp_path: Path) -> None:
    from fiducial.geometry import Frame

    points = Points(
        [[0.1, 1 / 3, -2e-17], [4.0, 5.0, 6.0]],
        Frame("LPS", "mm", "1.2.3"),
        names=["a, b", 'c "d"'],
    )
    again = read_points(write(points, tmp_path / "p.csv"))
    np.testing.assert_array_equal(again.world, points.world)
    assert again.names == points.names
    assert again.frame == points.frame
    flat = Points([[1.5, 2.5]], Frame("xy", "um"))
    assert read_points(write(flat, tmp_path / "f.csv", sidecar=False)).frame == flat.frame
    table = pd.DataFrame({"label": [1, 2], "volume": [0.1, 1 / 3]})
    path = write(table, tmp_path / "t.csv")
    pd.testing.assert_frame_equal(pd.read_csv(path), table)
    assert read_sidecar(path) is not None
    with pytest.raises(ParameterError, match="obj of write"):
        write(points, tmp_path / "p.nii.gz")


def test_landmarks_of_a_picture_are_read_in_pixels(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(",X,Y\n1,63,309\n4,77,441\n")  # as pandas writes a table
    points = read_points(path, unit="px")
    assert points.frame == Image(np.zeros((2, 2))).frame
    assert points.world.tolist() == [[63, 309], [77, 441]]
    assert points.names == ("1", "4")
    assert read_source(points.lineage).frame == points.frame  # type: ignore[arg-type]
    assert read_points(path).frame.unit == "mm"
    with pytest.raises(FrameMismatchError, match=r"read_points\(path, unit='px'\)"):
        points.frame.require_compatible(read_points(path).frame)
    path.write_text("x_mm,y_mm\n1,2\n")
    assert read_points(path, unit="mm").frame.unit == "mm"
    with pytest.raises(FileDefectError, match="its columns are in mm, not in px"):
        read_points(path, unit="px")
    with pytest.raises(ParameterError, match="unit of read_points must be one of nm, um"):
        read_points(path, unit="furlong")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no columns"),
        ("a,b\n1,2\n", "no columns"),
        ("x,y\n1,two\n", "row 2"),
        ("x,y\n1\n", "row 2"),
        ("x,y\n1,nan\n", "NaN"),
        ("x_mm,y_um\n1,2\n", "one unit"),
    ],
)
def test_bad_tables_of_points_are_refused(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "p.csv").write_text(text)
    with pytest.raises(FileDefectError, match=words):
        read_points(tmp_path / "p.csv")


@pytest.mark.parametrize(("ending", "inside"), [("nrrd", 1), ("png", 255), ("tif", 255)])
def test_a_mask_is_visible_in_pictures(tmp_path: Path, ending: str, inside: int) -> None:
    path = write(Mask([[True, False]]), tmp_path / f"a.{ending}")
    (tmp_path / f"a.{ending}.lineage.json").unlink()
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FiducialWarning)
        np.testing.assert_array_equal(read(path).array, [[inside, 0]])


def test_a_transform_is_written_under_the_same_name_as_everything_else(tmp_path: Path) -> None:
    import fiducial as fd

    shift = fd.Translation((1.0, 2.0, 3.0))
    path = fd.write(shift, tmp_path / "shift.tfm")
    points = np.array([[0.0, 0.0, 0.0], [4.0, -5.0, 6.0]])
    moved = fd.read_transform(path).map(points)
    np.testing.assert_allclose(moved, points + np.array([1.0, 2.0, 3.0]))
    with pytest.raises(ParameterError, match=r"\.tfm, \.txt or \.json"):
        fd.write(shift, tmp_path / "shift.nii")
