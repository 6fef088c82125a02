"""Gaussian smoothing."""

from __future__ import annotations

from ..errors import parameter_error
from ..image import Image
from ..kernels import convolution
from ..operation import operation
from ..units import Length

__all__ = ["gaussian"]


@operation(orthogonal=True, example={"sigma": "1.5 mm"})
def gaussian(
    image: Image,
    *,
    sigma: Length = 1.0,
    truncate: float = 4.0,
    border: str = "reflect",
    cval: float = 0.0,
) -> Image:
    """Smooth with a Gaussian whose standard deviation is a length.

    Differs from scikit-image and SciPy, whose sigma counts samples: here a bare number is in
    the image's unit, so that the same object gives the same answer on any lattice.

    Parameters
    ----------
    image
        2D or 3D; each frame and each channel is smoothed alone.
    sigma
        Standard deviation: a length, or one for each axis in array order; 0 leaves an axis
        alone.
    truncate
        Where the kernel is cut, in standard deviations; above 0.
    border
        What lies beyond the edge: ``"reflect"`` (d c b a | a b c d), ``"mirror"``
        (d c b | a b c d), ``"nearest"``, ``"wrap"`` or ``"constant"``; the names of NumPy
        and SciPy for these are understood.
    cval
        Value beyond the edge for ``"constant"``, in the image's unit.

    Returns
    -------
    Image
        float32 (float64 for float64 input) on the same grid, in the same unit.

    Raises
    ------
    ParameterError
        If sigma is negative, or the axes are not orthogonal.

    Notes
    -----
    The weights are exp(-x^2 / 2 sigma^2) at the samples within `truncate` sigma, divided by
    their sum.  Cost: one pass an axis, 2 truncate sigma / spacing + 1 products a sample.
    NaN spreads to the kernel's support.

    Examples
    --------
    >>> import numpy as np, fiducial as fd
    >>> spike = np.zeros((9, 9)); spike[4, 4] = 1
    >>> smooth = fd.gaussian(fd.Image(spike), sigma="1 px")
    >>> round(float(smooth[4, 4]), 4)
    0.1592
    """
    in_samples = image.grid.in_index(sigma, "sigma of gaussian")
    if min(in_samples) < 0:
        raise parameter_error("gaussian", "sigma", "0 or more", str(sigma))
    if not truncate > 0:
        raise parameter_error("gaussian", "truncate", "above 0", truncate)
    values = convolution.gaussian(
        image.array, in_samples, truncate=truncate, border=border, cval=cval
    )
    return image.with_array(values, unit=image.unit, copy=False)
