"""A recipe is read, and all of it is checked before anything runs."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from ..errors import FileDefectError, ParameterError, RecipeError, UnknownNameError, shown
from ..operation.run import checked
from .document import MOST_CHARACTERS, Node, read_document
from .parts import INPUT_KINDS, VERSION, Input, Recipe, Reference, Step
from .verbs import Verb, verbs

__all__ = ["read_recipe"]

_NAME = re.compile(r"[A-Za-z]\w*\Z")
_REFERENCE = re.compile(r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)*\Z")
_KEYS = ("recipe", "name", "description", "inputs", "steps", "outputs")


def read_recipe(path_or_text: str | os.PathLike[str]) -> Recipe:
    """Read and check a recipe.

    Parameters
    ----------
    path_or_text
        A file, or the text itself (which has more than one line).

    Raises
    ------
    RecipeError
        If it could not be run; the message names line, step and parameter.
    FileDefectError
        If the file cannot be read.

    Examples
    --------
    >>> recipe = read_recipe('''
    ... recipe: 1
    ... inputs: {ct: image}
    ... steps:
    ...   - gaussian: {sigma: 2 mm}
    ...   - threshold: {above: 300}
    ...     as: bone
    ... outputs: {bone: bone.nii.gz}
    ... ''')
    >>> [step.verb.name for step in recipe.steps], recipe.steps[1].values["image"].name
    (['gaussian', 'threshold'], 'step 1')
    """
    if isinstance(path_or_text, str) and "\n" in path_or_text:
        return _Reader("recipe").recipe(read_document(path_or_text))
    path = Path(path_or_text)
    try:
        if path.stat().st_size > 4 * MOST_CHARACTERS:
            raise FileDefectError(path, "this is too large for a recipe", "Name the recipe")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, FileDefectError):
            raise
        reason = error.strerror if isinstance(error, OSError) else "not a text in UTF-8"
        raise FileDefectError(path, f"the recipe cannot be read ({reason})") from error
    return _Reader(path.name).recipe(read_document(text, path.name))


class _Reader:
    """Turns nodes into a recipe; holds what the names mean so far."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.kinds: dict[str, str] = {}
        self.optional: set[str] = set()
        self.previous = ""

    def error(self, line: int, words: str) -> RecipeError:
        return RecipeError(f"{self.source}, line {line}: {words}")

    def table(self, node: Node, what: str) -> dict[str, Node]:
        if not isinstance(node.value, dict):
            raise self.error(node.line, f"{what} must be a table; got {shown(node.plain())}.")
        return node.value

    def text(self, node: Node, what: str) -> str:
        if not isinstance(node.value, str):
            raise self.error(node.line, f"{what} must be a text; got {shown(node.plain())}.")
        return node.value

    def new_name(self, word: Any, line: int, what: str) -> str:
        if not isinstance(word, str) or not _NAME.match(word):
            raise self.error(
                line, f"{what} must be a name of letters, digits and _; got {shown(word)}."
            )
        if word in self.kinds:
            raise self.error(line, f"{what} must be new; {word!r} is taken already.")
        return word

    def recipe(self, root: Node) -> Recipe:
        table = self.table(root, "a recipe")
        for key, node in table.items():
            if key not in _KEYS:
                near = _nearest(key, _KEYS)
                raise self.error(node.line, f"a recipe has no part {key!r}.{near}")
        version = table.get("recipe", Node(None, root.line))
        if version.value != VERSION or isinstance(version.value, bool):
            raise self.error(
                version.line,
                f"recipe must be the version {VERSION} of the language; "
                f"got {shown(version.plain())}. Begin with: recipe: {VERSION}.",
            )
        words = {
            key: self.text(table[key], key) if key in table else ""
            for key in ("name", "description")
        }
        inputs = dict(self.inputs(table["inputs"])) if "inputs" in table else {}
        required = [item.name for item in inputs.values() if not item.is_optional]
        self.previous = required[0] if len(required) == 1 else ""
        if "steps" not in table:
            raise self.error(root.line, "a recipe must have steps; got none.")
        steps = tuple(self.steps(table["steps"]))
        outputs = dict(self.outputs(table["outputs"])) if "outputs" in table else {}
        return Recipe(self.source, words["name"], words["description"], inputs, steps, outputs)

    def inputs(self, node: Node) -> Iterator[tuple[str, Input]]:
        for word, item in self.table(node, "inputs").items():
            name = self.new_name(word, item.line, "the name of an input")
            if isinstance(item.value, str):
                found = Input(name, item.value)
            else:
                table = self.table(item, f"input {name}")
                for key, part in table.items():
                    if key not in ("kind", "optional", "description"):
                        near = _nearest(key, ("kind", "optional", "description"))
                        raise self.error(part.line, f"input {name} has no part {key!r}.{near}")
                values = {key: part.value for key, part in table.items()}
                is_optional = values.get("optional", False)
                if not isinstance(is_optional, bool):
                    raise self.error(item.line, f"optional of input {name} must be true or false.")
                about = str(values.get("description", ""))
                found = Input(name, str(values.get("kind", "image")), is_optional, about)
            if found.kind not in INPUT_KINDS:
                raise self.error(
                    item.line,
                    f"input {name} must be one of {', '.join(INPUT_KINDS)}; got {found.kind!r}.",
                )
            self.kinds[name] = found.kind
            if found.is_optional:
                self.optional.add(name)
            yield name, found

    def steps(self, node: Node) -> Iterator[Step]:
        if not isinstance(node.value, list) or not node.value:
            raise self.error(node.line, "steps must be a list of at least one step.")
        for number, item in enumerate(node.value, 1):
            step = self.step(item, number)
            self.kinds[step.name] = step.verb.spec.returns
            self.previous = step.name
            yield step

    def step(self, node: Node, number: int) -> Step:
        if isinstance(node.value, str):
            node = Node({node.value: Node(None, node.line)}, node.line)
        table = self.table(node, f"step {number}")
        names = [key for key in table if key != "as"]
        if len(names) != 1:
            raise self.error(
                node.line,
                f"step {number} must name one operation, and perhaps its result with as: NAME; "
                f"got {', '.join(names) or 'none'}.",
            )
        line = node.line
        body = table[names[0]]
        keys = set(body.value) if isinstance(body.value, dict) else set()
        try:
            choices = verbs(names[0])
            found = next((item for item in choices if keys <= set(item.parameters)), choices[0])
        except UnknownNameError as error:
            raise self.error(line, f"step {number}: {error}") from error
        label = f"step {number} ({names[0]})"
        given = {} if body.value is None else self.table(body, f"{label}: its parameters")
        values = {key: self.value(label, found, key, item) for key, item in given.items()}
        subject = found.subject
        if subject is not None and subject not in values:
            if not self.previous:
                raise self.error(
                    line, f"{label}: {subject} must be given, for there is no result before it."
                )
            reference = Reference(self.previous)
            self.check_kind(label, found, subject, reference, line)
            values[subject] = reference
        for parameter in found.parameters.values():
            if parameter.is_required and parameter.name not in values:
                raise self.error(line, f"{label}: {parameter.name} must be given; got nothing.")
        name = f"step {number}"
        if "as" in table:
            name = self.new_name(table["as"].value, table["as"].line, f"{label}: as")
        lines = {key: item.line for key, item in given.items()}
        return Step(found, values, name, number, node.line, lines)

    def value(self, label: str, found: Verb, key: str, node: Node) -> Any:
        if key not in found.parameters:
            near = _nearest(key, found.parameters) or f" It takes {', '.join(found.parameters)}."
            raise self.error(node.line, f"{label}: it has no parameter {key!r}.{near}")
        parameter = found.parameters[key]
        if isinstance(node.value, dict) and list(node.value) == ["from"]:
            inner = node.value["from"]
            return self.reference(label, key, self.text(inner, f"{label}: {key}"), node.line)
        if parameter.is_input and node.value is not None:
            return self.images(label, found, key, node)
        is_named = isinstance(node.value, str) and node.value.split(".")[0] in self.kinds
        if parameter.kind == "operand" and isinstance(node.value, str):
            return self.reference(label, key, node.value, node.line)
        if is_named and parameter.kind not in ("text", "choice", "any", "path"):
            return self.reference(label, key, str(node.value), node.line)
        if parameter.kind == "operand":
            if not isinstance(node.value, int | float):
                raise self.error(node.line, f"{label}: {key} must be a result or a number.")
            return node.value
        return self.literal(label, found, key, node)

    def literal(self, label: str, found: Verb, key: str, node: Node) -> Any:
        value = node.plain()
        parameter = found.parameters[key]
        if parameter.kind == "grid":
            raise self.error(
                node.line, f"{label}: {key} must be the name of a result; got {shown(value)}."
            )
        try:
            checked(found.spec, parameter, value)
        except ParameterError as error:
            raise self.error(node.line, f"{label}: {error}") from error
        if parameter.kind == "array" and value is not None:
            return self.array(label, key, value, node.line)
        return value

    def array(self, label: str, key: str, value: Any, line: int) -> Any:
        import numpy as np

        try:
            return np.asarray(value, dtype=np.float64)
        except (ValueError, TypeError) as error:
            raise self.error(
                line, f"{label}: {key} must be rows of numbers; got {shown(value)}."
            ) from error

    def images(self, label: str, found: Verb, key: str, node: Node) -> Any:
        if found.parameters[key].kind == "images" and isinstance(node.value, list):
            return [
                self.reference(label, key, self.text(item, f"{label}: {key}"), item.line)
                for item in node.value
            ]
        if found.parameters[key].kind == "images" and isinstance(node.value, dict):
            return {
                name: self.reference(label, key, self.text(item, f"{label}: {key}"), item.line)
                for name, item in node.value.items()
            }
        reference = self.reference(label, key, self.text(node, f"{label}: {key}"), node.line)
        self.check_kind(label, found, key, reference, node.line)
        return reference

    def reference(self, label: str, key: str, word: str, line: int) -> Reference:
        if not _REFERENCE.match(word) or word.split(".")[0] not in self.kinds:
            named = [name for name in self.kinds if _NAME.match(name)]
            near = _nearest(word.split(".")[0], named)
            known = f" Known here: {', '.join(named)}." if named and not near else ""
            raise self.error(
                line,
                f"{label}: {key} must be the name of an input or of an earlier result; "
                f"got {word!r}.{near or known}",
            )
        first, *parts = word.split(".")
        return Reference(first, tuple(parts))

    def check_kind(
        self, label: str, found: Verb, key: str, reference: Reference, line: int
    ) -> None:
        parameter = found.parameters[key]
        may_lack = parameter.is_optional or parameter.default is None
        if reference.name in self.optional and not may_lack:
            raise self.error(
                line,
                f"{label}: {key} must be there; got {reference.name!r}, an optional input.",
            )
        accepts = {kind.__name__.lower() for kind in parameter.accepts}
        made = self.kinds[reference.name]
        if reference.parts or not accepts or "sampled" in accepts or made in ("sampled", "any"):
            return
        if made not in accepts:
            raise self.error(
                line,
                f"{label}: {key} must be of {' or '.join(sorted(accepts))}; "
                f"got {reference.name!r}, of {made}.",
            )

    def outputs(self, node: Node) -> Iterator[tuple[str, str]]:
        if isinstance(node.value, list):
            items = [(item.value, Node("", item.line)) for item in node.value]
        else:
            items = list(self.table(node, "outputs").items())
        seen: set[str] = set()
        for word, item in items:
            first = word.split(".")[0] if isinstance(word, str) else ""
            if first not in self.kinds or not _REFERENCE.match(str(word)):
                named = [name for name in self.kinds if _NAME.match(name)]
                raise self.error(
                    item.line,
                    f"outputs must name results; got {shown(word)}."
                    + (_nearest(first, named) or f" Known here: {', '.join(named) or 'none'}."),
                )
            file = self.text(item, f"the file of {word}")
            path = PurePosixPath(file.replace("\\", "/"))
            if path.is_absolute() or ".." in path.parts or ":" in file or file in seen - {""}:
                raise self.error(
                    item.line,
                    f"the file of {word} must be a name of its own below the output folder; "
                    f"got {file!r}.",
                )
            seen.add(file)
            yield str(word), file


def _nearest(word: str, names: Any) -> str:
    near = difflib.get_close_matches(word, list(names), n=1)
    return f" Did you mean {near[0]}?" if near else ""
