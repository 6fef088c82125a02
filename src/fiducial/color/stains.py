"""Stains: their vectors by name, and the value that separating them gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import ParameterError, parameter_error, shown
from ..image import Image
from ..lineage import Call, Lineage

__all__ = ["FLOOR", "STAINS", "StainVectors", "Stains", "stain_vectors"]

FLOOR = 1e-6
"""Transmittance below which a sensor is taken to see nothing: an optical density of 6.  A
concentration of 1 absorbs this much, as in scikit-image."""


@dataclass(frozen=True, eq=False)
class StainVectors:
    """Which colours the stains of a slide absorb.

    Parameters
    ----------
    names
        One for each of three stains.
    rows
        (3, 3): the share of red, green and blue in the optical density of each stain.
    """

    names: tuple[str, str, str]
    rows: NDArray[np.float64]

    def __post_init__(self) -> None:
        rows = np.array(self.rows, dtype=np.float64)
        if rows.shape != (3, 3) or not np.all(np.isfinite(rows)):
            raise ParameterError(
                f"rows of StainVectors must be 3 x 3 finite numbers; got shape {rows.shape}."
            )
        norms = np.linalg.norm(rows, axis=1)
        if np.any(norms == 0) or abs(np.linalg.det(rows / norms[:, None])) < 1e-3:
            raise ParameterError(
                "rows of StainVectors must be of three different colours; "
                f"got {rows.tolist()}. Two stains of one colour cannot be told apart."
            )
        rows.setflags(write=False)
        object.__setattr__(self, "rows", rows)


_HEMATOXYLIN = (0.65, 0.70, 0.29)
_EOSIN = (0.07, 0.99, 0.11)
_DAB = (0.27, 0.57, 0.78)

STAINS: Mapping[str, Mapping[str, tuple[float, float, float]]] = MappingProxyType(
    {
        "HED": {"hematoxylin": _HEMATOXYLIN, "eosin": _EOSIN, "DAB": _DAB},
        "H&E": {"hematoxylin": _HEMATOXYLIN, "eosin": _EOSIN},
        "H-DAB": {"hematoxylin": _HEMATOXYLIN, "DAB": _DAB},
    }
)
"""Sets of stains by name; the third of a set of two is what the others leave over."""

_SETS = {"HE": "H&E", "HDAB": "H-DAB"}

_SPELLINGS = {
    "haematoxylin": "hematoxylin",
    "h": "hematoxylin",
    "e": "eosin",
    "d": "dab",
    "diaminobenzidine": "dab",
}


def stain_vectors(
    stains: str, vectors: ArrayLike | None, names: Sequence[str] | None, function: str
) -> StainVectors:
    """Return the vectors of a set by name, or those given.

    Parameters
    ----------
    stains
        Name of a set; used when no vectors are given.
    vectors
        (2, 3) or (3, 3): red, green and blue of each stain.
    names
        A name for each of them.
    function
        What an error message blames.

    Notes
    -----
    With two vectors the third is their cross product, called ``"residual"``: what neither
    absorbs.
    """
    if names is not None and not isinstance(names, list | tuple):
        raise parameter_error(function, "names", "a list of names", names)
    if vectors is None:
        if names is not None:
            raise parameter_error(
                function, "names", "left out unless vectors are given", list(names)
            )
        key = stains.strip().upper().replace("_", "-")
        key = _SETS.get(key, key)
        if key not in STAINS:
            raise parameter_error(
                function,
                "stains",
                f"one of {', '.join(STAINS)}",
                stains,
                "Or give vectors and names of your own.",
            )
        found = STAINS[key]
        rows, labels = np.array(list(found.values())), list(found)
    else:
        rows = np.array(vectors, dtype=np.float64)
        if rows.ndim != 2 or rows.shape not in ((2, 3), (3, 3)):
            raise parameter_error(
                function, "vectors", "of shape (2, 3) or (3, 3), a row for each stain", rows
            )
        labels = [f"stain {n + 1}" for n in range(len(rows))] if names is None else list(names)
        if len(labels) != len(rows) or len(set(map(_plain, labels))) != len(labels):
            raise parameter_error(
                function, "names", f"a different name for each of {len(rows)} stains", labels
            )
    if len(rows) == 2:
        residual = np.cross(rows[0], rows[1])
        rows = np.vstack([rows, residual / (np.linalg.norm(residual) or 1.0)])
        labels.append("residual")
    return StainVectors((labels[0], labels[1], labels[2]), rows)


def _plain(name: str) -> str:
    text = name.strip().lower()
    return _SPELLINGS.get(text, text)


def stain_index(name: str, names: Sequence[str], function: str, parameter: str = "name") -> int:
    """Return which stain a name means; case and the spelling of haematoxylin are free."""
    for index, candidate in enumerate(names):
        if isinstance(name, str) and _plain(name) == _plain(candidate):
            return index
    raise ParameterError(
        f"{parameter} of {function} must be one of {', '.join(names)}; got {shown(name)}."
    )


@dataclass(frozen=True, eq=False)
class Stains:
    """How much of each stain is at each pixel.

    Attributes
    ----------
    image : Image
        Concentrations, with a channel for each stain.  A concentration c absorbs the optical
        density 6 c times the stain's vector.
    vectors : ndarray
        (3, 3): red, green and blue of each stain.
    negative : Mapping
        For each stain, at how many pixels its concentration came out negative (set to 0
        unless they were kept): colours that no mixture of these stains gives.  In an 8-bit
        image about half of the pixels without a stain are among them by rounding alone.
    dark : int
        Pixels with a channel at 0, whose optical density is unknown but large.
    bright : int
        Pixels with a channel at the value of the background or above, where nothing is
        absorbed or the camera was saturated.
    lineage : Lineage
        How it was made.
    """

    image: Image
    vectors: NDArray[np.float64]
    negative: Mapping[str, int] = field(default_factory=dict)
    dark: int = 0
    bright: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Name of each stain."""
        return tuple(self.image.channels or ())

    @property
    def lineage(self) -> Lineage:
        """How it was made."""
        made = self.image.lineage
        return replace(made, output="") if isinstance(made, Call) and made.output else made

    def with_lineage(self, lineage: Lineage) -> Stains:
        """Return the same concentrations with another record of how they were made."""
        part = replace(lineage, output="image") if isinstance(lineage, Call) else lineage
        return replace(self, image=self.image.with_lineage(part))

    def channel(self, name: str) -> Image:
        """Return the concentration of one stain.

        Parameters
        ----------
        name
            Such as ``"DAB"``, ``"eosin"``, ``"haematoxylin"`` or ``"hematoxylin"``.
        """
        return self.image.channel(self.names[stain_index(name, self.names, "channel")])

    def color(self, name: str) -> Image:
        """Return the picture that one stain alone would give: red, green and blue, 0 to 1.

        Parameters
        ----------
        name
            As for :meth:`channel`.
        """
        from .combine_stains import combine_stains

        only = self.names[stain_index(name, self.names, "color")]
        return combine_stains(self.image, vectors=self.vectors, only=only)

    def lines(self) -> list[str]:
        """Return what was counted, for a reader."""
        pixels = self.image.array[..., 0].size
        negative = ", ".join(f"{name} {count}" for name, count in self.negative.items())
        return [
            f"stains: {', '.join(self.names)} at {pixels} pixels",
            f"negative: {negative}",
            f"dark: {self.dark}",
            f"bright: {self.bright}",
        ]

    def __repr__(self) -> str:
        return f"Stains({', '.join(self.names)}: {self.image!r})"
