from __future__ import annotations

import numpy as np
import pytest

from fiducial.errors import ParameterError
from fiducial.kernels.arrays import Output, boolean, floating, native_order, per_axis


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        *((name, "f4") for name in ("?", "u1", "i2", "f2", ">f4", "f4")),
        *((name, "f8") for name in ("i4", "u8", "f8", ">f8")),
    ],
)
def test_floating_holds_every_value_of_the_type(dtype: str, expected: str) -> None:
    given = np.ones((2, 3), dtype)
    result = floating(given, "test")
    assert result.dtype == np.dtype(expected)
    assert result.flags.c_contiguous
    assert np.array_equal(result, given.astype("f8"))


def test_floating_does_not_copy_what_is_right_already() -> None:
    given = np.zeros((3, 4), np.float32)
    assert floating(given, "test") is given or np.shares_memory(floating(given, "test"), given)


def test_shapes_survive() -> None:
    assert floating(np.float32(3), "test").shape == ()
    assert native_order(np.zeros((0, 3))).shape == (0, 3)
    assert boolean(np.zeros((4, 0), bool), "test").shape == (4, 0)


def test_output_takes_a_view_and_fills_it() -> None:
    whole = np.zeros((4, 6), np.float32)
    output = Output(whole[:, ::2], (4, 3), np.float32, "test")
    output.work[...] = 5
    assert output.result() is not output.work
    assert np.array_equal(whole[:, ::2], np.full((4, 3), 5))
    assert not whole[:, 1::2].any()


def test_output_does_not_write_into_the_input() -> None:
    given = np.arange(6, dtype=np.float32)
    output = Output(given, given.shape, given.dtype, "test", given)
    assert not np.shares_memory(output.work, given)


@pytest.mark.parametrize("out", [np.zeros((2, 3)), np.zeros((3, 2), np.float32)])
def test_output_of_another_type_or_shape_is_refused(out: np.ndarray) -> None:
    with pytest.raises(ParameterError, match=r"out of test must be a writable float32 array"):
        Output(out, (2, 3), np.float32, "test")


def test_read_only_output_is_refused() -> None:
    out = np.zeros(3, np.float32)
    out.flags.writeable = False
    with pytest.raises(ParameterError, match="read-only"):
        Output(out, (3,), np.float32, "test")


def test_numbers_that_are_not_real_are_refused() -> None:
    with pytest.raises(ParameterError, match="real numbers"):
        floating(np.zeros(3, complex), "test")
    with pytest.raises(ParameterError, match="boolean array"):
        boolean(np.zeros(3, np.uint8), "test")


@pytest.mark.parametrize("values", [0.0, -1.0, np.nan, np.inf, (1.0, 2.0, 3.0)])
def test_per_axis_refuses_what_no_length_can_be(values: object) -> None:
    with pytest.raises(ParameterError, match="spacing of test"):
        per_axis(values, 2, "test", "spacing")  # type: ignore[arg-type]
