"""What is declared is imported, what is imported is declared, and everything is pinned."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

# Used without an import statement of ours, and how.
INDIRECT = {
    "imagecodecs": "tifffile and pydicom decode compressed pixels through it when it is there",
    "import-linter": "run as a program",
    "pytest-xdist": "pytest's -n option",
}
# What we import and never require: each is imported inside one function, whose error names the
# command that installs it.
OPTIONAL = {"IPython", "cupy", "dask", "itk", "napari", "torch", "onnxruntime", "tqdm", "zarr"}

CALLS = {"importlib.import_module", "pytest.importorskip"}


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def project(repository: Path) -> dict[str, Any]:
    return tomllib.loads((repository / "pyproject.toml").read_text())


def names(requirements: list[str]) -> set[str]:
    return {canonical(Requirement(text).name) for text in requirements}


def imported(folder: Path) -> set[str]:
    """Collect the distributions that the modules of a folder import, wherever in the file."""
    owners = metadata.packages_distributions()
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            modules: list[str] = []
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                modules = [node.module or ""]
            elif isinstance(node, ast.Call) and ast.unparse(node.func) in CALLS and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant) and not str(first.value).startswith("."):
                    modules = [str(first.value)]
            for top in {module.split(".")[0] for module in modules}:
                if top not in sys.stdlib_module_names and top not in OPTIONAL:
                    found |= {canonical(owner) for owner in owners.get(top, [top])}
    return found


def test_the_library_imports_what_it_declares(repository: Path) -> None:
    declared = names(project(repository)["project"]["dependencies"])
    used = imported(repository / "src") - {"fiducial"}
    assert used - declared == set(), "imported but not declared"
    assert declared - used - set(INDIRECT) == set(), "declared but not imported"


def test_the_tests_import_what_they_declare(repository: Path) -> None:
    settings = project(repository)["project"]
    library, extra = (
        names(settings["dependencies"]),
        names(settings["optional-dependencies"]["test"]),
    )
    here = {path.stem for path in (repository / "tests").rglob("*")} | {"tests", "conftest"}
    used = imported(repository / "tests") - {canonical(name) for name in here} - {"fiducial"}
    assert used - library - extra == set(), "imported but not declared"
    assert extra - used - set(INDIRECT) == set(), "declared but not imported"


def pins(repository: Path) -> dict[str, str]:
    lines = (repository / "constraints.txt").read_text().splitlines()
    found = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonical(name): version for name, version in found}


def test_everything_is_pinned_within_its_range(repository: Path) -> None:
    settings, fixed = project(repository), pins(repository)
    extras = settings["project"]["optional-dependencies"].values()
    wanted = [
        *settings["project"]["dependencies"],
        *(text for extra in extras for text in extra),
        *settings["build-system"]["requires"],
    ]
    for text in wanted:
        requirement = Requirement(text)
        version = fixed.get(canonical(requirement.name))
        assert version is not None, f"{requirement.name} is not in constraints.txt"
        assert requirement.specifier.contains(version), f"{text} does not allow {version}"


def test_the_builds_requirements_are_exact(repository: Path) -> None:
    for text in project(repository)["build-system"]["requires"]:
        (specifier,) = Requirement(text).specifier
        assert specifier.operator == "==", text
