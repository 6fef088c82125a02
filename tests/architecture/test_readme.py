"""The README's lines work as printed."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from fiducial.cli.main import main
from fiducial.tour.inputs import gather
from fiducial.tour.run import recipe_text

README = Path(__file__).resolve().parents[2] / "README.md"


def blocks(language: str) -> list[str]:
    text = README.read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("readme")
    gather(place / "OUT")
    (place / "OUT" / "recipes").mkdir()
    (place / "OUT" / "recipes" / "sets.yaml").write_text(recipe_text("sets"), encoding="utf-8")
    return place


def test_the_python_runs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (code,) = blocks("python")
    lines = [line for line in code.splitlines() if line and not line.startswith("import")]
    assert len(lines) == 10
    names: dict[str, object] = {"print": lambda *words: None}
    exec(code, names)
    for made in ("bone.nii.gz", "bone.csv", "bone.png"):
        assert (folder / made).stat().st_size > 0
    assert len(names["table"]) == 1  # type: ignore[arg-type]


def test_the_command_lines_run(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    commands = [
        shlex.split(line, comments=True)
        for line in blocks("sh")[1].splitlines()
        if line.startswith("fiducial ")
    ]
    assert len(commands) == 10
    shutil.rmtree(folder / "aligned", ignore_errors=True)
    for words in commands:
        assert main(words[1:]) == 0, words
    printed = capsys.readouterr().out
    assert "gaussian" in printed


def test_the_picture_is_there() -> None:
    (name,) = re.findall(r"!\[[^\]]*\]\(([^)]*)\)", README.read_text(encoding="utf-8"))
    assert (README.parent / name).read_bytes().startswith(b"\x89PNG")
