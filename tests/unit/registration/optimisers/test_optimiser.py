"""Optimisers by name."""

from __future__ import annotations

import pytest

from fiducial.errors import ParameterError
from fiducial.registration.optimisers import LevenbergMarquardt, Optimiser, optimiser_named


def test_a_name_or_an_object() -> None:
    own = LevenbergMarquardt(damping=0.1)
    assert optimiser_named(own) is own
    assert optimiser_named("auto") == optimiser_named("levenberg-marquardt") == LevenbergMarquardt()
    assert isinstance(own, Optimiser)
    assert own.as_json()["damping"] == 0.1


@pytest.mark.parametrize("name", ["adam", 3])
def test_others_are_refused(name: object) -> None:
    with pytest.raises(ParameterError, match="optimiser of register"):
        optimiser_named(name)  # type: ignore[arg-type]
