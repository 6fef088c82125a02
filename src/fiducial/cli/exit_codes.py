"""What the exit code of a command says."""

from __future__ import annotations

from ..errors import (
    Cancelled,
    FiducialError,
    FileDefectError,
    FrameMismatchError,
    GridMismatchError,
    MissingDependencyError,
    RecipeError,
)

__all__ = ["CANCELLED", "DIFFERS", "EXIT_CODES", "FILE", "GRIDS", "RECIPE", "USAGE", "exit_code"]

UNEXPECTED, USAGE, FILE, GRIDS, RECIPE, DIFFERS, CANCELLED = 1, 2, 3, 4, 5, 6, 130

EXIT_CODES = {
    0: "done",
    UNEXPECTED: "an unexpected error, or a library that is not installed",
    USAGE: "a command, an option or a parameter that cannot be taken",
    FILE: "a file that is missing, defective or cannot be written",
    GRIDS: "images on different grids, or in different frames",
    RECIPE: "a recipe that cannot be run",
    DIFFERS: "a replay that gives another result, or cannot be done",
    CANCELLED: "cancelled",
}
"""Every exit code and its meaning, as ``fiducial --help`` prints them."""


def exit_code(error: BaseException) -> int:
    """Return the exit code that an error ends the command with.

    Examples
    --------
    >>> exit_code(GridMismatchError("the two images must be on one grid"))
    4
    """
    if isinstance(error, Cancelled | KeyboardInterrupt):
        return CANCELLED
    if isinstance(error, RecipeError):
        return RECIPE
    if isinstance(error, GridMismatchError | FrameMismatchError):
        return GRIDS
    if isinstance(error, MissingDependencyError):
        return UNEXPECTED
    if isinstance(error, FileDefectError | OSError):
        return FILE
    if isinstance(error, FiducialError):
        return USAGE
    return UNEXPECTED
