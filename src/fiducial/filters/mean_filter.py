"""Smoothing with a box."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ..errors import parameter_error
from ..image import Image, Mask
from ..kernels import borders, convolution
from ..operation import operation
from ..units import Length
from .normalised import smoothed

__all__ = ["box_weights", "mean_filter"]


@operation(orthogonal=True, example={"size": "3 px"})
def mean_filter(
    image: Image,
    *,
    size: Length = "3 px",
    border: str = "reflect",
    cval: float = 0.0,
    mask: Mask | None = None,
) -> Image:
    """Replace each value by the mean over a box about it.

    Differs from scikit-image and SciPy, whose size is a whole number of samples: here it is
    a length, and a bare number is in the image's unit.  ``"3 px"`` is the 3 x 3 mean.

    Parameters
    ----------
    image
        2D or 3D; each frame and each channel is filtered alone.
    size
        Edge of the box: a length, or one for each axis in array order; above 0.  An axis
        whose samples stand this far apart or farther is left alone.
    border
        What lies beyond the edge: ``"reflect"`` (d c b a | a b c d), ``"mirror"``
        (d c b | a b c d), ``"nearest"``, ``"wrap"`` or ``"constant"``; the names of NumPy
        and SciPy for these are understood.
    cval
        Value beyond the edge for ``"constant"``, in the image's unit.
    mask
        Take only these samples into account: the mean of those within the box.

    Returns
    -------
    Image
        float32 (float64 for float64 and 32- or 64-bit integer input) on the same grid, in
        the same unit.  With a mask, NaN where none of its samples lies within the box.

    Raises
    ------
    ParameterError
        If the size is not above 0, or the axes are not orthogonal.

    Notes
    -----
    A box of n = size / spacing samples has weight 1 / n on each sample that it covers whole,
    and a part of it on the two at its ends, so that the weights sum to 1 for every n and the
    box is centred: (1, 1, 1) / 3 for 3, (1/2, 1, 1/2) / 2 for 2.  NaN spreads to the box's
    support, unless the mask leaves it out.  Cost: one pass an axis, about n products a sample;
    twice that with a mask.

    Examples
    --------
    >>> import fiducial as fd
    >>> ramp = fd.Image([[0, 3, 6, 9]])
    >>> fd.mean_filter(ramp, size="3 px").array
    array([[1., 3., 6., 8.]])
    """
    rule = borders.canonical(border, function="mean_filter")
    in_samples = image.grid.in_index(size, "size of mean_filter")
    if min(in_samples) <= 0:
        raise parameter_error("mean_filter", "size", "above 0", str(size))
    if max(in_samples) > 2 * convolution.LONGEST:
        longest = f"at most {2 * convolution.LONGEST} samples"
        raise parameter_error("mean_filter", "size", longest, str(size))
    weights = [box_weights(samples) if samples > 1 else None for samples in in_samples]
    values = smoothed(image, weights, mask, rule, cval)
    return image.with_array(values, unit=image.unit, copy=False)


def box_weights(samples: float) -> NDArray[np.float64]:
    """Return the weights of a centred box of this many samples, a fraction included.

    Examples
    --------
    >>> box_weights(2.0)
    array([0.25, 0.5 , 0.25])
    """
    half = (samples - 1) / 2
    whole = math.floor(half + 1e-9)
    rest = half - whole
    ends = [rest] if rest > 1e-9 else []
    weights = np.array([*ends, *[1.0] * (2 * whole + 1), *ends])
    return np.asarray(weights / weights.sum())
