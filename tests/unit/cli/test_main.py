"""What is known of the command line as a whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import fiducial as fd
from fiducial import catalogue
from fiducial.cli.exit_codes import EXIT_CODES
from fiducial.cli.main import commands, main

GRIDS = {
    "anisotropic": fd.Grid.from_spacing((6, 9, 10), (3.0, 0.8, 0.8), origin=(-5, 7, 2)),
    "oblique, flipped": fd.Grid.from_spacing(
        (6, 9, 10), 1.5, direction=[[0, 0.6, -0.8], [0, 0.8, 0.6], [-1, 0, 0]]
    ),
    "single slice": fd.Grid.from_spacing((1, 9, 10), (3.0, 0.8, 0.8)),
    "2D": fd.Grid.from_spacing((9, 10), (2.0, 0.5)),
}


def image(grid: fd.Grid) -> fd.Image:
    values = np.random.default_rng(0).normal(100, 30, grid.shape).astype(np.float32)
    return fd.Image(values, grid, "HU")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", GRIDS)
def test_from_file_to_file_the_same_as_in_python(
    name: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fd.write(image(GRIDS[name]), "in.nii.gz")
    assert main(["gaussian", "in.nii.gz", "smooth.nii.gz", "--sigma", "2 mm"]) == 0
    assert main(["threshold", "smooth.nii.gz", "bright.nii.gz", "--above", "100"]) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert [line.split(":")[0] for line in said.err.splitlines()] == [
        "wrote smooth.nii.gz",
        "wrote bright.nii.gz",
    ]
    smooth = fd.gaussian(fd.read("in.nii.gz"), sigma="2 mm")
    assert fd.read("smooth.nii.gz").array.tobytes() == smooth.array.tobytes()
    assert fd.read("smooth.nii.gz").grid == smooth.grid
    assert fd.read("smooth.nii.gz").unit == "HU"
    assert fd.read_mask("bright.nii.gz").count == fd.threshold(smooth, above=100).count
    assert main(["history", "bright.nii.gz"]) == 0
    assert "threshold(above=100)" in capsys.readouterr().out
    assert main(["replay", "bright.nii.gz"]) == 0
    assert capsys.readouterr().out == "bright.nii.gz: identical\n"


def test_numbers_and_tables_go_to_standard_output(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fd.write(image(GRIDS["2D"]), "in.nii.gz")
    assert main(["threshold_otsu", "in.nii.gz"]) == 0
    assert float(capsys.readouterr().out) == fd.threshold_otsu(fd.read("in.nii.gz"))
    main(["otsu", "in.nii.gz", "mask.nii.gz"])
    capsys.readouterr()
    assert main(["measure", "mask.nii.gz", "--images", "in.nii.gz", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["voxels"] == fd.read_mask("mask.nii.gz").count
    assert main(["measure", "mask.nii.gz", "-o", "t.csv"]) == 0
    assert Path("t.csv").read_text().startswith("label,name,voxels")
    assert capsys.readouterr().out == ""


def test_an_alias_and_dashes_are_understood(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fd.write(image(GRIDS["2D"]), "in.nii.gz")
    assert main(["threshold-otsu", "in.nii.gz"]) == 0
    assert main(["rgb2hed", "--help"]) == 0
    assert "usage: fiducial rgb2hed" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (["gausian", "a"], 2, "no command is called 'gausian'. Did you mean gaussian?"),
        (["zzz"], 2, "no command is called 'zzz'. See: fiducial --help."),
        (["gaussian", "in.nii.gz"], 2, "the following arguments are required: OUTPUT"),
        (["gaussian", "in.nii.gz", "o.nii", "--sigm", "2"], 2, "Did you mean --sigma?"),
        (["gaussian", "in.nii.gz", "o.nii", "--sigma", "-2"], 2, "sigma of gaussian must be"),
        (["gaussian", "in.nii.gz", "o.nii", "--sigma", "wide"], 2, "sigma of gaussian must be a"),
        (["gaussian", "in.nii.gz", "o.xyz"], 2, "must end in one of"),
        (["gaussian", "in.nii.gz", "in.nii.gz"], 2, "must be another file than image"),
        (["threshold", "in.nii.gz", "o.nii"], 2, "above or below of threshold must be given"),
        (["gaussian", "none.nii", "o.nii"], 3, "none.nii: there is no such file"),
        (["gaussian", "broken.nii", "o.nii"], 3, "broken.nii: "),
        (["gaussian", "in.nii.gz", "none/o.nii"], 3, "its folder does not exist"),
        (["dice", "mask.nii.gz", "other.nii.gz"], 4, "must be on one grid"),
        (["run", "bad.yaml", "--out", "out"], 5, "bad.yaml, line 2"),
        (["run", "none.yaml"], 3, "none.yaml: the recipe cannot be read"),
        (["replay", "in.nii.gz"], 6, ""),
        (["history", "broken.nii"], 3, "no record of how it was made"),
        (["info", "none.nii"], 3, "none.nii"),
        (["convert", "in.nii.gz", "in.nii.gz"], 2, "must be another file than INPUT"),
        (["reference", "gausian"], 2, "Did you mean gaussian?"),
    ],
)
def test_an_error_is_one_line_with_its_code_and_nothing_is_left(
    words: list[str], code: int, line: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fd.write(image(GRIDS["anisotropic"]), "in.nii.gz")
    fd.write(image(GRIDS["anisotropic"]) > 100, "mask.nii.gz")
    fd.write(image(GRIDS["single slice"]) > 100, "other.nii.gz")
    Path("broken.nii").write_bytes(b"x" * 400)
    Path("bad.yaml").write_text("recipe: 1\nsteps: [nothing]\n")
    before = {path.name: path.read_bytes() for path in here.iterdir()}
    assert main(words) == code
    said = capsys.readouterr().err
    if code != 6:
        assert said.startswith("error: ")
        assert said.count("\n") == 1
    assert line in said
    assert {path.name: path.read_bytes() for path in here.iterdir()} == before


def test_debug_adds_the_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--debug", "info", "none.nii"], ["info", "none.nii", "--debug"]):
        assert main(words) == 3
        said = capsys.readouterr().err
        assert "Traceback (most recent call last)" in said
        assert said.splitlines()[-1].startswith("error: none.nii")


def test_quiet_tells_results_only(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fd.write(image(GRIDS["2D"]), "in.nii.gz")
    assert main(["gaussian", "in.nii.gz", "o.nii.gz", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")


def test_help_lists_every_command_and_operation_and_the_exit_codes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    for name, entry in catalogue.operations().items():
        assert entry.is_alias or f"\n  {name} " in text
    for name, summary in commands().items():
        assert f"\n  {name} " in text
        assert summary.endswith(".")
    for code, meaning in EXIT_CODES.items():
        assert f"  {code:<4} {meaning}\n" in text + "\n"
    assert main([]) == 2
    assert capsys.readouterr().err == text


def test_no_operation_bears_the_name_of_a_command() -> None:
    assert set(commands()) & set(catalogue.operations()) == set()


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"{fd.__version__}\n"


def test_it_is_a_module_that_runs() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fiducial", "gaussian", "none.nii", "o.nii"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr == "error: none.nii: there is no such file. Check the path\n"


def test_a_sub_command_imports_its_own_module_only() -> None:
    program = (
        "import sys\nfrom fiducial.cli.main import main\n"
        "main(['threshold', '--help'])\n"
        "print(*(n for n in sys.modules if n.startswith('fiducial.') or '.' not in n))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "fiducial.segmentation.threshold" in loaded
    assert loaded & {"scipy", "SimpleITK", "pandas", "matplotlib", "nibabel", "yaml"} == set()
    assert not {name for name in loaded if name.startswith(("fiducial.filters", "fiducial.masks"))}
