"""Windows: where black and white lie, what is dropped, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.intensity.window import PRESETS

CT = np.array([[-1200, -1000, -600, -160, 0, 40, 240, 3000]], np.int16)
RULES = ("linear_exact", "linear", "sigmoid")


def test_black_and_white_lie_half_a_width_from_the_centre() -> None:
    shades = fd.window(fd.Image(CT, unit="HU"), centre=40, width=400)
    # 6e-8: half a float32 step below 1
    np.testing.assert_allclose(shades.array, [[0, 0, 0, 0, 0.4, 0.5, 1, 1]], atol=6e-8)
    assert shades.array.min() == 0
    assert shades.array.max() == 1
    assert shades.dtype == np.float32
    assert shades.unit is None


def test_the_linear_rule_gives_each_integer_of_the_window_its_share() -> None:
    # DICOM PS3.3 C.11.2.1.2.1: for centre 2048 and width 4096, 0 is black and 4095 white.
    codes = fd.Image(np.array([[0, 2048, 4095]], np.int16))
    shades = fd.window(codes, centre=2048, width=4096, rule="linear").array[0]
    np.testing.assert_allclose(shades, [0, 2048 / 4095, 1], atol=6e-8)  # half a float32 step
    step = fd.window(fd.Image([[0, 1, 2]]), centre=1, width=1, rule="linear").array
    assert step.tolist() == [[0, 1, 1]]


def test_the_sigmoid_rule_has_the_slope_of_the_line_at_its_centre() -> None:
    image = fd.Image(np.array([[-1e6, 39.0, 40.0, 41.0, 1e6]]))
    shades = fd.window(image, centre=40, width=400, rule="sigmoid").array[0].astype(float)
    assert shades[[0, 2, 4]].tolist() == [0, 0.5, 1]
    # 1 / width a unit; the curve's third derivative and float32 leave less than 1e-4 of it
    assert (shades[3] - shades[1]) / 2 == pytest.approx(1 / 400, rel=1e-4)


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_its_centre_and_width(name: str) -> None:
    ct = fd.Image(CT, unit="HU")
    centre, width = PRESETS[name]
    expected = fd.window(ct, centre=centre, width=width).array
    np.testing.assert_array_equal(fd.window(ct, preset=name).array, expected)
    spelled = name.upper().replace(" ", "_")
    np.testing.assert_array_equal(fd.window(ct, preset=spelled).array, expected)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "int32", "f4", "f8"])
@pytest.mark.parametrize("rule", RULES)
def test_every_type_gives_the_formula(dtype: str, rule: str) -> None:
    generator = np.random.default_rng(3)
    values = generator.integers(-100 if dtype[0] != "u" else 0, 120, (3, 7, 5)).astype(dtype)
    image = fd.Image(values, fd.Grid.from_spacing((3, 7, 5), (3, 1, 0.5)))
    x = values.astype(float)
    expected = {
        "linear_exact": np.clip((x - 30) / 80 + 0.5, 0, 1),
        "linear": np.clip((x - 29.5) / 79 + 0.5, 0, 1),
        "sigmoid": 1 / (1 + np.exp(-4 * (x - 30) / 80)),
    }[rule]
    found = fd.window(image, centre=30, width=80, rule=rule)
    np.testing.assert_allclose(found.array, expected, atol=2e-7)  # a few float32 steps of 1
    assert found.grid == image.grid


@pytest.mark.parametrize("rule", RULES)
def test_nan_stays_and_infinity_is_white_or_black(rule: str) -> None:
    image = fd.Image(np.array([[np.nan, -np.inf, np.inf]], np.float32))
    for width in (1, 50):
        shades = fd.window(image, centre=0, width=width, rule=rule).array[0]
        assert np.isnan(shades[0])
        assert shades[1:].tolist() == [0, 1]


def test_a_large_image_is_windowed_in_pieces_without_seams() -> None:
    values = np.arange(300_000, dtype=np.float64).reshape(300, 1000)
    found = fd.window(fd.Image(values), centre=150_000, width=300_000).array
    np.testing.assert_allclose(found, values / 300_000, atol=6e-8)


def test_sequences_and_colours_keep_their_axes() -> None:
    image = fd.Image(np.zeros((2, 4, 4, 3), np.uint8), axes="tyxc", times=(0.0, 0.5))
    shades = fd.window(image, centre=128, width=255)
    assert (shades.axes, shades.times, shades.channels) == ("tyxc", (0.0, 0.5), image.channels)


def test_center_is_centre() -> None:
    ct = fd.Image(CT, unit="HU")
    one, other = fd.window(ct, center=40, width=400), fd.window(ct, centre=40, width=400)
    np.testing.assert_array_equal(one.array, other.array)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "must both be given, or a preset"),
        ({"centre": 40.0}, "must both be given"),
        ({"centre": 40.0, "width": 0.0}, "width of window must be above 0"),
        ({"centre": 40.0, "width": -5.0}, "width of window must be above 0"),
        ({"centre": float("inf"), "width": 5.0}, "centre of window must be finite"),
        ({"centre": 40.0, "width": 0.5, "rule": "linear"}, "1 or more for the rule linear"),
        ({"preset": "lungs"}, "preset of window must be one of lung"),
        ({"preset": "lung", "width": 5.0}, "left out where centre or width is given"),
        ({"centre": 1.0, "center": 1.0, "width": 5.0}, "left out where centre is given"),
        ({"centre": 1.0, "width": 5.0, "rule": "cubic"}, "rule of window must be one of"),
    ],
)
def test_what_is_refused(given: dict[str, object], words: str) -> None:
    with pytest.raises(fd.errors.ParameterError, match=words):
        fd.window(fd.Image(CT, unit="HU"), **given)


@pytest.mark.parametrize("unit", [None, "SUV"])
def test_a_preset_needs_hounsfield_units(unit: str | None) -> None:
    with pytest.raises(fd.errors.ParameterError, match="must be in HU for the preset 'lung'"):
        fd.window(fd.Image(CT, unit=unit), preset="lung")
