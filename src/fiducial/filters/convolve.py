"""Convolution with any kernel."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, parameter_error, shown
from ..image import Image
from ..kernels import borders, convolution
from ..operation import operation

__all__ = ["KERNELS", "convolve"]

KERNELS: dict[str, tuple[tuple[float, ...], ...]] = {
    "mean3": ((1 / 9,) * 3,) * 3,
    "gaussian3": ((1 / 16, 2 / 16, 1 / 16), (2 / 16, 4 / 16, 2 / 16), (1 / 16, 2 / 16, 1 / 16)),
    "gradient_x": ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)),
    "gradient_y": ((1, 1, 1), (0, 0, 0), (-1, -1, -1)),
    "laplacian8": ((1, 1, 1), (1, -8, 1), (1, 1, 1)),
}
"""3 x 3 kernels of textbooks, rows along y, columns along x."""


@operation(
    lattice_bound="the entries of the kernel lie along the array's axes, in their order and sense",
    example=lambda grid: {"kernel": "gradient_x", "axes": grid.axes[-2:]},
)
def convolve(
    image: Image,
    kernel: str | NDArray[Any],
    *,
    border: str = "reflect",
    cval: float = 0.0,
    axes: str | None = None,
) -> Image:
    """Convolve with a kernel given sample by sample; the kernel is flipped, as convolution is.

    The kernel counts samples, not lengths: use :func:`gaussian`, :func:`mean_filter`,
    :func:`gradient` and :func:`laplacian` for filters that are the same on every lattice.

    Parameters
    ----------
    image
        2D or 3D; each frame and each channel is filtered alone.
    kernel
        Finite numbers in array order, or the name of a 3 x 3 kernel: ``"mean3"`` (ninths),
        ``"gaussian3"`` (1 2 1, 2 4 2, 1 2 1 sixteenths), ``"gradient_x"`` (rows of -1 0 1),
        ``"gradient_y"`` (1 1 1, 0 0 0, -1 -1 -1) or ``"laplacian8"`` (ones about -8).
    border
        What lies beyond the edge: ``"reflect"`` (d c b a | a b c d), ``"mirror"``
        (d c b | a b c d), ``"nearest"``, ``"wrap"`` or ``"constant"``; the names of NumPy
        and SciPy for these are understood (``"symm"``, ``"edge"``, ...).
    cval
        Value beyond the edge for ``"constant"``, in the image's unit.
    axes
        The image's axes along which those of the kernel lie, such as ``"yx"`` to filter a
        volume slice by slice.  When None the kernel must have as many as the image.

    Returns
    -------
    Image
        float32 (float64 for float64 and 32- or 64-bit integer input) on the same grid, in
        the same unit.

    Raises
    ------
    ParameterError
        If the kernel is not known, not finite, empty, or of another number of axes.

    Notes
    -----
    out[i] = sum over k of kernel[k] image[i + n // 2 - k], for a kernel of n entries an axis:
    the centre of an odd kernel is its middle, of an even one the entry n / 2, as in
    ``scipy.ndimage.convolve``.  Being flipped, ``"gradient_x"`` is *negative* where values
    grow with the index x, and ``"gradient_y"`` positive where they grow with y; both are
    sums of six differences over two samples, not a slope per mm.  The sum of the entries is
    not made 1.  NaN spreads to the kernel's support.  Cost: one product for each entry and
    sample; a kernel that is a product of one row and one column takes one pass for each.

    Examples
    --------
    >>> import numpy as np, fiducial as fd
    >>> ramp = fd.Image(np.tile(np.arange(5.0), (5, 1)))
    >>> fd.convolve(ramp, "gradient_x").array[2]
    array([-3., -6., -6., -6., -3.])
    >>> fd.convolve(ramp, np.array([[0, 0, 1]])).array[2]
    array([0., 0., 1., 2., 3.])
    """
    rule = borders.canonical(border, function="convolve")
    weights = _weights(kernel)
    letters = image.grid.axes if axes is None else axes
    if sorted(set(letters)) != sorted(letters) or not set(letters) <= set(image.grid.axes):
        raise parameter_error(
            "convolve", "axes", f"different axes out of {image.grid.axes!r}", letters
        )
    if len(letters) != weights.ndim:
        raise ParameterError(
            f"kernel of convolve must have an axis for each of {letters!r}; got shape "
            f"{weights.shape}. "
            + (
                f"Say along which of the image's axes it lies: axes="
                f"{image.grid.axes[-weights.ndim :]!r}."
                if weights.ndim < len(image.grid.axes)
                else "Give a kernel of as many axes as the image."
            )
        )
    order = [letters.index(letter) for letter in image.grid.axes if letter in letters]
    weights = np.transpose(weights, order).reshape(
        [weights.shape[letters.index(a)] if a in letters else 1 for a in image.grid.axes]
    )
    factors = _factors(weights)
    if factors is not None:
        values = convolution.separable(image.array, factors, border=rule, cval=cval)
    else:
        values = convolution.dense(image.array, weights, border=rule, cval=cval)
    return image.with_array(values, unit=image.unit, copy=False)


def _weights(kernel: str | NDArray[Any]) -> NDArray[np.float64]:
    if isinstance(kernel, str):
        if kernel not in KERNELS:
            raise parameter_error(
                "convolve", "kernel", f"an array or one of {', '.join(KERNELS)}", kernel
            )
        return np.array(KERNELS[kernel])
    try:
        weights = np.asarray(kernel, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ParameterError(
            f"kernel of convolve must be an array of numbers or a name; got {shown(kernel)}."
        ) from error
    if weights.ndim == 0 or weights.size == 0 or not np.all(np.isfinite(weights)):
        raise parameter_error("convolve", "kernel", "finite and not empty", kernel)
    return weights


def _factors(weights: NDArray[np.float64]) -> list[NDArray[np.float64] | None] | None:
    """Return one kernel for each axis whose outer product is `weights`, or None."""
    if sum(size > 1 for size in weights.shape) < 2:
        return None
    peak = np.unravel_index(int(np.argmax(np.abs(weights))), weights.shape)
    value = weights[peak]
    if value == 0:
        return None
    factors = []
    for axis in range(weights.ndim):
        key = tuple(slice(None) if other == axis else peak[other] for other in range(weights.ndim))
        line = weights[key]
        factors.append(line if axis == 0 else line / value)
    product = factors[0]
    for factor in factors[1:]:
        product = np.multiply.outer(product, factor)
    if np.max(np.abs(product - weights)) > 1e-12 * abs(value):
        return None
    return [factor if factor.size > 1 or factor[0] != 1 else None for factor in factors]
