"""What is known of finding what a step does by its name."""

from __future__ import annotations

import pytest

from fiducial.catalogue import operations
from fiducial.errors import UnknownNameError
from fiducial.recipes.verbs import verb, verb_names


def test_operations_methods_and_phantoms_are_found() -> None:
    assert verb("gaussian").spec.name == "gaussian"
    assert verb("union").subject == "a"
    assert verb("phantoms.ball").subject is None
    assert verb("add").parameters["b"].kind == "operand"
    assert set(operations()) < set(verb_names())


def test_an_operation_comes_before_a_method_of_its_name() -> None:
    assert verb("channel").spec.doc.sections["Returns"]


def test_every_name_can_be_loaded() -> None:
    for name in verb_names():
        found = verb(name)
        assert found.parameters
        assert found.spec.doc.summary.endswith(".")


@pytest.mark.parametrize(
    ("name", "words"),
    [("unoin", "Did you mean union?"), ("gausian", "gaussian"), ("phantoms.remake", "no step")],
)
def test_an_unknown_name_brings_the_nearest(name: str, words: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        verb(name)
    assert words in str(caught.value)
