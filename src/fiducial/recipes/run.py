"""Running a recipe: inputs read, steps called in order, outputs written all or none."""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..errors import Cancelled, FiducialError, ParameterError, RecipeError, shown
from ..image import Image, Labels, Mask, Points
from ..progress import report, visible
from .outputs import write_all
from .parts import Recipe, Reference, Step
from .recipe import read_recipe

__all__ = ["run_recipe"]

_CLASSES: dict[str, type] = {"image": Image, "mask": Mask, "labels": Labels, "points": Points}


@visible()
def run_recipe(
    recipe: str | os.PathLike[str] | Recipe,
    *,
    inputs: Mapping[str, Any] | None = None,
    out: str | os.PathLike[str] | None = None,
) -> dict[str, Any]:
    """Run a recipe on its inputs.

    Parameters
    ----------
    recipe
        A recipe's file, its text (which has more than one line), or one that was read.
    inputs
        An object or the path of a file for each input, by name.
    out
        Folder that the outputs are written into; nothing is written when None.

    Returns
    -------
    dict
        Every result that the recipe names; the last step's is called ``"result"`` when the
        recipe names none.  Each carries the lineage of its steps.

    Raises
    ------
    RecipeError
        If the recipe cannot be read, or a step fails; the message names line and step.
    ParameterError
        If an input is missing, unknown or of another kind.
    FileDefectError
        If an input cannot be read or an output cannot be written; then none is.

    Notes
    -----
    The whole recipe is checked before any file is read.  A result is dropped when no later
    step needs it.  Outputs are written under temporary names in their folder and renamed
    when all are whole.

    Examples
    --------
    >>> import fiducial as fd
    >>> found = fd.run_recipe('''
    ... recipe: 1
    ... inputs: {picture: image}
    ... steps:
    ...   - add: {b: 1}
    ...   - threshold: {above: 2}
    ...     as: bright
    ... ''', inputs={"picture": fd.Image([[0, 1, 2, 3]])})
    >>> found["bright"].array
    array([[False, False,  True,  True]])
    """
    plan = recipe if isinstance(recipe, Recipe) else read_recipe(recipe)
    given = dict(inputs or {})
    _check_inputs(plan, given)
    folder = None if out is None else Path(out)
    results: dict[str, Any] = {name: _read(plan, name, given.get(name)) for name in plan.inputs}
    last_use = _last_uses(plan)
    for step in plan.steps:
        report(step.number - 1, len(plan.steps), f"step {step.number}: {step.verb.name}")
        results[step.name] = _perform(plan, step, results)
        for name in [name for name in results if last_use.get(name, 0) <= step.number]:
            if not _is_kept(plan, name) and name != plan.steps[-1].name:
                del results[name]
    report(len(plan.steps), len(plan.steps), plan.name or "recipe")
    if folder is not None:
        files = {name: (_follow(plan, name, results), file) for name, file in plan.outputs.items()}
        write_all(files, folder)
    named = {step.name: results[step.name] for step in plan.steps if " " not in step.name}
    named.update((name, _follow(plan, name, results)) for name in plan.outputs if name not in named)
    return named or {"result": results[plan.steps[-1].name]}


def _is_kept(recipe: Recipe, name: str) -> bool:
    is_named = " " not in name and name not in recipe.inputs
    return is_named or any(output.split(".")[0] == name for output in recipe.outputs)


def _last_uses(recipe: Recipe) -> dict[str, int]:
    found: dict[str, int] = {}
    for step in recipe.steps:
        for reference in _references(step.values):
            found[reference.name] = step.number
    return found


def _references(value: Any) -> list[Reference]:
    if isinstance(value, Reference):
        return [value]
    items = value.values() if isinstance(value, Mapping) else value
    if isinstance(value, Mapping | list):
        return [reference for item in items for reference in _references(item)]
    return []


def _check_inputs(recipe: Recipe, given: dict[str, Any]) -> None:
    title = recipe.name or recipe.source
    for name in given:
        if name not in recipe.inputs:
            near = difflib.get_close_matches(name, recipe.inputs, n=1)
            known = ", ".join(recipe.inputs) or "none"
            hint = f"Did you mean {near[0]}?" if near else f"It takes {known}."
            raise ParameterError(f"{name} is no input of the recipe {title}. {hint}")
    for item in recipe.inputs.values():
        if given.get(item.name) is None and not item.is_optional:
            about = f" ({item.description})" if item.description else ""
            raise ParameterError(
                f"input {item.name}{about} of the recipe {title} must be given; got nothing. "
                f"Add inputs={{{item.name!r}: ...}}, or --input {item.name}=FILE."
            )


def _read(recipe: Recipe, name: str, value: Any) -> Any:
    kind = recipe.inputs[name].kind
    if value is None:
        return None
    if not isinstance(value, str | os.PathLike):
        if not isinstance(value, _CLASSES[kind]):
            raise ParameterError(
                f"input {name} of the recipe must be of {kind} or a path; got {shown(value)}."
            )
        return value
    from .. import io

    readers: dict[str, Callable[..., Any]] = {
        "image": io.read,
        "mask": io.read_mask,
        "labels": io.read_labels,
        "points": io.read_points,
    }
    return readers[kind](value)


def _perform(recipe: Recipe, step: Step, results: Mapping[str, Any]) -> Any:
    try:
        values = {key: _resolved(recipe, value, results) for key, value in step.values.items()}
        return step.verb.call(values)
    except Cancelled:
        raise
    except RecipeError:
        raise
    except FiducialError as error:
        words = str(error)
        line = next(
            (line for key, line in step.lines.items() if words.startswith(f"{key} of ")), step.line
        )
        raise RecipeError(
            f"{recipe.source}, line {line}: step {step.number} ({step.verb.name}): {words}"
        ) from error


def _resolved(recipe: Recipe, value: Any, results: Mapping[str, Any]) -> Any:
    if isinstance(value, Reference):
        return _follow(recipe, str(value), results)
    if isinstance(value, Mapping):
        return {key: _resolved(recipe, item, results) for key, item in value.items()}
    if isinstance(value, list):
        return [_resolved(recipe, item, results) for item in value]
    return value


def _follow(recipe: Recipe, word: str, results: Mapping[str, Any]) -> Any:
    """Return a result, or the part of it that the dots lead to."""
    name, *parts = word.split(".")
    value = results[name]
    for part in parts:
        try:
            value = value[part] if isinstance(value, Mapping) else getattr(value, part)
        except (AttributeError, KeyError):
            public = value if isinstance(value, Mapping) else dir(value)
            known = [key for key in public if not str(key).startswith("_")]
            near = difflib.get_close_matches(part, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise RecipeError(
                f"{recipe.source}: {name} has no part {part!r}; it is of "
                f"{type(value).__name__}.{hint}"
            ) from None
    return value
