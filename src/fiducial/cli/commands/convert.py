"""Write a file, or a folder's series, in another format, with its geometry."""

from __future__ import annotations

import argparse
from pathlib import Path

from ...errors import FileDefectError, ParameterError
from ..parser import Parser

__all__ = ["parser", "run"]


def parser() -> Parser:
    """Return the parser of the command."""
    found = Parser("fiducial convert", __doc__ or "")
    found.add_argument(
        "input", metavar="INPUT", help="file or folder to read; FOLDER::series=2 says which series"
    )
    found.add_argument("output", metavar="OUTPUT", help="file to write; its name says the format")
    found.add_argument(
        "--as",
        dest="kind",
        choices=("image", "mask", "labels"),
        help="what the input holds (default: what is written beside it, or an image)",
    )
    return found


def run(given: argparse.Namespace) -> int:
    """Read and write."""
    from ...recipes.outputs import write_result
    from ..files import read_as
    from ..results import say

    source, target = Path(given.input).resolve(), Path(given.output).resolve()
    if source == target:
        raise ParameterError(
            f"OUTPUT of fiducial convert must be another file than INPUT; got {given.output}."
        )
    if not target.parent.is_dir():
        raise FileDefectError(given.output, "its folder does not exist", "Make the folder first")
    item = read_as(given.input, given.kind or "sampled")
    write_result(item, given.output)
    say(given, f"wrote {given.output}: {item!r}")
    return 0
