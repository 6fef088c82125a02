"""The breathing thorax: motion, inverse, and frames that follow it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from fiducial.errors import ParameterError
from fiducial.geometry import Frame, Grid
from fiducial.lineage import from_document, to_document
from fiducial.phantoms import remake
from fiducial.phantoms.breathing import BreathingMotion
from fiducial.phantoms.thorax import _organ, breathing_thorax

FLAT = Grid.from_spacing((40, 30), 8.0, origin=(-116.0, -156.0))


@pytest.mark.parametrize("is_volume", [False, True])
def test_the_inverse_undoes_the_motion(is_volume: bool) -> None:
    motion = BreathingMotion(40.0, 11.2, is_volume)
    points = np.random.default_rng(1).uniform(-150, 150, (500, 3 if is_volume else 2))
    for state in (0.0, 0.3, 1.0):
        there = motion.map(points, state)
        np.testing.assert_allclose(motion.inverse_map(there, state), points, atol=2e-10)  # mm
    np.testing.assert_array_equal(motion.map(points, 0.0), points)


@pytest.mark.parametrize("is_volume", [False, True])
def test_the_derivative_is_that_of_the_motion(is_volume: bool) -> None:
    motion = BreathingMotion(18.0, 5.0, is_volume)
    size = 3 if is_volume else 2
    points = np.random.default_rng(1).uniform(-150, 150, (200, size))
    found = motion.jacobian(points, 0.8)
    for axis in range(size):
        offset = np.eye(size)[axis] * 1e-4
        slope = (motion.map(points + offset, 0.8) - motion.map(points - offset, 0.8)) / 2e-4
        np.testing.assert_allclose(found[..., axis], slope, atol=1e-8)
    assert np.linalg.det(found).min() > 0


def test_the_diaphragm_goes_down_as_the_formula_says() -> None:
    cine = breathing_thorax(FLAT, frames=4, descent="20 mm", noise=0)
    np.testing.assert_allclose(cine.states, [0, 0.5, 1, 0.5])
    tip = cine.tracks[2, 0]
    pull = 20 * math.exp(-(((tip[1] - 50) / 75) ** 2)) * math.exp(-(((tip[0] - 15) / 60) ** 2))
    assert tip[1] - pull == pytest.approx(30.0, abs=1e-9)  # mm: the dome when exhaled
    assert cine.tracks[2, 0, 1] - cine.tracks[0, 0, 1] > 12


def test_every_frame_shows_the_exhaled_thorax_at_mapped_points() -> None:
    cine = breathing_thorax(FLAT, frames=3, noise=0, samples=1)
    world = FLAT.index_to_world(np.stack(np.indices(FLAT.shape), axis=-1))
    assert cine.image.times == pytest.approx((0, 4 / 3, 8 / 3))
    for frame in range(3):
        there = cine.motion.map(world, cine.states[frame])
        np.testing.assert_array_equal(cine.labels.array[frame], _organ(there))
        np.testing.assert_allclose(cine.displacement.array[frame], there - world, atol=1e-12)
    assert set(cine.labels.numbers) == {1, 2, 3, 4, 5, 6}


def test_the_transform_between_two_frames() -> None:
    cine = breathing_thorax(FLAT, frames=5)
    transform = cine.transform(fixed=1, moving=2)
    np.testing.assert_allclose(transform.map(cine.tracks[1]), cine.tracks[2], atol=1e-9)  # mm
    np.testing.assert_allclose(transform.inverse().map(cine.tracks[2]), cine.tracks[1], atol=1e-9)
    points = np.random.default_rng(2).uniform(-100, 100, (50, 2))
    offset = np.array([1e-4, 0.0])
    slope = (transform.map(points + offset) - transform.map(points - offset)) / 2e-4
    np.testing.assert_allclose(transform.jacobian(points)[..., 0], slope, atol=1e-6)
    assert transform.lineage is not None
    assert transform.lineage.id == cine.transforms[1][2].lineage.id
    again = remake(from_document(to_document(transform.lineage)))
    np.testing.assert_array_equal(again.map(points), transform.map(points))


def test_a_patient_breathes_alike_in_two_and_three_dimensions() -> None:
    plane = Grid.from_spacing(
        (40, 30),
        8.0,
        origin=(7.0, -116.0, 156.0),
        direction=np.array([[0.0, 0.0], [0.0, 1.0], [-1.0, 0.0]]),
        frame=Frame("LPS", "mm"),
    )
    flat, patient = (breathing_thorax(grid, frames=2, seed=2) for grid in (FLAT, plane))
    np.testing.assert_array_equal(patient.labels.array, flat.labels.array)
    np.testing.assert_array_equal(patient.image.array, flat.image.array)
    np.testing.assert_allclose(
        patient.displacement.array[..., 1:], flat.displacement.array * (1, -1), atol=1e-12
    )
    assert not patient.displacement.array[..., 0].any()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"frames": 0}, "frames of breathing_thorax"),
        ({"descent": "50 mm"}, "descent of breathing_thorax must be from 0 to 40 mm"),
        ({"period": 0}, "period of breathing_thorax"),
        ({"noise": -1}, "noise of breathing_thorax"),
    ],
)
def test_refusals(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        breathing_thorax(FLAT, **options)
