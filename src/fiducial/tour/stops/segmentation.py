"""Segmentation: manual threshold, Otsu, active contour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...report import Known
from ..draw import axes_row, middle, pictures
from ..stop import Stop, Visit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

__all__ = ["STOPS"]

CHAPTER = "Image segmentation"


def _bone_picture(visit: Visit) -> Figure:
    ct, bone = visit.inputs["ct"], visit.results["bone"]
    items = [
        ("contour at 200 HU", (middle(ct), middle(bone))),
        ("the mask", middle(bone)),
    ]
    return pictures(items, window=(-200, 600))


def _bone_checks(visit: Visit) -> Sequence[Known]:
    ct, bone = visit.inputs["ct"], visit.results["bone"]
    inside, outside = ct.array[bone.array], ct.array[~bone.array]
    return [
        Known(
            "pixels of the mask", float((ct.array > 200).sum()), bone.count, 0, "numpy: ct > 200"
        ),
        Known("pixels inside up to 200 HU", 0, float((inside <= 200).sum()), 0, "strictly above"),
        Known("pixels outside above 200 HU", 0, float((outside > 200).sum()), 0, "none is left"),
    ]


def _otsu_picture(visit: Visit) -> Figure:
    frame, mask = visit.results["frame"], visit.results["bright"]
    figure, (left, middle_axes, right) = axes_row(3, widths=(1, 1, 1.4))
    pictures([("contour", (frame, mask))], axes=[left])
    pictures([("the mask", mask)], axes=[middle_axes])
    right.hist(frame.array.ravel(), bins=128, color="0.6")
    right.axvline(visit.results["limit"], color="tab:orange")
    right.set_xlabel("value")
    right.set_ylabel("pixels")
    return figure


def _between(values: np.ndarray, limit: float) -> float:
    low, high = values[values <= limit], values[values > limit]
    share = low.size / values.size
    return float(share * (1 - share) * (low.mean() - high.mean()) ** 2)


def _otsu_checks(visit: Visit) -> Sequence[Known]:
    from skimage import filters

    values = visit.results["frame"].array
    found = float(visit.results["limit"])
    tried = np.linspace(values.min(), values.max(), 400)[1:-1]
    best = max(_between(values, float(limit)) for limit in tried)
    return [
        Known("threshold", float(filters.threshold_otsu(values)), found, 1e-3, "scikit-image"),
        Known(
            "between-class variance, share of the best of 398",
            1,
            _between(values, found) / best,
            0.005,
            "tried one by one",
        ),
    ]


def _contour_picture(visit: Visit) -> Figure:
    section, mask = visit.inputs["ihc"], visit.results["region"]
    return pictures([("contour", (section, mask)), ("the mask", mask)])


def _contour_checks(visit: Visit) -> Sequence[Known]:
    from skimage import segmentation

    from ...segmentation.chan_vese import chan_vese

    # scikit-image takes ten seconds for the whole section, so a corner of it is compared.
    corner = visit.results["gray"][150:278, 150:278]
    values = np.asarray(corner, dtype=np.float64)
    known = np.asarray(segmentation.chan_vese(values, mu=0.13, tol=1e-3, max_num_iter=200, dt=0.5))
    found = chan_vese(corner, mu=0.13, tol=1e-3, max_num_iter=200, dt=0.5).array
    return [
        Known("pixels that differ", 0, float((known != found).sum()), 0, "scikit-image chan_vese"),
        Known("pixels inside", float(known.sum()), float(found.sum()), 0, "scikit-image chan_vese"),
    ]


STOPS = (
    Stop(
        name="threshold",
        chapter=CHAPTER,
        title="A threshold by hand",
        words=(
            "Where the values have a meaning, a threshold has one too: above 200 HU is bone, or "
            "contrast agent, or metal. The mask lies on the image's lattice, so its contour is "
            "drawn where it belongs.",
        ),
        listing='ct = fd.read("{ct}")\nbone = fd.threshold(ct, above=200)',
        commands=("fiducial threshold {ct} bone.nii.gz --above 200",),
        draw=_bone_picture,
        checks=_bone_checks,
    ),
    Stop(
        name="otsu",
        chapter=CHAPTER,
        title="Otsu's threshold",
        words=(
            "Otsu's method chooses the threshold from the histogram: the one that makes the "
            "variance between the two classes as large as it can be, and with it the variance "
            "within the classes as small. (The lecture says it the other way round.) The frame "
            "is the first of a breathing thorax, whose truth is known.",
        ),
        listing=(
            'frame = fd.read("{cine}").at(t=0)\n'
            "limit = fd.threshold_otsu(frame)\n"
            "bright = fd.otsu(frame)"
        ),
        commands=("fiducial otsu {cine} bright.nrrd",),
        draw=_otsu_picture,
        checks=_otsu_checks,
    ),
    Stop(
        name="contour",
        chapter=CHAPTER,
        title="Active contour",
        words=(
            "A closed curve moves until the inside and the outside are each as even as they can "
            "be, while a price on its length keeps it smooth. This is the method of Chan and "
            "Vese with the lecture's parameters, in 2D here and in 3D alike; the curve is the "
            "zero of a level set, so that it may split and join.",
        ),
        listing=(
            'gray = fd.read("{ihc}").gray()\n'
            "region = fd.chan_vese(gray, mu=0.13, lambda1=1, lambda2=1, tol=1e-3,\n"
            '                      max_num_iter=200, dt=0.5, init_level_set="checkerboard")'
        ),
        commands=(
            "fiducial gray {ihc} gray.npy",
            "fiducial chan_vese gray.npy region.npy --mu 0.13 --max-num-iter 200",
        ),
        draw=_contour_picture,
        checks=_contour_checks,
    ),
)
