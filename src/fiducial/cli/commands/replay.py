"""Make a file again from its record and compare: bit-identical, or what differs."""

from __future__ import annotations

import argparse

from ..exit_codes import DIFFERS
from ..parser import Parser

__all__ = ["parser", "run"]


def parser() -> Parser:
    """Return the parser of the command."""
    found = Parser(
        "fiducial replay",
        __doc__ or "",
        f"Exit code {DIFFERS} when the result differs or the file cannot be made again.",
    )
    found.add_argument("file", metavar="FILE", help="a file that Fiducial wrote")
    found.add_argument("--json", action="store_true", help="print JSON")
    return found


def run(given: argparse.Namespace) -> int:
    """Print the outcome."""
    from ...recipes import replay
    from ...recipes.tables import as_json

    outcome = replay(given.file)
    if given.json:
        print(as_json(outcome.as_json()), end="")
    else:
        print("\n".join(outcome.lines()))
    return 0 if outcome.holds else DIFFERS
