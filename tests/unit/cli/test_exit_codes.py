"""What is known of exit codes."""

from __future__ import annotations

import pytest

from fiducial import errors
from fiducial.cli.exit_codes import EXIT_CODES, exit_code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ParameterError("x"), 2),
        (errors.UnitError("x"), 2),
        (errors.UnknownNameError("x"), 2),
        (errors.FileDefectError("a", "b"), 3),
        (FileNotFoundError(2, "x"), 3),
        (PermissionError(13, "x"), 3),
        (errors.GridMismatchError("x"), 4),
        (errors.FrameMismatchError("x"), 4),
        (errors.RecipeError("x"), 5),
        (errors.Cancelled("x"), 130),
        (KeyboardInterrupt(), 130),
        (errors.MissingDependencyError("x"), 1),
        (ZeroDivisionError("x"), 1),
        (MemoryError(), 1),
    ],
)
def test_every_error_has_its_code(error: BaseException, code: int) -> None:
    assert exit_code(error) == code
    assert code in EXIT_CODES


def test_every_deliberate_error_has_a_documented_code() -> None:
    for name in errors.__all__:
        kind = getattr(errors, name)
        if isinstance(kind, type) and issubclass(kind, errors.FiducialError):
            error = kind("a", "b") if kind is errors.FileDefectError else kind("x")
            assert exit_code(error) in EXIT_CODES
