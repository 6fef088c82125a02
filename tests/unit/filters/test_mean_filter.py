"""Means over boxes given as lengths."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.filters.mean_filter import box_weights


def test_the_impulse_response_is_the_box() -> None:
    spike = np.zeros((7, 7), np.int16)
    spike[3, 3] = 9
    found = fd.mean_filter(fd.Image(spike, unit="HU"), size="3 px")
    expected = np.zeros((7, 7))
    expected[2:5, 2:5] = 1
    np.testing.assert_allclose(found.array, expected, atol=1e-6)  # float32 of values up to 9
    assert (found.unit, found.dtype) == ("HU", np.float32)


@pytest.mark.parametrize(
    ("samples", "expected"),
    [
        (1.0, [1]),
        (3.0, [1 / 3] * 3),
        (2.0, [0.25, 0.5, 0.25]),
        (1.5, [1 / 6, 4 / 6, 1 / 6]),
        (4.0, [0.125, 0.25, 0.25, 0.25, 0.125]),
        (5.0, [0.2] * 5),
        (3 - 1e-12, [1 / 3] * 3),
        (3 + 1e-12, [1 / 3] * 3),
    ],
)
def test_box_weights(samples: float, expected: list[float]) -> None:
    np.testing.assert_allclose(box_weights(samples), expected, rtol=1e-12)


def test_a_length_covers_more_samples_where_they_lie_closer() -> None:
    spike = np.zeros((9, 9))
    spike[4, 4] = 1.0
    image = fd.Image(spike, fd.Grid.from_spacing((9, 9), (3.0, 1.0)))
    found = fd.mean_filter(image, size="3 mm").array
    assert np.argwhere(found > 0).tolist() == [[4, 3], [4, 4], [4, 5]]
    by_axis = fd.mean_filter(image, size=["9 mm", "1 mm"]).array
    assert np.argwhere(by_axis > 0).tolist() == [[3, 4], [4, 4], [5, 4]]


def _wave(shape: tuple[int, ...], spacing: tuple[float, ...]) -> fd.Image:
    grid = fd.Grid.from_spacing(shape, spacing, origin=[0.5 * s for s in reversed(spacing)])
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    world = grid.index_to_world(index)
    return fd.Image(np.cos(2 * np.pi * world[..., 0] / 40), grid)


@pytest.mark.parametrize(
    ("shape", "spacing"), [((40, 160), (2.0, 0.5)), ((80, 80), (1.0, 1.0)), ((8, 64), (9.0, 1.25))]
)
def test_a_wave_is_damped_alike_on_every_lattice(
    shape: tuple[int, ...], spacing: tuple[float, ...]
) -> None:
    image = _wave(shape, spacing)
    found = fd.mean_filter(image, size="10 mm")
    # A box of 10 mm passes sin(pi 10/40) / (pi 10/40) = 0.9003 of a wave of 40 mm. The variance
    # of the sampled box is off by at most h^2 / 6, and so the wave by (2 pi h / 40)^2 / 12.
    tolerance = (2 * np.pi * spacing[1] / 40) ** 2 / 12
    expected = np.sinc(10 / 40)
    middle = (slice(None), slice(shape[1] // 4, -shape[1] // 4))
    ratio = np.sum(found.array[middle] * image.array[middle]) / np.sum(image.array[middle] ** 2)
    assert ratio == pytest.approx(expected, abs=tolerance)


def test_constants_stay_and_borders_are_named() -> None:
    flat = fd.Image(np.full((3, 4, 5), 7, np.uint8))
    np.testing.assert_allclose(fd.mean_filter(flat).array, 7, rtol=1e-6)
    row = fd.Image(np.array([[0.0, 3.0, 6.0]]))
    found = {
        border: fd.mean_filter(row, size=["1 px", "3 px"], border=border).array[0].tolist()
        for border in ("reflect", "symm", "mirror", "nearest", "wrap")
    }
    assert found["reflect"] == pytest.approx([1, 3, 5])
    assert found["symm"] == found["reflect"]
    assert found["mirror"] == pytest.approx([2, 3, 4])
    assert found["wrap"] == pytest.approx([3, 3, 3])
    constant = fd.mean_filter(row, size=["1 px", "3 px"], border="constant", cval=9.0)
    assert constant.array[0].tolist() == pytest.approx([4, 3, 6])


def test_a_single_slice_and_nan() -> None:
    values = np.zeros((1, 5, 5), np.float32)
    values[0, 2, 2] = np.nan
    found = fd.mean_filter(fd.Image(values), size="3 px").array
    assert np.count_nonzero(np.isnan(found)) == 9


def test_what_is_refused() -> None:
    image = fd.Image(np.zeros((4, 4)))
    for size in (0, "-2 px"):
        with pytest.raises(fd.errors.ParameterError, match="size of mean_filter must be above 0"):
            fd.mean_filter(image, size=size)
    with pytest.raises(fd.errors.ParameterError, match="size of mean_filter must be in px"):
        fd.mean_filter(image, size="3 mm")  # a lattice in pixels
    with pytest.raises(fd.errors.ParameterError, match="border of mean_filter must be one of"):
        fd.mean_filter(image, border="sticky")
    sheared = fd.Grid((4, 4), [[1, 0.3, 0], [0, 1, 0], [0, 0, 1]])
    with pytest.raises(fd.errors.ParameterError, match="must have orthogonal axes"):
        fd.mean_filter(fd.Image(np.zeros((4, 4)), sheared))
