"""Every public docstring tells what its reader needs, in numpydoc's sections."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from typing import Any

import pytest

import fiducial
from fiducial import catalogue

SECTION = re.compile(r"^([A-Z][A-Za-z ]+)\n-{3,}$", re.MULTILINE)


def sections(text: str) -> dict[str, str]:
    """Split a docstring into its sections; what comes before the first is named ""."""
    parts = SECTION.split(inspect.cleandoc(text))
    return {"": parts[0]} | dict(zip(parts[1::2], parts[2::2], strict=True))


def documented(section: str) -> set[str]:
    """Collect the names that a section of parameters documents."""
    heads = [line for line in section.splitlines() if line and not line.startswith(" ")]
    names = [name.strip(" *`") for head in heads for name in head.split(":")[0].split(",")]
    return {name for name in names if name.isidentifier()}


def public() -> Iterator[tuple[str, Any]]:
    for name in sorted(dir(fiducial)):
        thing = getattr(fiducial, name)
        if not name.startswith("_") and not inspect.ismodule(thing) and callable(thing):
            yield name, thing


OPERATIONS = sorted(catalogue.operations())


@pytest.mark.parametrize(("name", "thing"), public(), ids=[name for name, _ in public()])
def test_every_parameter_is_documented(name: str, thing: Any) -> None:
    text = inspect.getdoc(thing)
    assert text, f"{name} has no docstring"
    found = sections(text)
    parameters = set(inspect.signature(thing).parameters) - {"self", "args", "kwargs"}
    told = set().union(*(documented(found.get(key, "")) for key in ("Parameters", "Attributes")))
    assert parameters - told == set(), f"{name} does not document them"


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_has_the_sections(name: str) -> None:
    entry = catalogue.operations()[name]
    thing = getattr(importlib.import_module(entry.module), name)
    found = sections(inspect.getdoc(thing) or "")
    assert {"Parameters", "Returns", "Examples"} <= set(found), name
    assert ">>>" in found["Examples"], f"the example of {name} does not run"
    summary = found[""].strip().splitlines()
    assert summary[0].endswith("."), f"{name} must begin with one sentence on one line"
