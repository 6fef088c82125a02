"""When ellipsoids touch."""

from __future__ import annotations

import numpy as np
import pytest

from fiducial.phantoms.ellipsoid import Ellipsoid, rotation
from fiducial.phantoms.touching import contact, placed


@pytest.mark.parametrize("dimension", [2, 3])
def test_balls_touch_at_the_sum_of_their_radii(dimension: int) -> None:
    first = Ellipsoid((0.0,) * dimension, (2.0,) * dimension)
    second = Ellipsoid((7.0,) + (0.0,) * (dimension - 1), (3.0,) * dimension)
    assert contact(first, second) == pytest.approx(7 / 5, rel=1e-9)


def test_ellipses_along_their_axes_touch_at_the_sum_of_their_half_axes() -> None:
    first, second = Ellipsoid((0.0, 0.0), (2.0, 9.0)), Ellipsoid((0.0, 4.0), (5.0, 1.0))
    assert contact(first, second) == pytest.approx(4 / 10, rel=1e-9)
    turned = Ellipsoid((0.0, 4.0), (5.0, 1.0), rotation(2, 90.0))
    assert contact(first, turned) == pytest.approx(4 / 14, rel=1e-9)


def test_at_the_contact_distance_they_share_one_point() -> None:
    first = Ellipsoid((0.0, 0.0), (3.0, 7.0), rotation(2, 25.0))
    direction = np.array([0.6, 0.8])
    trial = Ellipsoid(tuple(direction), (2.0, 5.0), rotation(2, -40.0))
    distance = 1 / contact(first, trial)
    angle = np.linspace(0, 2 * np.pi, 200_001)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    outline = (circle * trial.radii) @ rotation(2, -40.0).T
    assert first.level(outline + distance * direction).min() == pytest.approx(1.0, abs=1e-8)


def test_none_overlaps_and_the_box_holds_all() -> None:
    size = np.array([60.0, 50.0, 30.0])
    found, pairs = placed(np.random.default_rng(2), size, 25, (2.0, 5.0), 0.6)
    assert len(found) == 25
    assert len(pairs) > 3
    for number, first in enumerate(found):
        for second in found[number + 1 :]:
            assert contact(first, second) > 1 - 1e-9
        assert np.all(np.array(first.center) > max(first.radii))
        assert np.all(np.array(first.center) + max(first.radii) < size)
    for first, second in pairs:
        assert contact(found[first - 1], found[second - 1]) == pytest.approx(1.0, abs=1e-9)


def test_where_there_is_no_room_there_are_fewer() -> None:
    found, _ = placed(np.random.default_rng(2), np.array([20.0, 20.0]), 50, (4.0, 5.0), 0.5)
    assert 0 < len(found) < 10
