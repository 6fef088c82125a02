"""What is known of making results again: everything that records itself can be remade."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import FileDefectError, ParameterError
from fiducial.image import Sampled
from fiducial.lineage import Call, Opaque, from_document, to_document
from fiducial.recipes.remake import first_opaque, remake
from fiducial.transforms import Displacement

SHEARED = np.array([[0, 0.2, 1.0, 3], [0, 2.0, 0, -4], [3.0, 0, 0, 5], [0, 0, 0, 1.0]])
GRIDS = {
    "anisotropic": fd.Grid.from_spacing((5, 8, 9), (3.0, 1.5, 1.0), origin=(-4, 2, 9)),
    "oblique, flipped": fd.Grid.from_spacing(
        (5, 8, 9), 1.5, direction=[[0, 0.6, -0.8], [0, 0.8, 0.6], [-1, 0, 0]]
    ),
    "sheared": fd.Grid((5, 8, 9), SHEARED),
    "single slice": fd.Grid.from_spacing((1, 8, 9), (3.0, 1.5, 1.0)),
    "2D": fd.Grid.from_spacing((8, 9), (1.5, 1.0)),
}


def written_and_read(lineage: Any, arrays: bool = True) -> Any:
    """Give the record as it comes back from its JSON, large arrays beside it."""
    import json

    from fiducial.lineage import array_digest, nodes

    held = {
        array_digest(array): array
        for node in nodes(lineage)
        for _, array in getattr(node, "arrays", ())
    }
    document = json.loads(json.dumps(to_document(lineage, beside=".")))
    return from_document(document, beside=".", arrays=held if arrays else {})


def same(again: Any, made: Any) -> None:
    if isinstance(made, Sampled):
        assert type(again) is type(made)
        assert (again.axes, again.grid) == (made.axes, made.grid)
        assert again.array.dtype == made.array.dtype
        assert again.array.tobytes() == made.array.tobytes()
        assert getattr(again, "unit", None) == getattr(made, "unit", None)
    elif isinstance(made, fd.Points):
        np.testing.assert_array_equal(again.world, made.world)
        assert again.frame == made.frame
    else:
        assert again.equals(made)
    lineage = made.attrs["lineage"] if hasattr(made, "attrs") else made.lineage
    other = again.attrs["lineage"] if hasattr(again, "attrs") else again.lineage
    assert other.id == lineage.id


@pytest.fixture
def source(tmp_path: Path) -> dict[str, Any]:
    """Give an image, colours, labels and points that were read from files."""
    random = np.random.default_rng(3)
    ct = fd.Image(random.integers(-100, 400, (5, 8, 9)).astype(np.int16))
    fd.write(ct, tmp_path / "ct.npy")
    rgb = fd.Image(random.integers(1, 250, (6, 7, 3)).astype(np.uint8), axes="yxc")
    fd.write(rgb, tmp_path / "rgb.npy")
    organs = fd.Labels(random.integers(0, 3, (5, 8, 9)), names={1: "liver"})
    fd.write(organs, tmp_path / "organs.npy")
    fd.write(fd.Points(random.normal(size=(4, 3))), tmp_path / "points.csv")
    return {
        "ct": fd.read(tmp_path / "ct.npy"),
        "rgb": fd.read(tmp_path / "rgb.npy"),
        "organs": fd.read_labels(tmp_path / "organs.npy"),
        "points": fd.io.read_points(tmp_path / "points.csv"),
    }


def field(source: dict[str, Any]) -> fd.Image:
    """Give small smooth vectors that come from a file."""
    ct = source["ct"]
    shift = Displacement.from_transform(fd.Translation((0.3, -0.2, 0.1)), ct.grid)
    return shift.as_image() * 0.5


METHODS = {
    "add": lambda s: s["ct"] + 100,
    "add an image": lambda s: s["ct"] + s["ct"][::-1][::-1],
    "from the left": lambda s: 2.5 - s["ct"],
    "multiply": lambda s: s["ct"] * np.float32(0.1),
    "divide": lambda s: s["ct"].with_unit("HU") / 7,
    "divide with NumPy": lambda s: np.divide(s["ct"].with_unit("HU"), 7),
    "floor divide": lambda s: s["ct"] // 7,
    "modulo": lambda s: s["ct"] % 7,
    "power": lambda s: s["ct"] ** 2,
    "negative": lambda s: -s["ct"],
    "absolute": lambda s: abs(s["ct"]),
    "small array": lambda s: s["ct"] + np.arange(360).reshape(5, 8, 9),
    "greater": lambda s: s["ct"] > 120,
    "not equal": lambda s: s["ct"] != 120,
    "compare with an image": lambda s: s["ct"] >= s["ct"] * 1,
    "any function of NumPy": lambda s: np.arctan2(s["ct"], 3.0),
    "square root": lambda s: np.sqrt(abs(s["ct"])),
    "slices and steps": lambda s: s["ct"][1, ::-2, 2:5],
    "one frame at": lambda s: s["ct"].at(z="2 px", y=3.0),
    "channel": lambda s: s["rgb"].channel("green"),
    "channel by number": lambda s: s["rgb"].channel(2),
    "gray": lambda s: s["rgb"].gray(),
    "astype": lambda s: s["ct"].astype("float64"),
    "with unit": lambda s: s["ct"].with_unit("HU"),
    "with no unit": lambda s: s["ct"].with_unit("HU").with_unit(None),
    "with frame": lambda s: s["ct"].with_frame(fd.Frame("xyz", "um", "1.2.3")),
    "masked": lambda s: s["ct"].masked(s["ct"] > 50, outside=-1000),
    "union": lambda s: (s["ct"] > 50) | (s["ct"] < 0),
    "intersection": lambda s: (s["ct"] > 50) & (s["ct"] < 90),
    "difference": lambda s: (s["ct"] > 50) - (s["ct"] > 90),
    "symmetric difference": lambda s: (s["ct"] > 50) ^ (s["ct"] > 90),
    "complement": lambda s: ~(s["ct"] > 50),
    "as image": lambda s: (s["ct"] > 50).as_image(inside=7, outside=-1),
    "label by name": lambda s: s["organs"].mask("liver"),
    "label by number": lambda s: s["organs"] == 2,
    "other labels": lambda s: s["organs"] != 2,
    "points": lambda s: s["points"][[2, 0]],
    "operation": lambda s: fd.gaussian(s["ct"], sigma=["1 px", "2 px", "0 px"], border="wrap"),
    "operation of two": lambda s: fd.measure(s["organs"], images={"a": s["ct"], "b": s["ct"] * 2}),
    "several": lambda s: fd.measure(s["ct"] > 3, images=[s["ct"], s["ct"] + 1]),
    "a number that was computed": lambda s: s["ct"] > fd.threshold_otsu(s["ct"]),
    "resampled onto an image": lambda s: fd.resample(s["ct"], s["ct"][:, ::2]),
    "resampled onto a grid": lambda s: fd.resample(s["ct"], s["ct"].grid.with_spacing(1.5)),
    "points through a transform": lambda s: fd.Translation((1.0, 2, 3)).map(s["points"]),
    "through a field of vectors": lambda s: fd.resample(
        s["ct"], like=s["ct"], transform=Displacement(field(s)), outside=0
    ),
    "through the inverse of a field": lambda s: fd.resample(
        s["ct"], like=s["ct"], transform=Displacement(field(s)).inverse(tolerance=1e-4), outside=0
    ),
    "through a chain": lambda s: fd.resample(
        s["ct"],
        like=s["ct"],
        transform=Displacement(field(s)) @ fd.Translation((0.5, 0, 1)),
        outside=0,
    ),
    "vectors of a sampled transform": lambda s: (
        Displacement.from_transform(fd.Translation((0.5, 0, 1)), s["ct"].grid).as_image() * 2
    ),
    "through a transform": lambda s: fd.resample(
        s["ct"], like=s["ct"], transform=fd.Translation((0.5, 0, 1)), outside=0
    ),
}


@pytest.mark.parametrize("name", METHODS)
def test_what_records_itself_can_be_made_again(name: str, source: dict[str, Any]) -> None:
    made = METHODS[name](source)
    lineage = made.attrs["lineage"] if hasattr(made, "attrs") else made.lineage
    same(remake(written_and_read(lineage)), made)


def test_a_large_array_is_held_beside_the_record(source: dict[str, Any]) -> None:
    large = np.random.default_rng(0).normal(size=(40, 50))
    picture = fd.phantoms.checker(fd.Grid.from_spacing((40, 50), 1.0)).image
    made = np.hypot(picture, large)
    same(remake(written_and_read(made.lineage)), made)


@pytest.mark.parametrize("name", GRIDS)
def test_phantoms_on_any_lattice(name: str) -> None:
    ball = fd.phantoms.ball(GRIDS[name], radius="4 mm")
    made = fd.threshold(ball.image * 2, above=0.5) - ball.mask
    same(remake(written_and_read(made.lineage)), made)


def test_several_outputs_of_one_call_are_made_by_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    ball = fd.phantoms.ball(GRIDS["2D"], radius="4 mm")
    made = ball.image.masked(ball.mask, outside=-1)
    calls = []
    from fiducial.recipes import verbs

    plain = verbs.Verb.call

    def counted(self: verbs.Verb, values: Any) -> Any:
        calls.append(self.name)
        return plain(self, values)

    monkeypatch.setattr(verbs.Verb, "call", counted)
    same(remake(made.lineage), made)
    assert calls.count("phantoms.ball") == 1


def test_intermediate_results_are_dropped_as_soon_as_they_can_be(source: dict[str, Any]) -> None:
    made = source["ct"]
    for number in range(300):
        made = made + 1 if number % 2 else made - 1
    same(remake(made.lineage), made)


def test_the_first_opaque_step_is_named() -> None:
    image = fd.Image([[1, 2, 3]])
    made = (image + 1) > 2
    assert first_opaque(made.lineage) == "the a of add is from memory (Image int64 (1, 3))"
    assert first_opaque(image.lineage) == "it is from memory (Image int64 (1, 3))"
    assert first_opaque(Call("phantoms.ball", "1")) == ""
    with pytest.raises(ParameterError, match="no opaque step"):
        remake(made.lineage)


def test_a_source_that_changed_is_refused(source: dict[str, Any], tmp_path: Path) -> None:
    made = source["ct"] + 1
    np.save(tmp_path / "ct.npy", np.zeros((5, 8, 9), np.int16))
    with pytest.warns(fd.errors.FiducialWarning), pytest.raises(FileDefectError, match="digest"):
        remake(made.lineage)
    (tmp_path / "ct.npy").unlink()
    with pytest.raises(FileDefectError, match="no such file"):
        remake(made.lineage)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (Call("no_such_step", "1"), "'no_such_step'"),
        (Call("gaussian", "1", {}, {"sigma": "-1 mm"}), "the step gaussian fails"),
        (Call("phantoms.ball", "1", {}, {}, output="imge"), "no longer gives 'imge'"),
        (Call("phantoms.ball", "1", {}, {"radius": {"object": "f"}}), "which no record can hold"),
        (
            Call("add", "1", {}, {"b": {"digest": "sha256:0", "shape": [9], "dtype": "<f8"}}),
            "the array b of add is not with the record",
        ),
    ],
)
def test_a_step_that_cannot_be_called_is_named(call: Call, words: str, tmp_path: Path) -> None:
    if call.operation == "gaussian":
        fd.write(fd.Image([[1, 2]]), tmp_path / "a.npy")
        parents = (("image", fd.read(tmp_path / "a.npy").lineage),)
        call = Call(call.operation, "1", {}, call.resolved, parents)
    with pytest.raises(fd.errors.FiducialError) as caught:
        remake(call)
    assert words in str(caught.value)


def test_an_opaque_root_is_refused() -> None:
    with pytest.raises(ParameterError, match="array"):
        remake(Opaque("array"))
