"""The pyramid of a registration."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.registration.schedule import plan

HEAD = fd.Grid.from_spacing((128, 192, 160), 1.0)
THICK = fd.Grid.from_spacing((30, 256, 256), (6.0, 0.9, 0.9))


def test_a_head_at_1_mm() -> None:
    found = plan(HEAD, HEAD, None)
    assert found.spacings == (8.0, 4.0, 2.0, 1.0)
    assert [level.shape for level in found.fixed] == [
        (16, 24, 20), (32, 48, 40), (64, 96, 80), (128, 192, 160),
    ]  # fmt: skip
    assert found.reason.startswith("the finest is the coarser image's own")


def test_the_coarser_image_decides_and_thick_slices_stay() -> None:
    found = plan(HEAD, THICK, None)
    assert min(found.spacings) == 1.0
    assert found.moving[-1].shape == (30, 230, 230)
    assert all(level.spacing.z >= 6.0 for level in found.moving)
    assert len(found.fixed) == len(found.moving) == len(found.spacings)


def test_a_large_image_stops_at_half_its_resolution() -> None:
    found = plan(fd.Grid.from_spacing((400, 512, 512), 0.7), HEAD, None)
    assert "at most 4,000,000" in found.reason
    assert np.prod(found.fixed[-1].shape) <= 4_000_000


def test_a_tiny_image_has_one_level() -> None:
    tiny = fd.Grid.from_spacing((8, 8), 1.0)
    assert plan(tiny, tiny, None).spacings == (1.0,)


def test_spacings_are_lengths() -> None:
    assert plan(HEAD, HEAD, ["1 cm", 4.0, "2 mm"]).spacings == pytest.approx((10.0, 4.0, 2.0))
