"""Images whose truth is known: computed, seeded, on any lattice.

Each phantom is an object in the world, in mm (or um), that is sampled on the grid it is
given: coarse, anisotropic, oblique, left-handed or sheared.  A call returns a frozen record
with the images, the labels and the exact truth; every image in it knows the call that made
it, and :func:`remake` makes it again from that record alone.

Examples
--------
>>> import fiducial as fd
>>> sorted(fd.phantoms.__all__)[:3]
['abdomen_ct', 'ball', 'box']
"""

from __future__ import annotations

import importlib
from typing import Any

_PUBLIC = {
    "abdomen_ct": "abdomen",
    "ball": "solids",
    "box": "solids",
    "brain_pair": "brain",
    "breathing_thorax": "thorax",
    "checker": "solids",
    "gaussian_blob": "solids",
    "nuclei_field": "nuclei",
    "remake": "phantom",
    "two_stain_tissue": "tissue",
}

__all__ = list(_PUBLIC)


def __getattr__(name: str) -> Any:
    if name not in _PUBLIC:
        raise AttributeError(f"module 'fiducial.phantoms' has no attribute {name!r}")
    value = getattr(importlib.import_module(f".{_PUBLIC[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
