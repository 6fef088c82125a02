"""Say what a file or a folder is: geometry, units, warnings; from the header alone."""

from __future__ import annotations

import argparse
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from ...errors import ParameterError
from ..parser import Parser

__all__ = ["parser", "run"]

_LIBRARIES = (
    "numpy",
    "scipy",
    "scikit-image",
    "SimpleITK",
    "nibabel",
    "pydicom",
    "tifffile",
    "imagecodecs",
    "Pillow",
    "pandas",
    "matplotlib",
    "PyYAML",
)


def parser() -> Parser:
    """Return the parser of the command."""
    found = Parser("fiducial info", __doc__ or "")
    found.add_argument("path", metavar="PATH", nargs="?", help="file or folder")
    found.add_argument("--json", action="store_true", help="print JSON")
    found.add_argument(
        "--system",
        action="store_true",
        help="describe this installation instead: versions, kernels, instruction set, threads",
    )
    return found


def run(given: argparse.Namespace) -> int:
    """Print it."""
    from ...recipes.tables import as_json, as_text

    if given.system:
        print(as_json(system()) if given.json else as_text(system()) + "\n", end="")
        return 0
    if given.path is None:
        raise ParameterError(
            "PATH of fiducial info must be a file or a folder; got nothing. "
            "For this installation: fiducial info --system."
        )
    from ...io import read_info

    found = read_info(given.path)
    print(as_json(found.as_json()) if given.json else "\n".join(found.lines()) + "\n", end="")
    return 0


def system() -> dict[str, Any]:
    """Return what determines results on this machine."""
    from ... import __version__
    from ...kernels.body import describe

    found: dict[str, Any] = {"fiducial": __version__}
    found |= {f"kernels {name}".replace("_", " "): value for name, value in describe().items()}
    found["python"] = f"{platform.python_implementation()} {platform.python_version()}"
    found["platform"] = f"{sys.platform} {platform.machine()}"
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    if found["kernels body"] == "reference":
        found["note"] = (
            "The kernels run in NumPy and SciPy, slow and right. A released wheel, or an "
            "installation with a C++ compiler, has the fast ones."
        )
    return found
