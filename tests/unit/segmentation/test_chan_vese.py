from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import Cancelled, ParameterError
from fiducial.progress import listening


def apart(grid: fd.Grid, shift: tuple[float, ...] = ()) -> np.ndarray:
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    offset = np.zeros(grid.frame.dimension)
    offset[: len(shift)] = shift
    return np.asarray(np.linalg.norm(grid.index_to_world(index) - grid.center - offset, axis=-1))


def object_in(grid: fd.Grid, noise: float = 0.0) -> fd.Image:
    """A ball of 6 mm, bright on dark."""
    values = 40.0 + 100.0 * (apart(grid) <= 6.0)
    values += np.random.default_rng(1).normal(0, noise, grid.shape) if noise else 0.0
    return fd.Image(values, grid, "HU")


PLANE = fd.Grid.from_spacing((32, 36), (1.0, 1.0))
VOLUME = fd.Grid.from_spacing((10, 24, 30), (2.5, 1.0, 0.8))


@pytest.mark.parametrize("start", ["checkerboard", "disk", "small disk"])
@pytest.mark.parametrize("grid", [PLANE, VOLUME], ids=["2D", "3D"])
def test_two_parts_are_found_from_every_start(start: str, grid: fd.Grid) -> None:
    image = object_in(grid)
    found = fd.chan_vese(image, mu=0.1, init_level_set=start, phase="bright")
    assert fd.dice(found, image > 90) > 0.99


def test_noise_is_overcome_by_the_length_of_the_boundary() -> None:
    image, truth = object_in(PLANE, noise=40.0), object_in(PLANE) > 90
    rough = fd.dice(fd.otsu(image), truth)
    smooth = fd.dice(fd.chan_vese(image, mu=0.05, phase="bright", max_num_iter=200), truth)
    assert rough < 0.5
    assert smooth > 0.9


def test_the_phase_can_be_chosen() -> None:
    image = object_in(PLANE)
    bright = fd.chan_vese(image, mu=0.1, phase="bright")
    dark = fd.chan_vese(image, mu=0.1, phase="dark")
    assert np.array_equal(dark.array, (~bright).array)
    positive = fd.chan_vese(image, mu=0.1)
    assert any(np.array_equal(positive.array, mask.array) for mask in (bright, dark))


def test_a_mask_or_an_image_can_start_it() -> None:
    image = object_in(PLANE)
    truth = image > 90
    from_mask = fd.chan_vese(image, mu=0.1, init_level_set=truth, max_num_iter=5)
    assert np.array_equal(from_mask.array, truth.array)
    level = fd.Image(np.where(truth.array, 1.0, -1.0), PLANE)
    from_image = fd.chan_vese(image, mu=0.1, init_level_set=level, max_num_iter=5)
    assert np.array_equal(from_image.array, from_mask.array)
    assert np.array_equal(
        fd.chan_vese(image, init_level_set=level, max_num_iter=0).array, level.array > 0
    )


@pytest.mark.parametrize("spacing", [(0.5, 0.5), (1.0, 0.5), (2.0, 2.0)])
def test_mu_is_a_length(spacing: tuple[float, float]) -> None:
    """A disk so small that a given weight of the boundary removes it, on every lattice."""
    grid = fd.Grid.from_spacing([int(48 / h) for h in spacing], spacing)
    values = 1.0 * (apart(grid, (-10.0, 0.0)) <= 8.0) + 1.0 * (apart(grid, (14.0, 0.0)) <= 2.0)
    image = fd.Image(values, grid)
    start = image > 0.5
    kept = fd.chan_vese(image, mu=0.2, init_level_set=start, max_num_iter=300)
    gone = fd.chan_vese(image, mu=3.0, init_level_set=start, max_num_iter=300)
    small = fd.Mask(apart(grid, (14.0, 0.0)) <= 2.0, grid)
    assert (kept & small).count > 0.7 * small.count
    assert (gone & small).is_empty
    assert not gone.is_empty


def test_a_single_slice_is_a_plane() -> None:
    plane = object_in(PLANE, noise=30.0)
    slab = fd.Image(plane.array[None], fd.Grid.from_spacing((1, 32, 36), (7.0, 1.0, 1.0)))
    for start in ("checkerboard", "disk", "small disk"):
        flat = fd.chan_vese(plane, init_level_set=start, max_num_iter=40)
        assert np.array_equal(
            fd.chan_vese(slab, init_level_set=start, max_num_iter=40).array[0], flat.array
        )


def test_values_are_brought_to_one_scale() -> None:
    image = object_in(PLANE, noise=30.0)
    other = fd.Image(image.array * 4.0 - 1024.0, PLANE)
    first = fd.chan_vese(image, max_num_iter=30)
    assert np.array_equal(fd.chan_vese(other, max_num_iter=30).array, first.array)


def test_nan_is_left_out_and_never_inside() -> None:
    values = object_in(PLANE).array.copy()
    values[14:18, 16:20] = np.nan
    values[0, 0] = np.inf
    found = fd.chan_vese(fd.Image(values, PLANE), mu=0.1, phase="bright")
    assert not found.array[14:18, 16:20].any()
    assert fd.dice(found, fd.Image(values, PLANE) > 90) > 0.97
    nothing = fd.chan_vese(fd.Image(np.full((5, 6), np.nan)))
    assert nothing.is_empty


def test_frames_and_channels_are_alone() -> None:
    one, two = object_in(PLANE), object_in(PLANE, noise=20.0)
    frames = fd.Image(np.stack([one.array, two.array]), PLANE)
    found = fd.chan_vese(frames, max_num_iter=20)
    for frame, image in zip(found, (one, two), strict=True):
        assert np.array_equal(frame.array, fd.chan_vese(image, max_num_iter=20).array)


def test_it_can_be_cancelled() -> None:
    with listening(lambda done, total, message: done < 3), pytest.raises(Cancelled):
        fd.chan_vese(object_in(PLANE, noise=30.0), tol=0.0)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"mu": -0.1}, "mu of chan_vese must be 0 or more"),
        ({"lambda1": -1}, "lambda1 of chan_vese must be 0 or more"),
        ({"tol": -1}, "tol of chan_vese"),
        ({"max_num_iter": -1}, "max_num_iter of chan_vese"),
        ({"dt": 0}, "dt of chan_vese must be above 0"),
        ({"init_level_set": "star"}, "init_level_set of chan_vese must be 'checkerboard'"),
        ({"init_level_set": np.zeros((32, 36))}, "init_level_set of chan_vese must be"),
        ({"phase": "left"}, "phase of chan_vese must be one of"),
    ],
)
def test_what_it_refuses(parameters: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        fd.chan_vese(object_in(PLANE), **parameters)
