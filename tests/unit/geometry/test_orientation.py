"""Orientation codes, and RAS against LPS."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from fiducial.errors import ParameterError
from fiducial.geometry import (
    Grid,
    axis_assignment,
    orientation_code,
    parse_orientation,
    swap_ras_lps,
)

CODES = [
    "".join(code)
    for order in itertools.permutations(("LR", "PA", "SI"))
    for code in itertools.product(*order)
]


@pytest.mark.parametrize("code", CODES)
def test_every_code_reads_back(code: str) -> None:
    direction = np.zeros((3, 3))
    for column, (row, sign) in enumerate(parse_orientation(code)):
        direction[row, column] = sign
    assert orientation_code(direction) == code


@pytest.mark.parametrize("code", CODES)
def test_codes_agree_with_nibabel(code: str) -> None:
    import nibabel

    grid, _, _ = Grid.from_spacing((3, 4, 5), (3, 2, 1)).reoriented(code)
    ras = swap_ras_lps(grid.affine[:, [2, 1, 0, 3]])
    assert "".join(nibabel.aff2axcodes(ras)) == code


def test_ras_and_lps_swap_back() -> None:
    affine = np.random.default_rng(0).normal(size=(4, 4))
    np.testing.assert_array_equal(swap_ras_lps(swap_ras_lps(affine)), affine)


def test_each_world_axis_is_given_once_even_at_45_degrees() -> None:
    half = np.sqrt(0.5)
    direction = np.array([[half, half, 0], [half, -half, 0], [0, 0, 1.0]])
    rows = [row for row, _ in axis_assignment(direction)]
    assert sorted(rows) == [0, 1, 2]


@pytest.mark.parametrize("bad", ["LP", "LLS", "XYZ", "LPSA", ""])
def test_what_is_no_code_is_refused(bad: str) -> None:
    with pytest.raises(ParameterError, match="three letters"):
        parse_orientation(bad)
