"""The kernels against their peers on one 256 x 256 x 128 volume and one 2048 x 2048 image.

    python benchmarks/kernels.py [--only gaussian,warp] [--seconds 1.5] [--no-peers]

For each kernel: the bytes that must move (every input and output once, inputs and outputs in
float32 unless noted) and the milliseconds that takes at the speed of a plain copy, which no
body can beat; the multiply-adds or comparisons that its method counts; ours; and the peers, as
multiples of ours (medians of runs in turn; the best run of ours tells how busy the machine was).
Everyone may use every processor; results are allocated by everyone alike.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from timing import compare, copy_bandwidth, table

from fiducial.kernels import body
from fiducial.kernels.convolution import dense, gaussian
from fiducial.kernels.distance import distance
from fiducial.kernels.histogram import histogram
from fiducial.kernels.interpolation import warp_affine, warp_displacement
from fiducial.kernels.morphology import dilate_ball, dilate_footprint
from fiducial.kernels.rank import median

SHAPE = (128, 256, 256)
VOXELS = 128 * 256 * 256
MIB = 1 << 20


@dataclass
class Case:
    """One kernel with its peers and what it cannot do without."""

    name: str
    ours: Callable[[], object]
    peers: dict[str, Callable[[], object]]
    megabytes: float
    operations: float = float("nan")
    """In units of 1e9."""
    notes: str = field(default="")


def volume() -> np.ndarray:
    rng = np.random.default_rng(0)
    return (100 * gaussian(rng.normal(size=SHAPE).astype(np.float32), 1.0)).astype(np.float32)


def blobs() -> np.ndarray:
    rng = np.random.default_rng(1)
    z, y, x = np.ogrid[:128, :256, :256]
    mask = np.zeros(SHAPE, bool)
    for _ in range(30):
        c = rng.uniform(0, 1, 3) * SHAPE
        mask |= (z - c[0]) ** 2 + (y - c[1]) ** 2 + (x - c[2]) ** 2 < rng.uniform(5, 25) ** 2
    return mask


def gaussian_cases() -> list[Case]:
    import cv2
    import SimpleITK as sitk
    from scipy import ndimage

    array = volume()
    image = sitk.GetImageFromArray(array)
    flat = np.random.default_rng(2).normal(size=(2048, 2048)).astype(np.float32)
    flat_image = sitk.GetImageFromArray(flat)
    kernel = cv2.getGaussianKernel(17, 2.0, cv2.CV_32F)

    def composed() -> np.ndarray:
        one = np.ones((1, 1), np.float32)
        deep = cv2.sepFilter2D(
            array.reshape(128, -1), -1, one, kernel, borderType=cv2.BORDER_REFLECT
        )
        deep = deep.reshape(SHAPE)
        return np.stack(
            [cv2.sepFilter2D(s, -1, kernel, kernel, borderType=cv2.BORDER_REFLECT) for s in deep]
        )

    cube = np.random.default_rng(3).normal(size=(3, 3, 3))
    return [
        Case(
            "gaussian sigma 2",
            lambda: gaussian(array, 2.0),
            {
                "OpenCV composed": composed,
                "SciPy": lambda: ndimage.gaussian_filter(array, 2.0),
                "SimpleITK recursive": lambda: sitk.SmoothingRecursiveGaussian(image, 2.0),
                "SimpleITK discrete": lambda: sitk.DiscreteGaussian(image, 4.0, 17),
            },
            2 * array.nbytes / MIB,
            VOXELS * 51 / 1e9,
        ),
        Case(
            "gaussian sigma 2, 2D",
            lambda: gaussian(flat, 2.0),
            {
                "OpenCV": lambda: cv2.GaussianBlur(
                    flat, (17, 17), 2.0, borderType=cv2.BORDER_REFLECT
                ),
                "SciPy": lambda: ndimage.gaussian_filter(flat, 2.0),
                "SimpleITK discrete": lambda: sitk.DiscreteGaussian(flat_image, 4.0, 17),
            },
            2 * flat.nbytes / MIB,
            flat.size * 34 / 1e9,
        ),
        Case(
            "dense 3x3x3",
            lambda: dense(array, cube),
            {"SciPy": lambda: ndimage.convolve(array, cube)},
            2 * array.nbytes / MIB,
            VOXELS * 27 / 1e9,
        ),
    ]


def warp_cases() -> list[Case]:
    import SimpleITK as sitk
    from scipy import ndimage

    array = volume()
    image = sitk.GetImageFromArray(array)
    rng = np.random.default_rng(4)
    field = np.stack(
        [20 * gaussian(rng.normal(size=SHAPE).astype(np.float32), 4.0) for _ in range(3)], axis=-1
    )
    rough = rng.normal(size=(*SHAPE, 3)).astype(np.float32)
    vectors = sitk.GetImageFromArray(field[..., ::-1].astype(np.float64), isVector=True)
    shift = sitk.DisplacementFieldTransform(vectors)
    matrix = np.array([[0.99, 0.1, 0.02, 1], [-0.1, 0.99, 0.05, 2], [0.02, -0.05, 1, -3]])
    affine = sitk.AffineTransform(3)
    affine.SetMatrix(matrix[::-1, 2::-1].ravel())
    affine.SetTranslation(matrix[::-1, 3])
    eye = np.eye(3, 4)

    def mapped() -> np.ndarray:
        points = [grid + field[..., a] for a, grid in enumerate(np.indices(SHAPE, np.float32))]
        return ndimage.map_coordinates(array, points, order=1)

    moved = (2 * array.nbytes + field.nbytes) / MIB
    return [
        Case(
            "warp, smooth field",
            lambda: warp_displacement(array, eye, field),
            {
                "SimpleITK": lambda: sitk.Resample(image, shift, sitk.sitkLinear),
                "SciPy": mapped,
            },
            moved,
            VOXELS * 14 / 1e9,
        ),
        Case(
            "warp, rough field",
            lambda: warp_displacement(array, eye, rough),
            {},
            moved,
            VOXELS * 14 / 1e9,
        ),
        Case(
            "warp, affine",
            lambda: warp_affine(array, matrix, SHAPE),
            {
                "SimpleITK": lambda: sitk.Resample(image, affine, sitk.sitkLinear),
                "SciPy": lambda: ndimage.affine_transform(
                    array, matrix[:, :3], matrix[:, 3], order=1
                ),
            },
            2 * array.nbytes / MIB,
            VOXELS * 14 / 1e9,
        ),
        Case(
            "warp, affine, nearest",
            lambda: warp_affine(array, matrix, SHAPE, interpolation="nearest"),
            {"SimpleITK": lambda: sitk.Resample(image, affine, sitk.sitkNearestNeighbor)},
            2 * array.nbytes / MIB,
        ),
    ]


def distance_cases() -> list[Case]:
    import edt
    import SimpleITK as sitk
    from scipy import ndimage

    cases = []
    points = np.random.default_rng(5).random(SHAPE) < 1e-4
    for name, mask in [("to blobs", blobs()), ("inside blobs", ~blobs()), ("to points", points)]:
        outside = np.ascontiguousarray(~mask)
        image = sitk.GetImageFromArray(mask.astype(np.uint8))
        cases.append(
            Case(
                f"distance {name}",
                lambda mask=mask: distance(mask),
                {
                    "edt": lambda outside=outside: edt.edt(outside, parallel=body.threads()),
                    "SciPy": lambda outside=outside: ndimage.distance_transform_edt(outside),
                    "SimpleITK Maurer": lambda image=image: sitk.SignedMaurerDistanceMap(
                        image, squaredDistance=False, useImageSpacing=False
                    ),
                },
                5 * VOXELS / MIB,
            )
        )
    return cases


def morphology_cases() -> list[Case]:
    import SimpleITK as sitk
    from scipy import ndimage

    mask = blobs()
    image = sitk.GetImageFromArray(mask.astype(np.uint8))
    cases = []
    for radius in (5, 12, 30):
        z, y, x = np.ogrid[tuple([slice(-radius, radius + 1)] * 3)]
        ball = z**2 + y**2 + x**2 <= radius**2
        peers: dict[str, Callable[[], object]] = {
            "SimpleITK": lambda radius=radius: sitk.BinaryDilate(image, [radius] * 3)
        }
        if radius == 5:
            peers["SciPy"] = lambda ball=ball: ndimage.binary_dilation(mask, ball)
        cases.append(
            Case(
                f"ball {radius} dilation",
                lambda radius=radius: dilate_ball(mask, radius),
                peers,
                2 * VOXELS / MIB,
            )
        )
    cross = ndimage.generate_binary_structure(3, 1)
    cases.append(
        Case(
            "cross dilation",
            lambda: dilate_footprint(mask, cross),
            {"SciPy": lambda: ndimage.binary_dilation(mask, cross)},
            2 * VOXELS / MIB,
        )
    )
    return cases


def histogram_cases() -> list[Case]:
    import cv2

    array = volume()
    whole = array.astype(np.int16)
    flat = array.reshape(-1)
    return [
        Case(
            "histogram, 256 bins",
            lambda: histogram(array, 256, -60.0, 60.0),
            {
                "NumPy": lambda: np.histogram(flat, 256, (-60.0, 60.0)),
                "OpenCV": lambda: cv2.calcHist([flat], [0], None, [256], [-60.0, 60.0]),
            },
            array.nbytes / MIB,
        ),
        Case(
            "histogram, int16",
            lambda: histogram(whole, 256, -60.0, 60.0),
            {"NumPy": lambda: np.histogram(whole, 256, (-60.0, 60.0))},
            whole.nbytes / MIB,
        ),
    ]


def rank_cases() -> list[Case]:
    import cv2
    import SimpleITK as sitk
    from scipy import ndimage

    array = volume()
    image = sitk.GetImageFromArray(array)
    flat = np.random.default_rng(6).normal(size=(2048, 2048)).astype(np.float32)
    return [
        Case(
            "median 3x3x3",
            lambda: median(array),
            {
                "SimpleITK": lambda: sitk.Median(image, [1, 1, 1]),
                "SciPy": lambda: ndimage.median_filter(array, 3),
            },
            2 * array.nbytes / MIB,
        ),
        Case(
            "median 3x3, 2D",
            lambda: median(flat),
            {"OpenCV": lambda: cv2.medianBlur(flat, 3)},
            2 * flat.nbytes / MIB,
        ),
        Case(
            "median 5x5, 2D",
            lambda: median(flat, 5),
            {"OpenCV": lambda: cv2.medianBlur(flat, 5)},
            2 * flat.nbytes / MIB,
        ),
    ]


FAMILIES = {
    "gaussian": gaussian_cases,
    "warp": warp_cases,
    "distance": distance_cases,
    "morphology": morphology_cases,
    "histogram": histogram_cases,
    "rank": rank_cases,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(FAMILIES), help="families, with commas")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each contender")
    parser.add_argument("--no-peers", action="store_true")
    options = parser.parse_args()
    bandwidth = copy_bandwidth(body.threads())
    print(body.describe())
    print(f"a plain copy moves {bandwidth / 1e9:.1f} GB/s, read and written\n")
    rows = []
    for family in options.only.split(","):
        for case in FAMILIES[family]():
            contenders = {"ours": case.ours, **({} if options.no_peers else case.peers)}
            ours, *peers = compare(contenders, seconds=options.seconds)
            counted = "" if np.isnan(case.operations) else f"{case.operations:.2f}"
            rows.append(
                [
                    case.name,
                    f"{case.megabytes:.0f}",
                    f"{case.megabytes * MIB / bandwidth * 1e3:.1f}",
                    counted,
                    f"{ours.milliseconds:.1f}",
                    f"{ours.best:.1f}",
                    f"{ours.peak_mebibytes:.0f}",
                    ", ".join(
                        f"{row.name} {row.milliseconds:.0f}"
                        f" ({row.milliseconds / ours.milliseconds:.1f}x,"
                        f" {row.peak_mebibytes:.0f} MiB)"
                        for row in peers
                    ),
                ]
            )
            print(f"  {rows[-1][0]}: {rows[-1][4]} ms; {rows[-1][7]}", flush=True)
    headings = [
        "kernel",
        "MiB moved",
        "floor ms",
        "1e9 ops",
        "ours ms",
        "best",
        "peak MiB",
        "peers ms",
    ]
    print("\n" + table(headings, rows))


if __name__ == "__main__":
    main()
