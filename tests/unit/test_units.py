"""Lengths and angles."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest

from fiducial.errors import UnitError
from fiducial.units import Measure, angle, canonical_unit, convert, length


@pytest.mark.parametrize(
    ("text", "values", "unit"),
    [
        (2, (2.0,), None),
        ("2 mm", (2.0,), "mm"),
        ("30um", (30.0,), "um"),
        ("30 µm", (30.0,), "um"),
        ("3 px", (3.0,), "px"),
        ("3 voxels", (3.0,), "px"),
        ("-1.5e-1 cm", (-0.15,), "cm"),
        (".5", (0.5,), None),
        (("1 mm", "2 mm"), (1.0, 2.0), "mm"),
        ([1, 2.5, 3], (1.0, 2.5, 3.0), None),
    ],
)
def test_lengths_are_read_with_their_unit(text: object, values: object, unit: object) -> None:
    assert length(text) == Measure(values, unit)  # type: ignore[arg-type]


def test_angles_become_radians_and_bare_numbers_are_degrees() -> None:
    assert angle("180 deg") == (math.pi,)
    assert angle(90) == (math.pi / 2,)
    assert angle("0.5 rad") == (0.5,)


@pytest.mark.parametrize(
    "bad",
    ["", "mm", "2 kg", "2 mm 3", "nan mm", float("inf"), None, True, [], ["1 mm", "1 px"], "5 deg"],
)
def test_anything_else_is_refused_with_the_name_and_an_example(bad: object) -> None:
    with pytest.raises(UnitError, match="sigma of gaussian must"):
        length(bad, "sigma of gaussian")


def test_an_angle_is_not_a_length_and_a_length_not_an_angle() -> None:
    with pytest.raises(UnitError, match="angle"):
        angle("3 mm")


def test_units_are_converted_and_pixels_are_not() -> None:
    assert convert(30, "um", "mm") == pytest.approx(0.03, rel=1e-15)
    assert convert(2, "m", "mm") == 2000
    assert canonical_unit("micron") == "um"
    with pytest.raises(UnitError, match="px"):
        convert(1, "px", "mm")
    with pytest.raises(UnitError, match="furlong"):
        canonical_unit("furlong")


def test_a_measure_reads_back_from_its_text_and_survives_pickle() -> None:
    for measure in (Measure((0.1,), "mm"), Measure((1.0, 2.0), "px"), Measure((1 / 3,), None)):
        assert length(measure.as_text()) == measure
        assert pickle.loads(pickle.dumps(measure)) == measure


@pytest.mark.parametrize(
    "value", [{"2 mm", "1 mm"}, {"y": 1}, True, np.True_, np.zeros((2, 2)), b"2 mm", object()]
)
def test_what_has_no_order_or_is_no_number_is_no_length(value: object) -> None:
    with pytest.raises(UnitError, match=r"must be a length|number with a unit"):
        length(value)


def test_a_measure_of_another_kind_is_refused() -> None:
    with pytest.raises(UnitError, match=r"must be a length in .*; got 5 deg"):
        length(Measure((5.0,), "deg"))
    with pytest.raises(UnitError, match="must be an angle in deg, rad; got 2 mm"):
        angle(Measure((2.0,), "mm"))


def test_an_array_without_axes_is_a_number() -> None:
    assert length(np.array(2.0)) == Measure((2.0,))
    assert length(np.array([1, 2])) == Measure((1.0, 2.0))
