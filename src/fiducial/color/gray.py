"""Colour to grey."""

from __future__ import annotations

from ..image import Image
from ..operation import operation

__all__ = ["gray"]


@operation(uses="tc", example={"image": "rgb"}, aliases=("grey",))
def gray(image: Image) -> Image:
    """Combine red, green and blue into luminance, in the image's own range.

    Differs from scikit-image's ``rgb2gray``, which rescales 8-bit values to 0..1: here 255
    stays 255.

    Parameters
    ----------
    image
        With three channels, red, green and blue, or four, of which alpha is ignored.

    Returns
    -------
    Image
        float32 (float64 for float64 and wide integers), in the same unit, without the axis of
        channels.

    Raises
    ------
    ParameterError
        If the image has another number of channels.

    Notes
    -----
    0.2125 R + 0.7154 G + 0.0721 B, on the values as they are stored: no gamma is undone.  NaN
    in a channel gives NaN.

    References
    ----------
    .. [1] ITU-R Recommendation BT.709.

    Examples
    --------
    >>> import fiducial as fd
    >>> white = fd.Image([[[255, 255, 255]]], axes="yxc")
    >>> fd.gray(white.astype("uint8")).array
    array([[255.]], dtype=float32)
    """
    return image.gray()
