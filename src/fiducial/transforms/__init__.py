"""Maps between worlds: translation, rigid, similarity, affine, displacement fields, chains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import ParameterError, shown
from ..lineage import Lineage
from .composite import Composite, compose
from .displacement import Displacement
from .homogeneous import linear_from_json, linear_like
from .linear import Affine, Linear, Rigid, Similarity, Translation
from .rotation import Decomposition, rotation_angles, rotation_from_angles
from .transform import Transform

__all__ = [
    "Affine",
    "Composite",
    "Decomposition",
    "Displacement",
    "Linear",
    "Rigid",
    "Similarity",
    "Transform",
    "Translation",
    "compose",
    "from_json",
    "linear_like",
    "rotation_angles",
    "rotation_from_angles",
]


def from_json(document: Mapping[str, Any], lineage: Lineage | None = None) -> Transform:
    """Read back what the ``as_json`` of any transform gave.

    Parameters
    ----------
    document
        Plain JSON values with the kind under ``"transform"``.
    lineage
        How it was made.

    Raises
    ------
    ParameterError
        If the document is not that of a transform.

    Examples
    --------
    >>> from_json(Translation((1.0, 2.0)).as_json())
    Translation(translation (1, 2))
    """
    kind = document.get("transform")
    try:
        if kind == "Composite":
            return Composite([from_json(part) for part in document["transforms"]], lineage=lineage)
        if kind == "Displacement":
            return Displacement.from_json(document, lineage)
        if kind in ("Translation", "Rigid", "Similarity", "Affine"):
            return linear_from_json(document, lineage)
    except (KeyError, TypeError) as error:
        raise ParameterError(
            f"document of from_json must describe a {kind}; {error} is missing or wrong."
        ) from error
    raise ParameterError(f"document of from_json must describe a transform; got {shown(document)}.")
