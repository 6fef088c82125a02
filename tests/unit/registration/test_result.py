"""What a registration gives."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError
from fiducial.io.transform_files.itk import read_itk_transform
from fiducial.registration.result import Registration

from .conftest import Picture, centred

GRID = centred((60, 66), 1.8)
TRUTH = fd.Rigid(8, (5.0, -3.0))


@pytest.fixture(scope="module")
def result(picture: Picture) -> Registration:
    return fd.register(picture(GRID), picture(GRID, TRUTH))


def test_points_and_images_go_the_same_way(result: Registration) -> None:
    points = fd.Points([[10.0, 5.0]])
    assert result.points(points).world == pytest.approx(TRUTH.map(points.world), abs=0.1)
    spot = np.zeros(GRID.shape, bool)
    index = np.round(GRID.world_to_index(TRUTH.map([10.0, 5.0]))).astype(int)
    spot[tuple(index[0:2]) if index.ndim == 1 else tuple(index[0])] = True
    moved = result.apply(fd.Mask(spot, GRID), interpolation="nearest")
    assert isinstance(moved, fd.Mask)
    where = GRID.index_to_world(np.argwhere(moved.array).mean(axis=0))
    assert np.linalg.norm(where - [10.0, 5.0]) < 1.8


def test_labels_stay_labels(result: Registration) -> None:
    moved = result.apply(fd.Labels(np.full(GRID.shape, 5, np.uint8), GRID, names={5: "head"}))
    assert isinstance(moved, fd.Labels)
    assert set(moved.numbers) <= {5}


def test_table_is_the_trace(result: Registration) -> None:
    table = result.table()
    assert list(table.columns) == [
        "stage", "spacing", "iteration", "cost", "similarity", "overlap", "step", "accepted",
    ]  # fmt: skip
    last = table[table["stage"] == table["stage"].iloc[-1]]
    costs = last[last["accepted"]]["cost"]
    assert costs.is_monotonic_decreasing
    assert table.attrs["lineage"] == result.lineage


def test_report_names_verdict_evidence_and_reasons(result: Registration) -> None:
    text = result.report()
    for words in ("verdict: pass", "Rigid(", "overlap", "similarity: ncc: ", "levels: ", "start: "):
        assert words in text
    assert repr(result).startswith("Registration(pass: Rigid(")
    assert not result.has_failed


def _read(path: Path) -> fd.Image:
    with pytest.warns(fd.errors.FiducialWarning, match="NaN"):
        return fd.read(path)


def test_folder_holds_all_of_it(result: Registration, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    result.save(folder)
    again = read_itk_transform(folder / "transform.tfm")
    points = GRID.corners
    assert again.map(points) == pytest.approx(result.transform.map(points), abs=1e-12)
    document = json.loads((folder / "registration.json").read_text())
    assert document["verdict"] == "pass"
    assert {item["name"] for item in document["evidence"]} >= {"similarity", "overlap", "detail"}
    assert (folder / "report.txt").read_text().startswith("verdict: pass")
    assert (folder / "trace.csv").read_text().startswith("stage,spacing")
    assert np.array_equal(
        np.asarray(_read(folder / "moved.nrrd")), result.moved.array, equal_nan=True
    )
    (tmp_path / "file").write_text("")
    with pytest.raises(ParameterError, match="must be a folder"):
        result.save(tmp_path / "file")


def test_a_world_in_pixels_is_saved_too(picture: Picture, tmp_path: Path) -> None:
    image = fd.Image(picture(GRID).array)
    fd.register(image, image, transform="translation").save(tmp_path / "out")
    assert (tmp_path / "out" / "transform.json").is_file()
    assert fd.read(tmp_path / "out" / "moved.nrrd").grid == image.grid
