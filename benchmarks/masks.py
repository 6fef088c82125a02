"""Masks, metrics and segmentations against their peers, as a user would call each.

    python benchmarks/masks.py [--only otsu,dilate] [--seconds 1.5]

One 256 x 256 x 128 volume of blobs and one 4096 x 4096 image of the same; Chan-Vese on 512 x 512.
Everyone is given what it takes (arrays, or its own image with spacing) before the clock starts.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import cv2
import edt
import numpy as np
import SimpleITK as sitk
from scipy import ndimage
from skimage import data, filters, morphology, segmentation
from skimage.measure import label as skimage_label
from timing import compare, table

import fiducial as fd
from fiducial.kernels import body
from fiducial.kernels.convolution import gaussian

SPACING = (2.0, 1.0, 1.0)
Case = tuple[str, dict[str, Callable[[], object]]]


def field(shape: tuple[int, ...], sigma: float = 6.0) -> np.ndarray:
    noise = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    return gaussian(noise, (sigma,) * len(shape))


def mask_of(shape: tuple[int, ...]) -> fd.Mask:
    values = field(shape)
    return fd.Mask(
        values > np.quantile(values[::8], 0.7),
        fd.Grid.from_spacing(shape, SPACING[-len(shape) :]),
    )


VOLUME, IMAGE = (128, 256, 256), (4096, 4096)


def as_sitk(mask: fd.Mask) -> sitk.Image:
    return mask.as_image().to_simpleitk()


def otsu_cases() -> list[Case]:
    cases: list[Case] = []
    for name, shape in (("4096^2", IMAGE), ("256^2 x 128", VOLUME)):
        floats = field(shape, 3.0)
        bytes_ = (100 + 20 * floats / floats.std()).clip(0, 255).astype(np.uint8)
        for kind, values in (("uint8", bytes_), ("float32", floats)):
            image, theirs = fd.Image(values), sitk.GetImageFromArray(values)
            peers: dict[str, Callable[[], object]] = {
                "ours": lambda image=image: fd.threshold_otsu(image),
                "scikit-image": lambda values=values: filters.threshold_otsu(values),
                "SimpleITK": lambda theirs=theirs: sitk.OtsuThreshold(theirs, 0, 1, 256),
            }
            if kind == "uint8" and values.ndim == 2:
                peers["OpenCV"] = lambda values=values: cv2.threshold(values, 0, 1, cv2.THRESH_OTSU)
            cases.append((f"threshold_otsu {kind} {name}", peers))
    return cases


def dilate_cases() -> list[Case]:
    volume, image = mask_of(VOLUME), mask_of(IMAGE)
    bytes_ = image.array.astype(np.uint8)
    cross = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
    theirs, inside = as_sitk(volume), volume.array.copy()
    cases: list[Case] = [
        (
            f"dilate by a ball of {radius} mm 256^2 x 128, 2 x 1 x 1 mm",
            {
                "ours": lambda radius=radius: fd.dilate(volume, radius=radius),
                "SimpleITK": lambda radius=radius: sitk.BinaryDilate(
                    theirs, [radius, radius, max(1, round(radius / 2))]
                ),
                "scikit-image": lambda radius=radius: morphology.isotropic_dilation(
                    volume.array, radius, spacing=SPACING
                ),
                "edt and a threshold": lambda radius=radius: (
                    edt.edt(~inside, anisotropy=SPACING, parallel=body.threads()) <= radius
                ),
            },
        )
        for radius in (3, 10)
    ]
    cases.append(
        (
            "dilate 20 times by a cross 4096^2",
            {
                "ours": lambda: fd.dilate(image, iterations=20),
                "SciPy": lambda: ndimage.binary_dilation(image.array, iterations=20),
                "OpenCV": lambda: cv2.dilate(bytes_, cross, iterations=20),
            },
        )
    )
    return cases


def distance_cases() -> list[Case]:
    volume, image = mask_of(VOLUME), mask_of(IMAGE)
    theirs = as_sitk(volume)
    solid, flat = volume.array.copy(), image.array.copy()
    return [
        (
            "distance_transform 256^2 x 128, 2 x 1 x 1 mm",
            {
                "ours": lambda: fd.distance_transform(volume),
                "edt": lambda: edt.edt(solid, anisotropy=SPACING, parallel=body.threads()),
                "SciPy": lambda: ndimage.distance_transform_edt(volume.array, sampling=SPACING),
                "SimpleITK": lambda: sitk.SignedMaurerDistanceMap(
                    theirs, squaredDistance=False, useImageSpacing=True
                ),
            },
        ),
        (
            "distance_transform 4096^2",
            {
                "ours": lambda: fd.distance_transform(image),
                "edt": lambda: edt.edt(flat, parallel=body.threads()),
                "OpenCV": lambda: cv2.distanceTransform(
                    image.array.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE
                ),
                "SciPy": lambda: ndimage.distance_transform_edt(image.array),
            },
        ),
    ]


def component_cases() -> list[Case]:
    volume = mask_of(VOLUME)
    theirs = as_sitk(volume)
    return [
        (
            "label 256^2 x 128",
            {
                "ours": lambda: fd.label(volume),
                "SciPy": lambda: ndimage.label(volume.array, np.ones((3, 3, 3))),
                "scikit-image": lambda: skimage_label(volume.array),
                "SimpleITK": lambda: sitk.ConnectedComponent(theirs, True),
            },
        ),
        (
            "fill_holes 256^2 x 128",
            {
                "ours": lambda: fd.fill_holes(volume),
                "SciPy": lambda: ndimage.binary_fill_holes(volume.array),
                "SimpleITK": lambda: sitk.BinaryFillhole(theirs),
            },
        ),
    ]


def metric_cases() -> list[Case]:
    grid = fd.Grid.from_spacing(VOLUME, SPACING)
    index = np.stack(np.meshgrid(*map(np.arange, VOLUME), indexing="ij"), axis=-1)
    world = grid.index_to_world(index) - grid.center
    bumps = 6 * field(VOLUME, 10.0) / 0.01
    a = fd.Mask(np.linalg.norm(world, axis=-1) <= 70, grid)
    b = fd.Mask(np.linalg.norm(world - [3, -2, 4], axis=-1) <= 68 + bumps.clip(-8, 8), grid)
    first, second = as_sitk(a), as_sitk(b)
    values = fd.Image(field(VOLUME, 2.0), grid, "HU")
    organs = fd.Labels(a.array + 2 * (b - a).array.astype(np.uint8), grid)
    plain = sitk.GetImageFromArray(values.array)
    numbers = sitk.GetImageFromArray(organs.array)

    def theirs() -> float:
        hausdorff = sitk.HausdorffDistanceImageFilter()
        hausdorff.Execute(first, second)
        return float(hausdorff.GetHausdorffDistance())

    def statistics() -> object:
        found = sitk.LabelStatisticsImageFilter()
        found.Execute(plain, numbers)
        return found

    return [
        (
            "hausdorff_distance 256^2 x 128",
            {"ours": lambda: fd.hausdorff_distance(a, b), "SimpleITK": theirs},
        ),
        (
            "measure two labels and an image 256^2 x 128",
            {"ours": lambda: fd.measure(organs, images=values), "SimpleITK": statistics},
        ),
    ]


def contour_cases() -> list[Case]:
    camera = data.camera()
    image = fd.Image(camera)
    options = {"mu": 0.13, "max_num_iter": 200}
    return [
        (
            "chan_vese 512^2, 200 steps",
            {
                "ours": lambda: fd.chan_vese(image, **options),
                "scikit-image": lambda: segmentation.chan_vese(camera, **options),
            },
        )
    ]


FAMILIES = {
    "otsu": otsu_cases,
    "dilate": dilate_cases,
    "distance": distance_cases,
    "components": component_cases,
    "metrics": metric_cases,
    "contour": contour_cases,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default=",".join(FAMILIES), help="families, with commas")
    parser.add_argument("--seconds", type=float, default=1.0, help="for each contender")
    options = parser.parse_args()
    print(body.describe())
    rows = []
    for family in options.only.split(","):
        for name, contenders in FAMILIES[family]():
            ours, *peers = compare(contenders, seconds=options.seconds)
            told = ", ".join(
                f"{row.name} {row.milliseconds:.0f} ({row.milliseconds / ours.milliseconds:.1f}x)"
                for row in peers
            )
            rows.append([name, f"{ours.milliseconds:.1f}", f"{ours.peak_mebibytes:.0f}", told])
            print(f"  {name}: {ours.milliseconds:.1f} ms; {told}", flush=True)
    print("\n" + table(["operation", "ours ms", "peak MiB", "peers ms"], rows))


if __name__ == "__main__":
    main()
