"""Every public docstring tells what its reader needs, in numpydoc's sections."""

from __future__ import annotations

import inspect
import re

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


OPERATIONS = sorted(
    name for name, entry in catalogue.operations().items() if entry.family != "plugin"
)
PUBLIC = sorted({*fiducial._PUBLIC, *OPERATIONS})


@pytest.mark.parametrize("name", PUBLIC)
def test_every_parameter_is_documented(name: str) -> None:
    thing = getattr(fiducial, name)
    if not callable(thing):
        pytest.skip(f"{name} is a constant")
    text = inspect.getdoc(thing)
    assert text, f"{name} has no docstring"
    found = sections(text)
    parameters = set(inspect.signature(thing).parameters) - {"self", "args", "kwargs"}
    told = set().union(*(documented(found.get(key, "")) for key in ("Parameters", "Attributes")))
    assert parameters - told == set(), f"{name} does not document them"


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_operation_has_the_sections(name: str) -> None:
    thing = catalogue.operations()[name].load()
    found = sections(inspect.getdoc(thing) or "")
    assert {"Parameters", "Returns", "Examples"} <= set(found), name
    assert ">>>" in found["Examples"], f"the example of {name} does not run"
    summary = found[""].strip().splitlines()
    assert summary[0].endswith("."), f"{name} must begin with one sentence on one line"
