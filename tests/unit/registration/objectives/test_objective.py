"""Similarities by name."""

from __future__ import annotations

import pytest

from fiducial.errors import ParameterError
from fiducial.registration.objectives import MeanSquaredError, Objective, objective_named


def test_a_name_or_an_object() -> None:
    assert isinstance(objective_named("mse"), MeanSquaredError)
    assert isinstance(objective_named("mse"), Objective)


@pytest.mark.parametrize("name", ["mi", "", 3, None])
def test_others_are_refused(name: object) -> None:
    with pytest.raises(ParameterError, match="similarity of register"):
        objective_named(name)  # type: ignore[arg-type]
