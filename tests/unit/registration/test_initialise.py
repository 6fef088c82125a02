"""Where to start."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.registration.initialise import mass_center, starts, turned
from fiducial.registration.models import model_for
from fiducial.registration.prepare import prepare

from .conftest import Picture, centred

GRID = centred((30, 32, 34), 3.0)


def test_centre_of_mass_of_a_blob(picture: Picture) -> None:
    world = GRID.index_to_world(np.moveaxis(np.indices(GRID.shape), 0, -1))
    blob = np.exp(-np.sum((world - [5.0, -7.0, 3.0]) ** 2, axis=-1) / 100.0)
    found = mass_center(prepare(fd.Image(blob, GRID), None, "fixed"))
    assert found == pytest.approx([5.0, -7.0, 3.0], abs=0.05)


def test_names_and_what_they_do(picture: Picture) -> None:
    fixed = prepare(picture(GRID), None, "fixed")
    moving = prepare(
        fd.Image(picture(GRID).array, GRID.cropped(fd.Region((2, 0, 0), (32, 32, 34)))),
        None,
        "moving",
    )
    model = model_for("rigid", GRID, GRID.center)
    names = [start.name for start in starts("auto", fixed, moving, model)]
    assert names == ["header", "centres of the lattices", "centres of mass"]
    shift = starts("center", fixed, moving, model)[0].matrix[:3, 3]
    assert shift == pytest.approx([0, 0, 6.0])


@pytest.mark.parametrize("is_half", [False, True])
def test_no_start_ever_mirrors(picture: Picture, is_half: bool) -> None:
    fixed = prepare(picture(GRID), None, "fixed")
    for name in ("translation", "rigid", "affine"):
        model = model_for(name, GRID, GRID.center)
        start = starts("header", fixed, fixed, model)[0]
        others = turned(start, model, GRID, is_half=is_half)
        assert (len(others) == 0) == (name == "translation")
        for other in others:
            assert np.linalg.det(other.matrix[:3, :3]) == pytest.approx(1.0)
            center = np.append(GRID.center, 1.0)
            assert other.matrix @ center == pytest.approx(center, abs=1e-9)
