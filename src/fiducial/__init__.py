"""Fiducial: biomedical images from file to a number that can be trusted.

Every public name is found when it is first used: operations through the catalogue, the
nouns and the verbs that are not operations in the table below.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"

_PUBLIC = {
    "Frame": "geometry",
    "Grid": "geometry",
    "Region": "geometry",
    "Image": "image",
    "Labels": "image",
    "Mask": "image",
    "Points": "image",
    "Affine": "transforms",
    "Composite": "transforms",
    "Rigid": "transforms",
    "Similarity": "transforms",
    "Transform": "transforms",
    "Translation": "transforms",
    "imread": "io",
    "read": "io",
    "read_info": "io",
    "read_labels": "io",
    "read_mask": "io",
    "read_points": "io",
    "read_transform": "io",
    "write": "io",
    "history": "recipes",
    "replay": "recipes",
    "run_recipe": "recipes",
    "show": "report",
}
"""Public names that are not operations, and the module that holds each."""


def __getattr__(name: str) -> Any:
    from .catalogue import operations, public_name

    if name == "__all__":  # asked for by: from fiducial import *
        return sorted({*_PUBLIC, *operations()})
    value = public_name(name, _PUBLIC)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    from .catalogue import operations

    return sorted({*globals(), *_PUBLIC, *operations()} - {"Any", "annotations"})
