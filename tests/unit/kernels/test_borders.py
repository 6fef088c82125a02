from __future__ import annotations

import pytest

from fiducial.errors import ParameterError
from fiducial.kernels.borders import BORDERS, canonical


@pytest.mark.parametrize("name", BORDERS)
def test_canonical_names_are_themselves(name: str) -> None:
    assert canonical(name) == name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("symmetric", "reflect"),
        ("edge", "nearest"),
        ("grid-mirror", "reflect"),
        ("grid-wrap", "wrap"),
        ("grid-constant", "constant"),
        ("symm", "reflect"),
        ("fill", "constant"),
        ("circular", "wrap"),
    ],
)
def test_names_of_others_are_understood(name: str, expected: str) -> None:
    assert canonical(name) == expected


def test_unknown_name_is_refused_with_the_choices() -> None:
    with pytest.raises(ParameterError, match=r"border of gaussian must be one of reflect, mirror"):
        canonical("zero", function="gaussian")
