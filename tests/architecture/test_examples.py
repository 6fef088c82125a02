"""The examples of every docstring run as printed."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import warnings
from pathlib import Path

import pytest

import fiducial

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def module_names() -> list[str]:
    found = pkgutil.walk_packages(fiducial.__path__, "fiducial.")
    return sorted(
        info.name
        for info in found
        if not info.name.endswith("__main__") and not info.name.endswith("._native")
    )


@pytest.mark.parametrize("name", ["fiducial", *module_names()])
def test_docstring_examples(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    module = importlib.import_module(name)
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    for example in doctest.DocTestFinder().find(module, name):
        with warnings.catch_warnings():
            runner.run(example, out=said.append)
    assert runner.failures == 0, "".join(said)
