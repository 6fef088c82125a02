"""Walks the stops: runs each recipe, draws, checks, and writes the page."""

from __future__ import annotations

import os
import shutil
import sys
import time
import webbrowser
from importlib import resources
from pathlib import Path

from ..errors import ParameterError
from ..image import Image
from ..io import read
from ..io.files import write_text
from ..progress import report, visible
from ..recipes import run_recipe
from ..recipes.recipe import read_recipe
from .inputs import Material, gather
from .page import build_page
from .stop import Stop, Visit
from .stops import STOPS

__all__ = ["recipe_text", "run", "visit"]


def recipe_text(name: str) -> str:
    """Return the text of one of the recipes that ship with the tour."""
    place = resources.files(__package__) / "recipes" / f"{name}.yaml"
    return place.read_text(encoding="utf-8")


@visible()
def run(
    out: str | os.PathLike[str],
    *,
    ct: str | os.PathLike[str] | Image | None = None,
    open_page: bool | None = None,
) -> Path:
    """Walk the lecture on real images and phantoms, and write one page.

    Parameters
    ----------
    out
        Folder for the page, the images, the recipes and what they make; made if need be.
    ct
        A CT of the user's own, or the file or folder that holds it, in place of the one that
        pydicom brings.
    open_page
        Whether the page is opened at the end; when None, if there is a desktop.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    FileDefectError
        If the series cannot be read, or nothing can be written.
    ParameterError
        If `out` is a file, or `ct` is not in Hounsfield units.
    """
    began = time.perf_counter()
    folder = Path(out)
    if folder.exists() and not folder.is_dir():
        raise ParameterError(f"out of tour must be a folder; got the file {folder}.")
    folder.mkdir(parents=True, exist_ok=True)
    report(0, len(STOPS) + 1, "gathering images")
    own = ct if ct is None or isinstance(ct, Image) else read(ct)
    if own is not None and own.unit != "HU":
        raise ParameterError(
            f"ct of tour must be a CT in Hounsfield units; got {own!r}. "
            'Name another series, or say that its values are HU: image.with_unit("HU").'
        )
    material = gather(folder, own)
    recipes = folder / "recipes"
    recipes.mkdir(exist_ok=True)
    seen = []
    for number, stop in enumerate(STOPS):
        report(number, len(STOPS) + 1, stop.title)
        write_text(recipes / f"{stop.name}.yaml", recipe_text(stop.name))
        seen.append((stop, visit(stop, material, folder)))
    report(len(STOPS), len(STOPS) + 1, "writing the page")
    page = folder / "index.html"
    build_page(page, seen, material, seconds=lambda: time.perf_counter() - began)
    report(len(STOPS) + 1, len(STOPS) + 1, "done")
    if open_page or (open_page is None and _has_desktop()):
        webbrowser.open(page.resolve().as_uri())
    return page


def visit(stop: Stop, material: Material, out: Path) -> Visit:
    """Run the recipe of one stop.

    Parameters
    ----------
    stop
        The stop.
    material
        The images.
    out
        The tour's folder; what the recipe makes is written below ``results``.
    """
    text = recipe_text(stop.name)
    recipe = read_recipe(text)
    inputs = {name: material.images[name] for name in recipe.inputs}
    folder = out / "results" / stop.name
    if folder.exists():
        shutil.rmtree(folder)
    results = run_recipe(text, inputs=inputs, out=folder if recipe.outputs else None)
    return Visit(material.images, material.truth, results)


def _has_desktop() -> bool:
    if os.environ.get("CI") or not sys.stdout.isatty():
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
