"""What every operation of the catalogue keeps, whatever it does.

A new operation inherits all of these; it supplies, in its decorator, the parameters of a small
run (``example``) and what it uses (``uses``, ``orthogonal``, ``lattice_bound``).  In an example
the name of an image parameter may be given a word: ``"rgb"``, ``"image"``, ``"mask"``,
``"labels"``.
"""

from __future__ import annotations

import dataclasses
import inspect
import pickle
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import pytest

import fiducial as fd
from fiducial.errors import FiducialError, FrameMismatchError, ParameterError
from fiducial.image import Sampled
from fiducial.lineage import Call, from_document, to_document

from .scene import GRIDS, OPERATIONS, Scene, each_operation, parts_of, run, spec_named


def _same(first: Any, second: Any) -> bool:
    """Whether two results are equal to the bit."""
    if isinstance(first, FiducialError):
        return type(first) is type(second) and str(first) == str(second)
    if type(first) is not type(second):
        return False
    if isinstance(first, Sampled):
        return first.grid == second.grid and np.array_equal(
            first.array, second.array, equal_nan=first.dtype.kind == "f"
        )
    if isinstance(first, fd.Points):
        return np.array_equal(first.world, second.world, equal_nan=True)
    if isinstance(first, pd.DataFrame):
        return bool(first.equals(second))
    if isinstance(first, np.ndarray):
        return np.array_equal(first, second, equal_nan=first.dtype.kind == "f")
    if isinstance(first, Mapping):
        return first.keys() == second.keys() and all(_same(first[k], second[k]) for k in first)
    if isinstance(first, list | tuple):
        return len(first) == len(second) and all(map(_same, first, second))
    if isinstance(first, float):
        return first == second or (first != first and second != second)
    if hasattr(first, "as_json"):
        return bool(first.as_json() == second.as_json())
    if dataclasses.is_dataclass(first):
        names = [field.name for field in dataclasses.fields(first) if field.name != "lineage"]
        return all(_same(getattr(first, n), getattr(second, n)) for n in names)
    return bool(first == second)


def _lineage(result: Any) -> Any:
    if isinstance(result, pd.DataFrame):
        return result.attrs.get("lineage")
    return getattr(result, "lineage", None)


each_grid = pytest.mark.parametrize("grid", list(GRIDS))


def test_the_catalogue_is_not_empty() -> None:
    assert {"gaussian", "threshold"} <= set(OPERATIONS)


@each_operation
@each_grid
def test_runs_leaves_its_inputs_alone_and_says_how(name: str, grid: str) -> None:
    spec = spec_named(name)
    arguments = Scene(GRIDS[grid]).arguments(spec)
    before = pickle.dumps([part.array.tobytes() for part in parts_of(list(arguments.values()))])
    result = run(spec, arguments)
    after = pickle.dumps([part.array.tobytes() for part in parts_of(list(arguments.values()))])
    assert before == after
    if isinstance(result, FiducialError):
        # An upright 3D lattice must work; other lattices may be refused, with the remedy.
        assert grid != "volume", str(result)
        return
    assert _same(result, run(spec, arguments)), "the same call must give the same bits"
    assert _same(result, pickle.loads(pickle.dumps(result))), "a result must survive pickle"
    lineage = _lineage(result)
    if isinstance(result, Sampled | fd.Points | pd.DataFrame):
        assert isinstance(lineage, Call)
        assert lineage.operation == name
    if lineage is not None:
        assert from_document(to_document(lineage), arrays=_held(lineage)).id == lineage.id
    for part in parts_of(result):
        assert not part.array.flags.writeable


def _held(lineage: Call) -> dict[str, np.ndarray]:
    from fiducial.lineage import array_digest, nodes

    calls = [node for node in nodes(lineage) if isinstance(node, Call)]
    return {array_digest(array): array for call in calls for _, array in call.arrays}


@each_operation
def test_works_in_2d_as_well_as_in_3d(name: str) -> None:
    spec = spec_named(name)
    plane = run(spec, Scene(GRIDS["plane"]).arguments(spec))
    if spec.name in ONLY_3D:
        assert isinstance(plane, ParameterError), ONLY_3D[spec.name]
    else:
        assert not isinstance(plane, FiducialError), str(plane)


ONLY_3D = {"reorient": "orientation codes name three axes of a patient"}


@each_operation
def test_a_plane_of_a_patient_stays_where_it_lies(name: str) -> None:
    spec, grid = spec_named(name), GRIDS["plane of a patient"]
    result = run(spec, Scene(grid).arguments(spec))
    if name in ONLY_3D:
        assert isinstance(result, ParameterError), ONLY_3D[name]
        return
    assert not isinstance(result, FiducialError), str(result)
    normal = np.cross(*grid.affine[:3, :2].T)
    normal /= np.linalg.norm(normal)
    for part in parts_of(result):
        assert part.frame == grid.frame
        assert part.grid.dimension == 2
        # Geometry is float64: a millionth of a mm over a few centimetres.
        apart = (part.grid.corners - grid.corners[0]) @ normal
        np.testing.assert_allclose(apart, 0.0, atol=1e-6)


def _several_inputs() -> list[str]:
    found = []
    for name in sorted(OPERATIONS):
        spec = spec_named(name)
        arguments = Scene(GRIDS["volume"]).arguments(spec)
        inputs = [value for value in arguments.values() if isinstance(value, Sampled)]
        if len(inputs) > 1 and spec.is_same_grid:
            found.append(name)
    return found


@pytest.mark.parametrize("name", _several_inputs())
def test_refuses_images_of_another_frame(name: str) -> None:
    arguments = Scene(GRIDS["volume"]).arguments(spec_named(name))
    inputs = [key for key, value in arguments.items() if isinstance(value, Sampled)]
    other = arguments[inputs[1]]
    arguments[inputs[1]] = other.with_frame(fd.Frame("LPS", "mm", "9.9.9"))
    with pytest.raises(FrameMismatchError):
        getattr(fd, name)(**arguments)


@each_operation
def test_refuses_an_array_and_an_unknown_parameter(name: str) -> None:
    spec = spec_named(name)
    arguments = Scene(GRIDS["volume"]).arguments(spec)
    for key, value in arguments.items():
        if isinstance(value, Sampled) and spec.by_name[key].accepts:
            with pytest.raises(ParameterError, match=f"{key} of {name} must be of type"):
                getattr(fd, name)(**{**arguments, key: value.array.copy()})
    with pytest.raises(ParameterError, match=f"colour_of_the_sky is no parameter of {name}"):
        getattr(fd, name)(**arguments, colour_of_the_sky="blue")


@each_operation
@pytest.mark.parametrize("content", ["constant", "NaN", "empty", "full"])
def test_odd_contents_give_an_answer_or_a_reason(name: str, content: str) -> None:
    spec = spec_named(name)
    for grid in ("volume", "plane"):
        result = run(spec, Scene(GRIDS[grid], content).arguments(spec))
        for part in parts_of(result):
            if content != "NaN" and part.dtype.kind == "f" and content == "constant":
                assert not np.any(np.isnan(part.array)), "NaN out of a constant image"


def _stored(grid: fd.Grid, order: tuple[int, ...], flips: tuple[bool, ...]) -> fd.Grid:
    return grid.permuted(order).flipped(flips)


@each_operation
@pytest.mark.parametrize("grid", ["volume", "oblique left-handed", "plane"])
def test_the_same_object_stored_otherwise_gives_the_same_result(name: str, grid: str) -> None:
    spec = spec_named(name)
    if spec.lattice_bound:
        assert len(spec.lattice_bound) > 10, "lattice_bound must give the reason"
        return
    base = GRIDS[grid]
    expected = run(spec, Scene(base).arguments(spec))
    assert not isinstance(expected, FiducialError) or name in ONLY_3D, str(expected)
    orders = [(2, 0, 1), (0, 1, 2), (1, 0, 2)] if base.dimension == 3 else [(1, 0), (0, 1)]
    flips = [(True, False, True), (False, True, True), (False, False, True)]
    for order, flip in zip(orders, flips, strict=False):
        stored = _stored(base, order, flip[: base.dimension])
        found = run(spec, Scene(stored).arguments(spec))
        _assert_same_world(expected, found, name)


def _assert_same_world(expected: Any, found: Any, name: str) -> None:
    """Compare two results as objects of the world."""
    assert type(expected) is type(found), f"{name}: {expected!r} and {found!r}"
    if isinstance(expected, Sampled):
        points = expected.grid.index_to_world(
            np.stack(np.meshgrid(*map(np.arange, expected.grid.shape), indexing="ij"), axis=-1)
        )
        index = found.grid.world_to_index(points)
        where = np.rint(index).astype(int)
        assert sorted(found.grid.shape) == sorted(expected.grid.shape)
        # Nothing moves: a sample stays on its point to a millionth of a voxel.
        np.testing.assert_allclose(index, where, atol=1e-6)
        assert where.min() >= 0
        assert found.frame == expected.frame
        assert getattr(found, "unit", None) == getattr(expected, "unit", None)
        values = found.array[tuple(np.moveaxis(where, -1, 0))]
        if expected.dtype.kind == "f":
            finite = expected.array[np.isfinite(expected.array)]
            scale = float(np.ptp(finite)) if finite.size else 1.0
            # Sums run in another order along other axes: float32 rounding of the whole range.
            np.testing.assert_allclose(values, expected.array, rtol=1e-4, atol=2e-5 * scale + 1e-6)
        else:
            # A float that rounds to the other side of a limit may move single voxels.
            assert np.mean(values != expected.array) < 2e-3
    elif isinstance(expected, pd.DataFrame):
        numeric = [
            column
            for column in expected.select_dtypes("number").columns
            if "index" not in str(column)
        ]
        np.testing.assert_allclose(
            found[numeric].to_numpy(float), expected[numeric].to_numpy(float), rtol=1e-4, atol=1e-4
        )
    elif isinstance(expected, float):
        np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)
    elif isinstance(expected, fd.Points):
        np.testing.assert_allclose(found.world, expected.world, atol=1e-3)
    elif hasattr(expected, "image"):
        _assert_same_world(expected.image, found.image, name)
    elif hasattr(expected, "transform"):
        points = np.zeros((1, expected.transform.dimension))
        # A tenth of the finest spacing: the optimum is found on lattices stored otherwise.
        np.testing.assert_allclose(
            found.transform.map(points), expected.transform.map(points), atol=0.1
        )
    elif hasattr(expected, "counts"):
        np.testing.assert_array_equal(found.counts, expected.counts)
    else:
        assert isinstance(expected, FiducialError), f"say how to compare two {type(expected)}"


def _looped() -> list[tuple[str, str]]:
    found = []
    for name in sorted(OPERATIONS):
        spec = spec_named(name)
        arguments = Scene(GRIDS["plane"]).arguments(spec)
        images = [value for value in arguments.values() if type(value) is fd.Image]
        is_colour = any("c" in image.axes for image in images)
        if images and not is_colour and name not in ONLY_3D:
            found += [(name, letter) for letter in "tc" if letter not in spec.uses]
    return found


@pytest.mark.parametrize(("name", "letter"), _looped())
def test_frames_and_channels_are_treated_one_by_one(name: str, letter: str) -> None:
    spec = spec_named(name)
    scene = Scene(GRIDS["plane"])
    single = scene.arguments(spec)
    images = [key for key, value in single.items() if type(value) is fd.Image]
    first = getattr(fd, name)(**single)
    many = dict(single)
    for key in images:
        values = [single[key].array, single[key].array[::-1] * 0.5]
        axis = 0 if letter == "t" else -1
        axes = f"t{scene.grid.axes}" if letter == "t" else f"{scene.grid.axes}c"
        more: dict[str, Any] = {"times": (0.0, 0.5)} if letter == "t" else {"channels": ("a", "b")}
        stack = np.stack(values, axis=axis)
        many[key] = fd.Image(stack, scene.grid, single[key].unit, axes, **more)
    result = getattr(fd, name)(**many)
    assert isinstance(result, Sampled)
    for number in range(2):
        one = (
            {**single, **{key: many[key].at(t=number) for key in images}}
            if letter == "t"
            else ({**single, **{key: many[key].channel(number) for key in images}})
        )
        alone = getattr(fd, name)(**one)
        part = result.at(t=number) if letter == "t" else result[..., number]
        assert part.grid == alone.grid
        assert np.array_equal(part.array, alone.array)
    assert result.times == many[images[0]].times
    if isinstance(result, fd.Image):
        assert result.unit == first.unit
        assert result.channels == many[images[0]].channels


@each_operation
def test_declares_what_the_faces_need(name: str) -> None:
    spec = spec_named(name)
    assert spec.doc.summary.endswith("."), "the docstring's first line says what it does"
    assert set(spec.doc.parameters) == set(spec.by_name), (
        "every parameter is described, and no other"
    )
    assert {"Returns", "Examples"} <= set(spec.doc.sections)
    positional = [p for p in spec.parameters if p.is_positional]
    assert len(positional) <= 3
    assert all(p.is_input or p.kind in ("grid", "array") for p in positional) or name == "convolve"
    for parameter in spec.parameters:
        kind = inspect.Parameter.VAR_KEYWORD
        assert spec.signature.parameters[parameter.name].kind is not kind
    if spec.returns not in ("image", "mask", "labels", "sampled"):
        assert set(spec.uses) == {"t", "c"}, "what gives no image must handle t and c itself"
