"""The images that the tour walks through: real ones out of wheels, and phantoms."""

from __future__ import annotations

import importlib.util
import shutil
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import phantoms
from ..errors import FiducialWarning, MissingDependencyError
from ..geometry import Grid
from ..image import Image
from ..io import read, read_labels, write
from ..progress import tracked

__all__ = ["OWN", "REAL", "Material", "gather"]

OWN = "SERIES"
"""How a series of the user's own is called: where it lies may say whose it is."""

REAL = {
    "ct": ("pydicom", "data/test_files/CT_small.dcm"),
    "mr": ("pydicom", "data/test_files/MR_small.dcm"),
    "ihc": ("skimage", "data/ihc.png"),
    "cell": ("skimage", "data/cell.png"),
    "retina": ("skimage", "data/retina.jpg"),
}
"""Name, package and path of each real image; all are part of the packages' wheels."""

FILES = {
    "abdomen": "data/abdomen.nii.gz",
    "organs": "data/organs.nrrd",
    "cine": "data/cine.mha",
    "brain_fixed": "data/brain_fixed.mha",
    "brain_moving": "data/brain_moving.mha",
    "nuclei": "data/nuclei.ome.tif",
    "nuclei_truth": "data/nuclei_truth.nrrd",
    "thorax": "data/thorax.nrrd",
    "other": "data/other.mha",
    "tissue": "data/tissue.ome.tif",
}
"""Where each image of a phantom is written."""


@dataclass(frozen=True)
class Material:
    """What the stops work on.

    Parameters
    ----------
    files
        Path of each image as the command lines write it, by name.
    images
        The images as read from these files.
    truth
        The records of the phantoms, by name.
    """

    files: Mapping[str, str]
    images: Mapping[str, Any]
    truth: Mapping[str, Any]


def gather(out: Path, own: Image | None = None) -> Material:
    """Put the tour's images into the folder ``data`` of `out`, and read them from there.

    Parameters
    ----------
    out
        The tour's folder.
    own
        A CT of the user's own, in place of the one that pydicom brings; it is not copied.
    """
    data = out / "data"
    data.mkdir(parents=True, exist_ok=True)
    files: dict[str, str] = {}
    for name, (package, path) in REAL.items():
        if name != "ct" or own is None:
            source = _inside(package, path)
            shutil.copyfile(source, data / source.name)
            files[name] = f"data/{source.name}"
    images: dict[str, Any] = {
        name: read(out / path) for name, path in tracked(files.items(), "reading images")
    }
    if own is not None:
        files["ct"], images["ct"] = OWN, own
    truth = _phantoms()
    made = {
        "abdomen": truth["abdomen"].image,
        "organs": truth["abdomen"].labels,
        "cine": truth["thorax"].image,
        "brain_fixed": truth["brain"].fixed,
        "brain_moving": truth["brain"].moving,
        "nuclei": truth["nuclei"].image,
        "nuclei_truth": truth["nuclei"].labels,
        "thorax": truth["thorax"].labels.at(t=0),
        "other": truth["other"].image.at(t=0),
        "tissue": truth["tissue"].image,
    }
    for name, image in tracked(made.items(), "writing images"):
        files[name] = FILES[name]
        with warnings.catch_warnings():
            # What a format cannot hold, such as the times of a cine, comes from the sidecar.
            warnings.simplefilter("ignore", FiducialWarning)
            write(image, out / files[name])
            is_labels = name in ("organs", "nuclei_truth", "thorax")
            images[name] = (read_labels if is_labels else read)(out / files[name])
    return Material(files, images, truth)


def _phantoms() -> dict[str, Any]:
    plane = Grid.from_spacing((116, 96), 1.75, origin=(-83.125, -100.625))
    makers: dict[str, Callable[[], Any]] = {
        "abdomen": phantoms.abdomen_ct,
        "thorax": phantoms.breathing_thorax,
        "brain": lambda: phantoms.brain_pair(plane, kind="rigid", angle=12.0, shift=(9.0, -6.0)),
        "other": lambda: phantoms.breathing_thorax(plane, frames=1),
        "nuclei": lambda: phantoms.nuclei_field(Grid.from_spacing((256, 256), 0.5, unit="um")),
        "tissue": lambda: phantoms.two_stain_tissue(Grid.from_spacing((256, 256), 1.0, unit="um")),
    }
    return {name: makers[name]() for name in tracked(makers, "computing phantoms")}


def _inside(package: str, path: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise MissingDependencyError(f"{package} is not installed. Run: pip install {package}.")
    return Path(next(iter(found.submodule_search_locations))) / path
