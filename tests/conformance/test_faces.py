"""Every operation of the catalogue has every face, and all faces give the same.

The small run that an operation gives as its example is done in Python, on the command line
from files, and as the step of a recipe; what was written is then replayed from its record.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

import fiducial as fd
from fiducial import catalogue
from fiducial.cli.arguments import OUTPUT, is_file, is_positional, operation_parser
from fiducial.cli.main import main
from fiducial.cli.page import page_of
from fiducial.image import Sampled
from fiducial.operation import Operation, Parameter, spec_of
from fiducial.recipes import schema
from fiducial.recipes.document import read_document
from fiducial.recipes.tables import as_document

OPERATIONS = sorted(
    name
    for name, entry in catalogue.operations().items()
    if not entry.is_alias and entry.family != "plugin"
)
ALIASES = sorted(name for name, entry in catalogue.operations().items() if entry.is_alias)

SCHEMA = jsonschema.Draft202012Validator(schema())

GRID = fd.Grid.from_spacing((8, 12, 14), (3.0, 1.5, 1.0), origin=(-6.0, -8.0, -10.0))


def ball(shift: float, radius: float) -> np.ndarray:
    index = np.stack(np.meshgrid(*map(np.arange, GRID.shape), indexing="ij"), axis=-1)
    apart = GRID.index_to_world(index) - (shift, 0.5, 1.0)
    return np.linalg.norm(apart, axis=-1) / radius


class Scene:
    """One object in the world, as each kind of input."""

    def image(self, shift: float) -> fd.Image:
        values = 200 * np.exp(-(ball(shift, 5.0) ** 2)) + 20 * np.cos(ball(3.0, 2.0))
        return fd.Image(values.astype(np.float32), GRID, "HU")

    def mask(self, shift: float) -> fd.Mask:
        return fd.Mask(ball(shift, 5.0) < 1, GRID)

    def labels(self, shift: float) -> fd.Labels:
        numbers = (ball(shift, 5.0) < 1).astype(np.uint8) + 3 * (ball(shift - 5, 2.0) < 1)
        return fd.Labels(numbers.astype(np.uint8), GRID, names={1: "body"})

    def rgb(self, shift: float) -> fd.Image:
        values = self.image(shift).array
        stack = np.stack([250 - values, 240 - 0.6 * values, 245 - 0.3 * values], axis=-1)
        return fd.Image(stack.clip(1, 255).astype(np.uint8), GRID, axes="zyxc")

    def points(self, shift: float) -> fd.Points:
        return fd.Points(GRID.corners * 0.4 + shift)


@functools.cache
def spec(name: str) -> Operation:
    return spec_of(catalogue.operations()[name].load())


def given(operation: Operation) -> dict[str, Any]:
    """Give the parameters of the small run; objects for what the command line reads."""
    example: Mapping[str, Any] = operation.example or {}  # type: ignore[assignment]
    if callable(operation.example):
        example = operation.example(GRID)
    scene, made = Scene(), {}
    shift = 0.0
    for parameter in operation.parameters:
        word = example.get(parameter.name)
        kind = parameter.kind
        if isinstance(word, str) and (parameter.accepts or kind == "images"):
            kind = word
        elif parameter.name in example:
            made[parameter.name] = word
            continue
        elif not parameter.is_required:
            continue
        elif kind == "sampled":
            kind = parameter.accepts[0].__name__.lower()
        if kind == "grid":
            made[parameter.name] = GRID.with_spacing([2.0, 2.0, 2.0])
        elif kind == "length":
            made[parameter.name] = "2 mm"
        else:
            kind = "image" if kind in ("sampled", "images") else kind
            made[parameter.name] = getattr(scene, kind)(shift)
            shift += 0.6
    return made


@pytest.fixture
def run(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Give an operation, its parameters as they are read from files, and the files."""
    monkeypatch.chdir(tmp_path)
    operation = spec(request.param)
    values, files = given(operation), {}
    for name, value in list(values.items()):
        parameter = operation.by_name[name]
        if not is_file(parameter):
            continue
        if isinstance(value, fd.Grid):
            fd.write(fd.Mask(np.zeros(value.shape, bool), value), f"{name}.nrrd")
            files[name] = f"{name}.nrrd"
            values[name] = fd.io.read_grid(files[name])
        elif isinstance(value, fd.Points):
            files[name] = f"{name}.csv"
            fd.write(value, files[name])
            values[name] = fd.io.read_points(files[name])
        elif isinstance(value, Sampled):
            files[name] = f"{name}.nrrd"
            fd.write(value, files[name])
            reader = {"Image": fd.read, "Mask": fd.read_mask, "Labels": fd.read_labels}
            values[name] = reader[type(value).__name__](files[name])
        else:
            files[name] = f"{name}.json"
            fd.io.write_transform(value, files[name])
            values[name] = fd.io.read_transform(files[name])
    return operation, values, files


def words(operation: Operation, values: dict[str, Any], files: dict[str, str]) -> Iterator[str]:
    """Write the parameters as a user would type them."""
    for name, value in values.items():
        parameter = operation.by_name[name]
        if is_positional(parameter):
            yield files[name]
            continue
        option = "--" + name.replace("_", "-")
        if parameter.kind == "boolean":
            yield option if value else option.replace("--", "--no-", 1)
        elif name in files:
            yield from (option, files[name])
        else:
            yield from (option, typed(value))


def typed(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return json.dumps(value.tolist())
    if isinstance(value, list | tuple):
        return ",".join(str(item) for item in value)
    return str(value)


def result_kind(operation: Operation) -> str:
    """Say how the command gives the result: OUTPUT (a file), FILE (optional) or FOLDER."""
    parser = operation_parser(operation, operation.name)
    (metavar,) = [action.metavar for action in parser._actions if action.dest == OUTPUT]
    return str(metavar)


def picture(result: Any) -> Sampled:
    found = result if isinstance(result, Sampled) else result.image
    assert isinstance(found, Sampled)
    return found


def same_picture(found: Sampled, expected: Sampled) -> None:
    assert (found.axes, found.grid) == (expected.axes, expected.grid)
    assert found.array.dtype == expected.array.dtype
    assert found.array.tobytes() == expected.array.tobytes()
    assert getattr(found, "unit", None) == getattr(expected, "unit", None)


def read_like(path: str, expected: Sampled) -> Sampled:
    reader = {"Image": fd.read, "Mask": fd.read_mask, "Labels": fd.read_labels}
    found: Sampled = reader[type(expected).__name__](path)
    return found


@pytest.mark.parametrize("name", OPERATIONS)
def test_it_is_a_python_function(name: str) -> None:
    function = getattr(fd, name)
    assert callable(function)
    assert spec_of(function) is spec_of(catalogue.operations()[name].load())


@pytest.mark.parametrize("name", [*OPERATIONS, *ALIASES])
def test_its_sub_command_has_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([name, "--help"]) == 0
    text = capsys.readouterr().out
    assert f"usage: fiducial {name} " in text
    joined = " ".join(text.split())
    for parameter in spec_of(catalogue.operations()[name].load()).parameters:
        shown = parameter.name.upper() if is_positional(parameter) else option_of(parameter)
        assert shown in text
        begin = parameter.description.split(":")[0].replace("`", "").split()[:3]
        assert " ".join(begin) in joined, f"{parameter.name} of {name} must be described"


def option_of(parameter: Parameter) -> str:
    return "--" + parameter.name.replace("_", "-")


@pytest.mark.parametrize("name", [*OPERATIONS, *ALIASES])
def test_it_has_a_page(name: str) -> None:
    text = page_of(name)
    own = catalogue.operations()[name].attribute
    assert f"\n# {own}\n" in text
    for part in ("Parameters", "Returns", "Examples"):
        assert f"\n## {part}\n" in text


@pytest.mark.parametrize("name", OPERATIONS)
def test_it_is_a_step_of_the_schema(name: str) -> None:
    step = SCHEMA.schema["$defs"][name]["properties"][name]
    bodies = step.get("anyOf", [step])
    assert any(set(body["properties"]) == set(spec(name).by_name) for body in bodies)


@pytest.mark.parametrize("run", OPERATIONS, indirect=True)
def test_the_command_line_gives_what_python_gives(
    run: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    operation, values, files = run
    expected = getattr(fd, operation.name)(**values)
    typed_words = list(words(operation, values, files))
    kind = result_kind(operation)
    if kind == "OUTPUT":
        assert main([operation.name, *typed_words, "out.nrrd", "--quiet"]) == 0
        same_picture(read_like("out.nrrd", picture(expected)), picture(expected))
        outcome = fd.replay("out.nrrd")
        assert outcome.identical, outcome.lines()
    elif kind == "FOLDER":
        assert main([operation.name, *typed_words, "-o", "out", "--quiet"]) == 0
        assert any(Path("out").iterdir())
        for file in Path("out").glob("*.nii.gz"):
            assert fd.replay(file).identical
    else:
        assert main([operation.name, *typed_words, "--json"]) == 0
        assert json.loads(capsys.readouterr().out) == as_document(expected)
        assert main([operation.name, *typed_words, "-o", "out.csv", "--quiet"]) == 0
        if Path("out.csv.lineage.json").exists():
            assert fd.replay("out.csv").identical


@pytest.mark.parametrize("run", OPERATIONS, indirect=True)
def test_a_recipe_gives_what_python_gives(run: Any) -> None:
    operation, values, _ = run
    expected = getattr(fd, operation.name)(**values)
    inputs = {name: value for name, value in values.items() if isinstance(value, Sampled)}
    step: dict[str, Any] = {name: name for name in inputs}
    for name, value in values.items():
        if isinstance(value, fd.Grid):
            step[name] = f"{name}_lattice"
            inputs[step[name]] = fd.Image(np.zeros(value.shape, np.uint8), value)
        elif isinstance(value, fd.Points):
            step[name] = name
            inputs[name] = value
        elif name not in inputs:
            step[name] = value.tolist() if isinstance(value, np.ndarray) else value
    kinds = {name: type(value).__name__.lower() for name, value in inputs.items()}
    steps = [{operation.name: step, "as": "found"}]
    text = json.dumps({"recipe": 1, "inputs": kinds, "steps": steps}, indent=1)
    SCHEMA.validate(read_document(text).plain())
    found = fd.run_recipe(text, inputs=inputs)["found"]
    if isinstance(expected, Sampled) or hasattr(expected, "image"):
        same_picture(picture(found), picture(expected))
    else:
        assert as_document(found) == as_document(expected)


def test_no_parameter_bears_the_name_of_an_option_of_every_command() -> None:
    for name in OPERATIONS:
        for parameter in spec(name).parameters:
            taken = {"help", "debug", "quiet", "json", "csv", "output"}
            assert is_positional(parameter) or parameter.name not in taken, name
