"""A file dropped into the package is everywhere, with nothing else edited.

The worked examples of CONTRIBUTING are put into a copy of the package, each in the place that
its first line names, and used there in Python, on the command line, in a recipe, on the
reference page and in the conformance suite.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import fiducial

PACKAGE = Path(fiducial.__file__).parent
# The folder that holds the package ("src" in the repository) is named in the examples' first line.
BLOCK = re.compile(r"^```python\n# (?P<path>\S+\.py)\n(?P<text>.*?)^```$", re.M | re.S)


def examples(repository: Path) -> dict[str, str]:
    text = (repository / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return {match["path"]: match["text"] for match in BLOCK.finditer(text)}


def digests(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def place(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a copy of the package and of the conformance suite with the examples dropped in."""
    root = tmp_path_factory.mktemp("drop")
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PACKAGE, root / "src" / "fiducial", ignore=ignored)
    shutil.copytree(repository / "tests" / "conformance", root / "tests" / "conformance")
    shutil.copy(repository / "tests" / "conftest.py", root / "tests")
    shutil.copy(repository / "pyproject.toml", root)
    before = digests(root)
    for name, text in examples(repository).items():
        assert not (PACKAGE.parent / name.removeprefix("src/")).exists(), f"{name} is there already"
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    after = digests(root)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == set(examples(repository))
    return root


def run(place: Path, *words: str, code: int = 0) -> str:
    """Run Python in the copy, which hides the package itself; give what it printed."""
    environment = {**os.environ, "PYTHONPATH": str(place / "src")}
    done = subprocess.run(
        [sys.executable, *words],
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout


SETUP = """
import numpy as np, fiducial as fd
grid = fd.Grid.from_spacing((6, 9, 10), (3.0, 0.8, 0.8))
ct = fd.Image(np.random.default_rng(0).normal(100, 30, grid.shape).astype(np.float32), grid, "HU")
fd.write(ct, "ct.nii.gz")
fd.write(ct > 100, "a.nii.gz")
fd.write(ct > 120, "b.nii.gz")
fd.write(fd.Mask(np.eye(5, 7) > 0), "eye.png")
"""


@pytest.fixture(scope="module")
def files(place: Path) -> Path:
    run(place, "-c", SETUP)
    return place


def test_there_is_an_example_of_each_kind(repository: Path) -> None:
    folders = {str(Path(name).parent) for name in examples(repository)}
    assert {
        "src/fiducial/filters",
        "src/fiducial/metrics",
        "src/fiducial/io/formats",
        "tests/unit/filters",
    } <= folders


def test_in_python(files: Path) -> None:
    program = (
        "import fiducial as fd, numpy as np\n"
        f"assert fd.__file__.startswith({str(files)!r})\n"
        "ct = fd.read('ct.nii.gz')\n"
        "detail = fd.high_pass(ct, sigma='2 mm')\n"
        "print(np.allclose(detail.array + fd.gaussian(ct, sigma='2 mm').array, ct.array))\n"
        "print('high_pass' in dir(fd), fd.high_pass(ct, sigma='2 mm').lineage.operation)\n"
        "print(fd.volume_ratio(fd.read_mask('b.nii.gz'), fd.read_mask('a.nii.gz')) < 1)\n"
    )
    assert run(files, "-c", program).split() == ["True", "True", "high_pass", "True"]


def test_on_the_command_line(files: Path) -> None:
    listed = run(files, "-m", "fiducial", "--help")
    assert "high_pass" in listed
    assert "volume_ratio" in listed
    assert "--sigma LENGTH" in run(files, "-m", "fiducial", "high_pass", "--help")
    run(files, "-m", "fiducial", "high_pass", "ct.nii.gz", "detail.nii.gz", "--sigma", "2 mm")
    told = run(files, "-m", "fiducial", "history", "detail.nii.gz")
    assert "high_pass(sigma='2 mm')" in told
    again = run(files, "-m", "fiducial", "replay", "detail.nii.gz")
    assert again == "detail.nii.gz: identical\n"
    ratio = run(files, "-m", "fiducial", "volume_ratio", "b.nii.gz", "a.nii.gz")
    assert 0 < float(ratio) < 1
    run(files, "-m", "fiducial", "high_pass", "ct.nii.gz", "x.nii", "--sigma", "wide", code=2)
    assert not (files / "x.nii").exists()


def test_in_a_recipe_and_its_schema(files: Path) -> None:
    (files / "detail.yaml").write_text(
        "recipe: 1\ninputs: {ct: image, a: mask, b: mask}\nsteps:\n"
        "  - high_pass: {image: ct, sigma: 2 mm}\n    as: detail\n"
        "  - volume_ratio: {prediction: b, reference: a}\n    as: ratio\n"
        "outputs: {detail: detail.nii.gz}\n"
    )
    inputs = [f"--input={name}={name}.nii.gz" for name in ("ct", "a", "b")]
    told = run(files, "-m", "fiducial", "run", "detail.yaml", *inputs, "--out", "out")
    assert told.startswith("ratio: 0.")
    assert (files / "out" / "detail.nii.gz").exists()
    schema = json.loads(run(files, "-m", "fiducial", "list", "--schema"))
    step = schema["$defs"]["high_pass"]["properties"]["high_pass"]
    assert set(step["properties"]) == {"image", "sigma"}


def test_on_the_reference_page(files: Path) -> None:
    page = run(files, "-m", "fiducial", "reference", "high_pass")
    assert "# high_pass" in page
    assert "Keep the detail finer than a length" in page


def test_a_format_reads_and_writes(files: Path) -> None:
    run(files, "-m", "fiducial", "convert", "eye.png", "eye.pgm", "--as", "mask")
    assert (files / "eye.pgm").read_bytes().startswith(b"P5\n7 5\n255\n")
    assert "PGM" in run(files, "-m", "fiducial", "info", "eye.pgm")
    run(files, "-m", "fiducial", "convert", "eye.pgm", "again.png", "--as", "mask")
    program = (
        "import fiducial as fd\n"
        "print((fd.read_mask('again.png').array == fd.read_mask('eye.png').array).all())"
    )
    assert run(files, "-c", program) == "True\n"
    assert run(files, "-m", "fiducial", "replay", "again.png") == "again.png: identical\n"


def test_its_own_tests_and_the_conformance_suite_pass(place: Path) -> None:
    options = ("-q", "-p", "no:cacheprovider")
    names = "high_pass or volume_ratio"
    parts = ("operations", "keeping", "faces", "lattices")
    suite = [f"tests/conformance/test_{part}.py" for part in parts]
    told = run(place, "-m", "pytest", *options, "-k", names, *suite)
    counted = re.search(r"(\d+) passed", told)
    assert counted is not None
    assert int(counted[1]) >= 20
    told = run(place, "-m", "pytest", *options, "tests/unit")
    assert "3 passed" in told
