"""An array onto another lattice."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError
from fiducial.sampling import place, resampled
from fiducial.transforms import Displacement

GRID = fd.Grid.from_spacing((6, 8, 10), (3.0, 2.0, 1.0), origin=(-5, 4, 9))
VALUES = np.random.default_rng(0).random(GRID.shape, np.float32)


def test_the_same_lattice_gives_the_values_themselves() -> None:
    assert resampled(VALUES, place(GRID, GRID)) is VALUES
    whole = (VALUES * 100).astype(np.int16)
    assert resampled(whole, place(GRID, GRID), interpolation="nearest") is whole
    assert resampled(whole, place(GRID, GRID)).dtype == np.float32


def test_a_field_on_the_outputs_lattice_and_one_beside_it_agree() -> None:
    world = GRID.index_to_world(np.moveaxis(np.indices(GRID.shape), 0, -1))
    field = Displacement(0.4 * np.sin(world / 7.0), GRID)
    whole = resampled(VALUES, place(GRID, GRID, field))
    piece = fd.Composite([field, fd.Translation((0.0, 0.0, 0.0))])
    by_slabs = resampled(VALUES, place(GRID, GRID, piece))
    # float32 fractions against float64 ones.
    assert np.array_equal(np.isnan(whole), np.isnan(by_slabs))
    assert np.nanmax(np.abs(whole - by_slabs)) < 1e-5


def test_outside_is_nan_unless_given() -> None:
    beyond = GRID.padded(1)
    found = resampled(VALUES, place(beyond, GRID))
    assert np.isnan(found[0]).all()
    assert np.array_equal(found[1:-1, 1:-1, 1:-1], VALUES)
    assert resampled(VALUES, place(beyond, GRID), outside=-7.0)[0].tolist() == [[-7.0] * 12] * 10


def test_integers_need_a_value_outside_only_where_something_is_outside() -> None:
    whole = (VALUES * 100).astype(np.int16)
    inside = GRID.sliced((slice(1, 4), slice(0, 8), slice(2, 9)))
    assert inside is not None
    found = resampled(whole, place(inside, GRID), interpolation="nearest")
    assert np.array_equal(found, whole[1:4, :, 2:9])
    with pytest.raises(ParameterError, match=r"None for 480 of 960"):
        resampled(whole, place(GRID.padded(1), GRID), interpolation="nearest")


def test_a_plane_is_cut_out_of_a_volume() -> None:
    ramp = np.add.outer(np.add.outer(100.0 * np.arange(6), 10.0 * np.arange(8)), np.arange(10.0))
    plane = fd.Grid.from_spacing(
        (5, 4), (1.5, 1.0), origin=(-3, 6, 13.5), direction=np.eye(3)[:, [1, 0]]
    )
    found = resampled(ramp, place(plane, GRID))
    rows, columns = np.indices((5, 4))
    expected = 100 * 1.5 + 10 * (1 + 0.75 * rows) + (2 + columns)
    assert found == pytest.approx(expected, abs=1e-9)
