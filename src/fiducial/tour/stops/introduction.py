"""What an image is, and where images come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ...image import Image
from ...lineage import Source
from ...report import Known
from ..draw import middle, pictures
from ..stop import Stop, Visit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

__all__ = ["STOPS"]

CHAPTER = "Biomedical images"


def _lattice_picture(visit: Visit) -> Figure:
    ct, coarse = visit.inputs["ct"], visit.results["coarse"]
    return pictures(
        [
            (f"{ct.spacing.x:.2f} mm", middle(ct)),
            (f"{coarse.spacing.x:.0f} mm", middle(coarse)),
        ],
        window=(-200, 400),
    )


def _lattice_checks(visit: Visit) -> Sequence[Known]:
    ct, coarse = visit.inputs["ct"], visit.results["coarse"]
    apart = float(np.linalg.norm(ct.grid.center - coarse.grid.center))
    index = np.array([(n - 1) / 3 for n in ct.grid.shape])
    there = ct.grid.world_to_index(ct.grid.index_to_world(index))
    found = [
        Known("centre of both lattices apart, mm", 0.0, apart, 1e-6, "same extent"),
        Known("index to world and back, voxels", 0.0, float(np.abs(there - index).max()), 1e-6),
    ]
    if isinstance(ct.lineage, Source) and ct.lineage.path.endswith("CT_small.dcm"):
        # ImagePositionPatient of the file that ships with pydicom.
        for axis, known in zip("xyz", (-158.135803, -179.035797, -75.699997), strict=True):
            value = float(ct.grid.origin["xyz".index(axis)])
            found.append(
                Known(f"{axis} of the first pixel, mm", known, value, 1e-6, "DICOM header")
            )
    return found


def _sources_picture(visit: Visit) -> Figure:
    inputs = visit.inputs
    return pictures(
        [
            ("CT", middle(inputs["ct"])),
            ("MR", inputs["mr"]),
            ("Histology", inputs["ihc"]),
            ("Microscopy", inputs["cell"]),
            ("Photograph of a retina", inputs["retina"]),
            ("Its luminance", visit.results["gray"]),
            ("Cine, first frame (phantom)", inputs["cine"].at(t=0)),
            ("CT by simulation (phantom)", middle(inputs["abdomen"])),
        ],
        columns=4,
    )


def _sources_checks(visit: Visit) -> Sequence[Known]:
    retina, gray = visit.inputs["retina"], visit.results["gray"]
    weights = np.array([0.2125, 0.7154, 0.0721])
    known = float((retina.array[700, 700, :3] * weights).sum())
    return [
        Known("luminance of one pixel", known, float(gray.array[700, 700]), 1e-3, "BT.709 weights"),
        Known("frames of the cine", 8, visit.inputs["cine"].shape[0], 0, "phantom"),
    ]


def _sources_tables(visit: Visit) -> Sequence[tuple[str, Any]]:
    import pandas as pd

    rows = []
    for name, image in visit.inputs.items():
        if isinstance(image, Image):
            axes = ", ".join(f"{a} {n}" for a, n in zip(image.axes, image.shape, strict=True))
            spacing = " × ".join(f"{value:.3g}" for value in image.grid.spacing)
            row = (
                name,
                axes,
                str(image.dtype),
                image.unit or "none",
                f"{spacing} {image.grid.unit}",
            )
            rows.append(row)
    columns = ["image", "axes", "type", "unit of values", "spacing"]
    return [("The tour's images", pd.DataFrame(rows, columns=columns))]


STOPS = (
    Stop(
        name="lattice",
        chapter=CHAPTER,
        title="What is an image?",
        words=(
            "An image is a spatial object that was sampled at the points of a regular lattice. "
            "The array alone does not say where these points lie: spacing, origin and direction "
            "do, and they stay with the values through everything that follows.",
            "Here one slice of a patient is brought from its own lattice to one of 3 mm. The "
            "pixels are others; the object, its size and its place are the same.",
        ),
        listing=(
            'ct = fd.read("{ct}")\n'
            'coarse = fd.to_spacing(ct, spacing="3 mm")\n'
            "corner = ct.grid.index_to_world([0] * ct.grid.dimension)"
        ),
        commands=(
            "fiducial info {ct}",
            'fiducial to_spacing {ct} coarse.nii.gz --spacing "3 mm"',
        ),
        draw=_lattice_picture,
        checks=_lattice_checks,
    ),
    Stop(
        name="sources",
        chapter=CHAPTER,
        title="Where images come from",
        words=(
            "Scanners, microscopes, cameras, films and computations all give the same kind of "
            "thing: two or three spatial axes, perhaps time before them and channels after. A "
            "photograph has no physical size until something in it is measured, so its lattice "
            "is in pixels and nothing pretends otherwise.",
        ),
        listing='retina = fd.read("{retina}")\ngray = fd.gray(retina)',
        commands=("fiducial gray {retina} gray.npy",),
        draw=_sources_picture,
        checks=_sources_checks,
        tables=_sources_tables,
    ),
)
