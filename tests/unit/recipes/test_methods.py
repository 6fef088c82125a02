"""What is known of the nouns' own methods as steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError
from fiducial.recipes.methods import BINARY, UNARY, any_elementwise, methods

IMAGE = fd.Image([[1.0, 4.0, 9.0]], unit="HU")
MASK = fd.Mask([[True, False, False]])
OTHER = fd.Mask([[True, True, False]])


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("union", {"a": MASK, "b": OTHER}, [[True, True, False]]),
        ("intersection", {"a": MASK, "b": OTHER}, [[True, False, False]]),
        ("difference", {"a": OTHER, "b": MASK}, [[False, True, False]]),
        ("symmetric_difference", {"a": OTHER, "b": MASK}, [[False, True, False]]),
        ("complement", {"mask": MASK}, [[False, True, True]]),
        ("as_image", {"mask": MASK, "inside": 5, "outside": 2}, [[5, 2, 2]]),
        ("masked", {"image": IMAGE, "mask": MASK, "outside": -1.0}, [[1, -1, -1]]),
        ("label_mask", {"labels": fd.Labels([[0, 2, 1]]), "label": 2}, [[False, True, False]]),
        ("astype", {"image": IMAGE, "dtype": "uint8"}, [[1, 4, 9]]),
        ("index", {"image": IMAGE, "key": [0, [1, 3]]}, [4, 9]),
        ("index", {"image": IMAGE, "key": [None, 2]}, [9]),
        ("index", {"image": IMAGE, "key": 0}, [1, 4, 9]),
        ("at", {"image": IMAGE, "x": "1 px"}, [4]),
        ("add", {"a": IMAGE, "b": 1}, [[2, 5, 10]]),
        ("subtract", {"a": 10, "b": IMAGE}, [[9, 6, 1]]),
        ("sqrt", {"a": IMAGE}, [[1, 2, 3]]),
        ("greater", {"a": IMAGE, "b": 3}, [[False, True, True]]),
    ],
)
def test_known_answers(name: str, values: dict[str, Any], expected: object) -> None:
    np.testing.assert_array_equal(methods()[name](**values).array, expected)


def test_every_name_is_the_one_that_the_record_has() -> None:
    for name in (*BINARY, *UNARY):
        operands = [IMAGE, IMAGE][: 2 if name in BINARY else 1]
        made = methods()[name](*operands)
        assert made.lineage.operation == name


@pytest.mark.parametrize("name", ["divide", "true_divide"])
def test_a_quotient_by_a_number_keeps_the_unit(name: str) -> None:
    assert methods()[name](IMAGE, 2).unit == "HU"
    assert methods()[name](2, IMAGE).unit is None


def test_numbers_alone_give_a_number() -> None:
    assert methods()["add"](1, 2) == 3


def test_each_says_what_it_does() -> None:
    for name, function in methods().items():
        assert function.__name__ == name
        assert function.__doc__
        assert function.__doc__.endswith(".")


@pytest.mark.parametrize("name", ["os", "modf", "array", "frexp", "__class__", "nothing"])
def test_only_elementwise_functions_of_numpy_are_called_by_name(name: str) -> None:
    with pytest.raises(ParameterError, match="must be known"):
        any_elementwise(name)
