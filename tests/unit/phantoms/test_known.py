"""The truth as a transform, beside the other transforms."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import FrameMismatchError
from fiducial.geometry import Frame, Grid
from fiducial.transforms import Displacement, Transform, Translation

GRID = Grid.from_spacing((50, 40), 4.0, origin=(-78, -98))
PAIR = fd.phantoms.brain_pair(GRID, size="12 mm", noise=0, samples=4)
POINTS = np.random.default_rng(0).uniform(-70, 70, (30, 2))


def test_it_keeps_the_protocol() -> None:
    transform = PAIR.transform
    assert isinstance(transform, Transform)
    assert transform.dimension == 2
    back = pickle.loads(pickle.dumps(transform))
    np.testing.assert_array_equal(back.map(POINTS), transform.map(POINTS))
    away = transform.displacement(POINTS)
    np.testing.assert_allclose(away, transform.map(POINTS) - POINTS)
    twice = transform.inverse().inverse()
    np.testing.assert_array_equal(twice.map(POINTS), transform.map(POINTS))
    assert transform.as_json()["motion"]["kind"] == "WaveMotion"


def test_it_composes() -> None:
    shift = Translation((3.0, -2.0))
    for both, expected in (
        (PAIR.transform @ shift, PAIR.transform.map(shift.map(POINTS))),
        (shift @ PAIR.transform, shift.map(PAIR.transform.map(POINTS))),
    ):
        np.testing.assert_allclose(both.map(POINTS), expected)


def test_the_moving_image_resampled_through_it_is_the_fixed_image() -> None:
    found = fd.resample(PAIR.moving, PAIR.fixed, transform=PAIR.transform)
    before = np.abs(PAIR.moving.array - PAIR.fixed.array)
    after = np.abs(found.array - PAIR.fixed.array)
    # Linear interpolation between pixels of 4 mm blurs edges of 180; nothing else is left.
    assert np.nanmean(after) < 0.4 * before.mean()


def test_it_becomes_a_field() -> None:
    field = Displacement.from_transform(PAIR.transform, GRID)
    centres = GRID.index_to_world(np.array([[10, 12], [30, 20]]))
    np.testing.assert_allclose(field.map(centres), PAIR.transform.map(centres), atol=1e-5)


def test_points_of_another_world_are_refused() -> None:
    other = fd.Points([[0.0, 0.0]], Frame("xy", "um"))
    with pytest.raises(FrameMismatchError):
        PAIR.transform.map(other)
    moved = PAIR.transform.with_frames(Frame("xy", "um"), None)
    assert moved.map(other).frame == GRID.frame
