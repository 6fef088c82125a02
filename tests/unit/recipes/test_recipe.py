"""What is known of reading and checking a recipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from fiducial.errors import FileDefectError, RecipeError
from fiducial.recipes.parts import Reference
from fiducial.recipes.recipe import read_recipe

TWO = """\
recipe: 1
name: Bones
description: Where the bones are.
inputs:
  ct: image
  body: {kind: mask, optional: true, description: inside the skin}
steps:
  - gaussian: {sigma: 2 mm}
    as: smooth
  - threshold: {above: 300}
    as: bone
outputs: {bone: out/bone.nii.gz}
"""


def test_everything_is_found() -> None:
    recipe = read_recipe(TWO)
    assert (recipe.name, recipe.description) == ("Bones", "Where the bones are.")
    assert recipe.inputs["ct"].kind == "image"
    assert recipe.inputs["body"].is_optional
    assert [step.verb.name for step in recipe.steps] == ["gaussian", "threshold"]
    assert recipe.steps[0].values == {"sigma": "2 mm", "image": Reference("ct")}
    assert recipe.steps[1].values == {"above": 300, "image": Reference("smooth")}
    assert (recipe.steps[1].line, recipe.steps[1].lines) == (10, {"above": 10})
    assert recipe.outputs == {"bone": "out/bone.nii.gz"}


def test_a_file_is_read_and_named_in_errors(tmp_path: Path) -> None:
    path = tmp_path / "bones.yaml"
    path.write_text(TWO)
    assert read_recipe(path).source == "bones.yaml"
    assert read_recipe(str(path)).name == "Bones"
    path.write_text(TWO.replace("sigma: 2 mm", "sgma: 2 mm"))
    with pytest.raises(RecipeError) as caught:
        read_recipe(path)
    assert str(caught.value) == (
        "bones.yaml, line 8: step 1 (gaussian): it has no parameter 'sgma'. Did you mean sigma?"
    )


def steps(text: str, inputs: str = "{ct: image}") -> str:
    return f"recipe: 1\ninputs: {inputs}\nsteps:\n{text}"


def test_a_step_may_be_a_bare_name() -> None:
    (step,) = read_recipe(steps("  - otsu\n")).steps
    assert step.values == {"image": Reference("ct")}


def test_a_number_may_be_the_result_of_a_step() -> None:
    text = steps(
        "  - threshold_otsu:\n    as: level\n"
        "  - threshold: {image: ct, above: level}\n"
        "  - greater: {a: ct, b: level}\n"
        "  - threshold: {image: ct, above: {from: level}}\n"
    )
    recipe = read_recipe(text)
    assert recipe.steps[1].values["above"] == Reference("level")
    assert recipe.steps[2].values["b"] == Reference("level")
    assert recipe.steps[3].values["above"] == Reference("level")


def test_a_part_of_a_result_is_named_with_a_dot() -> None:
    text = steps("  - separate_stains:\n    as: stains\n  - gaussian: {image: stains.image}\n")
    assert read_recipe(text).steps[1].values["image"] == Reference("stains", ("image",))


def test_phantoms_and_operators_are_steps() -> None:
    text = (
        "recipe: 1\nsteps:\n"
        "  - phantoms.ball: {radius: 5 mm}\n    as: ball\n"
        "  - complement: {mask: ball.mask}\n    as: around\n"
        "  - union: {a: around, b: ball.mask}\n"
    )
    assert [step.verb.name for step in read_recipe(text).steps] == [
        "phantoms.ball",
        "complement",
        "union",
    ]


def test_several_images_are_a_list_or_a_table() -> None:
    text = steps(
        "  - measure: {labels: organs, images: [ct, pet]}\n"
        "  - measure: {labels: organs, images: {a: ct}}\n"
        "  - measure: {labels: organs, images: ct}\n",
        "{ct: image, pet: image, organs: labels}",
    )
    found = [step.values["images"] for step in read_recipe(text).steps]
    assert found == [[Reference("ct"), Reference("pet")], {"a": Reference("ct")}, Reference("ct")]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- 1", "a recipe must be a table"),
        ("recipe: 2\nsteps: [otsu]", "line 1: recipe must be the version 1 of the language; got 2"),
        ("steps: [otsu]\nname: x", "recipe must be the version 1"),
        ("recipe: true\nsteps: [otsu]", "recipe must be the version 1"),
        ("recipe: 1\nname: x", "must have steps"),
        ("recipe: 1\nsteps: []", "steps must be a list of at least one step"),
        ("recipe: 1\nstep: [otsu]", "no part 'step'. Did you mean steps?"),
        ("recipe: 1\nname: 3\nsteps: [otsu]", "name must be a text; got 3"),
        (steps("  - otsu\n", "{ct: picture}"), "line 2: input ct must be one of image, mask"),
        (steps("  - otsu\n", "{2: image}"), "the name of an input must be a name of letters"),
        (steps("  - otsu\n", "{ct: {kin: image}}"), "no part 'kin'. Did you mean kind?"),
        (steps("  - gausian: {}\n"), "line 4: step 1: no step is called 'gausian'. Did you mean"),
        (steps("  - gaussian: {}\n    otsu: {}\n"), "must name one operation"),
        (steps("  - as: x\n"), "must name one operation"),
        (steps("  - gaussian: 3\n"), "its parameters must be a table"),
        (steps("  - gaussian: {sigma: wide}\n"), "sigma of gaussian must be a number with a unit"),
        (steps("  - gaussian: {truncate: [1]}\n"), "truncate of gaussian must be a number"),
        (steps("  - threshold: {strict: 1}\n"), "strict of threshold must be True or False"),
        (steps("  - gaussian: {image: mr}\n"), "image must be the name of an input or of an"),
        (steps("  - gaussian: {image: 3}\n"), "image must be a text; got 3"),
        (steps("  - gaussian: {image: ct.}\n"), "must be the name of an input"),
        (steps("  - gaussian: {image: ct.__class__}\n"), "must be the name of an input"),
        (steps("  - masked: {mask: ct}\n"), "mask must be of mask; got 'ct', of image"),
        (steps("  - otsu\n  - gaussian\n"), "image must be of image; got 'step 1', of mask"),
        (steps("  - otsu:\n    as: ct\n"), "as must be new; 'ct' is taken"),
        (steps("  - otsu\n    as: a b\n"), "this is no YAML"),
        (steps("  - otsu:\n    as: a b\n"), "as must be a name of letters"),
        (steps("  - masked: {outside: 0}\n"), "mask must be given; got nothing"),
        (steps("  - add: {b: wide}\n"), "b must be the name of an input"),
        (steps("  - add: {b: [1]}\n"), "b must be a result or a number"),
        (
            steps("  - otsu\n", "{a: image, b: image}"),
            "image must be given, for there is no result",
        ),
        (steps("  - resample: {grid: 3}\n"), "grid must be the name of a result; got 3"),
        (
            steps("  - gaussian: {image: m}\n", "{m: {kind: image, optional: true}}"),
            "image must be there; got 'm', an optional input",
        ),
    ],
)
def test_what_is_refused_is_named(text: str, words: str) -> None:
    with pytest.raises(RecipeError) as caught:
        read_recipe(text if "\n" in text else text + "\n")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        ("[smoth]", "outputs must name results; got 'smoth'. Did you mean smooth?"),
        ("{smooth: ../a.nii}", "must be a name of its own below the output folder"),
        ("{smooth: /a.nii}", "must be a name of its own below the output folder"),
        ("{smooth: 'C:a.nii'}", "must be a name of its own below the output folder"),
        ("{smooth: a.nii, ct: a.nii}", "must be a name of its own"),
        ("{smooth: 3}", "the file of smooth must be a text"),
    ],
)
def test_outputs_name_results_and_files_below_the_folder(outputs: str, words: str) -> None:
    text = steps(f"  - gaussian:\n    as: smooth\noutputs: {outputs}\n")
    with pytest.raises(RecipeError) as caught:
        read_recipe(text)
    assert words in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileDefectError, match=r"none\.yaml: the recipe cannot be read"):
        read_recipe(tmp_path / "none.yaml")
    (tmp_path / "raw.yaml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileDefectError, match="not a text in UTF-8"):
        read_recipe(tmp_path / "raw.yaml")
