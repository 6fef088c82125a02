"""One channel of an image."""

from __future__ import annotations

from ..image import Image
from ..operation import operation

__all__ = ["channel"]


@operation(uses="tc", example={"image": "rgb", "name": "green"})
def channel(image: Image, *, name: str | int) -> Image:
    """Take one channel by its name or number.

    Parameters
    ----------
    image
        With an axis of channels.
    name
        Such as ``"red"``, ``"hematoxylin"`` or ``"x"``; or the number, from 0.

    Returns
    -------
    Image
        The same type and unit, without the axis of channels.

    Raises
    ------
    ParameterError
        If the image has no channels, or none of this name; the message lists them.

    Examples
    --------
    >>> import fiducial as fd
    >>> rgb = fd.Image([[[10, 20, 30]]], axes="yxc")
    >>> fd.channel(rgb, name="green").array
    array([[20]])
    """
    return image.channel(name)
