"""How a result was made."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import FileDefectError, ParameterError
from fiducial.lineage import (
    Call,
    Opaque,
    Source,
    array_digest,
    file_digest,
    from_document,
    nodes,
    plain,
    to_document,
    tree,
)


def chain() -> Call:
    source = Source("/data/a/ct.nii.gz", "sha256:00", "nifti", {"series": 1})
    smooth = Call("gaussian", "1", {"sigma": "2 mm"}, {"sigma": "2 mm"}, (("image", source),))
    return Call("add", "1", {}, {}, (("a", smooth), ("b", smooth)))


def test_each_node_is_written_once_parents_first() -> None:
    names = [getattr(node, "operation", "source") for node in nodes(chain())]
    assert names == ["source", "gaussian", "add"]


def test_the_json_reads_back_to_the_same_record(tmp_path: Path) -> None:
    document = json.loads(json.dumps(to_document(chain(), beside="/data/out")))
    assert document["nodes"][chain().parents[0][1].parents[0][1].id]["path"] == "../a/ct.nii.gz"
    again = from_document(document, beside="/data/out")
    assert again.id == chain().id
    assert [node.id for node in nodes(again)] == [node.id for node in nodes(chain())]


def test_the_name_depends_on_what_determines_and_not_on_the_path() -> None:
    here = Source("/a/ct.nii", "sha256:1", "nifti")
    there = Source("/b/ct.nii", "sha256:1", "nifti")
    other = Source("/a/ct.nii", "sha256:2", "nifti")
    assert here.id == there.id
    assert here.id != other.id
    assert Opaque("array").id != Opaque("array").id
    two, three = (Call("add", "1", {}, {"b": b}, (("a", here),)) for b in (2, 3))
    assert two.id != three.id


def test_operations_and_methods_record_themselves() -> None:
    image = fd.Image(np.zeros((6, 7), np.float32), fd.Grid.from_spacing((6, 7), (2, 1)))
    result = fd.threshold(fd.gaussian(image + 1, sigma="2 mm")[1:], above=0.5)
    lineage = result.lineage
    assert isinstance(lineage, Call)
    assert [getattr(node, "operation", "array") for node in nodes(lineage)] == [
        "array",
        "add",
        "gaussian",
        "index",
        "threshold",
    ]
    assert lineage.given == {"above": 0.5}
    assert lineage.resolved == {"above": 0.5, "below": None, "strict": True}


def test_an_operation_inside_another_leaves_no_trace() -> None:
    image = fd.Image(np.ones((6, 7), np.float32))
    lineage = fd.gaussian(image, sigma="1 px").lineage
    assert lineage.parents == (("image", image.lineage),)


def test_large_arrays_become_a_digest_and_small_ones_are_written() -> None:
    small, large = np.arange(4.0), np.arange(5000.0)
    assert plain(small)["array"] == [0, 1, 2, 3]
    assert plain(large)["digest"] == array_digest(large)
    call = Call("convolve", "1", {}, {"kernel": plain(large)}, (), (("kernel", large),))
    again = from_document(to_document(call), arrays={array_digest(large): large})
    assert again.id == call.id
    with pytest.raises(FileDefectError, match="damaged"):
        from_document(to_document(call))


def test_the_digest_sees_type_and_shape() -> None:
    values = np.arange(6, dtype=np.int32)
    assert array_digest(values) != array_digest(values.reshape(2, 3))
    assert array_digest(values) != array_digest(values.astype(np.int64))


def test_a_file_digest_is_that_of_its_bytes(tmp_path: Path) -> None:
    import hashlib

    path = tmp_path / "a.bin"
    path.write_bytes(b"fiducial")
    assert file_digest(path) == "sha256:" + hashlib.sha256(b"fiducial").hexdigest()


def test_a_damaged_or_foreign_document_is_refused() -> None:
    document = to_document(chain())
    with pytest.raises(FileDefectError, match="schema"):
        from_document({**document, "schema": 99})
    with pytest.raises(FileDefectError, match="damaged"):
        from_document({**document, "root": "nowhere"})


def test_what_cannot_be_written_is_refused() -> None:
    with pytest.raises(ParameterError, match="must be a number, text"):
        plain(open)


def test_the_tree_names_files_operations_and_repeats() -> None:
    lines = tree(chain())
    assert lines[0] == "add()"
    assert lines[1] == "  a: gaussian(sigma='2 mm')"
    assert "ct.nii.gz (nifti" in lines[2]
    assert lines[3].endswith("(above)")
    assert len(lines) == 4


def test_records_survive_pickle() -> None:
    assert pickle.loads(pickle.dumps(chain())).id == chain().id
