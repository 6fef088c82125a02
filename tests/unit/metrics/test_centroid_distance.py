from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError
from fiducial.metrics.centroid_distance import centroid

SHEARED = fd.Grid(
    (6, 8, 10), [[0.2, 0.3, 1.0, -4.0], [0.4, 0.9, 0.0, 7.0], [3.0, 0.1, 0.0, 1.0], [0, 0, 0, 1]]
)


@pytest.mark.parametrize(
    "grid",
    [
        fd.Grid.from_spacing((6, 8, 10), (3.0, 0.9, 0.7)),
        SHEARED,
        SHEARED.flipped((True, False, True)),
        SHEARED.sliced((2,)),
        fd.Grid.from_spacing((1, 8, 10), (3.0, 0.9, 0.7)),
    ],
    ids=["anisotropic", "sheared", "flipped", "plane of a volume", "single slice"],
)
def test_it_is_measured_in_the_world(grid: fd.Grid | None) -> None:
    assert grid is not None
    random = np.random.default_rng(4)
    a, b = random.random((2, *grid.shape)) < 0.3
    middles = [grid.index_to_world(np.argwhere(part)).mean(axis=0) for part in (a, b)]
    expected = np.linalg.norm(middles[0] - middles[1])
    assert fd.centroid_distance(fd.Mask(a, grid), fd.Mask(b, grid)) == pytest.approx(expected)
    np.testing.assert_allclose(centroid(a, grid), middles[0], atol=1e-12)


def test_a_shift_is_its_length() -> None:
    grid = fd.Grid.from_spacing((9, 20, 20), (3.0, 1.0, 1.0))
    a, b = np.zeros((2, *grid.shape), bool)
    a[2:4, 3:8, 3:9] = True
    b[4:6, 3:8, 11:17] = True
    assert fd.centroid_distance(fd.Mask(a, grid), fd.Mask(b, grid)) == pytest.approx(10.0)


def test_an_empty_mask_has_no_centre() -> None:
    a, none = fd.Mask([[1, 0]]), fd.Mask([[0, 0]])
    for first, second in ((a, none), (none, a), (none, none)):
        assert np.isnan(fd.centroid_distance(first, second))


def test_a_sequence_is_refused_with_the_remedy() -> None:
    frames = fd.Mask(np.ones((2, 3, 5), bool), axes="tyx")
    with pytest.raises(ParameterError, match=r"a of centroid_distance must be one frame.*compare"):
        fd.centroid_distance(frames, frames)
