"""What is known of the hand-written commands."""

from __future__ import annotations

import json
import types
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import fiducial as fd
from fiducial.cli.main import commands, main

GRID = fd.Grid.from_spacing((6, 9, 10), (3.0, 0.8, 0.8), origin=(-5, 7, 2))

RECIPE = """\
recipe: 1
name: Bright
inputs: {ct: image, body: {kind: mask, optional: true}}
steps:
  - threshold_otsu: {image: ct}
    as: level
  - threshold: {image: ct, above: level}
    as: bright
  - measure: {labels: bright, images: ct}
    as: table
outputs: {bright: bright.nii.gz}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    values = np.random.default_rng(0).normal(100, 30, GRID.shape).astype(np.float32)
    fd.write(fd.Image(values, GRID, "HU"), "ct.nii.gz")
    Path("bright.yaml").write_text(RECIPE)
    return tmp_path


Said = pytest.CaptureFixture[str]


@pytest.mark.parametrize("name", commands())
def test_each_has_help(name: str, capsys: Said) -> None:
    assert main([name, "--help"]) == 0
    text = capsys.readouterr().out
    assert f"usage: fiducial {name}" in text
    assert commands()[name] in text


def test_info_of_a_file_as_text_and_json(here: Path, capsys: Said) -> None:
    assert main(["info", "ct.nii.gz"]) == 0
    text = capsys.readouterr().out
    assert "z 3, y 0.8, x 0.8 mm" in text
    assert main(["info", "ct.nii.gz", "--json"]) == 0
    (entry,) = json.loads(capsys.readouterr().out)["entries"]
    assert entry["spacing"] == [3.0, 0.8, 0.8]
    assert main(["info"]) == 2
    assert "fiducial info --system" in capsys.readouterr().err


def test_info_of_the_system(capsys: Said) -> None:
    assert main(["info", "--system", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["fiducial"] == fd.__version__
    assert found["numpy"] == np.__version__
    assert found["kernels body"] in ("native", "reference")
    assert ("note" in found) == (found["kernels body"] == "reference")
    assert main(["info", "--system"]) == 0
    assert "kernels instruction set" in capsys.readouterr().out


def test_info_says_when_only_the_references_run(
    monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setenv("FIDUCIAL_KERNELS", "reference")
    assert main(["info", "--system"]) == 0
    assert "slow and right" in capsys.readouterr().out


def test_convert_keeps_values_and_geometry(here: Path, capsys: Said) -> None:
    assert main(["convert", "ct.nii.gz", "ct.nrrd"]) == 0
    assert capsys.readouterr().out == ""
    before, after = fd.read("ct.nii.gz"), fd.read("ct.nrrd")
    assert after.array.tobytes() == before.array.tobytes()
    assert after.grid == before.grid
    assert main(["replay", "ct.nrrd"]) == 0


def test_convert_keeps_what_a_file_holds(here: Path) -> None:
    fd.write(fd.Labels(np.ones(GRID.shape, int), GRID, names={1: "liver"}), "organs.nii.gz")
    assert main(["convert", "organs.nii.gz", "organs.nrrd"]) == 0
    assert fd.read_labels("organs.nrrd").names == {1: "liver"}
    assert main(["convert", "organs.nii.gz", "mask.nrrd", "--as", "mask"]) == 0
    assert fd.read_mask("mask.nrrd").count == 540


def test_run_writes_outputs_and_prints_the_rest(here: Path, capsys: Said) -> None:
    assert main(["run", "bright.yaml", "--input", "ct=ct.nii.gz", "--out", "out"]) == 0
    said = capsys.readouterr()
    assert said.err == "wrote bright into out\n"
    level = fd.threshold_otsu(fd.read("ct.nii.gz"))
    assert said.out.splitlines()[:2] == [f"level: {level!r}", "table:"]
    assert fd.read_mask("out/bright.nii.gz").count == int((fd.read("ct.nii.gz") > level).count)
    assert main(["replay", "out/bright.nii.gz"]) == 0
    capsys.readouterr()
    words = ["run", "bright.yaml", "--input", "ct=ct.nii.gz", "--out", "out", "--json"]
    assert main(words) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["level"] == level
    assert found["table"][0]["voxels"] == fd.read_mask("out/bright.nii.gz").count


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        ([], 2, "--out of fiducial run must be a folder"),
        (["--out", "o"], 2, "input ct of the recipe Bright must be given"),
        (["--out", "o", "--input", "ct"], 2, "--input of fiducial run must be NAME=FILE"),
        (["--out", "o", "--input", "cts=a.nii"], 2, "cts is no input of the recipe Bright"),
        (["--out", "o", "--input", "ct=none.nii"], 3, "none.nii: there is no such file"),
        (
            ["--out", "o", "--input", "ct=ct.nii.gz", "--input", "ct=ct.nii.gz"],
            2,
            "must name ct once",
        ),
    ],
)
def test_run_refuses_and_leaves_nothing(
    words: list[str], code: int, line: str, here: Path, capsys: Said
) -> None:
    before = sorted(path.name for path in here.iterdir())
    assert main(["run", "bright.yaml", *words]) == code
    assert line in capsys.readouterr().err
    assert sorted(path.name for path in here.iterdir()) == before


def test_history_as_text_and_as_the_record(here: Path, capsys: Said) -> None:
    main(["gaussian", "ct.nii.gz", "s.nii.gz", "--sigma", "2 mm"])
    capsys.readouterr()
    assert main(["history", "s.nii.gz"]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "  gaussian(sigma='2 mm')"
    assert main(["history", "s.nii.gz", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    calls = [n for n in document["lineage"]["nodes"].values() if n["kind"] == "call"]
    assert calls[0]["resolved"]["sigma"] == "2.0 mm"


def test_replay_says_what_differs(here: Path, capsys: Said) -> None:
    main(["gaussian", "ct.nii.gz", "s.nii.gz", "--sigma", "2 mm"])
    main(["threshold", "s.nii.gz", "b.nii.gz", "--above", "100"])
    main(["gaussian", "ct.nii.gz", "s.nii.gz", "--sigma", "1 mm"])
    capsys.readouterr()
    assert main(["replay", "s.nii.gz", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["identical"] is True
    assert main(["replay", "b.nii.gz"]) == 6
    assert "not the file that was recorded" in capsys.readouterr().out
    assert main(["replay", "ct.nii.gz"]) == 6
    assert "from memory" in capsys.readouterr().out


def test_list_as_text_json_and_schema(capsys: Said) -> None:
    assert main(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("filters       gaussian ") for line in lines)
    assert main(["list", "--json"]) == 0
    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["rgb2hed"]["alias_of"] == "separate_stains"
    assert rows["gaussian"]["alias_of"] is None
    assert main(["list", "--schema"]) == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(capsys.readouterr().out))


def test_reference_prints_the_page(capsys: Said) -> None:
    assert main(["reference", "gaussian"]) == 0
    assert "\n## Parameters\n" in capsys.readouterr().out


def test_tour_hands_over_its_words(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    import fiducial.tour as tour

    asked: list[tuple[str, dict[str, Any]]] = []

    def run(out: str, **options: Any) -> Path:
        asked.append((out, options))
        return Path(out) / "index.html"

    monkeypatch.setattr(tour, "run", run)
    assert isinstance(tour, types.ModuleType)
    assert main(["tour", "OUT", "--no-open"]) == 0
    assert main(["tour", "OUT", "--ct", "ct.nii.gz::unit=counts"]) == 0
    assert capsys.readouterr().out == f"{Path('OUT') / 'index.html'}\n" * 2
    assert asked[0] == ("OUT", {"ct": None, "open_page": False})
    assert asked[1][1]["open_page"] is None
    assert asked[1][1]["ct"].unit == "counts"
    assert main(["tour", "OUT", "--ct", "none"]) == 3
