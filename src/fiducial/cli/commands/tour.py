"""Walk through image analysis on real images: one page with pictures, numbers and commands."""

from __future__ import annotations

import argparse

from ..parser import Parser

__all__ = ["parser", "run"]


def parser() -> Parser:
    """Return the parser of the command."""
    found = Parser("fiducial tour", __doc__ or "")
    found.add_argument("out", metavar="OUT", help="folder for the page")
    found.add_argument("--ct", metavar="FOLDER", help="your own series instead of the sample CT")
    found.add_argument(
        "--open",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="open the page at the end (default: when there is a desktop)",
    )
    return found


def run(given: argparse.Namespace) -> int:
    """Make the page and print its path."""
    from ...tour import run as make_tour

    print(make_tour(given.out, ct=given.ct, open_page=given.open))
    return 0
