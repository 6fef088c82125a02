"""Images to and from SimpleITK and nibabel, geometry and all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ParameterError
from ..geometry import Frame, Grid, default_frame, swap_ras_lps
from ..lineage import Opaque
from ..units import LENGTH_UNITS, convert
from .image import Image
from .labels import Labels
from .mask import Mask

if TYPE_CHECKING:
    from .sampled import Sampled

__all__ = ["from_nibabel", "from_simpleitk", "nibabel_affine", "to_nibabel", "to_simpleitk"]


def from_simpleitk(image: Any, *, unit: str | None = None) -> Image:
    """Convert a 2D or 3D SimpleITK image; its world is LPS mm (3D) or plain mm (2D)."""
    import SimpleITK as sitk

    dimension = image.GetDimension()
    if dimension not in (2, 3):
        raise ParameterError(
            f"image of from_simpleitk must be 2D or 3D; got {dimension}D. Take one frame first."
        )
    columns = np.reshape(image.GetDirection(), (dimension, dimension))
    affine = np.eye(dimension + 1)
    affine[:-1, :-1] = (columns * np.asarray(image.GetSpacing()))[:, ::-1]
    affine[:-1, -1] = image.GetOrigin()
    array = sitk.GetArrayFromImage(image)
    axes = "zyx"[-dimension:] + ("c" if image.GetNumberOfComponentsPerPixel() > 1 else "")
    grid = Grid(array.shape[:dimension], affine, default_frame(dimension, "mm"))
    return Image(array, grid, unit, axes, lineage=Opaque("SimpleITK image"), copy=False)


def to_simpleitk(image: Sampled) -> Any:
    """Convert to SimpleITK; masks become uint8.

    Raises
    ------
    ParameterError
        If SimpleITK could not hold it: a sheared grid, a sequence, or a plane in a 3D world
        (which becomes a volume of one slice instead, when it is orthogonal).
    """
    import SimpleITK as sitk

    grid = image.grid
    if "t" in image.axes:
        raise ParameterError(
            f"image of to_simpleitk must be one frame; got {image!r}. Take one: image.at(t=0)."
        )
    if not grid.is_orthogonal:
        raise ParameterError(
            f"image of to_simpleitk must have orthogonal axes; got a cosine of {grid.skew:.4f}. "
            "Resample it first: resample_to."
        )
    array = image.array.astype(np.uint8) if isinstance(image, Mask) else image.array
    if array.dtype == np.float16:
        array = array.astype(np.float32)
    spatial = grid.dimension
    affine = grid.affine
    if grid.frame.dimension == 3 and spatial == 2:
        normal = np.cross(grid.direction[:, 1], grid.direction[:, 0])
        affine = np.insert(affine, 0, np.append(normal, 0.0), axis=1)
        array = array[None]
        spatial = 3
    elif grid.frame.dimension != spatial:
        raise ParameterError(
            f"image of to_simpleitk must be 2D or 3D; got {grid.dimension} axes in {grid.frame}."
        )
    result = sitk.GetImageFromArray(array, isVector="c" in image.axes)
    factor = convert(1.0, grid.unit, "mm") if grid.unit in LENGTH_UNITS else 1.0
    steps = affine[:-1, :-1][:, ::-1]
    norms = np.linalg.norm(steps, axis=0)
    result.SetSpacing([float(value * factor) for value in norms])
    result.SetDirection([float(value) for value in (steps / norms).ravel()])
    result.SetOrigin([float(value * factor) for value in affine[:-1, -1]])
    return result


def nibabel_affine(grid: Grid) -> Any:
    """Return the 4x4 RAS mm affine that maps (i, j, k) = reversed array indices."""
    if grid.unit == "px":
        factor = 1.0
    else:
        factor = convert(1.0, grid.unit, "mm")
    affine = np.eye(4)
    steps = grid.affine[:-1, :-1][:, ::-1] * factor
    world, dimension = steps.shape
    affine[:world, :dimension] = steps
    affine[:world, 3] = grid.affine[:-1, -1] * factor
    if world == 3 and dimension == 2:
        normal = np.cross(steps[:, 0], steps[:, 1])
        affine[:3, 2] = normal / np.linalg.norm(normal)
    return swap_ras_lps(affine)


def from_nibabel(image: Any, *, unit: str | None = None) -> Image:
    """Convert a nibabel spatial image of up to four axes to LPS, scaled values and all."""
    from nibabel.funcs import squeeze_image

    image = squeeze_image(image)
    data = np.asanyarray(image.dataobj)
    if data.ndim not in (3, 4):
        raise ParameterError(
            f"image of from_nibabel must have three axes or four; got shape {data.shape}."
        )
    units = image.header.get_xyzt_units()[0] if hasattr(image.header, "get_xyzt_units") else "mm"
    factor = {"meter": 1000.0, "micron": 1e-3}.get(units, 1.0)
    affine = swap_ras_lps(np.asarray(image.affine, dtype=np.float64))
    affine[:3] *= factor
    affine[:3, :3] = affine[:3, 2::-1]
    array = np.ascontiguousarray(np.transpose(data))
    grid = Grid(array.shape[-3:], affine, Frame("LPS", "mm"))
    axes = "tzyx" if array.ndim == 4 else "zyx"
    return Image(array, grid, unit, axes, lineage=Opaque("nibabel image"), copy=False)


def to_nibabel(image: Sampled) -> Any:
    """Convert to a nibabel Nifti1Image in RAS mm; masks become uint8.

    Raises
    ------
    ParameterError
        For colour, which NIfTI images hold in another way.
    """
    import nibabel

    if "c" in image.axes:
        raise ParameterError(
            f"image of to_nibabel must have no channels; got {image!r}. "
            "Take one: image.channel(...)."
        )
    array = image.array
    if isinstance(image, Mask):
        array = array.astype(np.uint8)
    elif array.dtype in (np.int64, np.uint64) and isinstance(image, Labels):
        array = array.astype(np.int32)
    elif array.dtype == np.float16:
        array = array.astype(np.float32)
    missing = 3 - image.grid.dimension
    lead = 1 if "t" in image.axes else 0
    array = np.expand_dims(array, tuple(range(lead, lead + missing))) if missing else array
    result = nibabel.Nifti1Image(np.transpose(array), nibabel_affine(image.grid), dtype=array.dtype)
    result.header.set_xyzt_units("mm", "sec")
    return result
