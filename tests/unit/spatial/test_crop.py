"""Cropping by a margin or a box."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError

GRID = fd.Grid.from_spacing((6, 8, 10), (3.0, 2.0, 1.0), origin=(-5, 4, 9))
IMAGE = fd.Image(np.arange(480, dtype=np.int16).reshape(GRID.shape), GRID, "HU")


def test_a_margin_is_a_length() -> None:
    found = fd.crop(IMAGE, margin="3 mm")
    assert found.shape == (4, 4, 4)
    assert np.array_equal(found.array, IMAGE.array[1:5, 2:6, 3:7])
    assert found.grid.origin == pytest.approx(GRID.index_to_world([1, 2, 3]))


def test_a_box_is_half_open() -> None:
    found = fd.crop(IMAGE, start=(1, 2, 3), stop=(2, 8, 5))
    assert np.array_equal(found.array, IMAGE.array[1:2, 2:8, 3:5])
    assert np.array_equal(fd.crop(IMAGE, start=(1, 0, 0)).array, IMAGE.array[1:])


def test_movies_and_colours_are_cropped_in_space() -> None:
    movie = fd.Image(np.zeros((2, 5, 6, 3), np.uint8), axes="tyxc")
    assert fd.crop(movie, margin="1 px").shape == (2, 3, 4, 3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"margin": "9 mm"}, "hold samples"),
        ({"margin": "-3 mm"}, "Use pad"),
        ({"start": (0, 0, -1)}, "inside the image"),
        ({"stop": (6, 8, 11)}, "inside the image"),
        ({"start": (0, 0)}, "3 indices"),
        ({"margin": 1.0, "start": (0, 0, 0)}, "got both"),
    ],
)
def test_boxes_that_leave_the_image_are_refused(options: dict, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        fd.crop(IMAGE, **options)
