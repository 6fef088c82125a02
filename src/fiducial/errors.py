"""Every exception that Fiducial raises on purpose.

All derive from :class:`FiducialError`, and each also derives from the built-in
exception that Python users would catch (`ValueError`, `OSError`, ...).  A message
names the parameter, the constraint, the value found and the remedy, on one line.
"""

from __future__ import annotations

__all__ = [
    "Cancelled",
    "FiducialError",
    "FileDefectError",
    "FiducialWarning",
    "FrameMismatchError",
    "GeometryWarning",
    "GridMismatchError",
    "MissingDependencyError",
    "ParameterError",
    "RecipeError",
    "UnitError",
    "UnknownNameError",
    "parameter_error",
    "shown",
]


class FiducialError(Exception):
    """Base of every deliberate error."""


class ParameterError(FiducialError, ValueError):
    """A parameter is outside what a function can take."""


class UnitError(ParameterError):
    """A length or an angle that cannot be understood, or not in this unit."""


class GridMismatchError(ParameterError):
    """Two images that must share a grid do not."""


class FrameMismatchError(ParameterError):
    """Two objects live in different worlds."""


class UnknownNameError(FiducialError, AttributeError):
    """No operation, format or figure bears this name."""


class FileDefectError(FiducialError, OSError):
    """A file that cannot be read rightly, or written whole.

    The message is one line: file, defect, remedy.
    """

    def __init__(self, path: object, defect: str, remedy: str = "") -> None:
        self.path = str(path)
        self.defect = defect
        self.remedy = remedy
        super().__init__(f"{self.path}: {defect}" + (f". {remedy}" if remedy else ""))

    def __reduce__(self) -> tuple[type[FileDefectError], tuple[str, str, str]]:
        return (FileDefectError, (self.path, self.defect, self.remedy))


class MissingDependencyError(FiducialError, ImportError):
    """An optional library is not installed."""


class RecipeError(FiducialError, ValueError):
    """A recipe that cannot be run; the message names line, step and parameter."""


class Cancelled(FiducialError):  # noqa: N818 - a request that was honoured, not a fault
    """The work was cancelled; nothing was half-written."""


class FiducialWarning(UserWarning):
    """Base of every deliberate warning."""


class GeometryWarning(FiducialWarning):
    """A geometry that was read, but is odd; the message says how and how much."""


def shown(value: object, limit: int = 60) -> str:
    """Return `value` as it is printed inside an error message, on one line and short.

    Examples
    --------
    >>> shown("a" * 100, limit=10)
    "'aaaaaa..."
    """
    shape = getattr(value, "shape", None)
    if shape is not None and not isinstance(value, type):
        return f"{type(value).__name__} of shape {tuple(shape)}" if shape != () else str(value)
    text = " ".join(repr(value).split())
    return text if len(text) <= limit else text[: limit - 3] + "..."


def parameter_error(
    function: str, parameter: str, constraint: str, value: object, remedy: str = ""
) -> ParameterError:
    """Build the standard message for a bad parameter.

    Examples
    --------
    >>> str(parameter_error("gaussian", "sigma", "positive", -1, "Give a length above 0."))
    'sigma of gaussian must be positive; got -1. Give a length above 0.'
    """
    message = f"{parameter} of {function} must be {constraint}; got {shown(value)}."
    return ParameterError(f"{message} {remedy}".rstrip())
