"""Channels by name and number."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd


def test_a_channel_keeps_its_values_type_and_lattice() -> None:
    values = np.arange(24, dtype=np.uint16).reshape(2, 4, 3)
    image = fd.Image(values, fd.Grid.from_spacing((2, 4), (3, 1)), axes="yxc", unit="counts")
    for name in ("green", 1):
        found = fd.channel(image, name=name)
        np.testing.assert_array_equal(found.array, values[..., 1])
        assert (found.axes, found.dtype, found.unit) == ("yx", np.uint16, "counts")
        assert found.grid == image.grid
    assert found.lineage.operation == "channel"


def test_vectors_and_sequences_have_channels_too() -> None:
    field = fd.Image(np.zeros((2, 3, 4, 5, 3)), axes="tzyxc", channels=("x", "y", "z"))
    assert fd.channel(field, name="z").axes == "tzyx"


def test_what_is_refused() -> None:
    image = fd.Image(np.zeros((2, 2, 3)), axes="yxc")
    for name in ("infrared", 3, -1, 1.5):
        with pytest.raises(fd.errors.ParameterError, match="must be one of 'red', 'green', 'blue'"):
            fd.channel(image, name=name)
    with pytest.raises(fd.errors.ParameterError, match="must have an axis c"):
        fd.channel(image.gray(), name="red")
