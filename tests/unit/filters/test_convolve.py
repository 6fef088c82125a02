"""Convolution with kernels: which way round, where centred, along which axes."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.filters.convolve import KERNELS


def spike(*shape: int) -> fd.Image:
    values = np.zeros(shape, np.float32)
    values[tuple(size // 2 for size in shape)] = 1
    return fd.Image(values, unit="HU")


def test_the_impulse_response_is_the_kernel() -> None:
    generator = np.random.default_rng(1)
    for shape in ((3, 3), (5, 1), (3, 5), (2, 4)):
        kernel = generator.normal(size=shape)
        found = fd.convolve(spike(9, 9), kernel)
        start = [4 - size // 2 for size in shape]
        part = tuple(slice(a, a + size) for a, size in zip(start, shape, strict=True))
        # float32: half a step of values below 4
        np.testing.assert_allclose(found.array[part], kernel, atol=3e-7)
        assert np.count_nonzero(found.array) == kernel.size
        assert found.unit == "HU"


@pytest.mark.parametrize("name", KERNELS)
def test_named_kernels_are_themselves(name: str) -> None:
    found = fd.convolve(spike(7, 7), name).array
    np.testing.assert_allclose(found[2:5, 2:5], KERNELS[name], atol=1e-7)


def test_a_flipped_kernel_is_negative_along_a_rising_x_and_positive_along_y() -> None:
    y, x = np.mgrid[:5, :6].astype(float)
    assert fd.convolve(fd.Image(x), "gradient_x")[2, 2] == -6
    assert fd.convolve(fd.Image(x), "gradient_y")[2, 2] == 0
    assert fd.convolve(fd.Image(y), "gradient_y")[2, 2] == 6
    assert fd.convolve(fd.Image(x**2 + y**2), "laplacian8")[2, 2] == 12


def test_a_separable_kernel_gives_what_the_dense_one_gives() -> None:
    generator = np.random.default_rng(2)
    image = fd.Image(generator.normal(size=(6, 7, 8)))
    row, column, depth = (
        generator.normal(size=5),
        generator.normal(size=3),
        generator.normal(size=4),
    )
    product = np.einsum("i,j,k->ijk", depth, column, row)
    bumped = product.copy()
    bumped[0, 0, 0] += 1e-3  # no longer a product: the dense way
    corner = np.zeros_like(product)
    corner[0, 0, 0] = 1e-3
    first, second = fd.convolve(image, product).array, fd.convolve(image, bumped).array
    rest = fd.convolve(image, corner).array
    np.testing.assert_allclose(first + rest, second, atol=1e-12)


def test_axes_say_where_a_smaller_kernel_lies() -> None:
    generator = np.random.default_rng(4)
    image = fd.Image(generator.normal(size=(3, 6, 7)))
    kernel = generator.normal(size=(3, 3))
    by_slice = np.stack([fd.convolve(image[z], kernel).array for z in range(3)])
    np.testing.assert_allclose(fd.convolve(image, kernel, axes="yx").array, by_slice, atol=1e-12)
    turned = fd.convolve(image, kernel.T, axes="xy").array
    np.testing.assert_allclose(turned, by_slice, atol=1e-12)
    along = fd.convolve(image, np.array([1.0, -1.0]), axes="z").array
    np.testing.assert_allclose(along[:-1], np.diff(image.array, axis=0), atol=1e-12)


def test_borders_and_their_other_names() -> None:
    row = fd.Image(np.array([[1.0, 2.0, 4.0]]))
    left = np.array([[0.0, 0.0, 1.0]])  # out[i] = in[i - 1]
    found = {
        name: fd.convolve(row, left, border=name).array[0, 0]
        for name in ("reflect", "symm", "symmetric", "mirror", "nearest", "edge", "wrap")
    }
    assert found == {
        "reflect": 1, "symm": 1, "symmetric": 1, "mirror": 2, "nearest": 1, "edge": 1, "wrap": 4,
    }  # fmt: skip
    assert fd.convolve(row, left, border="constant", cval=7.0)[0, 0] == 7


def test_nan_spreads_to_the_support_and_zeros_of_the_kernel_count() -> None:
    values = np.zeros((5, 5), np.float32)
    values[2, 2] = np.nan
    missing = np.isnan(fd.convolve(fd.Image(values), "mean3").array)
    assert np.count_nonzero(missing) == 9


@pytest.mark.parametrize("dtype", ["uint8", "int16", "uint16", "float32"])
def test_narrow_types_are_computed_in_float32(dtype: str) -> None:
    image = fd.Image(np.array([[0, 200, 0]], dtype))
    found = fd.convolve(image, np.array([[1, -2, 1]]))
    assert found.dtype == np.float32
    assert found.array.tolist() == [[200, -400, 200]]


def test_a_sequence_of_colours_is_filtered_frame_by_frame() -> None:
    image = fd.Image(np.random.default_rng(5).normal(size=(2, 5, 6, 3)), axes="tyxc")
    found = fd.convolve(image, "gaussian3")
    assert found.axes == "tyxc"
    one = fd.convolve(image.at(t=1).channel("blue"), "gaussian3").array
    np.testing.assert_array_equal(found.array[1, ..., 2], one)


@pytest.mark.parametrize(
    ("kernel", "given", "words"),
    [
        ("mean5", {}, "kernel of convolve must be an array or one of mean3"),
        (np.array([[1, np.nan]]), {}, "must be finite and not empty"),
        (np.zeros((0, 3)), {}, "must be finite and not empty"),
        ("mean3", {"border": "sticky"}, "border of convolve must be one of"),
        ("mean3", {"axes": "xx"}, "axes of convolve must be different axes out of 'zyx'"),
        ("mean3", {"axes": "tx"}, "axes of convolve must be different axes out of 'zyx'"),
        ("mean3", {}, "Say along which of the image's axes it lies: axes='yx'"),
        (np.ones((3, 3)), {"axes": "x"}, "must have an axis for each of 'x'"),
        (np.ones((3, 3, 3, 3)), {}, "Give a kernel of as many axes as the image"),
        ([["a"]], {}, "must be an array of numbers or a name"),
    ],
)
def test_what_is_refused(kernel: object, given: dict[str, object], words: str) -> None:
    with pytest.raises(fd.errors.ParameterError, match=words):
        fd.convolve(fd.Image(np.zeros((3, 4, 5))), kernel, **given)
