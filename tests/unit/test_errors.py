"""Errors: their text and their kinds."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from fiducial import errors


def test_every_error_is_a_fiducial_error() -> None:
    for name in errors.__all__:
        kind = getattr(errors, name)
        if isinstance(kind, type) and issubclass(kind, Exception) and not issubclass(kind, Warning):
            assert issubclass(kind, errors.FiducialError)


def test_users_can_catch_the_built_in_kinds() -> None:
    assert issubclass(errors.ParameterError, ValueError)
    assert issubclass(errors.FileDefectError, OSError)
    assert issubclass(errors.UnknownNameError, AttributeError)


def test_a_parameter_error_names_parameter_constraint_value_and_remedy() -> None:
    error = errors.parameter_error("gaussian", "sigma", "0 or more", -1, "Give a length.")
    assert str(error) == "sigma of gaussian must be 0 or more; got -1. Give a length."


def test_a_file_error_keeps_its_parts_through_pickle() -> None:
    error = errors.FileDefectError("a.nii", "the file is truncated", "Copy it again")
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == "a.nii: the file is truncated. Copy it again"
    assert (again.path, again.defect, again.remedy) == (error.path, error.defect, error.remedy)


@pytest.mark.parametrize(
    "value", ["x" * 500, np.zeros((3, 4)), "two\nlines", {"a": list(range(99))}]
)
def test_values_are_shown_short_and_on_one_line(value: object) -> None:
    text = errors.shown(value)
    assert len(text) <= 60
    assert "\n" not in text
