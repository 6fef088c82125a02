#!/usr/bin/env python3
"""Draw the README's picture from what the tour made: `python tools/picture.py OUT/`."""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

import fiducial as fd

ROOT = Path(__file__).resolve().parents[1]


def main(out: Path) -> None:
    """Draw four results beside each other."""
    data = out / "data"
    ct = fd.read(data / "CT_small.dcm")
    bone = fd.fill_holes(fd.opening(fd.gaussian(ct, sigma="1 mm") > 200, radius="1 mm"))
    section = fd.read(data / "ihc.png")
    dab = fd.separate_stains(section).color("DAB")
    fixed, moving = fd.read(data / "brain_fixed.mha"), fd.read(data / "brain_moving.mha")
    found = fd.register(fixed, moving, transform="rigid")
    nuclei = fd.read(data / "nuclei.ome.tif")
    cells = fd.label(fd.otsu(fd.gaussian(nuclei, sigma="1 px")))
    figure = fd.show(
        [
            (ct, bone),
            section,
            dab,
            (nuclei, cells),
            moving,
            fixed,
            fd.checkerboard(fixed, moving, tile="30 mm"),
            fd.checkerboard(fixed, found.moved, tile="30 mm"),
        ],
        [
            "bone in a CT",
            "a section",
            "its DAB",
            "nuclei",
            "moving",
            "fixed",
            "before",
            "registered",
        ],
        columns=4,
    )
    target = ROOT / "docs" / "picture.png"
    figure.savefig(target, dpi=80)
    with Image.open(target) as drawn:
        small = drawn.convert("RGB").quantize(200)
    small.save(target, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
