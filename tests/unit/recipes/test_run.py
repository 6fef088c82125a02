"""What is known of running a recipe."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import Cancelled, FileDefectError, ParameterError, RecipeError
from fiducial.lineage import Call
from fiducial.progress import listening
from fiducial.recipes import read_recipe

GRID = fd.Grid.from_spacing((6, 8, 10), (3.0, 0.8, 0.8), origin=(-5.0, 7.0, 2.0))
PLANE = fd.Grid.from_spacing((12, 14), (2.0, 0.5))


def image(grid: fd.Grid = GRID, seed: int = 0) -> fd.Image:
    values = np.random.default_rng(seed).normal(100, 30, grid.shape).astype(np.float32)
    return fd.Image(values, grid, "HU")


BRIGHT = """\
recipe: 1
name: Bright
inputs: {ct: image}
steps:
  - gaussian: {sigma: 2 mm}
    as: smooth
  - threshold: {above: 100}
    as: bright
  - measure: {labels: bright, images: ct}
    as: table
outputs: {bright: bright.nii.gz, table: tables/bright.csv}
"""


@pytest.mark.parametrize(
    "grid",
    [
        GRID,
        PLANE,
        fd.Grid.from_spacing((1, 8, 10), (3.0, 0.8, 0.8)),
        fd.Grid.from_spacing((5, 6, 7), 2.0, direction=[[0, 0.6, -0.8], [0, 0.8, 0.6], [-1, 0, 0]]),
    ],
    ids=["anisotropic", "2D", "single slice", "oblique, flipped"],
)
def test_the_same_as_the_calls(grid: fd.Grid) -> None:
    ct = image(grid)
    found = fd.run_recipe(BRIGHT, inputs={"ct": ct})
    smooth = fd.gaussian(ct, sigma="2 mm")
    bright = fd.threshold(smooth, above=100)
    assert list(found) == ["smooth", "bright", "table"]
    np.testing.assert_array_equal(found["bright"].array, bright.array)
    assert found["bright"].grid == ct.grid
    assert found["table"].equals(fd.measure(bright, images=ct))


def test_each_result_has_the_lineage_of_its_steps() -> None:
    ct = image()
    found = fd.run_recipe(BRIGHT, inputs={"ct": ct})
    by_hand = fd.threshold(fd.gaussian(ct, sigma="2 mm"), above=100)
    assert found["bright"].lineage.id == by_hand.lineage.id
    assert isinstance(found["table"].attrs["lineage"], Call)


def test_outputs_are_written_with_their_records(tmp_path: Path) -> None:
    fd.write(image(), tmp_path / "ct.nii.gz")
    out = tmp_path / "deep" / "out"
    found = fd.run_recipe(BRIGHT, inputs={"ct": tmp_path / "ct.nii.gz"}, out=out)
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*")) == [
        "bright.nii.gz",
        "bright.nii.gz.lineage.json",
        "tables",
        "tables/bright.csv",
        "tables/bright.csv.lineage.json",
    ]
    again = fd.read_mask(out / "bright.nii.gz")
    np.testing.assert_array_equal(again.array, found["bright"].array)
    assert fd.replay(out / "bright.nii.gz").identical
    assert fd.replay(out / "tables" / "bright.csv").identical


def test_a_list_of_outputs_lets_the_results_choose_their_files(tmp_path: Path) -> None:
    text = (
        "recipe: 1\nsteps:\n"
        "  - phantoms.ball: {radius: 5 mm}\n    as: ball\n"
        "  - measure: {labels: ball.mask}\n    as: table\n"
        "  - threshold_otsu: {image: ball.image}\n    as: level\n"
        "outputs: [ball.mask, table, level]\n"
    )
    fd.run_recipe(text, out=tmp_path)
    names = {path.name for path in tmp_path.iterdir() if "lineage" not in path.name}
    assert names == {"ball_mask.nii.gz", "table.csv", "level.json"}


def test_the_last_result_of_a_recipe_without_names() -> None:
    found = fd.run_recipe("recipe: 1\ninputs: {a: image}\nsteps: [otsu]\n", inputs={"a": image()})
    assert list(found) == ["result"]
    np.testing.assert_array_equal(found["result"].array, fd.otsu(image()).array)


def test_an_optional_input_that_is_not_given_is_none() -> None:
    text = (
        "recipe: 1\ninputs: {ct: image, grid: {kind: image, optional: true}}\n"
        "steps:\n  - resample: {image: ct, grid: ct, like: grid}\n    as: same\n"
    )
    found = fd.run_recipe(text, inputs={"ct": image()})
    np.testing.assert_array_equal(found["same"].array, image().array)
    with pytest.raises(RecipeError, match=r"step 1 \(resample\)"):
        fd.run_recipe(text, inputs={"ct": image(), "grid": image()})


def test_files_are_read_as_what_the_inputs_are(tmp_path: Path) -> None:
    fd.write(fd.Labels(np.array([[0, 1], [2, 2]])), tmp_path / "organs.npy")
    fd.write(fd.Points([[1.0, 2.0, 3.0]]), tmp_path / "points.csv")
    text = (
        "recipe: 1\ninputs: {organs: labels, marks: points}\n"
        "steps:\n  - label_mask: {labels: organs, label: 2}\n    as: two\n"
        "  - points_index: {points: marks, key: [0]}\n    as: first\n"
    )
    inputs = {"organs": tmp_path / "organs.npy", "marks": str(tmp_path / "points.csv")}
    found = fd.run_recipe(text, inputs=inputs)
    assert found["two"].count == 2
    np.testing.assert_array_equal(found["first"].world, [[1.0, 2.0, 3.0]])


def test_a_step_that_fails_is_named_with_its_line() -> None:
    text = BRIGHT.replace("sigma: 2 mm", "sigma: -2 mm")
    with pytest.raises(RecipeError) as caught:
        fd.run_recipe(text, inputs={"ct": image()})
    assert str(caught.value).startswith(
        "recipe, line 5: step 1 (gaussian): sigma of gaussian must be 0 or more; got"
    )
    assert isinstance(caught.value.__cause__, ParameterError)


def test_a_part_that_is_not_there_is_named() -> None:
    text = "recipe: 1\nsteps:\n  - phantoms.ball: {}\n    as: ball\n  - otsu: {image: ball.imge}\n"
    with pytest.raises(RecipeError, match=r"ball has no part 'imge'.*Did you mean image\?"):
        fd.run_recipe(text)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        ({}, "input ct of the recipe Bright must be given; got nothing. Add inputs={'ct': ...}"),
        ({"cts": 1}, "cts is no input of the recipe Bright. Did you mean ct?"),
        ({"ct": 3}, "input ct of the recipe must be of image or a path; got 3"),
        ({"ct": fd.Mask([[True]])}, "input ct of the recipe must be of image or a path"),
    ],
)
def test_inputs_are_checked_before_anything_runs(inputs: dict[str, object], words: str) -> None:
    with pytest.raises(ParameterError) as caught:
        fd.run_recipe(BRIGHT, inputs=inputs)
    assert words in str(caught.value)


def test_a_missing_file_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(FileDefectError, match="there is no such file"):
        fd.run_recipe(BRIGHT, inputs={"ct": tmp_path / "none.nii"}, out=tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_failing_step_leaves_nothing(tmp_path: Path) -> None:
    text = BRIGHT.replace("sigma: 2 mm", "sigma: -2 mm")
    with pytest.raises(RecipeError):
        fd.run_recipe(text, inputs={"ct": image()}, out=tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_a_recipe_can_be_cancelled_and_leaves_nothing(tmp_path: Path) -> None:
    said: list[str] = []

    def stop(done: float, total: float, message: str) -> bool:
        said.append(message)
        return not message.startswith("step 2")

    with pytest.raises(Cancelled), listening(stop):
        fd.run_recipe(BRIGHT, inputs={"ct": image()}, out=tmp_path / "out")
    assert any(message.startswith("step 1") for message in said)
    assert list(tmp_path.iterdir()) == []


def test_one_recipe_runs_in_several_threads_at_once() -> None:
    recipe = read_recipe(BRIGHT)
    expected = fd.run_recipe(recipe, inputs={"ct": image()})["bright"].array
    found: list[np.ndarray] = []

    def run() -> None:
        found.append(fd.run_recipe(recipe, inputs={"ct": image()})["bright"].array)

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert all(np.array_equal(array, expected) for array in found)
