"""Print how a file was made, back to the first files."""

from __future__ import annotations

import argparse

from ..parser import Parser

__all__ = ["parser", "run"]


def parser() -> Parser:
    """Return the parser of the command."""
    found = Parser("fiducial history", __doc__ or "")
    found.add_argument("file", metavar="FILE", help="a file that Fiducial wrote")
    found.add_argument("--json", action="store_true", help="print the record itself")
    return found


def run(given: argparse.Namespace) -> int:
    """Print it."""
    from ...recipes import history

    if not given.json:
        print(history(given.file))
        return 0
    from ...recipes.history import record_of
    from ...recipes.tables import as_json

    path = record_of(given.file).path
    import json

    print(as_json(json.loads(path.read_text(encoding="utf-8"))), end="")
    return 0
