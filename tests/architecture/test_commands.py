"""The two commands of the README, the script behind them, and CI, which runs the same."""

from __future__ import annotations

import ast
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

COMMANDS = ("tools/start.py tour", "tools/start.py test")


@pytest.fixture
def start(repository: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("start", repository / "tools" / "start.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tree(start: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point the script at a small tree of its own."""
    (tmp_path / "src" / "fiducial").mkdir(parents=True)
    (tmp_path / "src" / "fiducial" / "one.py").write_text("x = 1\n")
    (tmp_path / "constraints.txt").write_text("numpy==2.0\n")
    for name in ("pyproject.toml", "CMakeLists.txt"):
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(start, "ROOT", tmp_path)
    monkeypatch.setattr(start, "CONSTRAINTS", tmp_path / "constraints.txt")
    monkeypatch.delenv("FIDUCIAL_PURE", raising=False)
    return tmp_path


@pytest.mark.parametrize("command", COMMANDS)
def test_the_readme_and_ci_run_the_same_commands(repository: Path, command: str) -> None:
    assert f"python3 {command}" in (repository / "README.md").read_text()
    assert command in (repository / ".ci" / "run").read_text()


def test_ci_is_a_program(repository: Path) -> None:
    script = repository / ".ci" / "run"
    assert script.read_text().startswith("#!/usr/bin/env bash\n")
    if os.name != "nt":
        assert os.access(script, os.X_OK)


def test_the_script_needs_the_standard_library_only(repository: Path) -> None:
    tree = ast.parse((repository / "tools" / "start.py").read_text())
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported - {"__future__"} <= set(sys.stdlib_module_names)


def test_an_unknown_word_prints_the_usage(repository: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(repository / "tools" / "start.py"), "fly"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "tools/start.py tour OUT/" in done.stderr


def test_the_same_sources_have_the_same_digest(start: ModuleType, tree: Path) -> None:
    before = start.digest_sources()
    assert start.digest_sources() == before
    (tree / "src" / "fiducial" / "one.cpython-311.so").write_bytes(b"built in place")
    (tree / "src" / "fiducial" / "__pycache__").mkdir()
    (tree / "src" / "fiducial" / "__pycache__" / "one.cpython-311.pyc").write_bytes(b"cache")
    assert start.digest_sources() == before


@pytest.mark.parametrize(
    "change", ["src/fiducial/one.py", "src/fiducial/two.py", "pyproject.toml", "constraints.txt"]
)
def test_a_change_of_a_source_changes_the_digest(
    start: ModuleType, tree: Path, change: str
) -> None:
    before = start.digest_sources()
    (tree / change).write_text("y = 2\n")
    assert start.digest_sources() != before


def test_a_pure_wheel_is_another_wheel(
    start: ModuleType, tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = start.digest_sources()
    monkeypatch.setenv("FIDUCIAL_PURE", "1")
    assert start.digest_sources() != before
