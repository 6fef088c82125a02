"""Slopes of ramps on every kind of lattice: sense, scale, edges, names."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

import fiducial as fd

SLOPE = np.array([2.0, -3.0, 0.7])  # HU per mm along x, y, z
METHODS = ("central", "sobel", "prewitt", "scharr")
# Positions up to 60 mm times slopes: values up to 200, of which float32 keeps 1.5e-5; halved
# differences over the finest spacing of 0.5 mm leave 6e-5 a component.
FLOAT32 = 2e-4


def turned(shape: tuple[int, ...], spacing: tuple[float, ...]) -> fd.Grid:
    rotation = Rotation.from_euler("xyz", (20, -35, 50), degrees=True).as_matrix()
    return fd.Grid.from_spacing(shape, spacing, direction=rotation, origin=(5, -8, 30))


def sheared() -> fd.Grid:
    affine = turned((6, 8, 7), (3.0, 0.8, 0.5)).affine.copy()
    affine[:3, 0] += 0.6 * affine[:3, 1] - 0.9 * affine[:3, 2]
    return fd.Grid((6, 8, 7), affine)


LATTICES = {
    "fine": fd.Grid.from_spacing((12, 12, 12), 0.5),
    "coarse": fd.Grid.from_spacing((5, 6, 7), 4.0, origin=(10, 20, 30)),
    "anisotropic": fd.Grid.from_spacing((4, 9, 9), (5.0, 0.7, 0.9)),
    "oblique": turned((6, 8, 7), (3.0, 0.8, 0.5)),
    "left-handed": turned((6, 8, 7), (3.0, 0.8, 0.5)).flipped((False, True, False)),
    "stored in another order": turned((6, 8, 7), (3.0, 0.8, 0.5)).permuted((2, 0, 1)),
    "sheared": sheared(),
}


def ramp(grid: fd.Grid) -> fd.Image:
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    values = grid.index_to_world(index) @ SLOPE[: grid.frame.dimension]
    return fd.Image(values.astype(np.float32), grid, "HU")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("lattice", LATTICES)
def test_a_ramp_has_its_slope_in_the_world_up_to_the_edge(lattice: str, method: str) -> None:
    found = fd.gradient(ramp(LATTICES[lattice]), method=method)
    assert (found.axes, found.channels, found.unit) == ("zyxc", ("x", "y", "z"), "HU/mm")
    expected = np.broadcast_to(SLOPE, found.shape)
    np.testing.assert_allclose(found.array, expected, atol=FLOAT32)


@pytest.mark.parametrize("lattice", LATTICES)
def test_components_are_those_of_the_vector(lattice: str) -> None:
    image = ramp(LATTICES[lattice]) * ramp(LATTICES[lattice])
    vector = fd.gradient(image).array.astype(np.float64)
    for number, name in enumerate("xyz"):
        part = fd.gradient(image, component=name)
        assert part.axes == "zyx"
        np.testing.assert_array_equal(part.array, vector[..., number].astype(np.float32))
    length = fd.gradient(image, component="magnitude").array
    # 1e-6: float32 steps of differences taken along other axes, and of the sum of squares
    np.testing.assert_allclose(length, np.linalg.norm(vector, axis=-1), rtol=1e-6)


def test_the_sign_follows_the_world_and_not_the_array() -> None:
    upside_down = fd.Grid.from_spacing((4, 4), 1.0, direction=[[0, -1], [1, 0]])
    image = fd.Image(np.tile(np.arange(4.0), (4, 1)), upside_down)  # grows with the index x
    assert np.all(fd.gradient(image, component="x").array == -1)


def test_a_plane_of_a_volume_has_its_slope_within_the_plane() -> None:
    grid = turned((6, 8, 7), (3.0, 0.8, 0.5))
    plane = ramp(grid)[2]
    normal = grid.direction[:, 0]
    expected = SLOPE - (SLOPE @ normal) * normal
    found = fd.gradient(plane)
    assert found.shape == (8, 7, 3)
    np.testing.assert_allclose(found.array, np.broadcast_to(expected, (8, 7, 3)), atol=FLOAT32)
    slice_of_one = fd.gradient(ramp(grid)[2:3])
    np.testing.assert_allclose(slice_of_one.array[0], found.array, atol=FLOAT32)


def test_a_single_sample_and_a_constant_have_no_slope() -> None:
    one = fd.gradient(fd.Image(np.full((1, 1, 1), 7.0)))
    assert np.all(one.array == 0)
    flat = fd.gradient(fd.Image(np.full((3, 4, 5), 7, np.int16)), component="magnitude")
    assert flat.dtype == np.float32
    assert np.all(flat.array == 0)


def test_a_named_border_is_applied() -> None:
    row = fd.Image(np.array([[0.0, 2.0, 4.0, 6.0]]))
    found = {
        border: fd.gradient(row, component="x", border=border).array[0].tolist()
        for border in ("one-sided", "reflect", "symmetric", "mirror", "nearest", "wrap")
    }
    assert found["one-sided"] == [2, 2, 2, 2]
    assert found["reflect"] == found["symmetric"] == found["nearest"] == [1, 2, 2, 1]
    assert found["mirror"] == [0, 2, 2, 0]
    assert found["wrap"] == [-2, 2, 2, -2]
    constant = fd.gradient(row, component="x", border="constant", cval=-2.0)
    assert constant.array[0].tolist() == [2, 2, 2, -3]


def test_integers_do_not_wrap_and_keep_their_unit() -> None:
    row = fd.Image(np.array([[255, 0, 255]], np.uint8), unit="counts")
    found = fd.gradient(row, component="x")
    assert found.array[0].tolist() == [-255, 0, 255]
    assert found.unit == "counts/px"
    assert fd.gradient(fd.Image([[1, 2]]), component="x").unit == "1/px"


def test_nan_reaches_the_neighbours_that_use_it_and_no_others() -> None:
    values = np.zeros((5, 5), np.float32)
    values[2, 2] = np.nan
    missing = np.isnan(fd.gradient(fd.Image(values), component="x").array)
    assert np.argwhere(missing).tolist() == [[2, 1], [2, 2], [2, 3]]


def test_channels_are_named_after_their_colour_and_axis() -> None:
    rgb = fd.Image(np.arange(36, dtype=np.uint8).reshape(3, 4, 3), axes="yxc")
    found = fd.gradient(rgb)
    assert found.channels == (("red x", "red y", "green x", "green y", "blue x", "blue y"))
    assert np.all(found.channel("green x").array == 3)
    magnitude = fd.gradient(rgb, component="magnitude")
    assert (magnitude.axes, magnitude.channels) == ("yxc", ("red", "green", "blue"))
    sequence = fd.Image(np.zeros((2, 3, 4)), axes="tyx")
    assert fd.gradient(sequence).axes == "tyxc"
    assert fd.gradient(sequence).channels == ("x", "y")


def test_what_is_refused() -> None:
    image = fd.Image(np.zeros((3, 3)))
    with pytest.raises(fd.errors.ParameterError, match="component of gradient must be one of x, y"):
        fd.gradient(image, component="z")
    with pytest.raises(fd.errors.ParameterError, match="method of gradient must be one of"):
        fd.gradient(image, method="roberts")
    with pytest.raises(fd.errors.ParameterError, match="border of gradient must be one of"):
        fd.gradient(image, border="sticky")
