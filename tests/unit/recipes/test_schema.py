"""What is known of the JSON Schema of recipes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from fiducial.catalogue import operations
from fiducial.errors import RecipeError
from fiducial.recipes import read_recipe, schema
from fiducial.recipes.document import read_document

SCHEMA = schema()
CHECK = jsonschema.Draft202012Validator(SCHEMA)

GOOD = [
    "recipe: 1\nsteps: [otsu]\ninputs: {a: image}\n",
    "recipe: 1\ninputs: {a: {kind: image, optional: false}}\nsteps:\n"
    "  - gaussian: {sigma: [2 mm, 1 mm, 1 mm]}\n    as: s\n  - threshold: {above: 3, below: null}\n"
    "outputs: [s]\n",
    "recipe: 1\ninputs: {a: image}\nsteps:\n  - threshold_otsu:\n    as: level\n"
    "  - threshold: {image: a, above: level}\n  - add: {a: a, b: 2}\n"
    "  - threshold: {image: a, above: {from: level}}\n",
    "recipe: 1\nsteps:\n  - phantoms.ball: {radius: 3 mm}\n    as: b\n"
    "  - measure: {labels: b.mask, images: {x: b.image}}\noutputs: {b.mask: m.nii.gz}\n",
]
BAD = [
    "recipe: 2\nsteps: [otsu]\n",
    "recipe: 1\nname: x\n",
    "recipe: 1\nsteps: []\n",
    "recipe: 1\nsteps: [gausian]\n",
    "recipe: 1\ninputs: {a: picture}\nsteps: [otsu]\n",
    "recipe: 1\ninputs: {a: image}\nsteps:\n  - gaussian: {sgma: 2}\n",
    "recipe: 1\ninputs: {a: image}\nsteps:\n  - gaussian: {sigma: true}\n",
    "recipe: 1\ninputs: {a: image}\nsteps:\n  - threshold: {strict: 1}\n",
    "recipe: 1\ninputs: {a: image}\nsteps:\n  - gaussian: {}\n    an: x\n",
    "recipe: 1\ninputs: {a: image}\nsteps:\n  - masked\n",
    "recipe: 1\nsteps: [otsu]\nstep: 3\n",
]


def test_it_is_a_schema_and_plain_json() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


@pytest.mark.parametrize("text", GOOD)
def test_what_can_be_read_is_valid(text: str) -> None:
    read_recipe(text)
    CHECK.validate(read_document(text).plain())


@pytest.mark.parametrize("text", BAD)
def test_what_is_invalid_cannot_be_read(text: str) -> None:
    assert not CHECK.is_valid(read_document(text).plain())
    with pytest.raises(RecipeError):
        read_recipe(text)


def test_the_recipes_that_ship_with_the_tour_are_valid(repository: Path) -> None:
    found = sorted((repository / "src" / "fiducial" / "tour" / "recipes").glob("*.yaml"))
    assert found
    for path in found:
        CHECK.validate(read_document(path.read_text(), path.name).plain())
        read_recipe(path)


def test_every_operation_and_parameter_is_there_with_its_description() -> None:
    steps: dict[str, Any] = SCHEMA["$defs"]
    assert set(operations()) <= set(steps)
    sigma = steps["gaussian"]["properties"]["gaussian"]["properties"]["sigma"]
    assert sigma["default"] == 1.0
    assert sigma["description"].startswith("Standard deviation: a length")
    assert steps["gaussian"]["description"].startswith("Smooth with a Gaussian")
