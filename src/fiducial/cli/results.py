"""What a command gives: files for images, text, JSON or CSV for the rest."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from ..errors import FileDefectError, ParameterError, shown
from ..operation import Operation
from ..recipes.outputs import is_written, write_result
from ..recipes.tables import as_csv, as_json, as_text
from .arguments import OUTPUT, is_file

__all__ = ["check_output", "deliver", "say"]


def check_output(spec: Operation, given: argparse.Namespace) -> None:
    """Refuse an output that could not be written, before any work is done.

    Raises
    ------
    FileDefectError
        If its folder does not exist.
    ParameterError
        If it is one of the inputs, whose record it would break.
    """
    output = getattr(given, OUTPUT, None)
    if output is None:
        return
    path = Path(output)
    if not path.resolve().parent.is_dir():
        raise FileDefectError(output, "its folder does not exist", "Make the folder first")
    for parameter in spec.parameters:
        source = getattr(given, parameter.name, None)
        if (
            is_file(parameter)
            and isinstance(source, str)
            and Path(source).resolve() == path.resolve()
        ):
            raise ParameterError(
                f"output of {spec.name} must be another file than {parameter.name}; got {output}. "
                "A result that replaces its source could never be made again."
            )


def deliver(spec: Operation, result: Any, given: argparse.Namespace) -> int:
    """Write or print the result of an operation; return the exit code.

    Parameters
    ----------
    spec
        The operation.
    result
        What it returned.
    given
        The words of the command.
    """
    output = getattr(given, OUTPUT, None)
    if output is not None:
        write_result(result, output)
        say(given, f"wrote {output}: {result!r}" if is_written(result) else f"wrote {output}")
        if is_written(result) and hasattr(result, "lines"):
            say(given, as_text(result))
    elif is_written(result):
        raise ParameterError(
            f"output of {spec.name} must be a file, for the result is {shown(result)}; got "
            "nothing. Add -o FILE."
        )
    elif getattr(given, "json", False):
        print(as_json(result), end="")
    elif getattr(given, "csv", False):
        print(as_csv(result), end="")
    else:
        print(as_text(result))
    return 0


def say(given: argparse.Namespace, words: str) -> None:
    """Talk on standard error, unless the user asked for quiet."""
    if not given.quiet:
        print(words, file=sys.stderr)
