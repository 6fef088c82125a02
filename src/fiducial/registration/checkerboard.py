"""Two images in one picture, in turns."""

from __future__ import annotations

import numpy as np

from ..errors import parameter_error
from ..image import Image
from ..operation import operation
from ..units import Length

__all__ = ["checkerboard"]


@operation(example={"tile": "6 mm"})
def checkerboard(fixed: Image, moving: Image, *, tile: Length | None = None) -> Image:
    """Show two images in turns, tile by tile: where they match, edges run on across tiles.

    Parameters
    ----------
    fixed, moving
        On one grid: show ``result.moved`` of a registration beside the fixed image.
    tile
        Edge of a tile: a length, or one for each axis in array order; an eighth of the longest
        side when None.

    Returns
    -------
    Image
        The fixed image in the tile about the lattice's middle and in every second one from
        there; the moving image in the others.  In the wider of the two types.

    Raises
    ------
    ParameterError
        If the tile is not above 0, or the images lie on different grids.

    Notes
    -----
    Values are not rescaled.  Tiles are counted along the lattice's axes from its middle, so
    that the picture does not depend on the order in which the samples are stored.

    Examples
    --------
    >>> import fiducial as fd
    >>> a, b = fd.Image([[0, 0, 0, 0, 0]]), fd.Image([[1, 1, 1, 1, 1]])
    >>> fd.checkerboard(a, b, tile="1 px").array
    array([[0, 1, 0, 1, 0]])
    """
    grid = fixed.grid
    if tile is None:
        tile = max(grid.extent) / 8.0
    sizes = grid.in_index(tile, "tile of checkerboard")
    if min(sizes) <= 0:
        raise parameter_error("checkerboard", "tile", "above 0", str(tile))
    parity = np.zeros((1,) * grid.dimension, np.int64)
    for axis, (count, size) in enumerate(zip(grid.shape, sizes, strict=True)):
        along = (np.arange(count) - (count - 1) / 2) / size
        number = np.floor(np.abs(along) + 0.5).astype(np.int64)
        shape = [1] * grid.dimension
        shape[axis] = count
        parity = parity + number.reshape(shape)
    values = np.where(parity % 2 == 0, fixed.array, moving.array)
    unit = fixed.unit if fixed.unit == moving.unit else None
    return fixed.with_array(values, unit=unit, copy=False)
