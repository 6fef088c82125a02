"""What is known of making a sub-command from an operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

import fiducial as fd
from fiducial.cli.arguments import OUTPUT, operation_parser, parameter_value, read_values
from fiducial.errors import FileDefectError, ParameterError
from fiducial.geometry import Grid
from fiducial.image import Image, Labels, Mask, Points
from fiducial.operation import operation, spec_of
from fiducial.transforms import Transform
from fiducial.units import Angle, Length


@operation(uses="tc", same_grid=False)
def everything(
    image: Image,
    labels: Mask | Labels,
    *,
    mask: Mask | None = None,
    points: Points | None = None,
    like: Grid | None = None,
    transform: Transform | None = None,
    images: Image | Sequence[Image] | Mapping[str, Image] | None = None,
    sigma: Length = 1.0,
    turn: Angle = 0.0,
    factor: float = 1.5,
    limit: float | None = 3.0,
    count: int = 2,
    strict: bool = True,
    mode: Literal["fast", "slow", 3] = "fast",
    title: str = "x",
    levels: Sequence[float] = (1.0, 2.0),
    size: float | Sequence[float] = 3.0,
    kernel: np.ndarray | None = None,
    name: str | int = 0,
    parts: Sequence[str] = (),
    spacings: Sequence[Any] | None = None,
) -> Image:
    """Do everything with ``images`` at 100 %.

    Parameters
    ----------
    image
        What :func:`everything` is done to.
    sigma
        How far.
    """
    return image


SPEC = spec_of(everything)


def value(name: str, text: str) -> Any:
    return parameter_value(SPEC, name, text)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("sigma", "2 mm", "2 mm"),
        ("sigma", "2", 2),
        ("sigma", "-0.5", -0.5),
        ("sigma", "3 mm, 1 mm,1 mm", ["3 mm", "1 mm", "1 mm"]),
        ("sigma", "3,1,1", [3, 1, 1]),
        ("turn", "5 deg", "5 deg"),
        ("factor", "1e3", 1000.0),
        ("factor", "7", 7),
        ("limit", "none", None),
        ("count", "12", 12),
        ("mode", "slow", "slow"),
        ("mode", "3", 3),
        ("title", "2", "2"),
        ("title", "none", "none"),
        ("levels", "1, 2.5,3", [1, 2.5, 3]),
        ("levels", "1 2", [1, 2]),
        ("levels", "[1, 2]", [1, 2]),
        ("levels", "4", [4]),
        ("size", "4", 4),
        ("size", "4,5", [4, 5]),
        ("name", "red", "red"),
        ("name", "2", 2),
        ("parts", "liver, spleen", ["liver", "spleen"]),
        ("parts", "liver", ["liver"]),
        ("parts", "1,2", ["1", "2"]),
        ("spacings", "4 mm, 2 mm", ["4 mm", "2 mm"]),
        ("spacings", "4,2", [4, 2]),
    ],
)
def test_texts_become_values(name: str, text: str, expected: object) -> None:
    found = value(name, text)
    assert found == expected
    assert type(found) is type(expected)


def test_arrays_are_written_out_or_in_a_file(tmp_path: Path) -> None:
    np.testing.assert_array_equal(value("kernel", "[[0, 1], [2, 3]]"), [[0, 1], [2, 3]])
    np.save(tmp_path / "k.npy", np.eye(3))
    np.testing.assert_array_equal(value("kernel", str(tmp_path / "k.npy")), np.eye(3))


def test_a_pickled_array_is_never_opened(tmp_path: Path) -> None:
    np.save(tmp_path / "k.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(FileDefectError, match="no array could be read"):
        value("kernel", str(tmp_path / "k.npy"))


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("factor", "wide", "factor of everything must be a number; got 'wide'."),
        ("count", "many", "count of everything must be a whole number; got 'many'."),
        ("mode", "quick", "mode of everything must be one of fast, slow, 3; got 'quick'."),
        ("levels", "1,x", "levels of everything must be numbers with commas between them"),
        ("kernel", "round", "kernel of everything must be numbers in brackets or a file .npy"),
    ],
)
def test_what_cannot_be_understood_is_named(name: str, text: str, words: str) -> None:
    with pytest.raises(ParameterError) as caught:
        value(name, text)
    assert words in str(caught.value)


def files(folder: Path) -> dict[str, str]:
    """Write one file of each kind; give their paths."""
    grid = fd.Grid.from_spacing((3, 4, 5), (3.0, 1.0, 1.0))
    fd.write(fd.Image(np.ones((3, 4, 5), np.float32), grid), folder / "ct.nii.gz")
    fd.write(fd.Mask(np.ones((3, 4, 5), bool), grid), folder / "mask.nii.gz")
    fd.write(fd.Labels(np.full((3, 4, 5), 2), grid, names={2: "x"}), folder / "labels.nii.gz")
    fd.write(fd.Points([[1.0, 2, 3]]), folder / "points.csv")
    fd.io.write_transform(fd.Translation((1.0, 2, 3)), folder / "shift.tfm")
    found = [path for path in folder.iterdir() if "lineage" not in path.name]
    return {path.name.split(".")[0]: str(path) for path in found}


def read(words: list[str]) -> dict[str, Any]:
    return read_values(SPEC, operation_parser(SPEC, "everything").read(words))


def test_files_are_read_by_the_kind_of_their_parameter(tmp_path: Path) -> None:
    at = files(tmp_path)
    words = [at["ct"], at["labels"], "out.nii"]
    assert set(read(words)) == {"image", "labels"}
    for option, file in (
        ("mask", "mask"),
        ("points", "points"),
        ("like", "ct"),
        ("transform", "shift"),
    ):
        words += [f"--{option}", at[file]]
    found = read(words)
    kinds = {name: type(item).__name__ for name, item in found.items()}
    assert kinds == {
        "image": "Image",
        "labels": "Labels",
        "mask": "Mask",
        "points": "Points",
        "like": "Grid",
        "transform": "Translation",
    }


def test_a_file_of_several_kinds_is_what_its_record_says_or_the_user(tmp_path: Path) -> None:
    at = files(tmp_path)
    assert isinstance(read([at["ct"], at["mask"], "o"])["labels"], Mask)
    (tmp_path / "mask.nii.gz.lineage.json").unlink()
    assert isinstance(read([at["ct"], at["mask"], "o"])["labels"], Labels)
    found = read([at["ct"], at["mask"], "o", "--labels-as", "mask"])
    assert isinstance(found["labels"], Mask)


def test_several_images_one_option_each_perhaps_with_a_name(tmp_path: Path) -> None:
    at = files(tmp_path)
    words = [at["ct"], at["labels"], "o", "--images", at["ct"]]
    assert isinstance(read(words)["images"], Image)
    assert len(read([*words, "--images", at["ct"]])["images"]) == 2
    named = [at["ct"], at["labels"], "o", "--images", f"a={at['ct']}"]
    assert list(read(named)["images"]) == ["a"]


def test_flags_have_two_senses() -> None:
    parser = operation_parser(SPEC, "everything")
    assert parser.read(["a", "b", "c", "--strict"]).strict is True
    assert parser.read(["a", "b", "c", "--no-strict"]).strict is False
    assert not hasattr(parser.read(["a", "b", "c"]), "strict")


def test_an_option_is_understood_before_a_file_is_opened() -> None:
    with pytest.raises(ParameterError, match="factor of everything"):
        read(["none.nii", "none.nii", "o", "--factor", "wide"])


def test_help_is_plain_words_with_defaults_and_choices() -> None:
    text = " ".join(operation_parser(SPEC, "everything").format_help().split())
    assert "Do everything with images at 100 %." in text
    assert "What everything is done to." in text
    assert "--sigma LENGTH How far. (default: 1.0)" in text
    assert "--mode {fast,slow,3}" in text
    assert "--strict, --no-strict" in text
    assert "IMAGE LABELS OUTPUT" in text
    assert "The whole page: fiducial reference everything" in text


def test_where_the_result_goes_follows_from_what_it_is() -> None:
    def outputs(name: str) -> dict[str, Any]:
        parser = operation_parser(spec_of(getattr(fd, name)), name)
        return {
            action.metavar: action.option_strings
            for action in parser._actions
            if action.dest == OUTPUT
        }

    assert outputs("gaussian") == {"OUTPUT": []}
    assert outputs("otsu") == {"OUTPUT": []}
    assert outputs("resample") == {"OUTPUT": []}
    assert outputs("separate_stains") == {"OUTPUT": []}
    assert outputs("threshold_otsu") == {"FILE": ["-o", "--output"]}
    assert outputs("measure") == {"FILE": ["-o", "--output"]}
    assert outputs("register") == {"FOLDER": ["-o", "--output"]}
