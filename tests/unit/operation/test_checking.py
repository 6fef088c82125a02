"""What each parameter may be: right, converted without loss, or refused by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import fiducial as fd
from fiducial.errors import ParameterError
from fiducial.geometry import Grid
from fiducial.image import Image, Sampled
from fiducial.lineage import Call, array_digest
from fiducial.operation import operation
from fiducial.units import Length

IMAGE = fd.Image(np.zeros((4, 5), np.float32), fd.Grid.from_spacing((4, 5), (2.0, 1.0)))


@operation
def look(
    image: Image,
    *,
    kernel: NDArray[np.float64] | None = None,
    grid: Grid | Sampled | None = None,
    start: Sequence[int] | None = None,
    limits: float | Sequence[float] | None = None,
    radius: Length = 1.0,
    amount: float = 1.0,
    times: int = 1,
) -> Image:
    """Look at it."""
    seen.update(kernel=kernel, grid=grid, start=start, limits=limits, amount=amount, times=times)
    return image


seen: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"kernel": "mean"}, "kernel of look must be an array of numbers"),
        ({"kernel": IMAGE}, "kernel of look must be an array of numbers"),
        ({"kernel": [[1], [1, 2]]}, "kernel of look must be an array of numbers"),
        ({"kernel": np.ma.masked_equal([1, 2], 2)}, "kernel of look must be an array of numbers"),
        ({"grid": 3}, "grid of look must be a grid or an image"),
        ({"start": (1.7, 2)}, "start of look must be a list of whole numbers"),
        ({"start": "12"}, "start of look must be a list of whole numbers"),
        ({"start": 3}, "start of look must be a list of whole numbers"),
        ({"start": (True, 1)}, "start of look must be a list of whole numbers"),
        ({"limits": (0, float("nan"))}, "limits of look must be a list of numbers"),
        ({"limits": {1, 2}}, "limits of look must be a list of numbers"),
        ({"radius": {"1 mm", "2 mm"}}, "radius of look must be a length"),
        ({"radius": {"y": 1, "x": 2}}, "radius of look must be a length"),
        ({"radius": IMAGE}, "radius of look must be a length"),
        ({"radius": fd.units.Measure((5.0,), "deg")}, "radius of look must be a length"),
        ({"amount": np.array([1.0])}, "amount of look must be a number"),
    ],
)
def test_what_a_parameter_cannot_be_is_refused_by_name(bad: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        look(IMAGE, **bad)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_numbers_and_arrays_of_numpy_are_taken_as_what_they_are() -> None:
    look(
        IMAGE,
        kernel=[[1, 2], [3, 4]],
        grid=IMAGE,
        start=np.array([1, 2]),
        limits=(1, 2.5),
        radius=np.array(2.0),
        amount=np.array(3.0),
        times=np.int8(2),
    )
    assert isinstance(seen["kernel"], np.ndarray)
    assert seen["grid"] is IMAGE.grid
    assert seen["start"] == [1, 2]
    assert seen["limits"] == (1, 2.5)
    assert (seen["amount"], seen["times"]) == (3.0, 2)
    look(IMAGE, limits=3)
    assert seen["limits"] == 3


def test_an_array_that_changes_later_does_not_change_the_record() -> None:
    kernel = np.zeros(2000)
    lineage = look(IMAGE, kernel=kernel).lineage
    assert isinstance(lineage, Call)
    kernel[:] = 1
    assert lineage.resolved["kernel"]["digest"] == array_digest(lineage.arrays[0][1])
