"""Nodes of a record: immutable, comparable, and as deep as the work was."""

from __future__ import annotations

import copy
import json
import pickle

import numpy as np
import pytest

import fiducial as fd
from fiducial.lineage import Call, Opaque, Source, array_digest, plain, to_document, tree


def long_chain(steps: int) -> Call:
    node = Call("start", "1", parents=(("a", Opaque("array")),))
    for step in range(steps):
        node = Call("add", "1", {"b": step}, {"b": step}, (("a", node),))
    return node


def test_a_chain_of_thousands_of_steps_is_named_written_and_pickled() -> None:
    # Python's stack holds 1000 calls: nothing may descend a record by calling itself.
    lineage = long_chain(3000)
    again = pickle.loads(pickle.dumps(long_chain(3000)))
    assert len(lineage.id) == 16
    assert len(to_document(lineage)["nodes"]) == 3002
    assert len(tree(lineage)) == 3002
    assert again.operation == "add"
    assert len(repr(lineage)) < 100


def test_a_step_that_uses_the_one_before_twice_does_not_double_the_record() -> None:
    node: Call | Opaque = Opaque("array")
    for _ in range(60):
        node = Call("add", "1", parents=(("a", node), ("b", node)))
    again = pickle.loads(pickle.dumps(node))
    assert again.id == node.id
    assert again == node
    assert len(tree(node)) == 121
    assert len(repr(node)) < 100


def test_equal_records_are_one_key() -> None:
    source = Source("/a", "sha256:1", "nifti", {"series": 1})
    one, two = (Call("add", "1", {"b": 1}, {"b": 1}, (("a", source),)) for _ in range(2))
    assert one == two
    assert len({one, two, source, copy.deepcopy(one), copy.copy(two)}) == 2
    assert one != Call("add", "1", {"b": 2}, {"b": 2}, (("a", source),))


def test_nothing_of_a_record_can_be_written_into() -> None:
    given = {"limits": [1, 2], "table": {"a": 1}}
    call = Call("crop", "1", given, given)
    name = call.id
    given["limits"].append(3)  # type: ignore[attr-defined]
    assert call.given == {"limits": [1, 2], "table": {"a": 1}}
    for write in (
        lambda: call.given.__setitem__("limits", 3),
        lambda: call.given["limits"].append(3),
        lambda: call.given["table"].update(a=2),
        lambda: Source("/a", "sha256:1", "nifti", {"a": 1}).options.pop("a"),  # type: ignore[attr-defined]
    ):
        with pytest.raises(TypeError, match="frozen"):
            write()
    assert pickle.loads(pickle.dumps(call)).id == name
    assert json.loads(json.dumps(call.given)) == call.given


def test_a_record_keeps_the_array_that_was_given_and_not_what_became_of_it() -> None:
    kernel = np.zeros(2000)
    call = Call("convolve", "1", {}, {}, (), (("kernel", kernel),))
    digest = array_digest(call.arrays[0][1])
    kernel[:] = 7
    assert array_digest(call.arrays[0][1]) == digest
    image = fd.Image(np.zeros((40, 40)))
    values = np.ones((40, 40))
    added = image + values
    values[:] = 9
    assert isinstance(added.lineage, Call)
    assert added.lineage.resolved["b"]["digest"] == array_digest(added.lineage.arrays[0][1])


def test_numbers_of_numpy_are_written_as_plain_numbers() -> None:
    assert type(plain(np.float64(2))) is float
    call = Call("gaussian", "1", plain({"sigma": np.float64(2)}))
    assert tree(call) == ["gaussian(sigma=2.0)"]


def test_what_was_assumed_is_said_and_survives() -> None:
    from fiducial.lineage import from_document

    call = Call("add", "1", assumed=("one frame",))
    assert tree(call) == ["add() [assumed: one frame]"]
    again = from_document(json.loads(json.dumps(to_document(call))))
    assert isinstance(again, Call)
    assert again.assumed == ("one frame",)
    assert again.id == Call("add", "1").id
