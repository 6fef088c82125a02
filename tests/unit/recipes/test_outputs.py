"""What is known of writing results: all of them or none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import fiducial as fd
from fiducial.errors import FileDefectError, GeometryWarning, ParameterError
from fiducial.recipes.outputs import file_name, is_written, lineage_of, write_all, write_result


def image() -> fd.Image:
    return fd.Image(np.arange(12.0).reshape(3, 4))


class Pair:
    """A result that saves itself into a folder, with an image inside."""

    def save(self, folder: Any) -> None:
        Path(folder).mkdir()
        fd.write(fd.gaussian(image(), sigma=1), Path(folder) / "part.npy")


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_has_a_format_and_what_has_not() -> None:
    assert is_written(image())
    assert is_written(fd.Points([[1, 2, 3]]))
    assert is_written(fd.Translation((1.0, 2.0)))
    assert not is_written(0.5)
    assert not is_written(pd.DataFrame({"a": [1]}))


def test_lineage_of_images_tables_and_numbers() -> None:
    table = fd.measure(image() > 3)
    assert lineage_of(table) is table.attrs["lineage"]
    assert lineage_of(image()) is not None
    assert lineage_of(0.5) is None


@pytest.mark.parametrize(
    ("result", "name"),
    [
        (image(), "a_b.nii.gz"),
        (fd.Image(np.zeros((2, 2, 3)), axes="yxc"), "a_b.tif"),
        (pd.DataFrame({"a": [1]}), "a_b.csv"),
        (0.5, "a_b.json"),
        (Pair(), "a_b"),
    ],
)
def test_a_result_chooses_its_file(result: Any, name: str) -> None:
    assert file_name("a.b", "", result) == name
    assert file_name("a.b", "x.mha", result) == "x.mha"


def test_a_table_is_written_with_its_record(tmp_path: Path) -> None:
    table = fd.measure(image() > 3)
    for name in ("t.csv", "t.json", "t.txt"):
        write_result(table, tmp_path / name)
        assert (tmp_path / f"{name}.lineage.json").exists()
        assert fd.history(tmp_path / name).splitlines()[1] == "  measure()"
    assert json.loads((tmp_path / "t.json").read_text())[0]["voxels"] == 8
    assert pd.read_csv(tmp_path / "t.csv")["voxels"].tolist() == [8]


def test_a_name_that_says_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"must end in \.csv, \.json, \.txt; got 'x\.dat'"):
        write_result(0.5, tmp_path / "x.dat")
    assert list(tmp_path.iterdir()) == []


def test_records_name_their_sources_from_where_they_stand(tmp_path: Path) -> None:
    fd.write(image(), tmp_path / "source.npy")
    smooth = fd.gaussian(fd.read(tmp_path / "source.npy"), sigma=1)
    write_all({"s": (smooth, "deep/s.npy"), "p": (Pair(), "pair")}, tmp_path / "out")
    document = json.loads((tmp_path / "out" / "deep" / "s.npy.lineage.json").read_text())
    paths = [node["path"] for node in document["lineage"]["nodes"].values() if "path" in node]
    assert paths == ["../../source.npy"]
    assert document["file"]["name"] == "s.npy"
    assert fd.replay(tmp_path / "out" / "deep" / "s.npy").identical
    assert "part.npy" in fd.history(tmp_path / "out" / "pair" / "part.npy")


def test_what_is_there_stays_unless_it_has_the_name(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("other")
    (tmp_path / "s.npy").write_text("old")
    write_all({"s": (image(), "s.npy")}, tmp_path)
    assert (tmp_path / "other.txt").read_text() == "other"
    np.testing.assert_array_equal(np.load(tmp_path / "s.npy"), image().array)
    assert set(files(tmp_path)) == {"other.txt", "s.npy", "s.npy.lineage.json"}


def test_a_warning_names_the_file_as_it_will_be_called(tmp_path: Path) -> None:
    spaced = fd.Image(np.ones((2, 2)), fd.Grid.from_spacing((2, 2), 0.5))
    with pytest.warns(GeometryWarning) as told:
        write_all({"s": (spaced, "s.npy")}, tmp_path)
    assert str(told[0].message).startswith(f"{tmp_path / 's.npy'}: ")


def test_a_result_that_cannot_be_written_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "s.npy").write_text("old")
    before = files(tmp_path)
    with pytest.raises(ParameterError):
        write_all({"s": (image(), "s.npy"), "n": (0.5, "n.dat")}, tmp_path)
    assert files(tmp_path) == before
    with pytest.raises(ParameterError):
        write_all({"n": (0.5, "n.dat")}, tmp_path / "new" / "folder")
    assert not (tmp_path / "new").exists()


def test_a_move_that_fails_gives_the_old_files_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    write_all({"a": (image(), "a.npy")}, tmp_path)
    (tmp_path / "b.npy").write_text("old")
    before = files(tmp_path)
    rename = os.rename

    def failing(source: Any, target: Any) -> None:
        if Path(target).name == "b.npy" and ".fiducial-part" in str(Path(source).parent):
            raise PermissionError(13, "Permission denied", str(target))
        rename(source, target)

    monkeypatch.setattr(os, "rename", failing)
    changed = image() + 1
    with pytest.raises(FileDefectError, match="could not be given its name"):
        write_all({"a": (changed, "a.npy"), "b": (changed, "b.npy")}, tmp_path)
    assert files(tmp_path) == before


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FileDefectError, match="the folder cannot be made"):
        write_all({"a": (image(), "a.npy")}, tmp_path / "file" / "out")
