"""What `import fiducial` and `fiducial --help` load, and what they cost."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

# Each of these costs from 20 ms to more than a second to import, and is imported by the functions
# that need it.
HEAVY = {
    "IPython",
    "PIL",
    "SimpleITK",
    "cv2",
    "dask",
    "imagecodecs",
    "imageio",
    "jsonschema",
    "matplotlib",
    "multiprocessing.pool",
    "napari",
    "networkx",
    "nibabel",
    "pandas",
    "pydicom",
    "scipy",
    "skimage",
    "tifffile",
    "torch",
    "yaml",
}

IMPORT = "import fiducial"
HELP = """
import contextlib, io, runpy
sys.argv = ["fiducial", "--help"]
with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
    runpy.run_module("fiducial", run_name="__main__")
"""

EVERY_MODULE = """
import importlib, pkgutil, fiducial
for info in pkgutil.walk_packages(fiducial.__path__, "fiducial."):
    if not info.name.endswith("__main__"):
        importlib.import_module(info.name)
"""


def measure(statement: str) -> tuple[float, set[str]]:
    """Run a statement in an interpreter of its own: processor seconds and modules loaded."""
    program = (
        "import sys, time\n"
        "before, began = set(sys.modules), time.process_time()\n"
        f"{statement}\n"
        "used = time.process_time() - began\n"
        "import json\n"
        "print(json.dumps([used, sorted(set(sys.modules) - before)]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    seconds, modules = json.loads(done.stdout.splitlines()[-1])
    return seconds, set(modules)


@pytest.mark.parametrize(
    "statement", [IMPORT, HELP, EVERY_MODULE], ids=["import", "help", "every module"]
)
def test_nothing_heavy_is_loaded(statement: str) -> None:
    _, modules = measure(statement)
    assert "fiducial" in modules
    assert modules & HEAVY == set()


# Processor time, the best of a few: a busy machine slows the wall clock, not this.
@pytest.mark.parametrize(
    ("statement", "limit"), [(IMPORT, 0.3), (HELP, 0.5)], ids=["import", "help"]
)
def test_it_is_quick(statement: str, limit: float) -> None:
    assert min(measure(statement)[0] for _ in range(5)) < limit


def test_a_heavy_import_would_be_seen() -> None:
    _, modules = measure("import fiducial, matplotlib")
    assert "matplotlib" in modules & HEAVY
