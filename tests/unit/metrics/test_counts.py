from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import GridMismatchError, ParameterError

GRID = fd.Grid.from_spacing((10, 12), (2.0, 0.5))


def strip(first: int, last: int) -> fd.Mask:
    array = np.zeros(GRID.shape, bool)
    array[:, first:last] = True
    return fd.Mask(array, GRID)


NONE = fd.Mask(np.zeros(GRID.shape, bool), GRID)
METRICS: dict[str, Callable[[fd.Mask, fd.Mask], float]] = {
    "dice": fd.dice,
    "jaccard": fd.jaccard,
    "precision": lambda p, r: fd.precision(prediction=p, reference=r),
    "recall": lambda p, r: fd.recall(prediction=p, reference=r),
}


@pytest.mark.parametrize(
    ("name", "value"), [("dice", 0.5), ("jaccard", 1 / 3), ("precision", 2 / 3), ("recall", 0.4)]
)
def test_known_values(name: str, value: float) -> None:
    # Three columns predicted, five true, two of them the same.
    assert METRICS[name](strip(0, 3), strip(1, 6)) == pytest.approx(value)


@pytest.mark.parametrize("name", METRICS)
def test_equal_masks_agree_and_disjoint_ones_do_not(name: str) -> None:
    assert METRICS[name](strip(2, 5), strip(2, 5)) == 1.0
    assert METRICS[name](strip(2, 5), strip(6, 9)) == 0.0


@pytest.mark.parametrize(
    ("name", "no_prediction", "no_reference"),
    [
        ("dice", 0.0, 0.0),
        ("jaccard", 0.0, 0.0),
        ("precision", np.nan, 0.0),
        ("recall", 0.0, np.nan),
    ],
)
def test_what_is_undefined_is_nan(name: str, no_prediction: float, no_reference: float) -> None:
    metric = METRICS[name]
    np.testing.assert_equal(metric(NONE, NONE), np.nan)
    np.testing.assert_equal(metric(NONE, strip(1, 3)), no_prediction)
    np.testing.assert_equal(metric(strip(1, 3), NONE), no_reference)


def test_jaccard_follows_from_dice() -> None:
    random = np.random.default_rng(2)
    a, b = (fd.Mask(random.random(GRID.shape) < 0.5, GRID) for _ in range(2))
    index = fd.jaccard(a, b)
    assert fd.dice(a, b) == pytest.approx(2 * index / (1 + index), rel=1e-15)
    assert fd.dice(a, b) == fd.dice(b, a)


def test_frames_count_together() -> None:
    a = fd.Mask([[[1, 1, 0, 0, 0]], [[0, 0, 0, 0, 0]]], axes="tyx")
    b = fd.Mask([[[1, 0, 0, 0, 0]], [[1, 0, 0, 0, 0]]], axes="tyx")
    assert fd.dice(a, b) == 0.5


@pytest.mark.parametrize("name", METRICS)
def test_other_grids_and_axes_are_refused(name: str) -> None:
    moved = fd.Mask(strip(0, 3).array, GRID.cropped(fd.Region((1, 0), (11, 12))))
    with pytest.raises(GridMismatchError):
        METRICS[name](strip(0, 3), moved)
    frames = fd.Mask(np.stack([strip(0, 3).array] * 2), GRID)
    with pytest.raises(ParameterError, match=f"of {name} must have the same axes"):
        METRICS[name](strip(0, 3), frames)


@pytest.mark.parametrize("name", ["precision", "recall"])
def test_roles_have_to_be_named(name: str) -> None:
    with pytest.raises(ParameterError, match=name):
        getattr(fd, name)(strip(0, 3), strip(1, 4))
