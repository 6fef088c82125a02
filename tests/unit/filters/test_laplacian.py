"""The Laplacian of bowls on every kind of lattice."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

import fiducial as fd


def _sheared() -> fd.Grid:
    rotation = Rotation.from_euler("xyz", (20, -35, 50), degrees=True).as_matrix()
    affine = fd.Grid.from_spacing((7, 8, 9), (3.0, 0.8, 0.5), direction=rotation).affine.copy()
    affine[:3, 0] += 0.6 * affine[:3, 1] - 0.9 * affine[:3, 2]
    return fd.Grid((7, 8, 9), affine)


def _oblique() -> fd.Grid:
    rotation = Rotation.from_euler("xyz", (20, -35, 50), degrees=True).as_matrix()
    return fd.Grid.from_spacing((7, 8, 9), (3.0, 0.8, 0.5), direction=rotation)


LATTICES = {
    "fine": fd.Grid.from_spacing((8, 8, 8), 0.5),
    "coarse": fd.Grid.from_spacing((5, 6, 7), 4.0, origin=(10, 20, 30)),
    "anisotropic": fd.Grid.from_spacing((5, 9, 9), (5.0, 0.7, 0.9)),
    "oblique": _oblique(),
    "left-handed": _oblique().flipped((False, True, False)),
    "sheared": _sheared(),
}
CURVES = np.array([[1.0, 0.4, -0.2], [0.4, -0.5, 0.3], [-0.2, 0.3, 2.0]])  # 1/mm^2
INNER = (slice(1, -1),) * 3


@pytest.mark.parametrize("lattice", LATTICES)
def test_a_quadratic_has_twice_the_trace_of_its_matrix(lattice: str) -> None:
    grid = LATTICES[lattice]
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    world = grid.index_to_world(index) - grid.center
    values = np.einsum("...i,ij,...j->...", world, CURVES, world)
    found = fd.laplacian(fd.Image(values, grid, "HU"))
    assert found.unit == "HU/mm^2"
    # float64: values up to 1e3 keep 1e-13, over 0.25 mm^2
    np.testing.assert_allclose(found.array[INNER], 2 * np.trace(CURVES), atol=1e-9)


def test_the_impulse_response_on_unit_spacing() -> None:
    spike = np.zeros((5, 5), np.float32)
    spike[2, 2] = 1
    found = fd.laplacian(fd.Image(spike)).array
    assert found[1:4, 1:4].tolist() == [[0, 1, 0], [1, -4, 1], [0, 1, 0]]
    assert np.count_nonzero(found) == 5


def test_a_bright_spot_is_negative_and_a_dark_one_positive() -> None:
    values = np.full((5, 9), 10, np.uint8)
    values[2, 2], values[2, 6] = 255, 0
    found = fd.laplacian(fd.Image(values)).array
    assert found[2, 2] == -4 * 245
    assert found[2, 6] == 40


def test_an_axis_of_one_sample_adds_nothing() -> None:
    values = np.arange(30.0).reshape(1, 5, 6) ** 2
    volume = fd.laplacian(fd.Image(values, fd.Grid.from_spacing((1, 5, 6), (9.0, 2.0, 1.0))))
    plane = fd.laplacian(fd.Image(values[0], fd.Grid.from_spacing((5, 6), (2.0, 1.0))))
    np.testing.assert_allclose(volume.array[0], plane.array, rtol=1e-12)
    assert fd.laplacian(fd.Image([[5.0]])).array.tolist() == [[0.0]]


def test_borders_by_name() -> None:
    row = fd.Image(np.array([[0.0, 1.0, 4.0, 9.0]]))
    assert fd.laplacian(row).array[0].tolist() == [1, 2, 2, -5]
    assert fd.laplacian(row, border="mirror").array[0].tolist() == [2, 2, 2, -10]
    assert fd.laplacian(row, border="edge").array[0].tolist() == [1, 2, 2, -5]
    assert fd.laplacian(row, border="wrap").array[0].tolist() == [10, 2, 2, -14]
    assert fd.laplacian(row, border="constant", cval=5.0).array[0].tolist() == [6, 2, 2, -9]
    with pytest.raises(fd.errors.ParameterError, match="border of laplacian must be one of"):
        fd.laplacian(row, border="sticky")


def test_nan_reaches_its_neighbours_alone() -> None:
    values = np.zeros((5, 5), np.float32)
    values[2, 2] = np.nan
    assert np.count_nonzero(np.isnan(fd.laplacian(fd.Image(values)).array)) == 5
