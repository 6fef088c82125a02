"""The stub of the package's door and the reference pages follow from the code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import fiducial
from fiducial import catalogue


def test_generated_files_are_up_to_date(repository: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(repository / "tools" / "generate.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_operation_has_its_page_and_its_line_in_the_stub(repository: Path) -> None:
    stub = (repository / "src" / "fiducial" / "__init__.pyi").read_text()
    for name, entry in catalogue.operations().items():
        if entry.family == "plugin":
            continue
        page = repository / "docs" / "reference" / f"{entry.attribute}.md"
        assert f"# {entry.attribute}\n" in page.read_text()
        assert f"import {name} as {name}\n" in stub or f"\n{name} = {entry.attribute}\n" in stub


def test_every_public_name_resolves_the_same_twice() -> None:
    for name in dir(fiducial):
        if not name.startswith("_"):
            first = getattr(fiducial, name)
            assert getattr(fiducial, name) is first


def test_the_version_is_the_wheels(repository: Path) -> None:
    line = f'version = "{fiducial.__version__}"'
    assert line in (repository / "pyproject.toml").read_text().splitlines()
