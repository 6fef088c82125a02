"""List the operations by family, with one line each."""

from __future__ import annotations

import argparse
import json

from ... import catalogue
from ..parser import Parser

__all__ = ["parser", "run"]


def parser() -> Parser:
    """Return the parser of the command."""
    found = Parser("fiducial list", __doc__ or "")
    form = found.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print JSON")
    form.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of recipes instead"
    )
    return found


def run(given: argparse.Namespace) -> int:
    """Print them."""
    if given.schema:
        from ...recipes import schema

        print(json.dumps(schema(), indent=2, ensure_ascii=False))
        return 0
    entries = catalogue.operations().values()
    if given.json:
        rows = [
            {
                "name": entry.name,
                "family": entry.family,
                "summary": entry.summary,
                "alias_of": entry.attribute if entry.is_alias else None,
            }
            for entry in entries
        ]
        print(json.dumps(rows, indent=2, ensure_ascii=False))
        return 0
    width = max(len(entry.name) for entry in entries)
    for entry in entries:
        print(f"{entry.family:<13} {entry.name:<{width}}  {entry.summary}")
    return 0
