"""What is known of the files that a command names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import fiducial as fd
from fiducial.cli.files import read_as, split_path
from fiducial.errors import FileDefectError, ParameterError


@pytest.mark.parametrize(
    ("text", "path", "options"),
    [
        ("a.nii", "a.nii", {}),
        ("scans::series=2", "scans", {"series": 2}),
        ("scans/::series=1.2.840.1", "scans/", {"series": "1.2.840.1"}),
        ("a.npy::axes=zyx,unit=HU", "a.npy", {"axes": "zyx", "unit": "HU"}),
        ("s::accept=missing slice", "s", {"accept": ["missing slice"]}),
        ("s::accept=a,accept=b", "s", {"accept": ["a", "b"]}),
        (r"C:\scans::series=lung", r"C:\scans", {"series": "lung"}),
    ],
)
def test_what_follows_two_colons_is_told_to_the_reader(
    text: str, path: str, options: dict[str, object]
) -> None:
    assert split_path(text) == (path, options)


def test_a_file_of_that_very_name_is_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a::series=2").write_text("")
    assert split_path("a::series=2") == ("a::series=2", {})


@pytest.mark.parametrize("text", ["a::serie=2", "a::series", "a::"])
def test_an_unknown_option_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="must be one of series, axes, unit, spacing"):
        split_path(text)


def test_the_reader_is_told(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((4, 5, 3), np.uint8))
    assert read_as(f"{tmp_path / 'a.npy'}::axes=zyx", "image").axes == "zyx"
    assert read_as(f"{tmp_path / 'a.npy'}::axes=yxc,unit=counts", "image").unit == "counts"
    assert read_as(f"{tmp_path / 'a.npy'}::axes=zyx", "grid").shape == (4, 5, 3)
    with pytest.raises(ParameterError, match="unit cannot be told when mask is read"):
        read_as(f"{tmp_path / 'a.npy'}::unit=HU", "mask")


def test_a_record_says_what_a_file_holds(tmp_path: Path) -> None:
    path = tmp_path / "m.png"
    fd.write(fd.Mask([[True, False]]), path)
    assert isinstance(read_as(str(path), "sampled"), fd.Mask)
    assert isinstance(read_as(str(path), "sampled", ["image", "labels"]), fd.Image)
    (tmp_path / "m.png.lineage.json").unlink()
    assert isinstance(read_as(str(path), "sampled"), fd.Image)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileDefectError, match=r"none\.nii: there is no such file"):
        read_as(str(tmp_path / "none.nii"), "sampled")


def test_a_spacing_is_told_once_or_for_each_axis() -> None:
    assert split_path("a.png::spacing=0.5 um") == ("a.png", {"spacing": ["0.5 um"]})
    path, options = split_path("s.npy::axes=zyx,spacing=3 um,spacing=1 um,spacing=1 um")
    assert (path, options["spacing"]) == ("s.npy", ["3 um", "1 um", "1 um"])
