"""Print the reference page of a public name, in Markdown."""

from __future__ import annotations

import argparse

from ..parser import Parser

__all__ = ["parser", "run"]


def parser() -> Parser:
    """Return the parser of the command."""
    found = Parser("fiducial reference", __doc__ or "")
    found.add_argument("name", metavar="NAME", help="an operation or another public name")
    return found


def run(given: argparse.Namespace) -> int:
    """Print the page."""
    from ..page import page_of

    print(page_of(given.name), end="")
    return 0
