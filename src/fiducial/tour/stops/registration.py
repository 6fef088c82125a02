"""Image registration, and the quantities that all of it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...report import Known
from ...report.figures.panel import panel
from ..draw import pictures
from ..stop import Stop, Visit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

__all__ = ["STOPS"]

CHAPTER = "Image registration"


def _brain_picture(visit: Visit) -> Figure:
    inputs = visit.inputs
    figure: Figure = panel(inputs["brain_fixed"], inputs["brain_moving"], visit.results["found"])
    return figure


def _brain_checks(visit: Visit) -> Sequence[Known]:
    pair, found = visit.truth["brain"], visit.results["found"]
    before = pair.fixed_points.distance_to(pair.moving_points)
    known = pair.moving_points.world
    mapped = found.transform.map(pair.fixed_points.world)
    after = np.linalg.norm(mapped - known, axis=1)
    return [
        Known("target registration error, mean, mm", 0, float(after.mean()), 0.2, "phantom"),
        Known("target registration error, worst, mm", 0, float(after.max()), 0.4, "phantom"),
        Known("share of the error that is left", 0, float(after.mean() / before.mean()), 0.02),
    ]


def _brain_tables(visit: Visit) -> Sequence[tuple[str, Any]]:
    found = visit.results["found"]
    return [(f"What the registration says of itself: {found.verdict}", _evidence(found))]


def _evidence(found: Any) -> Any:
    import pandas as pd

    rows = [(item.name, item.verdict, item.says) for item in found.evidence]
    return pd.DataFrame(rows, columns=["evidence", "verdict", "what was seen"])


def _unrelated_picture(visit: Visit) -> Figure:
    fixed = visit.inputs["brain_fixed"]
    figure: Figure = panel(fixed, visit.inputs["other"], visit.results["wrong"])
    return figure


def _unrelated_checks(visit: Visit) -> Sequence[Known]:
    refused = visit.results["wrong"].verdict != "pass"
    accepted = visit.results["right"].verdict == "pass"
    return [
        Known("wrong pair is not passed", 1, float(refused), 0, "no truth joins the two"),
        Known("right pair is passed", 1, float(accepted), 0, "phantom"),
    ]


def _unrelated_tables(visit: Visit) -> Sequence[tuple[str, Any]]:
    wrong = visit.results["wrong"]
    return [(f"What the registration says of itself: {wrong.verdict}", _evidence(wrong))]


def _quantities_picture(visit: Visit) -> Figure:
    scan, organs = visit.inputs["abdomen"], visit.inputs["organs"]
    middle = scan.shape[0] // 2
    return pictures(
        [("CT", scan[middle]), ("organs and lesions", organs[middle])], window=(-160, 240)
    )


def _quantities_checks(visit: Visit) -> Sequence[Known]:
    scan, table = visit.truth["abdomen"], visit.results["table"].set_index("name")
    found = []
    for name in ("liver", "spleen", "left kidney", "lesion 1"):
        volume, row = scan.organ(name).volume / 1000, table.loc[name]
        measured = float(row["volume_mL"])
        found.append(Known(f"volume of {name}, mL", volume, measured, 0.03 * volume, "ellipsoid"))
    core = visit.results["core"].iloc[0]
    (mean,) = [column for column in core.index if str(column).startswith("mean")]
    (spread,) = [column for column in core.index if str(column).startswith("sd")]
    # The mean of some thousand voxels with a noise of 12 HU is known to a fraction of 1 HU.
    known = scan.organ("liver").hu
    found.append(Known("mean inside the liver, HU", known, float(core[mean]), 1.0, "phantom"))
    found.append(Known("spread inside the liver, HU", 12, float(core[spread]), 0.5, "noise"))
    return found


def _quantities_tables(visit: Visit) -> Sequence[tuple[str, Any]]:
    return [("Every label", visit.results["table"])]


STOPS = (
    Stop(
        name="registration",
        chapter=CHAPTER,
        title="Aligning two images",
        words=(
            "Three things are needed: a transform with parameters, a similarity that says how "
            "well the images agree, and an optimiser that turns the parameters until they do. "
            "Here two pictures of one head differ by a rotation and a shift that are known. The "
            "images are brought together on a pyramid of lattices from coarse to fine, in mm.",
        ),
        listing=(
            'fixed, moving = fd.read("{brain_fixed}"), fd.read("{brain_moving}")\n'
            'found = fd.register(fixed, moving, transform="rigid")\n'
            "print(found.transform, found.verdict)"
        ),
        commands=("fiducial register {brain_fixed} {brain_moving} --transform rigid -o aligned/",),
        draw=_brain_picture,
        checks=_brain_checks,
        tables=_brain_tables,
    ),
    Stop(
        name="verdict",
        chapter=CHAPTER,
        title="When it did not work",
        words=(
            "An optimiser always ends somewhere. Whether the images were aligned is another "
            "question, and each registration answers it: pass, warn or fail, with its evidence. "
            "Two images that have nothing to do with each other must not pass.",
        ),
        listing=(
            'fixed, other = fd.read("{brain_fixed}"), fd.read("{other}")\n'
            'wrong = fd.register(fixed, other, transform="rigid")\n'
            "print(wrong.verdict)"
        ),
        commands=("fiducial register {brain_fixed} {other} --transform rigid -o wrong/",),
        draw=_unrelated_picture,
        checks=_unrelated_checks,
        tables=_unrelated_tables,
    ),
    Stop(
        name="quantities",
        chapter="Quantities",
        title="Numbers that can be trusted",
        words=(
            "What all of it is for: volumes in mL, places in mm, intensities in the image's unit, "
            "for a mask or for each label, as a table that goes into a paper. The phantom's "
            "organs are ellipsoids, so the truth is a formula.",
        ),
        listing=(
            'organs, ct = fd.read_labels("{organs}"), fd.read("{abdomen}")\n'
            "table = fd.measure(organs, images=ct)\n"
            'inside = fd.erode(organs.mask("liver"), radius="6 mm")\n'
            "core = fd.measure(inside, images=ct)\n"
            'fd.write(table, "organs.csv")'
        ),
        commands=("fiducial measure {organs} --images {abdomen} -o organs.csv",),
        draw=_quantities_picture,
        checks=_quantities_checks,
        tables=_quantities_tables,
    ),
)
