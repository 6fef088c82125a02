"""Brightness transforms and colour: histogram, windowing, equalisation, stains."""

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

CHAPTER = "Brightness transforms"


def _histogram_picture(visit: Visit) -> Figure:
    figure, (left, right) = axes_row(2, widths=(1.0, 1.6))
    pictures([("CT", middle(visit.inputs["ct"]))], axes=[left], window=(-1000, 1000))
    visit.results["histogram"].plot(ax=right)
    return figure


def _histogram_checks(visit: Visit) -> Sequence[Known]:
    ct, found = visit.inputs["ct"], visit.results["histogram"]
    counts, _ = np.histogram(ct.array, bins=found.edges)
    worst = float(np.abs(counts - found.counts).max())
    return [
        Known("values counted", ct.array.size, float(found.counts.sum()), 0, "pixels of the image"),
        Known("largest difference of a count", 0, worst, 0, "numpy.histogram on the same bins"),
    ]


def _window_picture(visit: Visit) -> Figure:
    names = {"abdomen": "soft tissue: 40 ± 200 HU", "bone": "bone", "lung": "lung"}
    items = [(title, middle(visit.results[name])) for name, title in names.items()]
    return pictures(items, window=(0, 1))


def _window_checks(visit: Visit) -> Sequence[Known]:
    ct, soft = visit.inputs["ct"], visit.results["abdomen"]
    index = np.unravel_index(int(np.argmin(np.abs(ct.array - 40))), ct.shape)
    value = float(ct.array[index])
    known = (value - (40 - 200)) / 400
    ends = (float(ct.array.min()), float(ct.array.max()))
    low, high = (min(1.0, max(0.0, (end + 160) / 400)) for end in ends)
    return [
        Known(
            f"shade of {value:.0f} HU",
            known,
            float(soft.array[index]),
            1e-6,
            "(value - 40) / 400 + 1/2",
        ),
        Known("darkest shade", low, float(soft.array.min()), 1e-6, "the lowest value, or black"),
        Known("brightest shade", high, float(soft.array.max()), 1e-6, "the highest, or white"),
    ]


def _equalised_picture(visit: Visit) -> Figure:
    figure, (left, right) = axes_row(2)
    pictures([("as stored", middle(visit.inputs["ct"]))], axes=[left])
    pictures([("equalised", middle(visit.results["equalised"]))], axes=[right], window=(0, 1))
    return figure


def _equalised_checks(visit: Visit) -> Sequence[Known]:
    from skimage import exposure

    found = visit.results["equalised"].array
    apart = float(np.abs(found - exposure.equalize_hist(visit.inputs["ct"].array)).max())
    return [
        Known("largest difference of a shade", 0, apart, 1e-5, "scikit-image, same 256 bins"),
        Known("brightest shade", 1, float(found.max()), 1e-6, "all values lie at or below it"),
    ]


def _stain_picture(visit: Visit) -> Figure:
    stains = visit.results["stains"]
    return pictures(
        [
            ("as photographed", visit.inputs["ihc"]),
            ("haematoxylin", stains.color("hematoxylin")),
            ("DAB", stains.color("DAB")),
        ]
    )


def _stain_checks(visit: Visit) -> Sequence[Known]:
    from skimage.color import rgb2hed

    stains = visit.results["stains"]
    apart = float(np.abs(stains.image.array - rgb2hed(visit.inputs["ihc"].array)).max())
    found = [Known("largest difference of a concentration", 0, apart, 1e-4, "scikit-image rgb2hed")]
    tissue = visit.truth["tissue"]
    measured = visit.results["known"]
    for name in tissue.concentrations.channels:
        known = tissue.concentrations.channel(name).array
        error = float(np.mean(np.abs(measured.channel(name).array - known)))
        # The camera of the phantom has noise; a concentration of 1 has an optical density of 6.
        found.append(Known(f"mean error of {name}, concentration", 0, error, 0.006, "phantom"))
    return found


STOPS = (
    Stop(
        name="histogram",
        chapter=CHAPTER,
        title="The histogram",
        words=(
            "How often each value occurs. In a CT the values are Hounsfield units, so the peaks "
            "have names: air near -1000, fat near -100, soft tissue near 40, bone above 200. The "
            "bins are as wide as asked for in HU, and what falls outside them is counted too.",
        ),
        listing='ct = fd.read("{ct}")\nhistogram = fd.histogram(ct, width=25)',
        commands=("fiducial histogram {ct} --width 25",),
        draw=_histogram_picture,
        checks=_histogram_checks,
    ),
    Stop(
        name="window",
        chapter=CHAPTER,
        title="Linear transforms and windowing",
        words=(
            "A window spreads the values around a centre over all shades and lets the rest be "
            "black or white. It makes a copy for display: its values run from 0 to 1 and are no "
            "Hounsfield units any more, so the unit is dropped. Adding and multiplying are the "
            "ordinary operators, and integers never wrap around.",
        ),
        listing=(
            'ct = fd.read("{ct}")\n'
            "abdomen = fd.window(ct, centre=40, width=400)\n"
            'bone = fd.window(ct, preset="bone")\n'
            'lung = fd.window(ct, preset="lung")'
        ),
        commands=(
            "fiducial window {ct} abdomen.nii.gz --centre 40 --width 400",
            "fiducial window {ct} bone.nii.gz --preset bone",
            "fiducial window {ct} lung.nii.gz --preset lung",
        ),
        draw=_window_picture,
        checks=_window_checks,
    ),
    Stop(
        name="equalise",
        chapter=CHAPTER,
        title="Histogram equalisation",
        words=(
            "Equalisation moves the values so that every shade occurs about as often. It shows "
            "contrast wherever there is any; what it gives is for looking at, not for measuring. "
            "The lecture's listing lacks an import and an opening bracket; this one runs, and "
            "gives the same picture.",
        ),
        listing='ct = fd.read("{ct}")\nequalised = fd.equalize_hist(ct)',
        commands=("fiducial equalize_hist {ct} equalised.nii.gz",),
        draw=_equalised_picture,
        checks=_equalised_checks,
    ),
    Stop(
        name="stains",
        chapter=CHAPTER,
        title="Colour separation of stains",
        words=(
            "In bright-field microscopy a dye takes light away, by its amount and its own colour. "
            "On a logarithmic scale the dyes add up, so three known colours can be told apart "
            "pixel by pixel. Each stain is then a picture of its own, and a map of how much of it "
            "there is. In the phantom the amounts are known.",
        ),
        listing=(
            'ihc = fd.read("{ihc}")\n'
            "stains = fd.separate_stains(ihc)\n"
            'haematoxylin, dab = stains.color("hematoxylin"), stains.color("DAB")'
        ),
        commands=("fiducial separate_stains {ihc} stains.npy",),
        draw=_stain_picture,
        checks=_stain_checks,
    ),
)
