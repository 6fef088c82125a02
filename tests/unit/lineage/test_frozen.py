"""Values that cannot be written into."""

from __future__ import annotations

import copy
import json
import mmap
import pickle
from pathlib import Path

import numpy as np
import pytest

from fiducial.lineage.frozen import FrozenDict, FrozenList, freeze, frozen_array, is_immutable


def test_they_equal_their_plain_counterparts_and_survive() -> None:
    table = freeze({"a": [1, {"b": 2}], "c": (3, [4])})
    assert table == {"a": [1, {"b": 2}], "c": (3, [4])}
    for again in (pickle.loads(pickle.dumps(table)), copy.deepcopy(table), copy.copy(table)):
        assert again == table
        assert type(again["a"]) is FrozenList
    assert json.dumps(table) == '{"a": [1, {"b": 2}], "c": [3, [4]]}'
    plain = {**table, "a": 1}
    plain["d"] = 2


def test_every_way_of_writing_is_refused() -> None:
    table, items = FrozenDict({"a": 1}), FrozenList([1, 2])
    ways = [
        lambda: table.__setitem__("a", 2),
        lambda: table.__delitem__("a"),
        lambda: table.update(a=2),
        lambda: table.setdefault("b", 2),
        lambda: table.pop("a"),
        table.popitem,
        table.clear,
        lambda: table.__ior__({"a": 2}),
        lambda: items.__setitem__(0, 2),
        lambda: items.__delitem__(0),
        lambda: items.append(3),
        lambda: items.extend([3]),
        lambda: items.insert(0, 3),
        lambda: items.remove(1),
        items.pop,
        items.clear,
        items.sort,
        items.reverse,
        lambda: items.__iadd__([3]),
        lambda: items.__imul__(2),
    ]
    for way in ways:
        with pytest.raises(TypeError, match="frozen value"):
            way()
    assert (table, items) == ({"a": 1}, [1, 2])


def test_a_view_of_a_writable_array_is_copied_and_an_immutable_one_is_not(tmp_path: Path) -> None:
    owner = np.arange(6)
    view = owner[1:]
    view.setflags(write=False)
    assert not is_immutable(view)
    kept = frozen_array(view)
    owner[:] = 9
    assert kept.tolist() == [1, 2, 3, 4, 5]
    assert np.shares_memory(frozen_array(kept), kept)
    assert np.shares_memory(frozen_array(view, copy=False), view)
    assert is_immutable(np.frombuffer(b"abcd", np.uint8))
    assert not is_immutable(np.frombuffer(bytearray(b"abcd"), np.uint8))
    path = tmp_path / "values"
    path.write_bytes(bytes(16))
    assert is_immutable(np.memmap(path, np.uint8, mode="r"))
    with path.open("r+b") as stream, mmap.mmap(stream.fileno(), 0) as open_map:
        shared = np.frombuffer(open_map, np.uint8)
        shared.setflags(write=False)
        assert not is_immutable(shared)
        del shared


def test_a_frozen_array_stays_so() -> None:
    array = frozen_array(np.arange(3))
    with pytest.raises(ValueError, match="WRITEABLE"):
        array.setflags(write=True)
    swapped = frozen_array(np.arange(3, dtype=">i4"))
    assert swapped.dtype.isnative
    with pytest.raises(ValueError, match="WRITEABLE"):
        swapped.setflags(write=True)
