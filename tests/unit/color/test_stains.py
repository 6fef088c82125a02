"""Sets of stains, their names and vectors."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import fiducial as fd
from fiducial.color.stains import STAINS, StainVectors, stain_index, stain_vectors

NAMES = ("hematoxylin", "eosin", "DAB")


@pytest.mark.parametrize("name", [*STAINS, "hed", "he", "h_dab", "HDAB"])
def test_every_set_has_three_different_colours(name: str) -> None:
    found = stain_vectors(name, None, None, "test")
    assert len(set(found.names)) == 3
    assert found.names[0] == "hematoxylin"
    assert abs(np.linalg.det(found.rows)) > 0.1


def test_the_residual_is_what_neither_of_two_stains_absorbs() -> None:
    found = stain_vectors("H&E", None, None, "test")
    assert found.names[2] == "residual"
    np.testing.assert_allclose(found.rows[:2] @ found.rows[2], 0, atol=1e-12)
    assert np.linalg.norm(found.rows[2]) == pytest.approx(1)


def test_vectors_of_ones_own_are_named() -> None:
    rows = [[0.6, 0.7, 0.3], [0.1, 0.9, 0.2]]
    assert stain_vectors("HED", rows, ["blue", "pink"], "test").names == (
        "blue",
        "pink",
        "residual",
    )
    assert stain_vectors("HED", rows, None, "test").names[:2] == ("stain 1", "stain 2")


@pytest.mark.parametrize(
    ("name", "index"),
    [("hematoxylin", 0), ("Haematoxylin", 0), ("H", 0), ("eosin", 1), ("DAB", 2), (" dab ", 2)],
)
def test_names_may_be_spelled_as_people_do(name: str, index: int) -> None:
    assert stain_index(name, NAMES, "color") == index


def test_what_is_refused() -> None:
    with pytest.raises(fd.errors.ParameterError, match="name of color must be one of hematoxylin"):
        stain_index("giemsa", NAMES, "color")
    with pytest.raises(fd.errors.ParameterError, match="stains of f must be one of HED, H&E"):
        stain_vectors("PAS", None, None, "f")
    with pytest.raises(fd.errors.ParameterError, match="names of f must be left out"):
        stain_vectors("HED", None, ["a"], "f")
    with pytest.raises(fd.errors.ParameterError, match="a different name for each of 2 stains"):
        stain_vectors("HED", np.eye(3)[:2], ["H", "haematoxylin"], "f")
    with pytest.raises(fd.errors.ParameterError, match="vectors of f must be of shape"):
        stain_vectors("HED", np.eye(2), None, "f")
    with pytest.raises(fd.errors.ParameterError, match="three different colours"):
        StainVectors(NAMES, np.array([[1, 0, 0], [1, 0, 0], [0, 1, 0]]))
    with pytest.raises(fd.errors.ParameterError, match="three different colours"):
        stain_vectors("HED", [[1, 1, 1], [2, 2, 2]], None, "f")


def _separated() -> object:
    rgb = np.random.default_rng(14).integers(1, 255, (6, 7, 3)).astype(np.uint8)
    return fd.separate_stains(
        fd.Image(rgb, fd.Grid.from_spacing((6, 7), 0.25, unit="um"), axes="yxc")
    )


def test_the_value_gives_its_parts_and_says_how_each_was_made() -> None:
    stains = _separated()
    assert stains.names == NAMES
    assert stains.lineage.operation == "separate_stains"
    assert stains.lineage.output == ""
    assert stains.image.lineage.output == "image"
    dab = stains.channel("dab")
    np.testing.assert_array_equal(dab.array, stains.image.array[..., 2])
    assert dab.lineage.parents[0][1] == stains.image.lineage
    picture = stains.color("DAB")
    assert picture.channels == ("red", "green", "blue")
    assert picture.lineage.operation == "combine_stains"
    assert picture.grid == stains.image.grid
    again = pickle.loads(pickle.dumps(stains))
    np.testing.assert_array_equal(again.image.array, stains.image.array)
    assert stains.lines()[0] == "stains: hematoxylin, eosin, DAB at 42 pixels"
    assert repr(stains).startswith("Stains(hematoxylin, eosin, DAB: Image(")
