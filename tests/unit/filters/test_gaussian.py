"""Gaussian smoothing in lengths: one object, many lattices."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

import fiducial as fd

TURN = Rotation.from_euler("xyz", (15, -25, 40), degrees=True).as_matrix()


def centred(shape: tuple[int, ...], spacing: tuple[float, ...], turn: np.ndarray) -> fd.Grid:
    grid = fd.Grid.from_spacing(shape, spacing, direction=turn)
    affine = grid.affine.copy()
    affine[:-1, -1] -= grid.center
    return fd.Grid(shape, affine)


UPRIGHT = np.eye(3)[:, ::-1]
LATTICES = {
    "fine": centred((41, 41, 41), (1.0, 1.0, 1.0), UPRIGHT),
    "coarse": centred((21, 21, 21), (2.0, 2.0, 2.0), UPRIGHT),
    "anisotropic": centred((15, 41, 33), (2.7, 1.0, 1.25), UPRIGHT),
    "oblique": centred((17, 35, 41), (2.5, 1.2, 1.0), TURN),
    "left-handed": centred((17, 35, 41), (2.5, 1.2, 1.0), TURN).flipped((False, True, False)),
}


def blob(grid: fd.Grid, width: float, dtype: str = "float64") -> fd.Image:
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    squared = np.sum(grid.index_to_world(index) ** 2, axis=-1)
    return fd.Image((1000 * np.exp(-squared / (2 * width**2))).astype(dtype), grid, "HU")


@pytest.mark.parametrize("lattice", LATTICES)
def test_a_gaussian_object_becomes_the_wider_one_of_theory(lattice: str) -> None:
    found = fd.gaussian(blob(LATTICES[lattice], 3.0), sigma="2.5 mm", truncate=6.0)
    width = np.hypot(3.0, 2.5)
    expected = blob(LATTICES[lattice], width).array * (3.0 / width) ** 3
    # The peak is 448.  Sampling at most 2.7 mm apart adds 2 exp(-2 (pi 2.5 / 2.7)^2) of it an
    # axis, and the object reaches the edge 20 mm away at 4e-4 of its peak.
    np.testing.assert_allclose(found.array, expected, atol=0.25)
    assert found.unit == "HU"


@pytest.mark.parametrize("lattice", LATTICES)
def test_a_length_and_samples_say_the_same(lattice: str) -> None:
    image = blob(LATTICES[lattice], 3.0)
    spacing = image.grid.spacing
    in_mm = fd.gaussian(image, sigma=[f"{2 * step} mm" for step in spacing]).array
    np.testing.assert_allclose(fd.gaussian(image, sigma="2 px").array, in_mm, atol=1e-9)


def test_integers_become_float32_and_do_not_wrap() -> None:
    values = np.array([[-1000, 3000, -1000]], np.int16)
    found = fd.gaussian(fd.Image(values, unit="HU"), sigma="0.5 px")
    assert found.dtype == np.float32
    assert found.array[0, 1] == pytest.approx(-1000 + 4000 * 0.7866, abs=1)
    assert fd.gaussian(fd.Image(values.astype(np.int32))).dtype == np.float64


def test_zero_leaves_an_axis_alone() -> None:
    values = np.random.default_rng(5).normal(size=(4, 5, 6))
    image = fd.Image(values)
    np.testing.assert_array_equal(fd.gaussian(image, sigma=0).array, values)
    planes = fd.gaussian(image, sigma=[0, 1, 1]).array
    one = fd.gaussian(image[2], sigma=1).array
    np.testing.assert_allclose(planes[2], one, atol=1e-13)


def test_single_slices_constants_and_nan() -> None:
    flat = fd.Image(np.full((1, 6, 7), 5.0), fd.Grid.from_spacing((1, 6, 7), (9, 1, 1)))
    np.testing.assert_allclose(fd.gaussian(flat, sigma="3 mm").array, 5.0, rtol=1e-14)
    values = np.zeros((9, 9))
    values[4, 4] = np.nan
    found = fd.gaussian(fd.Image(values), sigma="1 px", truncate=2.0).array
    assert np.count_nonzero(np.isnan(found)) == 25


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"sigma": -1}, "sigma of gaussian must be 0 or more"),
        ({"sigma": "2 HU"}, "sigma of gaussian must be a length"),
        ({"sigma": [1, 2, 3]}, "sigma of gaussian must be one length or 2"),
        ({"truncate": 0}, "truncate of gaussian must be above 0"),
        ({"truncate": float("inf")}, "truncate of gaussian must be above 0 and at most 100"),
        ({"border": "sticky"}, "border of gaussian must be one of"),
    ],
)
def test_what_is_refused(given: dict[str, object], words: str) -> None:
    with pytest.raises(fd.errors.ParameterError, match=words):
        fd.gaussian(fd.Image(np.zeros((4, 4))), **given)


def test_a_sheared_grid_is_refused_with_the_remedy() -> None:
    sheared = fd.Grid((4, 4), [[1, 0.3, 0], [0, 1, 0], [0, 0, 1]])
    with pytest.raises(fd.errors.ParameterError, match="Resample it onto an orthogonal grid"):
        fd.gaussian(fd.Image(np.zeros((4, 4)), sheared))
