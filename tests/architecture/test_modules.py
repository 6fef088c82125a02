"""One concept a module: how long a module may be, and what it may not be called."""

from __future__ import annotations

import ast
from pathlib import Path

LIMIT = 400
# Names that say nothing about what is inside.
EMPTY_NAMES = {"common", "core", "helper", "helpers", "misc", "util", "utilities", "utils"}
UNSAFE = {"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve", "joblib"}


def modules(repository: Path) -> list[Path]:
    found = sorted((repository / "src").rglob("*.py"))
    assert found
    return found


def test_no_module_is_longer_than_one_concept(repository: Path) -> None:
    lengths = {
        path.relative_to(repository).as_posix(): len(path.read_text().splitlines())
        for path in modules(repository)
    }
    assert {name: length for name, length in lengths.items() if length > LIMIT} == {}


def test_no_name_is_empty_of_meaning(repository: Path) -> None:
    for top in ("src", "native", "tests", "tools"):
        for path in (repository / top).rglob("*"):
            if "__pycache__" not in path.parts:
                stem = path.stem.removeprefix("test_").strip("_")
                assert stem not in EMPTY_NAMES, path.relative_to(repository)


def test_every_module_says_what_it_is(repository: Path) -> None:
    for path in modules(repository):
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree) or not tree.body, path.relative_to(repository)


def test_nothing_is_ever_unpickled(repository: Path) -> None:
    for path in modules(repository):
        for node in ast.walk(ast.parse(path.read_text())):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module or ""]
            tops = {name.split(".")[0] for name in names}
            assert tops & UNSAFE == set(), path.relative_to(repository)


def test_no_module_has_a_star_import(repository: Path) -> None:
    for path in modules(repository):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert "*" not in {alias.name for alias in node.names}, path.relative_to(repository)


def test_every_unit_test_mirrors_a_module(repository: Path) -> None:
    tests, source = repository / "tests" / "unit", repository / "src" / "fiducial"
    for path in sorted(tests.rglob("test_*.py")):
        room = path.parent.relative_to(tests)
        name = path.stem.removeprefix("test_")
        choices = [source / room / f"{name}.py", source / room / name]
        # A concept may be tested in several files: test_grid_pyramid.py tests grid.py.
        heads = [name[:cut] for cut in range(len(name)) if name[cut] == "_"]
        choices += [source / room / f"{head}.py" for head in heads]
        # test_operation.py tests what operation/__init__.py holds.
        choices += [source / room] if name == room.name else []
        assert any(choice.exists() for choice in choices), (
            f"{path.relative_to(repository)} tests no module of src/fiducial/{room}"
        )
