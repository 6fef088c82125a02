"""Padding."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError

GRID = fd.Grid.from_spacing((3, 4), (2.0, 1.0), origin=(5, 6))
IMAGE = fd.Image(np.arange(12, dtype=np.int16).reshape(3, 4), GRID, "HU")


def test_crop_takes_back_what_pad_added() -> None:
    wide = fd.pad(IMAGE, margin="2 mm", outside=-1000)
    assert (wide.shape, wide.dtype, wide.unit) == ((5, 8), IMAGE.dtype, "HU")
    assert set(wide.array[0].tolist()) == {-1000}
    back = fd.crop(wide, margin="2 mm")
    assert np.array_equal(back.array, IMAGE.array)
    assert back.grid.is_close(GRID, 1e-12)


@pytest.mark.parametrize(
    ("border", "row"),
    [
        ("nearest", [0, 0, 0, 1, 2, 3, 3, 3]),
        ("reflect", [1, 0, 0, 1, 2, 3, 3, 2]),
        ("symmetric", [1, 0, 0, 1, 2, 3, 3, 2]),
        ("mirror", [2, 1, 0, 1, 2, 3, 2, 1]),
        ("wrap", [2, 3, 0, 1, 2, 3, 0, 1]),
    ],
)
def test_borders_by_name(border: str, row: list[int]) -> None:
    found = fd.pad(IMAGE, margin=["0 px", "2 px"], border=border)
    assert found.array[0].tolist() == row


def test_masks_and_labels_get_nothing() -> None:
    assert not fd.pad(fd.Mask([[True]]), margin="1 px").array[0].any()
    assert fd.pad(fd.Labels([[3]]), margin="1 px").array.sum() == 3


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"margin": 1.0}, "outside=-1000"),
        ({"margin": -1.0, "outside": 0}, "Use crop"),
        ({"margin": 1.0, "outside": 0.5}, "int16 can hold"),
        ({"margin": 1.0, "outside": 40000}, "int16 can hold"),
        ({"margin": 1.0, "border": "magic"}, "border"),
    ],
)
def test_bad_padding_is_refused(options: dict, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        fd.pad(IMAGE, **options)
