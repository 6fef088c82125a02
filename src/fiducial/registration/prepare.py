"""Images made ready to be compared: one channel, finite values, what may be looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..geometry import Grid
from ..image import Image, Mask
from ..kernels import convolution
from ..sampling import level_values, place, resampled
from .level import spread_places

__all__ = ["Prepared", "prepare", "pyramid"]

_PADDING_HU = -1000.0
_OUTLIERS = 0.0005
_SAMPLE = 200_000


@dataclass(frozen=True)
class Prepared:
    """One image made ready.

    Attributes
    ----------
    role : str
        ``"fixed"`` or ``"moving"``.
    grid : Grid
    values : ndarray
        float32, finite.
    valid : ndarray or None
        bool: where values may be compared; everywhere when None.
    mean, deviation : float
        Of the values that may be compared.
    notes : tuple of str
        What was done, and why.
    """

    role: str
    grid: Grid
    values: NDArray[np.float32]
    valid: NDArray[np.bool_] | None
    mean: float
    deviation: float
    notes: tuple[str, ...]


def prepare(image: Image, mask: Mask | None, role: str) -> Prepared:
    """Make one image ready to be compared.

    Parameters
    ----------
    image
        2D or 3D, one frame; colour becomes luminance.
    mask
        Where it may be compared, on any grid of the same world; everywhere when None.
    role
        ``"fixed"`` or ``"moving"``.

    Raises
    ------
    ParameterError
        If the image is a sequence, constant, or has no finite value; or the mask is empty.
    """
    notes: list[str] = []
    if "t" in image.axes:
        raise ParameterError(
            f"{role} of register must be one frame; got {image!r}. Take one: image.at(t=0)."
        )
    if "c" in image.axes:
        if image.shape[-1] not in (3, 4):
            raise ParameterError(
                f"{role} of register must have one channel, or be in colour; got {image!r}. "
                "Take one: image.channel(0)."
            )
        image = image.gray()
        notes.append(f"{role}: luminance of its colours is compared")
    if image.grid.dimension < 2:
        raise ParameterError(f"{role} of register must be 2D or 3D; got {image!r}.")
    values = image.array.astype(np.float32)
    finite = np.isfinite(values)
    if not finite.all():
        if not finite.any():
            raise ParameterError(f"{role} of register must hold a finite value; got none.")
        share = 1.0 - np.count_nonzero(finite) / finite.size
        notes.append(f"{role}: {share:.1%} of its samples are NaN or infinite and left out")
    if image.unit == "HU" and bool(np.any(values[finite] < _PADDING_HU)):
        values = np.maximum(values, np.float32(_PADDING_HU))
        notes.append(f"{role}: HU below -1000 are padding, and taken as -1000")
    values, clipped = _without_outliers(values, finite)
    if clipped:
        notes.append(f"{role}: {clipped}")
    valid = None if finite.all() else finite
    if mask is not None:
        inside = _on_grid(mask, image.grid, role)
        valid = inside if valid is None else inside & valid
        if not valid.any():
            raise ParameterError(
                f"{role}_mask of register must hold voxels of the {role} image; got none. "
                "Check that mask and image lie in one frame, or leave the mask out."
            )
        notes.append(f"{role}: {np.count_nonzero(valid) / valid.size:.1%} lies in its mask")
    compared = values if valid is None else values[valid]
    compared = compared.reshape(-1)
    compared = compared[spread_places(compared.size, _SAMPLE)].astype(np.float64)
    mean, deviation = float(np.mean(compared)), float(np.std(compared))
    if not deviation > 1e-6 * max(1e-30, float(np.abs(compared).max())):
        where = "" if mask is None else " inside its mask"
        raise ParameterError(
            f"{role} of register must not be constant{where}; got {mean:.6g} everywhere. "
            "There is nothing to align."
        )
    return Prepared(role, image.grid, values, valid, mean, deviation, tuple(notes))


def _on_grid(mask: Mask, grid: Grid, role: str) -> NDArray[np.bool_]:
    if mask.axes != mask.grid.axes:
        raise ParameterError(f"{role}_mask of register must be one frame; got {mask!r}.")
    if mask.grid.is_close(grid):
        return mask.array
    soft = resampled(mask.array.astype(np.float32), place(grid, mask.grid), outside=0.0)
    return np.asarray(soft >= 0.5)


def _without_outliers(
    values: NDArray[np.float32], finite: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], str]:
    """Clip what lies far beyond nearly all values: metal, hot pixels."""
    known = values.reshape(-1) if finite.all() else values[finite]
    sample = known[spread_places(known.size, _SAMPLE)]
    low, high = (float(value) for value in np.quantile(sample, [_OUTLIERS, 1 - _OUTLIERS]))
    width = high - low
    if not width > 0:
        return values, ""
    bounds = (low - width, high + width)
    if known.min() >= bounds[0] and known.max() <= bounds[1]:
        return values, ""
    beyond = np.count_nonzero((known < bounds[0]) | (known > bounds[1]))
    words = f"{beyond} extreme values are clipped to {bounds[0]:.4g} to {bounds[1]:.4g}"
    return np.clip(values, np.float32(bounds[0]), np.float32(bounds[1])), words


def pyramid(
    image: Prepared, levels: Sequence[Grid], offset: float, scale: float
) -> list[tuple[Grid, NDArray[np.float32], NDArray[np.bool_] | None]]:
    """Return lattice, values ``(v - offset) * scale`` and validity of each level.

    Samples that may not be compared are left out of the smoothing (normalised convolution):
    they make no edges, and what a mask hides does not leak out of it.
    """
    values = (image.values - np.float32(offset)) * np.float32(scale)
    if image.valid is None:
        parts = level_values(values, image.grid, levels)
        return [(g, _single(v), None) for g, v in zip(levels, parts, strict=True)]
    sums = level_values(np.where(image.valid, values, np.float32(0)), image.grid, levels)
    shares = level_values(image.valid.astype(np.float32), image.grid, levels)
    result: list[tuple[Grid, NDArray[np.float32], NDArray[np.bool_] | None]] = []
    for grid, total, share in zip(levels, sums, shares, strict=True):
        valid = share > 0.5
        if not valid.any():
            valid = share > 0.5 * float(share.max())
        result.append((grid, _continued(total, share), valid))
    return result


def _continued(total: NDArray[np.generic], share: NDArray[np.generic]) -> NDArray[np.float32]:
    """Return ``total / share``, going on smoothly where there is no share.

    Linear interpolation and derivatives reach one sample beyond what may be compared; what
    they find there must not be an edge.
    """
    sigma = [1.0 if size > 1 else 0.0 for size in share.shape]
    wide = convolution.gaussian(share, sigma, border="nearest")
    around = convolution.gaussian(total, sigma, border="nearest")
    near = np.asarray(around / np.maximum(wide, np.float32(1e-6)))
    near[wide < 1e-3] = 0.0
    weight = np.asarray(share, np.float32)
    own = np.asarray(total) / np.maximum(weight, np.float32(0.05))
    return _single(np.where(weight > 0.05, own, near))


def _single(values: NDArray[np.generic]) -> NDArray[np.float32]:
    return np.ascontiguousarray(values, dtype=np.float32)
