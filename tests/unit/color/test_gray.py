"""Luminance."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd


def test_the_weights_are_those_of_bt_709() -> None:
    primaries = fd.Image(np.eye(3).reshape(1, 3, 3), axes="yxc")
    np.testing.assert_allclose(fd.gray(primaries).array, [[0.2125, 0.7154, 0.0721]])


@pytest.mark.parametrize("channels", [3, 4])
def test_white_keeps_its_value_and_alpha_is_ignored(channels: int) -> None:
    values = np.full((2, 3, channels), 255, np.uint8)
    values[..., 3:] = 7
    found = fd.gray(fd.Image(values, axes="yxc"))
    np.testing.assert_allclose(found.array, 255, rtol=1e-6)  # float32
    assert (found.axes, found.channels) == ("yx", None)
    assert found.lineage.operation == "gray"


def test_sequences_keep_their_times_and_nan_stays() -> None:
    values = np.ones((2, 2, 2, 3))
    values[0, 0, 0, 2] = np.nan
    found = fd.grey(fd.Image(values, axes="tyxc", times=(0, 1)))
    assert (found.axes, found.times) == ("tyx", (0.0, 1.0))
    assert np.isnan(found.array).sum() == 1


def test_other_numbers_of_channels_are_refused() -> None:
    with pytest.raises(fd.errors.ParameterError, match="must have three or four channels"):
        fd.gray(fd.Image(np.zeros((3, 3))))
