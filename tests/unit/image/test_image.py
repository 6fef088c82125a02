"""The image."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import FrameMismatchError, GridMismatchError, ParameterError


def ct() -> fd.Image:
    grid = fd.Grid.from_spacing((5, 6, 7), (3.0, 0.8, 0.8), origin=(-10, -20, 30))
    values = np.arange(5 * 6 * 7, dtype=np.int16).reshape(5, 6, 7) - 100
    return fd.Image(values, grid, "HU", about={"modality": "CT"})


def rgb() -> fd.Image:
    values = np.random.default_rng(0).integers(0, 255, (6, 7, 3), dtype=np.uint8)
    return fd.Image(values, axes="yxc")


# Construction


def test_without_a_grid_it_lies_on_a_lattice_in_pixels() -> None:
    image = fd.Image(np.zeros((4, 5)))
    assert image.axes == "yx"
    assert image.grid.unit == "px"


def test_a_writable_array_is_copied_and_the_image_is_read_only() -> None:
    values = np.zeros((4, 5))
    image = fd.Image(values)
    values[0, 0] = 7
    assert image[0, 0] == 0
    with pytest.raises(ValueError, match="read-only"):
        np.asarray(image)[0, 0] = 1
    shared = fd.Image(values, copy=False)
    assert np.shares_memory(shared.array, values)
    assert values.flags.writeable


def test_it_is_frozen() -> None:
    with pytest.raises(AttributeError, match="frozen"):
        ct().unit = "SUV"
    with pytest.raises(AttributeError, match="frozen"):
        del ct().grid


@pytest.mark.parametrize(
    ("shape", "axes"), [((4, 5), "yx"), ((4, 5, 6), "zyx"), ((3, 4, 5, 2), "tyxc"), ((7,), "x")]
)
def test_axes_are_found_or_said(shape: tuple[int, ...], axes: str) -> None:
    given = axes if len(shape) > 3 else None
    assert fd.Image(np.zeros(shape), axes=given).axes == axes


@pytest.mark.parametrize("shape", [(4, 5, 3), (4, 5, 4), (3, 4, 5, 6)])
def test_what_can_be_read_two_ways_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ParameterError, match="axes of Image must be given"):
        fd.Image(np.zeros(shape))


def test_a_grid_says_which_axes_are_time_and_channels() -> None:
    grid = fd.Grid.from_spacing((4, 5))
    assert fd.Image(np.zeros((3, 4, 5)), grid).axes == "tyx"
    assert fd.Image(np.zeros((4, 5, 3)), grid).axes == "yxc"
    square = fd.Grid.from_spacing((4, 4))
    with pytest.raises(ParameterError, match="can be read as"):
        fd.Image(np.zeros((4, 4, 4)), square)


@pytest.mark.parametrize("axes", ["xy", "yxz", "tyq", "yxyx", "tc"])
def test_wrong_axes_are_refused(axes: str) -> None:
    with pytest.raises(ParameterError, match="axes of Image"):
        fd.Image(np.zeros((4, 5, 6)[: len(axes)]), axes=axes)


def test_a_grid_of_another_shape_is_refused() -> None:
    with pytest.raises(GridMismatchError, match="shape of its grid"):
        fd.Image(np.zeros((4, 5)), fd.Grid.from_spacing((5, 4)))


@pytest.mark.parametrize("values", [np.zeros((2, 2), bool), np.zeros((2, 2), complex), [["a"]]])
def test_values_that_are_no_numbers_are_refused(values: object) -> None:
    with pytest.raises(ParameterError, match="array of Image must be of"):
        fd.Image(values)  # type: ignore[arg-type]


def test_foreign_byte_order_becomes_native_with_the_same_values() -> None:
    values = np.arange(4, dtype=">i2").reshape(2, 2)
    image = fd.Image(values)
    assert image.dtype.isnative
    np.testing.assert_array_equal(image.array, values)


def test_times_are_one_for_each_frame() -> None:
    image = fd.Image(np.zeros((3, 4, 5)), axes="tyx", times=(0, 0.5, 1.0))
    assert image[1:].times == (0.5, 1.0)
    assert image[::-1].times == (1.0, 0.5, 0.0)
    assert image.at(t=1).axes == "yx"
    with pytest.raises(ParameterError, match="times of Image"):
        fd.Image(np.zeros((3, 4, 5)), axes="tyx", times=(0, 1))


# Survival


def test_it_survives_pickle_and_deepcopy_unchanged() -> None:
    image = ct()
    for again in (pickle.loads(pickle.dumps(image)), copy.deepcopy(image), copy.copy(image)):
        assert again.grid == image.grid
        assert (again.unit, again.axes, again.about) == (image.unit, image.axes, image.about)
        assert again.lineage.id == image.lineage.id
        assert not again.array.flags.writeable
        np.testing.assert_array_equal(again.array, image.array)


def test_numpy_sees_the_array() -> None:
    image = ct()
    assert np.shares_memory(np.asarray(image), image.array)
    assert np.asarray(image, dtype=np.float32).dtype == np.float32
    copied = np.array(image)
    copied[:] = 0
    assert image.array.any()


# Parts


def test_a_slice_has_its_pose_and_a_single_value_is_a_number() -> None:
    image = ct()
    plane = image[2]
    assert plane.axes == "yx"
    assert plane.unit == "HU"
    np.testing.assert_allclose(plane.grid.origin, (-10, -20, 36))
    assert image[2, 3, 4] == image.array[2, 3, 4]
    assert [part.grid.origin[2] for part in image] == [30, 33, 36, 39, 42]


def test_at_finds_the_nearest_sample_of_a_coordinate() -> None:
    image = ct()
    np.testing.assert_array_equal(image.at(z="36 mm").array, image[2].array)
    np.testing.assert_array_equal(image.at(z=3.71 * 10).array, image[2].array)
    np.testing.assert_array_equal(image.at(z="4 px").array, image[4].array)
    np.testing.assert_array_equal(image.at(x="-10 mm", y="-2 cm").array, image[:, 0, 0].array)
    flipped = image[::-1]
    np.testing.assert_array_equal(flipped.at(z="36 mm").array, image.at(z="36 mm").array)


@pytest.mark.parametrize(
    "where", [{"z": "60 mm"}, {"z": "28 mm"}, {"q": 3}, {"t": 0}, {"z": "9 px"}]
)
def test_at_refuses_what_is_outside(where: dict[str, object]) -> None:
    with pytest.raises(ParameterError, match="of at must"):
        ct().at(**where)


def test_channels_by_name_and_number() -> None:
    image = rgb()
    np.testing.assert_array_equal(image.channel("green").array, image.array[..., 1])
    np.testing.assert_array_equal(image.channel(2).array, image.array[..., 2])
    assert image[..., :2].channels == ("red", "green")
    with pytest.raises(ParameterError, match="'red', 'green', 'blue'"):
        image.channel("violet")
    with pytest.raises(ParameterError, match="axis c"):
        ct().channel(0)


def test_gray_is_luminance_in_the_same_range() -> None:
    from skimage.color import rgb2gray

    image = rgb()
    gray = image.gray()
    assert gray.axes == "yx"
    assert gray.dtype == np.float32
    # float32 sums of three products of values up to 255.
    np.testing.assert_allclose(gray.array, rgb2gray(image.array) * 255, atol=1e-4)


# Arithmetic


def test_arithmetic_keeps_grid_and_unit() -> None:
    image = ct()
    for result in (image + 100, 100 + image, image - 1, 2 * image, image * 2.5, image / 2, -image):
        assert result.grid is image.grid
        assert result.unit == "HU"
    np.testing.assert_array_equal((100 - image).array, 100 - image.array.astype(int))
    assert (image * image).unit is None
    assert (image - image).unit == "HU"
    assert (image / image.with_unit("HU")).unit is None


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint16, np.int32])
def test_integers_never_wrap(dtype: type) -> None:
    limits = np.iinfo(dtype)
    image = fd.Image(np.array([[limits.min, limits.max]], dtype))
    exact = np.array([[limits.min, limits.max]], dtype=object)
    for found, expected in [
        (image + 1000, exact + 1000),
        (image - 1000, exact - 1000),
        (image * 3, exact * 3),
        (image + image, exact + exact),
        (image * image, exact * exact),
        (-image, -exact),
        (abs(image), abs(exact)),
        (1 - image, 1 - exact),
    ]:
        assert found.array.tolist() == expected.tolist()


def test_what_64_bits_do_not_hold_is_refused() -> None:
    image = fd.Image(np.array([[2**62]], np.int64))
    with pytest.raises(ParameterError, match="64-bit"):
        image * 8


def test_division_gives_floats() -> None:
    assert (ct() / 3).dtype == np.float32
    assert (fd.Image(np.zeros((2, 2), np.float64)) / 3).dtype == np.float64
    assert (fd.Image(np.zeros((2, 2), np.float32)) * 3).dtype == np.float32


def test_comparison_gives_a_mask() -> None:
    image = ct()
    mask = image > 0
    assert isinstance(mask, fd.Mask)
    np.testing.assert_array_equal(mask.array, image.array > 0)
    assert (image == 3).count == 1
    assert isinstance(np.less(image, 0), fd.Mask)


def test_numpy_functions_keep_the_geometry() -> None:
    image = ct()
    root = np.sqrt(np.abs(image))
    assert isinstance(root, fd.Image)
    assert root.grid is image.grid
    assert root.dtype == np.float64  # the absolute value of 16 bits needs 32, and these float64
    assert np.sqrt(image.astype(np.float32) ** 2).dtype == np.float32
    assert isinstance(np.isfinite(root), fd.Mask)
    assert isinstance(np.ones(image.shape, np.float32) + image, fd.Image)
    assert float(np.max(image)) == image.array.max()
    assert np.mean(image) == image.array.mean()


def test_images_on_different_grids_or_frames_are_refused() -> None:
    image = ct()
    with pytest.raises(GridMismatchError):
        image + ct()[:, ::-1]
    with pytest.raises(FrameMismatchError):
        image.with_frame(fd.Frame(id="1")) + image.with_frame(fd.Frame(id="2"))
    with pytest.raises(ParameterError, match="one unit"):
        image + image.with_unit("SUV")
    with pytest.raises(ParameterError, match="masked"):
        image * (image > 0)
    with pytest.raises(ParameterError, match="array of shape"):
        image + np.zeros((2, 2))


def test_the_truth_of_an_image_must_be_asked_in_words() -> None:
    with pytest.raises(ParameterError, match="in words"):
        bool(ct())


def test_masked_sets_what_is_outside() -> None:
    image = ct()
    lung = image.masked(image > 50, outside=-1000)
    assert set(np.unique(lung.array[image.array <= 50])) == {-1000}
    assert lung.dtype == np.int16
    assert lung.unit == "HU"
    colour = rgb()
    inside = colour.channel("red") > 100
    assert (colour.masked(inside, outside=0).array[~inside.array] == 0).all()


def test_astype_refuses_what_would_change_a_value() -> None:
    image = ct()
    assert image.astype(np.float32).dtype == np.float32
    with pytest.raises(ParameterError, match="hold every value"):
        image.astype(np.uint8)
    with pytest.raises(ParameterError, match="hold every value"):
        (image / 3).astype(np.int16)
    with pytest.raises(ParameterError, match="hold every value"):
        fd.Image([[np.nan]]).astype(np.int16)
    with pytest.raises(ParameterError, match="hold every value"):
        fd.Image([[2**24 + 1]]).astype(np.float32)


# Words and pictures


def test_its_text_says_axes_type_unit_and_geometry() -> None:
    assert repr(ct()) == "Image(z 5 x y 6 x x 7, int16, HU, 3 x 0.8 x 0.8 mm, LPS)"


def test_its_html_has_a_picture_and_escapes_text() -> None:
    html = fd.Image(np.zeros((4, 5)), unit="<b>")._repr_html_()
    assert "data:image/png;base64," in html
    assert "<b>" not in html
    for image in (ct(), rgb(), ct() > 0, fd.Labels([[0, 1]]), ct()[0, 0], fd.Image([[np.nan]])):
        assert "data:image/png" in image._repr_html_()


def test_matplotlib_shows_it() -> None:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure()
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    shown = axes.imshow(ct()[0])
    np.testing.assert_array_equal(np.asarray(shown.get_array()), ct()[0].array)
    axes.contour(ct()[0] > -80, levels=[0.5])
    axes.imshow(rgb())
