"""The floors of the house hold: a module imports only from those below its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def check(folder: Path, sources: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter in a folder with a configuration, on these sources."""
    return subprocess.run(
        [sys.executable, "-c", LINTER, "--no-logo", "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(sources), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_import_goes_down(repository: Path) -> None:
    done = check(repository, repository / "src")
    assert done.returncode == 0, done.stdout
    assert "1 kept, 0 broken" in done.stdout


def test_an_import_upwards_and_an_unlisted_room_are_seen(repository: Path, tmp_path: Path) -> None:
    package = tmp_path / "fiducial"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "units.py").write_text("def f():\n    import fiducial.image\n")
    (package / "image.py").write_text("")
    (package / "attic.py").write_text("")
    (tmp_path / "pyproject.toml").write_text((repository / "pyproject.toml").read_text())
    done = check(tmp_path, tmp_path)
    assert done.returncode == 1
    assert "fiducial.units is not allowed to import fiducial.image" in done.stdout
    assert "fiducial.attic" in done.stdout


def test_every_room_of_the_package_has_a_floor(repository: Path) -> None:
    settings = tomllib.loads((repository / "pyproject.toml").read_text())
    (contract,) = settings["tool"]["importlinter"]["contracts"]
    rooms = {room.strip(" ()") for floor in contract["layers"] for room in floor.split("|")}
    source = repository / "src" / "fiducial"
    present = {
        path.stem
        for path in source.iterdir()
        if (path.suffix == ".py" and not path.stem.startswith("__"))
        or (path / "__init__.py").is_file()
    }
    assert present - rooms == set()
    assert contract["exhaustive"] is True
