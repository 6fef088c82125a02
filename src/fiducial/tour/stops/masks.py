"""Image masks: morphology, set operations, distance transform, comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...report import Known
from ..draw import axes_row, pictures, through
from ..stop import Stop, Visit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

__all__ = ["STOPS"]

CHAPTER = "Image masks"


def _morphology_picture(visit: Visit) -> Figure:
    frame, results = visit.inputs["cine"].at(t=0), visit.results
    return pictures(
        [
            ("lung", (frame, results["lung"])),
            ("dilated by 20 crosses", (frame, results["grown"])),
            ("eroded by 20 crosses", (frame, results["shrunk"])),
            ("dilated by a ball of 1 cm", (frame, results["wide"])),
        ],
        columns=4,
    )


def _morphology_checks(visit: Visit) -> Sequence[Known]:
    from scipy.ndimage import binary_dilation

    from ...geometry import Grid
    from ...image import Mask
    from ...masks.dilate import dilate

    point = np.zeros((61, 61), bool)
    point[30, 30] = True
    grown = dilate(Mask(point), iterations=20)
    lung, many = visit.results["lung"], visit.results["grown"]
    same = binary_dilation(lung.array, iterations=20)
    ball = dilate(Mask(point, Grid.from_spacing((61, 61), (0.5, 0.25))), radius="6 mm")
    area = ball.count * ball.grid.voxel_volume
    return [
        Known("pixels of a point after 20 crosses", 841, grown.count, 0, "2 n (n + 1) + 1"),
        Known("pixels that differ", 0, float((many.array ^ same).sum()), 0, "SciPy, 20 iterations"),
        Known("area of a point grown by 6 mm, mm2", np.pi * 36, area, 1.5, "any spacing"),
    ]


def _sets_picture(visit: Visit) -> Figure:
    scan, results = visit.inputs["abdomen"], visit.results
    z = through(results["kidneys"])
    items = [
        ("left kidney", (scan[z], results["left"][z])),
        ("union", (scan[z], results["kidneys"][z])),
        ("5 mm around, less the kidneys", (scan[z], results["shell"][z])),
    ]
    return pictures(items, window=(-160, 240))


def _sets_checks(visit: Visit) -> Sequence[Known]:
    scan, results = visit.truth["abdomen"], visit.results
    volume = results["kidneys"].count * results["kidneys"].grid.voxel_volume / 1000
    known = (scan.organ("left kidney").volume + scan.organ("right kidney").volume) / 1000
    shared = (results["shell"] & results["kidneys"]).count
    return [
        Known("volume of both kidneys, mL", known, volume, 0.02 * known, "ellipsoids"),
        Known("voxels in the shell and in a kidney", 0, shared, 0, "a difference"),
    ]


def _distance_picture(visit: Visit) -> Figure:
    figure, (left, right) = axes_row(2)
    lung, distance = visit.results["lung"], visit.results["distance"]
    pictures([("distance from the lung, mm", distance)], axes=[left])
    waves = distance.with_array(np.sin(0.3 * distance.array), copy=False)
    pictures([("its sine, in bands", (waves, lung))], axes=[right], colours="twilight")
    return figure


def _distance_checks(visit: Visit) -> Sequence[Known]:
    from scipy.ndimage import distance_transform_edt

    lung, distance = visit.results["lung"], visit.results["distance"]
    known = distance_transform_edt(~lung.array, sampling=tuple(lung.grid.spacing))
    apart = float(np.abs(distance.array - known).max())
    far = float(known.max())
    return [
        Known("largest difference, mm", 0, apart, 1e-4, "SciPy, same spacing"),
        Known("farthest pixel, mm", far, float(distance.array.max()), 1e-4, "SciPy"),
    ]


def _compare_picture(visit: Visit) -> Figure:
    nuclei, found = visit.inputs["nuclei"], visit.results["found"]
    return pictures(
        [
            ("nuclei", nuclei),
            ("found by Otsu", (nuclei, found)),
            ("truth", (nuclei, visit.results["truth"])),
        ]
    )


def _compare_checks(visit: Visit) -> Sequence[Known]:
    from ...geometry import Grid
    from ...metrics.dice import dice
    from ...metrics.hausdorff_distance import hausdorff_distance
    from ...phantoms import box

    grid = Grid.from_spacing((30, 40, 50), (3.0, 0.8, 1.0), origin=(-20.5, -15.2, -40.5))
    first = box(grid, size=(18.0, 12.0, 30.0), center=(0, 0, 0)).mask
    second = box(grid, size=(18.0, 12.0, 30.0), center=(4, 0, 0)).mask
    found, truth = visit.results["found"].array, visit.results["truth"].array
    plain = 2 * (found & truth).sum() / (found.sum() + truth.sum())
    return [
        Known("Dice of two boxes 4 mm apart", 14 / 18, float(dice(first, second)), 1e-9, "14 / 18"),
        Known(
            "their Hausdorff distance, mm",
            4,
            float(hausdorff_distance(first, second)),
            0.01,
            "the shift",
        ),
        Known(
            "Dice of the nuclei",
            float(plain),
            float(visit.results["table"]["dice"].iloc[0]),
            1e-9,
            "counted with NumPy",
        ),
    ]


def _compare_tables(visit: Visit) -> Sequence[tuple[str, Any]]:
    return [("Found against truth", visit.results["table"])]


STOPS = (
    Stop(
        name="morphology",
        chapter=CHAPTER,
        title="Morphological operators",
        words=(
            "Dilation grows a mask by a structuring element, erosion shrinks it. Twenty steps "
            "with the smallest cross make a diamond, and how far they reach depends on the pixel. "
            "A ball of a radius in mm reaches equally far on every lattice. The edge of the image "
            "does not eat the mask.",
        ),
        listing=(
            'lung = fd.read_labels("{thorax}").mask("lung")\n'
            "grown = fd.dilate(lung, iterations=20)\n"
            "shrunk = fd.erode(lung, iterations=20)\n"
            'wide = fd.dilate(lung, radius="1 cm")'
        ),
        commands=(
            "fiducial dilate results/morphology/lung.nrrd grown.nrrd --iterations 20",
            "fiducial erode results/morphology/lung.nrrd shrunk.nrrd --iterations 20",
            'fiducial dilate results/morphology/lung.nrrd wide.nrrd --radius "1 cm"',
        ),
        draw=_morphology_picture,
        checks=_morphology_checks,
    ),
    Stop(
        name="sets",
        chapter=CHAPTER,
        title="Set operations",
        words=(
            "Masks are sets of voxels: | joins them, & keeps what they share, - takes one from "
            "the other. (NumPy refuses to subtract boolean arrays, where the lecture does; a mask "
            "knows what is meant.) Masks on different lattices are refused, not combined.",
        ),
        listing=(
            'organs = fd.read_labels("{organs}")\n'
            'left, right = organs.mask("left kidney"), organs.mask("right kidney")\n'
            "kidneys = left | right\n"
            'shell = fd.dilate(kidneys, radius="5 mm") - kidneys'
        ),
        commands=("fiducial run recipes/sets.yaml --input organs={organs} --out results/sets/",),
        draw=_sets_picture,
        checks=_sets_checks,
    ),
    Stop(
        name="distance",
        chapter=CHAPTER,
        title="The distance transform",
        words=(
            "How far is each pixel from the mask? Exactly, in mm, whatever the spacing; inside, "
            "outside, or both with a sign. The bands are the lecture's: the sine of the distance.",
        ),
        listing=(
            'lung = fd.read_labels("{thorax}").mask("lung")\n'
            'distance = fd.distance_transform(lung, side="outside")\n'
            "bands = np.sin(0.3 * distance)"
        ),
        commands=(
            "fiducial distance_transform results/morphology/lung.nrrd distance.nrrd --side outside",
        ),
        draw=_distance_picture,
        checks=_distance_checks,
    ),
    Stop(
        name="compare",
        chapter=CHAPTER,
        title="Comparing masks",
        words=(
            "Overlap says how much two masks share, distance how far their surfaces are apart. "
            "Each number has one written definition; what is undefined, such as the distance to "
            "an empty mask, is NaN and counted, not 0. Here nuclei found by Otsu's threshold are "
            "held against the truth.",
        ),
        listing=(
            'nuclei, truth = fd.read("{nuclei}"), ~fd.read_labels("{nuclei_truth}").mask(0)\n'
            'found = fd.otsu(fd.gaussian(nuclei, sigma="1 px"))\n'
            "table = fd.compare(prediction=found, reference=truth)"
        ),
        commands=("fiducial compare results/compare/found.nrrd results/compare/truth.nrrd",),
        draw=_compare_picture,
        checks=_compare_checks,
        tables=_compare_tables,
    ),
)
