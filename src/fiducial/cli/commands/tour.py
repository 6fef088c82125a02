"""Walk through image analysis on real images: one page with pictures, numbers and commands."""

from __future__ import annotations

import argparse

from ..parser import Parser

__all__ = ["parser", "run"]


def parser() -> Parser:
    """Return the parser of the command."""
    found = Parser("fiducial tour", __doc__ or "")
    found.add_argument("out", metavar="OUT", help="folder for the page")
    found.add_argument(
        "--ct",
        metavar="FOLDER",
        help="your own CT instead of the sample; FOLDER::series=2 says which series",
    )
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
    from ..files import read_as

    series = None if given.ct is None else read_as(given.ct, "image")
    print(make_tour(given.out, ct=series, open_page=given.open))
    return 0
