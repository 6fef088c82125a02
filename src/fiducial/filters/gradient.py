"""The gradient: slopes along the axes of the world."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import parameter_error
from ..image import Image, working_dtype
from ..kernels import borders, convolution
from ..operation import operation

__all__ = ["gradient"]

_ACROSS = {
    "central": None,
    "prewitt": (1 / 3, 1 / 3, 1 / 3),
    "sobel": (1 / 4, 1 / 2, 1 / 4),
    "scharr": (3 / 16, 10 / 16, 3 / 16),
}
"""How each method averages across the direction of its difference."""

Method = Literal["central", "sobel", "prewitt", "scharr"]


@operation(uses="c", example={"component": "x"})
def gradient(
    image: Image,
    *,
    component: Literal["x", "y", "z", "magnitude"] | None = None,
    method: Method = "central",
    border: str = "one-sided",
    cval: float = 0.0,
) -> Image:
    """Take the slope per mm along the axes of the world: a vector, one component or its length.

    Differs from NumPy, scikit-image and SciPy, whose gradients run along array axes and count
    samples.  A component is positive where values grow with that *world* coordinate: in a
    patient x towards the left, y towards the back, z upwards, however the array is stored.

    Parameters
    ----------
    image
        2D or 3D; each frame and each channel is treated alone.
    component
        ``"x"``, ``"y"``, ``"z"``, ``"magnitude"`` (length of the vector), or None for all.
    method
        How a difference between the two neighbours is averaged over the axes across it:
        ``"central"`` (not at all), ``"sobel"`` (1 2 1), ``"prewitt"`` (1 1 1) or ``"scharr"``
        (3 10 3).  All have the same scale: a ramp gives its slope.
    border
        ``"one-sided"``: at the edge, the difference to the only neighbour, so that a ramp has
        its slope up to the edge.  Or a value beyond the edge, by the names of
        :func:`gaussian`.
    cval
        Value beyond the edge for ``"constant"``, in the image's unit.

    Returns
    -------
    Image
        float32 (float64 for float64 and 32- or 64-bit integers) on the same grid, in the
        image's unit per the world's unit (``"HU/mm"``).  A vector has an axis of channels
        named by the world's axes, in their order; of a colour image, ``"red x"`` and so on.

    Raises
    ------
    ParameterError
        If the world has no such axis.

    Notes
    -----
    Differences along the array axes, (f[i+1] - f[i-1]) / 2, are brought into the world by the
    inverse transpose of the grid's matrix, so oblique, left-handed and sheared lattices are
    right.  An axis of a single sample has no slope: the gradient is then the one within the
    slice, as it is for a plane cut out of a patient.  At the edge the averages across
    continue the edge sample.  NaN spreads to the neighbours that use it.  Cost: one or, with
    averaging, D passes for each array axis.

    References
    ----------
    .. [1] H. Scharr, "Optimal operators in digital image processing", Heidelberg (2000),
       doi:10.11588/heidok.00000962.

    Examples
    --------
    >>> import numpy as np, fiducial as fd
    >>> grid = fd.Grid.from_spacing((3, 4), (2.0, 0.5))
    >>> ramp = fd.Image(np.tile(np.arange(4.0), (3, 1)), grid, "HU")
    >>> slope = fd.gradient(ramp)
    >>> slope[1, 1], slope.channels, slope.unit
    (array([2., 0.]), ('x', 'y'), 'HU/mm')
    """
    names = _world_axes(image)
    if component is not None and component != "magnitude" and component not in names:
        raise parameter_error(
            "gradient", "component", f"one of {', '.join(names)}, magnitude", component
        )
    rule = (
        None
        if border in ("one-sided", "one_sided")
        else borders.canonical(border, function="gradient")
    )
    unit = f"{image.unit or '1'}/{image.grid.unit}"
    rows = _rows(image, names if component in (None, "magnitude") else (component,), component)
    is_colour = "c" in image.axes
    planes = list(np.moveaxis(image.array, -1, 0)) if is_colour else [image.array]
    per_plane = len(rows) if component is None else 1
    kind = working_dtype(image.dtype)
    result = np.empty((*image.grid.shape, len(planes) * per_plane), kind)
    for number, plane in enumerate(planes):
        target = result[..., number * per_plane : (number + 1) * per_plane]
        slopes = _slopes(np.ascontiguousarray(plane, kind), rows, method, rule, cval)
        if component == "magnitude":
            _length(slopes, target[..., 0])
        else:
            for place, slope in enumerate(slopes):
                target[..., place] = slope
    if not is_colour and component is not None:
        return image._like(array=result[..., 0], unit=unit)
    axes = image.axes if is_colour else image.axes + "c"
    channels = _names(image, component, names)
    return image._like(array=result, axes=axes, unit=unit, channels=channels)


def _world_axes(image: Image) -> tuple[str, ...]:
    return tuple("xyz"[: image.grid.frame.dimension])


def _names(image: Image, component: str | None, names: tuple[str, ...]) -> tuple[str, ...] | None:
    if component is not None:
        return image.channels
    if "c" not in image.axes:
        return names
    channels = image.channels or tuple(str(number) for number in range(image.shape[-1]))
    return tuple(f"{channel} {name}" for channel in channels for name in names)


def _rows(image: Image, wanted: tuple[str, ...], component: str | None) -> NDArray[np.float64]:
    """Return the matrix from slopes per sample along the array axes to the slopes wanted."""
    grid = image.grid
    long = [axis for axis, size in enumerate(grid.shape) if size > 1]
    if component == "magnitude" and grid.is_orthogonal:
        # Whichever right-angled axes: the vector is as long.
        return np.diag(
            [1 / s if n > 1 else 0.0 for n, s in zip(grid.shape, grid.spacing, strict=True)]
        )
    matrix = np.zeros((grid.frame.dimension, grid.dimension))
    if long:
        matrix[:, long] = np.linalg.pinv(grid.affine[:-1, :-1][:, long]).T
        matrix[np.abs(matrix) < 1e-12 * np.abs(matrix).max()] = 0.0
    return matrix[["xyz".index(name) for name in wanted]]


def _slopes(
    values: NDArray[Any], rows: NDArray[np.float64], method: str, rule: str | None, cval: float
) -> Iterator[NDArray[Any]]:
    """Yield the slope that each row of the matrix asks for, in memory that the next reuses."""
    kept: dict[int, NDArray[Any]] = {}
    place = np.empty(values.shape, values.dtype)
    for row in rows:
        axes = [int(axis) for axis in np.flatnonzero(row)]
        if len(axes) == 1 and axes[0] not in kept:
            yield _index_slope(values, axes[0], row[axes[0]], method, rule, cval, place)
            continue
        place[...] = 0
        for axis in axes:
            if axis not in kept:
                kept[axis] = _index_slope(values, axis, 1.0, method, rule, cval, None)
            np.add(place, kept[axis] * values.dtype.type(row[axis]), out=place)
        yield place


def _length(slopes: Iterable[NDArray[Any]], out: NDArray[Any]) -> None:
    out[...] = 0
    for slope in slopes:
        np.multiply(slope, slope, out=slope)
        np.add(out, slope, out=out)
    np.sqrt(out, out=out)


def _index_slope(
    values: NDArray[Any],
    axis: int,
    factor: float,
    method: str,
    rule: str | None,
    cval: float,
    out: NDArray[Any] | None,
) -> NDArray[Any]:
    """Return `factor` times the slope per sample along one array axis."""
    across = _ACROSS[method]
    weights: list[Any] = [None] * values.ndim
    if across is not None:
        weights = [across if size > 1 else None for size in values.shape]
    weights[axis] = [0.5 * factor, 0.0, -0.5 * factor]
    if rule is not None:
        return convolution.separable(values, weights, border=rule, cval=cval, out=out)
    slope = convolution.separable(values, weights, border="nearest", out=out)
    # Half the one-sided difference, since the sample beyond repeats the edge: now the whole.
    for edge in (0, -1):
        slope[(slice(None),) * axis + (edge,)] *= 2
    return slope
