"""Brightness, colour and filters: whole operations, image in to image out, beside their peers.

    python benchmarks/filters.py [--only window,gaussian] [--sizes 512,4096,volume]
                                 [--seconds 1] [--no-peers]

Ours includes its checks and its lineage.  Peers are given plain arrays in the type that they are
fastest with among those that hold the same numbers (int16 CT values for brightness, float32 for
filters, 8-bit colour for stains).  Everyone may use every processor.  The floor is the time that
a plain copy takes to move the input and the output once.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import cv2
import numpy as np
import SimpleITK as sitk
from scipy import ndimage
from skimage import color, exposure, filters
from timing import compare, copy_bandwidth, table

import fiducial as fd
from fiducial.kernels import body

SHAPES = {"512": (512, 512), "4096": (4096, 4096), "volume": (128, 256, 256)}
Call = Callable[[], object]
MIB = 1 << 20


class Scene:
    """One image in the types that operations and peers take."""

    def __init__(self, size: str) -> None:
        self.shape = SHAPES[size]
        noise = np.random.default_rng(0).normal(size=self.shape).astype(np.float32)
        smooth = fd.gaussian(fd.Image(noise, axes="zyx"[-noise.ndim :]), sigma="2 px").array
        self.floats = np.ascontiguousarray(smooth * 2000)
        self.integers = self.floats.astype(np.int16)
        grid = fd.Grid.from_spacing(self.shape, 1.0)
        self.ct = fd.Image(self.integers, grid, "HU")
        self.mr = fd.Image(self.floats, grid)
        self.itk = sitk.GetImageFromArray(self.floats)
        self.itk_ct = sitk.GetImageFromArray(self.integers)

    @property
    def is_flat(self) -> bool:
        return len(self.shape) == 2

    def opencv(self, calls: dict[str, Call]) -> dict[str, Call]:
        """OpenCV filters planes alone."""
        return calls if self.is_flat else {}


def window(scene: Scene) -> tuple[Call, dict[str, Call], int]:
    array, low, span = scene.integers, np.float32(-160), np.float32(400)

    def numpy() -> np.ndarray:
        values = array.astype(np.float32)
        values -= low
        values /= span
        return np.clip(values, 0, 1, out=values)

    def opencv() -> np.ndarray:
        # 8-bit shades: a quarter of the output
        return cv2.convertScaleAbs(array.reshape(-1, array.shape[-1]), alpha=0.6, beta=96)

    peers = {
        "NumPy": numpy,
        "scikit-image": lambda: exposure.rescale_intensity(array, (-160, 240), (0.0, 1.0)),
        "SimpleITK": lambda: sitk.IntensityWindowing(
            sitk.Cast(scene.itk_ct, sitk.sitkFloat32), -160, 240, 0, 1
        ),
        "OpenCV to 8 bits": opencv,
    }
    return lambda: fd.window(scene.ct, centre=40, width=400), peers, 6


def histogram(scene: Scene) -> tuple[Call, dict[str, Call], int]:
    array = scene.floats
    low, high = float(array.min()), float(array.max())
    peers = {
        "NumPy": lambda: np.histogram(array, 256, (low, high)),
        "OpenCV": lambda: cv2.calcHist(
            [array.reshape(-1, array.shape[-1])], [0], None, [256], [low, high]
        ),
    }
    return lambda: fd.histogram(scene.mr, bins=256, limits=(low, high)), peers, 4


def histogram_by_rule(scene: Scene) -> tuple[Call, dict[str, Call], int]:
    return (
        lambda: fd.histogram(scene.ct),
        {
            "NumPy": lambda: np.histogram(scene.integers, "fd"),
            "scikit-image": lambda: exposure.histogram(scene.integers),
        },
        2,
    )


def equalize(scene: Scene) -> tuple[Call, dict[str, Call], int]:
    return (
        lambda: fd.equalize_hist(scene.mr),
        {"scikit-image": lambda: exposure.equalize_hist(scene.floats)},
        8,
    )


def equalize_integers(scene: Scene) -> tuple[Call, dict[str, Call], int]:
    return (
        lambda: fd.equalize_hist(scene.ct),
        {"scikit-image": lambda: exposure.equalize_hist(scene.integers)},
        6,
    )


def stains(scene: Scene) -> tuple[Call, dict[str, Call], int]:
    rows = scene.shape[0] // 2 if scene.is_flat else 1024
    rgb = np.random.default_rng(1).integers(40, 250, (rows, 2048, 3)).astype(np.uint8)
    image = fd.Image(rgb, axes="yxc")
    return lambda: fd.separate_stains(image), {"scikit-image": lambda: color.rgb2hed(rgb)}, 0


def mean(scene: Scene) -> tuple[Call, dict[str, Call], int]:
    array = scene.floats
    peers = {
        "SciPy": lambda: ndimage.uniform_filter(array, 3),
        "SimpleITK": lambda: sitk.Mean(scene.itk, [1] * array.ndim),
    } | scene.opencv({"OpenCV": lambda: cv2.blur(array, (3, 3), borderType=cv2.BORDER_REFLECT)})
    return lambda: fd.mean_filter(scene.mr, size="3 px"), peers, 8


def gaussian(sigma: float) -> Callable[[Scene], tuple[Call, dict[str, Call], int]]:
    def case(scene: Scene) -> tuple[Call, dict[str, Call], int]:
        array = scene.floats
        size = 2 * int(4 * sigma + 0.5) + 1
        weights = cv2.getGaussianKernel(size, sigma, cv2.CV_32F)
        one = np.ones((1, 1), np.float32)

        def composed() -> np.ndarray:
            if scene.is_flat:
                return cv2.GaussianBlur(array, (size, size), sigma, borderType=cv2.BORDER_REFLECT)
            rows = array.reshape(array.shape[0], -1)
            deep = cv2.sepFilter2D(rows, -1, one, weights, borderType=cv2.BORDER_REFLECT)
            return np.stack(
                [
                    cv2.sepFilter2D(part, -1, weights, weights, borderType=cv2.BORDER_REFLECT)
                    for part in deep.reshape(array.shape)
                ]
            )

        peers = {
            "SciPy": lambda: ndimage.gaussian_filter(array, sigma),
            "SimpleITK": lambda: sitk.SmoothingRecursiveGaussian(scene.itk, sigma),
            "OpenCV": composed,
        }
        return lambda: fd.gaussian(scene.mr, sigma=sigma), peers, 8

    return case


def gradient(scene: Scene) -> tuple[Call, dict[str, Call], int]:
    array = scene.floats
    peers = {
        "NumPy": lambda: np.gradient(array),
        "SimpleITK": lambda: sitk.Gradient(scene.itk),
    } | scene.opencv(
        {
            "OpenCV": lambda: cv2.merge(
                (cv2.Sobel(array, -1, 1, 0, ksize=1), cv2.Sobel(array, -1, 0, 1, ksize=1))
            )
        }
    )
    return lambda: fd.gradient(scene.mr), peers, 4 + 4 * array.ndim


def magnitude(scene: Scene) -> tuple[Call, dict[str, Call], int]:
    array = scene.floats
    peers = {
        "scikit-image": lambda: filters.sobel(array),
        "SciPy": lambda: ndimage.generic_gradient_magnitude(array, ndimage.sobel),
        "SimpleITK": lambda: sitk.GradientMagnitude(scene.itk),
    } | scene.opencv(
        {"OpenCV": lambda: cv2.magnitude(cv2.Sobel(array, -1, 1, 0), cv2.Sobel(array, -1, 0, 1))}
    )
    return lambda: fd.gradient(scene.mr, component="magnitude", method="sobel"), peers, 8


def laplacian(scene: Scene) -> tuple[Call, dict[str, Call], int]:
    array = scene.floats
    peers = {
        "SciPy": lambda: ndimage.laplace(array),
        "scikit-image": lambda: filters.laplace(array),
        "SimpleITK": lambda: sitk.Laplacian(scene.itk),
    } | scene.opencv({"OpenCV": lambda: cv2.Laplacian(array, -1, borderType=cv2.BORDER_REFLECT)})
    return lambda: fd.laplacian(scene.mr), peers, 8


def convolve(scene: Scene) -> tuple[Call, dict[str, Call], int]:
    array = scene.floats
    kernel = np.random.default_rng(2).normal(size=(5,) * array.ndim).astype(np.float32)
    itk_kernel = sitk.GetImageFromArray(kernel)
    peers = {
        "SciPy": lambda: ndimage.convolve(array, kernel),
        "SimpleITK": lambda: sitk.Convolution(scene.itk, itk_kernel),
    } | scene.opencv(
        {
            "OpenCV": lambda: cv2.filter2D(
                array, -1, kernel[::-1, ::-1], borderType=cv2.BORDER_REFLECT
            )
        }
    )
    return lambda: fd.convolve(scene.mr, kernel), peers, 8


CASES: dict[str, Callable[[Scene], tuple[Call, dict[str, Call], int]]] = {
    "window": window,
    "histogram": histogram,
    "histogram by rule": histogram_by_rule,
    "equalize float": equalize,
    "equalize int16": equalize_integers,
    "stains": stains,
    "mean 3": mean,
    "gaussian 1": gaussian(1.0),
    "gaussian 2": gaussian(2.0),
    "gaussian 8": gaussian(8.0),
    "gradient": gradient,
    "sobel magnitude": magnitude,
    "laplacian": laplacian,
    "convolve 5": convolve,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(CASES), help="cases, with commas")
    parser.add_argument("--sizes", default=",".join(SHAPES), help="with commas")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each contender")
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    bandwidth = copy_bandwidth(body.threads())
    print(body.describe())
    print(f"a plain copy moves {bandwidth / 1e9:.1f} GB/s, read and written\n")
    rows = []
    for size in options.sizes.split(","):
        scene = Scene(size)
        for name in options.only.split(","):
            ours, peers, per_sample = CASES[name](scene)
            if name == "stains" and size == "volume":
                continue
            contenders = {"ours": ours, **({} if options.no_peers else peers)}
            first, *others = compare(contenders, seconds=options.seconds)
            moved = per_sample * int(np.prod(scene.shape))
            if name == "stains":
                moved = 15 * (scene.shape[0] // 2) * 2048
            rows.append(
                [
                    name,
                    size,
                    f"{moved / bandwidth * 1e3:.2f}",
                    f"{first.milliseconds:.2f}",
                    f"{first.peak_mebibytes:.0f}",
                    ", ".join(
                        f"{row.name} {row.milliseconds:.3g} ms"
                        f" ({row.milliseconds / first.milliseconds:.2f}x,"
                        f" {row.peak_mebibytes:.0f} MiB)"
                        for row in others
                    ),
                ]
            )
            print(f"  {size} {name}: {rows[-1][3]} ms; {rows[-1][5]}", flush=True)
    headings = ["operation", "size", "floor ms", "ours ms", "peak MiB", "peers"]
    print("\n" + table(headings, rows))


if __name__ == "__main__":
    main()
