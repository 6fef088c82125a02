"""What a caller gives as an array or a grid, and what is refused because a part would be lost."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, shown
from ..geometry import Grid

__all__ = ["given_grid", "given_values"]

_FOREIGN = {
    "SimpleITK": "fd.Image.from_simpleitk(image)",
    "nibabel": "fd.Image.from_nibabel(image)",
}


def given_values(array: Any, kind: str, grid: object, remedies: str) -> NDArray[Any]:
    """Return what a constructor was given as an array.

    Parameters
    ----------
    array
        An array, or what NumPy makes one of.
    kind
        Name of the class that is built.
    grid
        Its grid as given; None when the caller gave none.
    remedies
        What to do instead with another image, whose grid would be dropped.

    Raises
    ------
    ParameterError
        If the object knows more than its values (a grid, which values are missing), which
        would be lost without a word; or if it is no array.
    """
    if grid is None and hasattr(array, "grid") and hasattr(array, "lineage"):
        raise ParameterError(
            f"array of {kind} must be an array; got {array!r}, whose grid and record would be "
            f"lost. {remedies}"
        )
    package = type(array).__module__.partition(".")[0]
    if package in _FOREIGN:
        raise ParameterError(
            f"array of {kind} must be an array; got an image of {package}, whose geometry would "
            f"be lost. Convert it: {_FOREIGN[package]}."
        )
    if isinstance(array, np.ma.MaskedArray):
        if np.ma.is_masked(array):
            raise ParameterError(
                f"array of {kind} must hold a value everywhere; got a masked array. Say what "
                "stands for the missing ones: array.filled(numpy.nan)."
            )
        return np.asarray(array.data)
    try:
        return np.asarray(array)
    except (TypeError, ValueError) as error:
        raise ParameterError(
            f"array of {kind} must be an array, or lists of one length; got {shown(array)}."
        ) from error


def given_grid(grid: Any, kind: str) -> Grid | None:
    """Return the grid of a constructor: where a grid is wanted, an image will do."""
    found = getattr(grid, "grid", grid)
    if found is not None and not isinstance(found, Grid):
        raise ParameterError(
            f"grid of {kind} must be a Grid, or an image for its grid; got {shown(grid)}. "
            "Build one: fd.Grid.from_spacing(shape, spacing)."
        )
    return found
