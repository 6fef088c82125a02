"""The record beside a file: believed as long as the digest holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fiducial.errors import FiducialWarning, FileDefectError
from fiducial.image import Image
from fiducial.io import read, read_sidecar, sidecar_path, write, write_sidecar
from fiducial.lineage import Call, Opaque, Source, file_digest


def test_the_name_says_what_it_belongs_to(tmp_path: Path) -> None:
    assert sidecar_path(tmp_path / "ct.nii.gz").name == "ct.nii.gz.lineage.json"
    assert read_sidecar(tmp_path / "ct.nii.gz") is None


def test_lineage_comes_back_with_its_large_arrays(tmp_path: Path) -> None:
    large = np.arange(5000.0)
    source = Source(str(tmp_path / "in" / "a.nii"), "sha256:0", "NIfTI", {"series": 2})
    call = Call("warp", "1.0", {"x": 1}, {"x": 1}, (("image", source),), (("field", large),))
    path = tmp_path / "b.npy"
    np.save(path, np.zeros(3))
    write_sidecar(path, call, describes={"kind": "image"})
    assert (tmp_path / "b.npy.lineage.npz").exists()
    found = read_sidecar(path)
    assert found is not None
    assert found.lineage.id == call.id
    assert found.lineage.parents[0][1].path == source.path
    np.testing.assert_array_equal(found.lineage.arrays[0][1], large)
    assert found.matches(file_digest(path))
    # A later record without arrays takes the old ones away.
    write_sidecar(path, Opaque("x"))
    assert not (tmp_path / "b.npy.lineage.npz").exists()


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    path = write(Image([[1, 2]]), tmp_path / "a.npy")
    again = read(path)
    write(again, tmp_path / "b.npy")
    document = json.loads((tmp_path / "b.npy.lineage.json").read_text())
    node = document["lineage"]["nodes"][document["lineage"]["root"]]
    assert node["path"] == "a.npy"
    assert node["digest"] == file_digest(path)


def test_a_changed_file_is_noticed_and_its_record_ignored(tmp_path: Path, outcome: Any) -> None:
    path = write(Image([[1, 2]], unit="HU"), tmp_path / "a.npy")
    np.save(path, np.array([[3, 4]]))
    image, _, notes = outcome(path)
    assert image.unit is None
    assert any("digest differs" in note for note in notes)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"fiducial_lineage": 1}', '{"fiducial_lineage": 99}', "[" * 100_000],
)
def test_a_damaged_record_is_a_warning_when_reading(
    tmp_path: Path, outcome: Any, text: str
) -> None:
    path = write(Image([[1, 2]]), tmp_path / "a.npy")
    sidecar_path(path).write_text(text)
    with pytest.raises(FileDefectError):
        read_sidecar(path)
    image, _, notes = outcome(path)
    np.testing.assert_array_equal(image.array, [[1, 2]])
    assert any("sidecar was ignored" in note for note in notes)


def test_arrays_that_were_exchanged_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "b.npy"
    np.save(path, np.zeros(3))
    write_sidecar(path, Call("warp", "1", arrays=(("field", np.arange(5000.0)),)))
    beside = tmp_path / "b.npy.lineage.npz"
    with np.load(beside) as held:
        (name,) = held.files
    np.savez(beside, **{name: np.zeros(5000)})
    with pytest.raises(FileDefectError, match="not those written"):
        read_sidecar(path)


def test_a_record_that_contradicts_the_header_is_not_believed(tmp_path: Path, awkward: Any) -> None:
    image = Image(np.zeros((4, 5, 6), np.int16), awkward["oblique"])
    path = write(image, tmp_path / "a.nrrd")
    beside = sidecar_path(path)
    document = json.loads(beside.read_text())
    document["describes"]["grid"]["affine"][0][3] += 5.0
    beside.write_text(json.dumps(document))
    with pytest.warns(FiducialWarning, match="differ in geometry; the header is used"):
        again = read(path)
    assert again.grid.corner_distance(image.grid) < 1e-9


def test_no_pickle_is_read_from_the_arrays(tmp_path: Path) -> None:
    path = tmp_path / "b.npy"
    np.save(path, np.zeros(3))
    write_sidecar(path, Call("warp", "1", arrays=(("field", np.arange(5000.0)),)))
    np.savez(tmp_path / "b.npy.lineage.npz", x=np.array([{}], object))
    with pytest.raises(FileDefectError, match="damaged"):
        read_sidecar(path)
