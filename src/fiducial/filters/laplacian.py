"""The Laplacian: how much a value differs from its surroundings."""

from __future__ import annotations

import numpy as np

from ..image import Image, working_dtype
from ..kernels import borders, convolution
from ..operation import operation

__all__ = ["laplacian"]


@operation
def laplacian(image: Image, *, border: str = "reflect", cval: float = 0.0) -> Image:
    """Add up the second derivatives along the axes of the world, per mm squared.

    Differs from SciPy and scikit-image, which count samples: here x^2 + y^2 + z^2 in mm has
    the Laplacian 6 on every lattice.  Positive in a dark spot, negative in a bright one.  The
    3 x 3 kernel with eight neighbours is ``convolve(image, "laplacian8")``.

    Parameters
    ----------
    image
        2D or 3D; each frame and each channel is treated alone.
    border
        What lies beyond the edge: ``"reflect"`` (d c b a | a b c d), ``"mirror"``
        (d c b | a b c d), ``"nearest"``, ``"wrap"`` or ``"constant"``; the names of NumPy
        and SciPy for these are understood.
    cval
        Value beyond the edge for ``"constant"``, in the image's unit.

    Returns
    -------
    Image
        float32 (float64 for float64 and 32- or 64-bit integers) on the same grid, in the
        image's unit per the world's unit squared (``"HU/mm^2"``).

    Raises
    ------
    ParameterError
        If the border is not known.

    Notes
    -----
    f[i-1] - 2 f[i] + f[i+1] along each array axis, divided by its spacing squared; on a
    sheared lattice, weighted by the inverse of the grid's metric with the mixed differences,
    so that it is right there too.  Values within a sample of the edge depend on the border
    rule.  Along an axis of a single sample nothing changes: the Laplacian is then the one
    within the slice.  NaN spreads to its neighbours.  Cost: one pass an axis.

    Examples
    --------
    >>> import numpy as np, fiducial as fd
    >>> grid = fd.Grid.from_spacing((5, 5), (3.0, 0.5))
    >>> y, x = np.meshgrid(3.0 * np.arange(5), 0.5 * np.arange(5), indexing="ij")
    >>> bowl = fd.laplacian(fd.Image(x**2 + y**2, grid))
    >>> float(bowl[2, 2]), bowl.unit
    (4.0, '1/mm^2')
    """
    rule = borders.canonical(border, function="laplacian")
    grid = image.grid
    values = np.ascontiguousarray(image.array, working_dtype(image.dtype))
    long = [axis for axis, size in enumerate(grid.shape) if size > 1]
    total = np.zeros_like(values)
    steps = grid.affine[:-1, :-1][:, long]
    inverse = np.linalg.inv(steps.T @ steps) if long else np.zeros((0, 0))
    for row, first in enumerate(long):
        for column, second in enumerate(long[: row + 1]):
            factor = inverse[row, column] * (1 if row == column else 2)
            if row != column and grid.is_orthogonal:
                continue
            weights: list[list[float] | None] = [None] * values.ndim
            if row == column:
                weights[first] = [factor, -2 * factor, factor]
            else:
                weights[first] = [0.5 * factor, 0.0, -0.5 * factor]
                weights[second] = [0.5, 0.0, -0.5]
            total += convolution.separable(values, weights, border=rule, cval=cval)
    unit = f"{image.unit or '1'}/{grid.unit}^2"
    return image.with_array(total, unit=unit, copy=False)
