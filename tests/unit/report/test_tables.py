"""Tables: numbers as far as they mean something, known beside found."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from fiducial.report.tables import Checks, Known, Table, number


@pytest.mark.parametrize(
    ("value", "tolerance", "shown"),
    [
        (14137.1669, 300.0, "14137"),
        (0.123456, 0.01, "0.123"),
        (0.0, 0.01, "0"),
        (0.00044, 0.006, "0.00044"),
        (-158.135803, 1e-6, "-158.135803"),
        (3.0000001, 1e-4, "3"),
        (2.5e12, 1.0, "2500000000000.0"),
        (3, 0.0, "3"),
        (np.int64(4), 0.0, "4"),
        (True, 0.0, "True"),
        (1 / 3, 0.0, "0.333333"),
        (1e-13, 1e-9, "1e-13"),
        (math.nan, 0.1, "undefined"),
        (math.inf, 0.0, "infinite"),
        ("liver", 0.0, "liver"),
    ],
)
def test_numbers(value: object, tolerance: float, shown: str) -> None:
    assert number(value, tolerance) == shown


def test_known_and_found() -> None:
    assert Known("a", 1.0, 1.05, 0.1).is_met
    assert not Known("a", 1.0, 1.2, 0.1).is_met
    assert not Known("a", 1.0, math.nan, 9.0).is_met
    assert Known("a", math.inf, math.inf).is_met
    html = Checks([Known("a", 1, 1), Known("b", 1, 2)]).html()
    assert html.count("✓") == html.count("✗") == 1
    assert 'aria-label="differs"' in html
    assert "exact" in html
    assert Checks([]).html() == ""


def test_tables() -> None:
    frame = pd.DataFrame({"name": ["a", "b", "c"], "volume": [1.5, np.nan, 2.25]})
    html = Table.from_frame(frame, "Organs").html()
    assert '<th scope="col" class="num">volume</th>' in html
    assert '<th scope="col">name</th>' in html
    assert "undefined" in html
    short = Table.from_frame(frame, "Organs", limit=2)
    assert len(short.rows) == 2
    assert "the first 2 of 3 rows" in short.caption
    assert "<tbody></tbody>" in Table(["a"], []).html()


@pytest.mark.parametrize(
    ("tolerance", "shown"),
    [(0, "exact"), (4.16123, "± 4.16"), (300, "± 300"), (14137.2, "± 14137"), (1e-6, "± 1e-06")],
)
def test_tolerances(tolerance: float, shown: str) -> None:
    assert f">{shown}<" in Checks([Known("a", 1, 1, tolerance)]).html()
