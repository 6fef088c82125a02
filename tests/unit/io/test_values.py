"""Slope and intercept: no value lost, the smallest type that holds them."""

from __future__ import annotations

import numpy as np
import pytest

from fiducial.io.values import native, not_finite, rescaled


@pytest.mark.parametrize(
    ("kind", "values", "slope", "intercept", "expected"),
    [
        ("uint16", [0, 4095], 1, -1024, "int16"),
        ("uint16", [0, 65535], 1, 0, "uint16"),
        ("uint16", [0, 65535], 1, -32768, "int16"),
        ("uint16", [0, 65535], 1, -1024, "int32"),
        ("int16", [-32768, 32767], 2, 0, "int32"),
        ("int16", [-100, 100], 300, 5, "int16"),
        ("uint8", [0, 255], -1, 255, "int16"),
        ("uint8", [0, 255], 0.5, 0, "float32"),
        ("int32", [-(2**31), 2**31 - 1], 4, 0, "int64"),
        ("int32", [0, 1], 0.5, 0, "float64"),
        ("float32", [0.5, 1.5], 2, 1, "float32"),
        ("float64", [0.5, 1.5], 2, 1, "float64"),
    ],
)
def test_values_and_types(
    kind: str, values: list[float], slope: float, intercept: float, expected: str
) -> None:
    raw = np.array(values, kind)
    kept = raw.copy()
    found = rescaled(raw, slope, intercept)
    assert found.dtype == expected
    np.testing.assert_array_equal(found.astype(float), np.array(values, float) * slope + intercept)
    np.testing.assert_array_equal(raw, kept)


def test_every_16_bit_number_at_every_kind_of_scale() -> None:
    raw = np.arange(65536, dtype=np.uint16)
    for slope, intercept in ((1, -32768), (1, -1000), (-1, 32767), (3, -7), (0.25, 0.5)):
        expected = raw.astype(np.float64) * slope + intercept
        np.testing.assert_array_equal(rescaled(raw, slope, intercept), expected)


def test_bytes_are_brought_into_order() -> None:
    assert native(np.array([1, 2], ">i2")).dtype == np.int16
    np.testing.assert_array_equal(native(np.array([1, 2], ">i2")), [1, 2])


def test_what_is_not_finite_is_counted() -> None:
    assert not_finite(np.array([1, 2])) == ()
    assert not_finite(np.array([1.0, 2.0])) == ()
    (note,) = not_finite(np.array([1.0, np.nan, np.inf]))
    assert note.text.startswith("2 values")
