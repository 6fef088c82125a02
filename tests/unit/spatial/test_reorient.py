"""Reorienting."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError

TURNED = fd.Rigid((10, -20, 15)).matrix
GRID = fd.Grid.from_spacing(
    (4, 5, 6), (3.0, 2.0, 1.0), origin=(1, 2, 3), direction=TURNED @ np.eye(3)[:, ::-1]
)
IMAGE = fd.Image(np.arange(120, dtype=np.int16).reshape(GRID.shape), GRID)
CODES = [
    "".join(letters)
    for order in itertools.permutations(("LR", "PA", "SI"))
    for letters in itertools.product(*order)
]


@pytest.mark.parametrize("code", CODES)
def test_every_sample_keeps_its_place(code: str) -> None:
    found = fd.reorient(IMAGE, orientation=code)
    assert found.grid.orientation == code
    index = np.argwhere(np.ones(GRID.shape, bool))
    there = found.grid.world_to_index(GRID.index_to_world(index))
    assert there == pytest.approx(np.round(there), abs=1e-9)
    assert np.array_equal(
        found.array[tuple(np.round(there).astype(int).T)], IMAGE.array[tuple(index.T)]
    )


def test_there_and_back_is_the_same_image() -> None:
    back = fd.reorient(fd.reorient(IMAGE, orientation="ASR"), orientation=GRID.orientation)
    assert np.array_equal(back.array, IMAGE.array)
    assert back.grid.is_close(GRID, 1e-12)


def test_time_and_channels_stay_where_they_are() -> None:
    values = np.arange(2 * 120 * 3).reshape(2, *GRID.shape, 3)
    movie = fd.Image(values, GRID, axes="tzyxc")
    found = fd.reorient(movie, orientation="ASR")
    assert found.axes == "tzyxc"
    alone = fd.reorient(fd.Image(np.ascontiguousarray(values[1, ..., 2]), GRID), orientation="ASR")
    assert np.array_equal(found.array[1, ..., 2], alone.array)


def test_what_has_no_orientation_is_refused() -> None:
    with pytest.raises(ParameterError, match="three axes"):
        fd.reorient(fd.Image(np.zeros((3, 4))))
    with pytest.raises(ParameterError, match="three letters"):
        fd.reorient(IMAGE, orientation="LLS")
