from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError


def half(grid: fd.Grid | None = None) -> fd.Mask:
    """A mask that is cut by three edges of the image."""
    array = np.zeros((7, 9), bool)
    array[:, :5] = True
    return fd.Mask(array, grid)


def test_the_edge_of_the_image_does_not_eat_into_the_mask() -> None:
    assert fd.erode(half()).count == 7 * 4
    assert fd.erode(half(), border="outside").count == 5 * 3


def test_a_radius_is_a_length() -> None:
    thin = fd.Grid.from_spacing((7, 9), (1.0, 0.5))
    assert fd.erode(half(thin), radius=1.0).count == 7 * 3
    assert fd.erode(half(), radius=1.0).count == 7 * 4
    assert fd.erode(half(), radius=1.0, iterations=3).count == 7 * 2


@pytest.mark.parametrize("parameters", [{}, {"radius": 2.5}, {"footprint": "square"}])
def test_eroding_is_dilating_what_is_outside(parameters: dict[str, object]) -> None:
    array = np.random.default_rng(3).random((9, 12, 14)) < 0.8
    mask = fd.Mask(array, fd.Grid.from_spacing(array.shape, (2.0, 1.0, 1.5)))
    assert np.array_equal(
        fd.erode(mask, **parameters).array,
        (~fd.dilate(~mask, **parameters)).array,  # type: ignore[arg-type]
    )


def test_empty_full_and_single_slice() -> None:
    empty = fd.Mask(np.zeros((1, 4, 5), bool))
    assert fd.erode(empty, radius=1).is_empty
    assert fd.erode(~empty, radius=1).count == 20
    assert fd.erode(~empty, radius=1, border="outside").is_empty


def test_what_it_refuses() -> None:
    with pytest.raises(ParameterError, match="radius of erode must be 0 or more"):
        fd.erode(half(), radius="-2 px")
