"""What is known of transforms in files."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import FileDefectError, ParameterError
from fiducial.io import read_source, read_transform, write_transform

LPS = fd.Frame("LPS", "mm", "1.2.3")
TRANSFORMS = {
    "translation": fd.Translation((1.0, -2.5, 3.0)),
    "plane": fd.Translation((0.25, 1e-3)),
    "affine": fd.Affine(
        np.array([[1.0, 0.2, 0], [0, 0.9, 0.1], [0.3, 0, 1.1]]), translation=(1, 2, 3)
    ),
    "with frames": fd.Translation((1.0, 2.0, 3.0)).with_frames(LPS, LPS.without_id()),
}


@pytest.mark.parametrize("ending", [".tfm", ".txt", ".json"])
@pytest.mark.parametrize("name", TRANSFORMS)
def test_numbers_and_frames_come_back(name: str, ending: str, tmp_path: Path) -> None:
    made = TRANSFORMS[name]
    path = write_transform(made, tmp_path / f"t{ending}")
    again = read_transform(path)
    points = np.random.default_rng(0).normal(size=(5, made.dimension)) * 100
    np.testing.assert_array_equal(again.map(points), made.map(points))
    assert (again.fixed_frame, again.moving_frame) == (made.fixed_frame, made.moving_frame)
    assert read_source(again.lineage).map(points).tobytes() == made.map(points).tobytes()


def test_a_chain_in_json(tmp_path: Path) -> None:
    chain = fd.Translation((1.0, 2.0)) @ fd.Affine(np.array([[2.0, 0.5], [0.0, 1.0]]))
    path = write_transform(chain, tmp_path / "chain.json")
    np.testing.assert_array_equal(read_transform(path).map([[3.0, 4.0]]), chain.map([[3.0, 4.0]]))


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    field = fd.transforms.Displacement(np.zeros((3, 3, 2)), fd.Grid.from_spacing((3, 3), 1.0))
    with pytest.raises(ParameterError, match=r"must be linear.*as_image"):
        write_transform(field, tmp_path / "field.json")
    with pytest.raises(ParameterError, match=r"must end in \.tfm, \.txt or \.json"):
        write_transform(TRANSFORMS["plane"], tmp_path / "t.nii")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[1]",
        '{"fiducial_transform": 2}',
        '{"fiducial_transform": 1, "transform": "Spline"}',
    ],
)
def test_what_is_no_transform_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(text)
    with pytest.raises(FileDefectError) as caught:
        read_transform(path)
    assert "\n" not in str(caught.value)


def test_a_sidecar_of_another_file_is_not_believed(tmp_path: Path) -> None:
    path = write_transform(TRANSFORMS["with frames"], tmp_path / "t.tfm")
    path.write_text(path.read_text().replace("1 2 3", "1 2 4"))
    assert read_transform(path).fixed_frame is None
    document = json.loads((tmp_path / "t.tfm.lineage.json").read_text())
    assert document["describes"]["kind"] == "transform"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileDefectError, match="no such file"):
        read_transform(tmp_path / "none.tfm")
