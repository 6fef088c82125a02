"""What is known of telling how a file was made."""

from __future__ import annotations

from pathlib import Path

import pytest

import fiducial as fd
from fiducial.errors import FileDefectError


def made(folder: Path) -> None:
    """Write a ball, smooth it, threshold what was written."""
    ball = fd.phantoms.ball(fd.Grid.from_spacing((6, 8, 9), (3.0, 1.0, 1.0)), radius="5 mm")
    fd.write(ball.image, folder / "ball.nii.gz")
    fd.write(fd.gaussian(fd.read(folder / "ball.nii.gz"), sigma="2 mm"), folder / "smooth.nii.gz")
    fd.write(fd.threshold(fd.read(folder / "smooth.nii.gz"), above=0.5), folder / "in.nii.gz")


def test_it_leads_through_the_records_of_the_sources(tmp_path: Path) -> None:
    made(tmp_path)
    lines = fd.history(tmp_path / "in.nii.gz").splitlines()
    assert lines[0] == str(tmp_path / "in.nii.gz")
    assert lines[1] == "  threshold(above=0.5)"
    assert lines[2].startswith(f"    image: {tmp_path / 'smooth.nii.gz'} (NIfTI, sha256:")
    assert lines[3:6] == ["", str(tmp_path / "smooth.nii.gz"), "  gaussian(sigma='2 mm')"]
    assert lines[7:9] == ["", str(tmp_path / "ball.nii.gz")]
    assert lines[9].startswith("  phantoms.ball(")


def test_a_source_of_two_steps_is_told_once(tmp_path: Path) -> None:
    made(tmp_path)
    smooth = fd.read(tmp_path / "smooth.nii.gz")
    fd.write(smooth + 1, tmp_path / "more.nii.gz")
    both = smooth * fd.read(tmp_path / "more.nii.gz")
    fd.write(both, tmp_path / "both.nii.gz")
    lines = fd.history(tmp_path / "both.nii.gz").splitlines()
    assert lines.count(str(tmp_path / "ball.nii.gz")) == 1
    assert lines.count(str(tmp_path / "smooth.nii.gz")) == 1


def test_a_folder_that_was_moved_still_tells(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    made(tmp_path / "a")
    (tmp_path / "a").rename(tmp_path / "b")
    assert str(tmp_path / "b" / "ball.nii.gz") in fd.history(tmp_path / "b" / "in.nii.gz")


def test_a_source_without_a_record_ends_the_story(tmp_path: Path) -> None:
    made(tmp_path)
    (tmp_path / "smooth.nii.gz.lineage.json").write_text("{}")
    assert len(fd.history(tmp_path / "in.nii.gz").splitlines()) == 3
    (tmp_path / "smooth.nii.gz.lineage.json").unlink()
    assert len(fd.history(tmp_path / "in.nii.gz").splitlines()) == 3


def test_a_file_that_changed_is_marked(tmp_path: Path) -> None:
    made(tmp_path)
    with (tmp_path / "smooth.nii.gz").open("ab") as stream:
        stream.write(b"\0")
    text = fd.history(tmp_path / "in.nii.gz")
    assert f"{tmp_path / 'smooth.nii.gz'} (changed since it was written)" in text


def test_missing_files_and_records_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileDefectError, match="there is no such file"):
        fd.history(tmp_path / "none.nii.gz")
    (tmp_path / "raw.nii").write_bytes(b"x")
    with pytest.raises(FileDefectError, match="there is no record of how it was made"):
        fd.history(tmp_path / "raw.nii")
    (tmp_path / "raw.nii.lineage.json").write_text("[")
    with pytest.raises(FileDefectError, match="damaged"):
        fd.history(tmp_path / "raw.nii")
