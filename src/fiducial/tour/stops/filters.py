"""Convolution filters: mean, Gaussian, gradients, Laplacian."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...report import Known
from ..draw import pictures
from ..stop import Stop, Visit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure
    from numpy.typing import NDArray

__all__ = ["STOPS"]

CHAPTER = "Convolution filters"

_MEAN = np.full((3, 3), 1 / 9)
_GAUSSIAN = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16
_SLOPE_X = np.array([[-1, 0, 1]] * 3)
_SLOPE_Y = np.array([[1, 1, 1], [0, 0, 0], [-1, -1, -1]])
_LAPLACIAN = np.array([[1, 1, 1], [1, -8, 1], [1, 1, 1]])


def _listing(visit: Visit, kernel: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute what the lecture's listing computes, with SciPy."""
    from scipy.signal import convolve2d

    image = np.asarray(visit.inputs["mr"], dtype=np.float64)
    return np.asarray(convolve2d(image, kernel, mode="same", boundary="symm"))


def _apart(visit: Visit, result: str, kernel: NDArray[np.float64]) -> Known:
    apart = float(np.abs(visit.results[result].array - _listing(visit, kernel)).max())
    # float32 sums of nine values up to 2145.
    return Known(f"{result}: largest difference", 0, apart, 2e-3, "scipy.signal.convolve2d")


def _mean_picture(visit: Visit) -> Figure:
    items = [("MR", visit.inputs["mr"]), ("mean over 3 x 3", visit.results["mean"])]
    return pictures(items, window=(100, 1800))


def _mean_checks(visit: Visit) -> Sequence[Known]:
    same = float(np.abs(visit.results["mean"].array - visit.results["box"].array).max())
    return [
        _apart(visit, "mean", _MEAN),
        Known("mean_filter gives the same, largest difference", 0, same, 2e-3, "mean_filter"),
    ]


def _gaussian_picture(visit: Visit) -> Figure:
    return pictures(
        [
            ("MR", visit.inputs["mr"]),
            ("3 x 3 weights", visit.results["smooth"]),
            ("Gaussian, sigma 0.5 mm", visit.results["gaussian"]),
        ],
        window=(100, 1800),
    )


def _gaussian_checks(visit: Visit) -> Sequence[Known]:
    from ...image import Image
    from ...phantoms import gaussian_blob

    found = [_apart(visit, "smooth", _GAUSSIAN)]
    for name, spacing in {"fine": (1.0, 1.0, 1.0), "anisotropic": (3.0, 1.2, 1.0)}.items():
        from ...filters.gaussian import gaussian
        from ...geometry import Grid

        shape = [round(60 / step) | 1 for step in spacing]
        origin = [-(n - 1) / 2 * s for n, s in zip(shape[::-1], spacing[::-1], strict=True)]
        blob = gaussian_blob(Grid.from_spacing(shape, spacing, origin=origin), sigma="6 mm")
        image: Image = blob.image
        smooth = gaussian(image, sigma="4 mm")
        known = float(image.array.max()) * (36 / (36 + 16)) ** 1.5
        value = float(smooth.array.max())
        found.append(
            Known(f"peak of a blob, {name} lattice", known, value, 0.01 * known, "closed form")
        )
    return found


def _slope_picture(visit: Visit) -> Figure:
    return pictures(
        [
            ("slope in x, 3 x 3", visit.results["slope_x"]),
            ("slope in y, 3 x 3", visit.results["slope_y"]),
            ("Laplacian, 3 x 3", visit.results["laplacian"]),
            ("slope per mm", visit.results["magnitude"]),
        ],
        columns=4,
    )


def _slope_checks(visit: Visit) -> Sequence[Known]:
    from ...filters.gradient import gradient
    from ...geometry import Grid
    from ...image import Image

    turn = np.array([[0.8, 0.6], [-0.6, 0.8]])[:, ::-1]
    grid = Grid.from_spacing((20, 24), (2.0, 0.5), direction=turn)
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    world = grid.index_to_world(index)
    ramp = Image((3.0 * world[..., 0] - 2.0 * world[..., 1]).astype(np.float32), grid)
    found = gradient(ramp)
    return [
        _apart(visit, "slope_x", _SLOPE_X),
        _apart(visit, "slope_y", _SLOPE_Y),
        _apart(visit, "laplacian", _LAPLACIAN),
        Known(
            "slope of a ramp along x, per mm",
            3,
            float(found.array[9, 9, 0]),
            1e-4,
            "oblique lattice",
        ),
        Known(
            "slope of a ramp along y, per mm",
            -2,
            float(found.array[9, 9, 1]),
            1e-4,
            "oblique lattice",
        ),
    ]


STOPS = (
    Stop(
        name="mean",
        chapter=CHAPTER,
        title="The mean filter",
        words=(
            "Each value becomes the mean of itself and its neighbours: a convolution with nine "
            "equal weights. Beyond the edge the image is taken to be mirrored, as in the "
            "lecture's listing. Whole numbers become floats before they are added, so that "
            "nothing is rounded or wraps.",
        ),
        listing=(
            'mr = fd.read("{mr}")\n'
            'mean = fd.convolve(mr, "mean3")\n'
            'box = fd.mean_filter(mr, size="3 px")'
        ),
        commands=(
            "fiducial convolve {mr} mean.nii.gz --kernel mean3",
            'fiducial mean_filter {mr} box.nii.gz --size "3 px"',
        ),
        draw=_mean_picture,
        checks=_mean_checks,
    ),
    Stop(
        name="gaussian",
        chapter=CHAPTER,
        title="The Gaussian filter",
        words=(
            "Weights that fall off with distance smooth without the mean filter's edges. The "
            "3 x 3 weights of the lecture count pixels; a Gaussian whose sigma is a length does "
            "the same to an object whatever lattice it was sampled on, which the blob shows.",
        ),
        listing=(
            'mr = fd.read("{mr}")\n'
            'smooth = fd.convolve(mr, "gaussian3")\n'
            'gaussian = fd.gaussian(mr, sigma="0.5 mm")'
        ),
        commands=(
            "fiducial convolve {mr} smooth.nii.gz --kernel gaussian3",
            'fiducial gaussian {mr} gaussian.nii.gz --sigma "0.5 mm"',
        ),
        draw=_gaussian_picture,
        checks=_gaussian_checks,
    ),
    Stop(
        name="slopes",
        chapter=CHAPTER,
        title="Gradients and the Laplacian",
        words=(
            "Differences between neighbours show edges. A convolution flips its kernel, so the "
            "printed weights give the slope with its sign turned; fd.gradient gives it per mm "
            "along the axes of the world, positive where values grow with the coordinate, on "
            "oblique lattices too.",
        ),
        listing=(
            'mr = fd.read("{mr}")\n'
            'slope_x = fd.convolve(mr, "gradient_x")\n'
            'slope_y = fd.convolve(mr, "gradient_y")\n'
            'laplacian = fd.convolve(mr, "laplacian8")\n'
            'magnitude = fd.gradient(mr, component="magnitude")'
        ),
        commands=(
            "fiducial convolve {mr} slope_x.nii.gz --kernel gradient_x",
            "fiducial convolve {mr} slope_y.nii.gz --kernel gradient_y",
            "fiducial convolve {mr} laplacian.nii.gz --kernel laplacian8",
            "fiducial gradient {mr} magnitude.nii.gz --component magnitude",
        ),
        draw=_slope_picture,
        checks=_slope_checks,
    ),
)
