"""One head stored in all 48 orders and senses of its axes is drawn as one picture."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import fiducial as fd
from fiducial.report.plane import Plane, plane_of

pytestmark = pytest.mark.realdata("niivue_nifti_space")


def cut(image: fd.Image, world: int) -> Plane:
    """Cut through the middle along a world axis, whichever array axis follows it."""
    # Off the middle by half a mm: between two samples the stored order would decide.
    return plane_of(image, {"xyz"[world]: float(image.grid.center[world]) + 0.5})


@pytest.mark.parametrize(("world", "letters"), [(0, "APSI"), (1, "RLSI"), (2, "RLAP")])
def test_all_are_drawn_alike(realdata: Path, world: int, letters: str) -> None:
    files = sorted((realdata / "niivue_nifti_space").glob("*.nii.gz"))
    assert len(files) == 48
    first = cut(fd.read(files[0]), world)
    for path in files:
        plane = cut(fd.read(path), world)
        assert plane.letters == tuple(letters), path.name
        np.testing.assert_array_equal(plane.values, first.values, path.name)
        np.testing.assert_allclose(plane.grid.affine, first.grid.affine, atol=1e-4)  # mm
