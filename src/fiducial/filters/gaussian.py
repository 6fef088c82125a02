"""Gaussian smoothing."""

from __future__ import annotations

from ..errors import parameter_error
from ..image import Image, Mask
from ..kernels import borders, convolution
from ..operation import operation
from ..units import Length
from .normalised import smoothed

__all__ = ["gaussian"]


@operation(orthogonal=True, example={"sigma": "1.5 mm"})
def gaussian(
    image: Image,
    *,
    sigma: Length = 1.0,
    truncate: float = 4.0,
    border: str = "reflect",
    cval: float = 0.0,
    mask: Mask | None = None,
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
        Where the kernel is cut, in standard deviations; above 0, 100 at most.
    border
        What lies beyond the edge: ``"reflect"`` (d c b a | a b c d), ``"mirror"``
        (d c b | a b c d), ``"nearest"``, ``"wrap"`` or ``"constant"``; the names of NumPy
        and SciPy for these are understood.
    cval
        Value beyond the edge for ``"constant"``, in the image's unit.
    mask
        Take only these samples into account, for an organ without its surroundings or an
        image with gaps: the average of those within the kernel, weighted by it.

    Returns
    -------
    Image
        float32 (float64 for float64 and 32- or 64-bit integers) on the same grid, in the same
        unit.  With a mask, NaN where none of its samples lies within the kernel.

    Raises
    ------
    ParameterError
        If sigma is negative, or the axes are not orthogonal.

    Notes
    -----
    The weights are exp(-x^2 / 2 sigma^2) at the samples within `truncate` sigma, divided by
    their sum.  A sigma below half a sample is too small for its lattice: the weights still sum
    to 1, but smooth less than it says.  NaN spreads to the kernel's support, unless the mask
    leaves it out.  Cost: one pass an axis, 2 truncate sigma / spacing + 1 products a sample;
    twice that with a mask.

    Examples
    --------
    >>> import numpy as np, fiducial as fd
    >>> spike = np.zeros((9, 9)); spike[4, 4] = 1
    >>> smooth = fd.gaussian(fd.Image(spike), sigma="1 px")
    >>> round(float(smooth[4, 4]), 4)
    0.1592
    """
    rule = borders.canonical(border, function="gaussian")
    in_samples = image.grid.in_index(sigma, "sigma of gaussian")
    if min(in_samples) < 0:
        raise parameter_error("gaussian", "sigma", "0 or more", str(sigma))
    if not 0 < truncate <= 100:  # weights are 0 in double precision beyond 39
        raise parameter_error("gaussian", "truncate", "above 0 and at most 100", truncate)
    if max(in_samples) * truncate > convolution.LONGEST:
        longest = f"at most {convolution.LONGEST / truncate:g} samples"
        raise parameter_error("gaussian", "sigma", longest, str(sigma))
    weights = [
        convolution.gaussian_weights(value, truncate) if value > 0 else None for value in in_samples
    ]
    values = smoothed(image, weights, mask, rule, cval)
    return image.with_array(values, unit=image.unit, copy=False)
