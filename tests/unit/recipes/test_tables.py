"""What is known of results that are not images, as text, JSON and CSV."""

from __future__ import annotations

import dataclasses
import json
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from fiducial.recipes.tables import FORMS, as_csv, as_document, as_json, as_text

NAN = float("nan")


class Span(NamedTuple):
    low: float
    high: float


@dataclasses.dataclass(frozen=True)
class Found:
    score: float
    box: tuple[int, int]
    lineage: object = None


@pytest.mark.parametrize(
    ("result", "document"),
    [
        (3, 3),
        (True, True),
        (None, None),
        ("text", "text"),
        (0.5, 0.5),
        (NAN, None),
        (float("inf"), None),
        (np.float32(0.5), 0.5),
        (np.int64(7), 7),
        (np.array([[1, 2]]), [[1, 2]]),
        ((1, NAN), [1, None]),
        ({"a": np.float64(NAN)}, {"a": None}),
        (Span(1.0, 2.0), {"low": 1.0, "high": 2.0}),
        (Found(0.5, (1, 2)), {"score": 0.5, "box": [1, 2]}),
        (pd.DataFrame({"a": [1, 2], "b": [0.5, NAN]}), [{"a": 1, "b": 0.5}, {"a": 2, "b": None}]),
        (
            pd.DataFrame({"a": [1]}, index=pd.Index(["x"], name="label")),
            [{"label": "x", "a": 1}],
        ),
    ],
)
def test_json_holds_every_value_and_null_for_the_undefined(result: Any, document: Any) -> None:
    assert as_document(result) == document
    assert json.loads(as_json(result)) == document


def test_missing_numbers_of_pandas_are_null() -> None:
    table = pd.DataFrame({"n": pd.array([1, None], dtype="Int64"), "name": ["a", None]})
    assert as_document(table) == [{"n": 1, "name": "a"}, {"n": None, "name": None}]


def test_text_is_aligned_and_says_undefined() -> None:
    assert as_text({"dice": 0.5, "hausdorff": NAN}) == "dice       0.5\nhausdorff  undefined"
    assert as_text(0.1) == "0.1"
    assert as_text(NAN) == "undefined"
    assert as_text(np.float32(0.5)) == "0.5"
    assert as_text([1, 2]) == "1\n2"
    table = pd.DataFrame({"a": [1, 20, 3, 4, 5], "b": [0.5, NAN, 1, 1, 1]})
    assert as_text(table).splitlines()[2].split() == ["20", "undefined"]


def test_a_wide_table_of_few_rows_lies_on_its_side() -> None:
    table = pd.DataFrame({name: [number, NAN] for number, name in enumerate("abcdef")})
    lines = as_text(table).splitlines()
    assert len(lines) == 6
    assert [line.split() for line in lines[:2]] == [
        ["a", "0", "undefined"],
        ["b", "1", "undefined"],
    ]


def test_csv_has_a_line_of_names() -> None:
    assert as_csv(pd.DataFrame({"a": [1], "b": [NAN]})) == "a,b\n1,\n"
    assert as_csv({"a": 1, "b": NAN}) == "a,b\n1,\n"
    assert as_csv(0.5) == "value\n0.5\n"
    assert as_csv([{"a": 1}, {"a": 2}]) == "a\n1\n2\n"


def test_a_result_says_itself_how_it_is_printed() -> None:
    class Own:
        def lines(self) -> list[str]:
            return ["one", "two"]

        def as_json(self) -> dict[str, Any]:
            return {"n": 2}

        def to_csv(self) -> str:
            return "n\n2\n"

    assert as_text(Own()) == "one\ntwo"
    assert as_document(Own()) == {"n": 2}
    assert as_csv(Own()) == "n\n2\n"


def test_every_form_ends_its_last_line() -> None:
    for form in FORMS.values():
        assert form({"a": 1}).endswith("\n")
