"""The Laplacian: how much a value differs from its surroundings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..geometry import Grid
from ..image import Image
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
    so that it is right
    there too.  Values within a sample of the edge depend on the border
    rule.  Along an axis of a single sample nothing changes: the Laplacian is then the one
    within the slice.  NaN spreads to its neighbours.  Cost: one pass, with a kernel of 3 samples an
    axis.

    Examples
    --------
    >>> import numpy as np, fiducial as fd
    >>> grid = fd.Grid.from_spacing((5, 5), (2.0, 0.5))
    >>> y, x = np.meshgrid(2.0 * np.arange(5), 0.5 * np.arange(5), indexing="ij")
    >>> bowl = fd.laplacian(fd.Image(x**2 + y**2, grid))
    >>> float(bowl[2, 2]), bowl.unit
    (4.0, '1/mm^2')
    """
    rule = borders.canonical(border, function="laplacian")
    grid = image.grid
    values = convolution.dense(image.array, _kernel(grid), border=rule, cval=cval)
    unit = f"{image.unit or '1'}/{grid.unit}^2"
    return image.with_array(values, unit=unit, copy=False)


def _kernel(grid: Grid) -> NDArray[np.float64]:
    """Return the kernel of 3 samples an axis (1 where the grid has but one)."""
    long = [axis for axis, size in enumerate(grid.shape) if size > 1]
    kernel = np.zeros([3 if size > 1 else 1 for size in grid.shape])
    if not long:
        return kernel
    steps = grid.affine[:-1, :-1][:, long]
    inverse = np.linalg.inv(steps.T @ steps)
    middle = np.array(kernel.shape) // 2
    for row, first in enumerate(long):
        for sign, weight in ((-1, 1.0), (0, -2.0), (1, 1.0)):
            kernel[_moved(middle, first, sign)] += weight * inverse[row, row]
        for column, second in enumerate(long[:row]):
            if grid.is_orthogonal:
                continue
            for a, b in ((-1, -1), (-1, 1), (1, -1), (1, 1)):
                place = _moved(_moved(middle, first, a), second, b)
                kernel[place] += 2 * inverse[row, column] * a * b / 4
    return kernel


def _moved(place: Sequence[int] | NDArray[np.intp], axis: int, step: int) -> tuple[int, ...]:
    return tuple(int(index) + step * (other == axis) for other, index in enumerate(place))
