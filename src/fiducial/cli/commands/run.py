"""Run a recipe on its inputs and write its outputs, all or none."""

from __future__ import annotations

import argparse
from typing import Any

from ...errors import ParameterError
from ..parser import Parser

__all__ = ["parser", "run"]


def parser() -> Parser:
    """Return the parser of the command."""
    found = Parser(
        "fiducial run",
        __doc__ or "",
        "The JSON Schema of recipes, for an editor: fiducial list --schema",
    )
    found.add_argument("recipe", metavar="RECIPE", help="recipe in YAML")
    found.add_argument(
        "--input",
        action="append",
        default=[],
        metavar="NAME=FILE",
        help="an input of the recipe: its name and the file or folder; once for each",
    )
    found.add_argument("--out", metavar="FOLDER", help="folder for the outputs")
    found.add_argument(
        "--json", action="store_true", help="print the results that are not images as JSON"
    )
    return found


def run(given: argparse.Namespace) -> int:
    """Run it; what is not written to files is printed."""
    from ...recipes import read_recipe, run_recipe
    from ...recipes.outputs import is_written
    from ...recipes.tables import as_json, as_text
    from ..files import read_as
    from ..results import say

    recipe = read_recipe(given.recipe)
    if recipe.outputs and given.out is None:
        raise ParameterError(
            f"--out of fiducial run must be a folder, for {given.recipe} writes "
            f"{', '.join(recipe.outputs)}; got nothing."
        )
    inputs: dict[str, Any] = {}
    for word in given.input:
        name, sign, path = word.partition("=")
        if not sign or not path:
            raise ParameterError(f"--input of fiducial run must be NAME=FILE; got {word!r}.")
        if name in inputs:
            raise ParameterError(f"--input of fiducial run must name {name} once; got it again.")
        inputs[name] = read_as(path, recipe.inputs[name].kind) if name in recipe.inputs else path
    results = run_recipe(recipe, inputs=inputs, out=given.out)
    told = {
        name: result
        for name, result in results.items()
        if name not in recipe.outputs and not is_written(result)
    }
    if given.json:
        print(as_json(told), end="")
    else:
        for name, result in told.items():
            text = as_text(result)
            print(f"{name}:\n{text}" if "\n" in text else f"{name}: {text}")
    if given.out is not None:
        say(given, f"wrote {', '.join(recipe.outputs) or 'nothing'} into {given.out}")
    return 0
