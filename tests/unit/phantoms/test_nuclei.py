"""The nuclei: areas and volumes, contacts, counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import ndimage

from fiducial.errors import ParameterError
from fiducial.geometry import Grid
from fiducial.phantoms import nuclei
from fiducial.phantoms.nuclei import nuclei_field

Lattices = Callable[..., dict[str, Grid]]


@pytest.mark.parametrize("name", ["fine", "coarse", "anisotropic", "oblique", "sheared"])
def test_areas_are_the_same_on_every_lattice(lattices: Lattices, name: str) -> None:
    grid = lattices((64.0, 64.0), 200.0, 0.75, unit="um")[name]
    field = nuclei_field(grid, count=15, blur=0)
    counted = np.bincount(field.labels.array.ravel(), minlength=16)[1:] * grid.voxel_volume
    # Counting centres of pixels about a tenth of the radius: 5 %; the sum mostly cancels.
    np.testing.assert_allclose(counted, field.volumes, rtol=0.08)
    assert counted.sum() == pytest.approx(sum(field.volumes), rel=0.01)


def test_volumes_in_three_dimensions() -> None:
    grid = Grid.from_spacing((48, 128, 128), 0.5, origin=(0.25, 0.25, 0.25), unit="um")
    field = nuclei_field(grid, count=12, blur=0, samples=1)
    counted = np.bincount(field.labels.array.ravel())[1:] * grid.voxel_volume
    np.testing.assert_allclose(counted, field.volumes, rtol=0.02)
    np.testing.assert_allclose(
        [grid.index_to_world(np.argwhere(field.labels.array == k + 1)).mean(0) for k in range(12)],
        field.centers.world,
        atol=0.1,  # um: a fifth of a voxel
    )


def test_touching_nuclei_touch_and_no_two_overlap() -> None:
    grid = Grid.from_spacing((1280, 1280), 0.1, origin=(0.05, 0.05), unit="um")
    field = nuclei_field(grid, count=30, touching=0.8, blur=0, samples=1)
    assert len(field.contacts) >= 5
    for first, second in field.contacts:
        inside = field.labels.array == first
        away = ndimage.distance_transform_edt(~inside, sampling=0.1)
        assert away[field.labels.array == second].min() <= 0.25  # um: two pixels and a half
    counted = np.bincount(field.labels.array.ravel())[1:] * 0.01
    # A nucleus that another covered would have lost a part.
    np.testing.assert_allclose(counted, field.volumes, rtol=2e-3)


def test_the_counts_are_poisson() -> None:
    field = nuclei_field(count=20)
    expected = field.expected.array.astype(float)
    away = (field.image.array - expected) / np.sqrt(expected)
    # 65536 pixels: five standard errors are 0.02 of the mean and of the variance 0.03.
    assert abs(away.mean()) < 0.02
    assert away.var() == pytest.approx(1.0, abs=0.03)


def test_the_blur_is_near_a_gaussian_blur(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nuclei, "_GRAIN", 0.0)
    sharp = nuclei_field(touching=0, blur=0, samples=6).expected.array.astype(float)
    blurred = nuclei_field(touching=0, samples=4).expected.array
    reference = ndimage.gaussian_filter(sharp, 1.2)
    # Counts of 168 at most: 0.05 of the brightness, as the docstring says.
    assert np.abs(blurred - reference).max() < 0.05 * 168


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"count": 0}, "count of nuclei_field"),
        ({"touching": 2}, "touching of nuclei_field"),
        ({"blur": "9 um"}, "blur of nuclei_field must be from 0 to 5 um"),
        ({"photons": 0}, "photons of nuclei_field"),
    ],
)
def test_refusals(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        nuclei_field(**options)
