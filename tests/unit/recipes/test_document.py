"""What is known of reading YAML: values, lines, and what is refused."""

from __future__ import annotations

import itertools

import pytest

from fiducial.errors import RecipeError
from fiducial.recipes.document import MOST_CHARACTERS, MOST_LEVELS, read_document


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("010", 10),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("-.inf", float("-inf")),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("'12'", "12"),
        ('"true"', "true"),
        ("2 mm", "2 mm"),
        # What YAML 1.1 would take for a boolean, a number of base 60, a date, an octal.
        ("no", "no"),
        ("off", "off"),
        ("1:30", "1:30"),
        ("2020-01-01", "2020-01-01"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
    ],
)
def test_scalars_follow_the_core_schema(text: str, value: object) -> None:
    found = read_document(f"key: {text}").plain()["key"]
    assert found == value
    assert type(found) is type(value)


def test_every_value_knows_its_line() -> None:
    node = read_document("a: 1\nb:\n  - x\n  - c: 2\n\n# a remark\nd: {e: 3}")
    assert isinstance(node.value, dict)
    assert node.value["a"].line == 1
    items = node.value["b"].value
    assert isinstance(items, list)
    assert [item.line for item in items] == [3, 4]
    assert node.value["d"].line == 7


def test_the_same_as_the_library_reads() -> None:
    import yaml

    text = (
        "name: Bones\nsteps:\n  - gaussian: {sigma: 2.5, border: reflect}\n  - otsu:\n    as: x\n"
    )
    assert read_document(text).plain() == yaml.safe_load(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty document"),
        ("# nothing\n", "empty document"),
        ("a: 1\nb: &x 2\nc: *x", "line 2: the recipe must hold no anchor"),
        ("a: !!python/object/apply:os.system [ls]", "must hold no tag"),
        ("a: !!binary aGVsbG8=", "must hold no tag"),
        ("a: 1\nb: 2\na: 3", "line 3: the recipe must have each key once; got 'a'"),
        ("a: 1\n---\nb: 2", "line 2: the recipe must be one document"),
        ("a: [1,\nb: 2", "this is no YAML"),
        ("a: b: c", "line 1: this is no YAML"),
        ("? [1, 2]\n: 3", "must have texts for keys"),
        ("a: \x00", "this is no YAML"),
    ],
)
def test_what_is_refused_is_named_with_its_line(text: str, words: str) -> None:
    with pytest.raises(RecipeError) as caught:
        read_document(text)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_bomb_of_aliases_is_refused_before_it_grows() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for a, b in itertools.pairwise("abcdefghi"):
        lines.append(f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]")
    with pytest.raises(RecipeError, match="anchor"):
        read_document("\n".join(lines))


def test_deep_nesting_is_refused_without_a_stack_overflow() -> None:
    assert read_document("[" * MOST_LEVELS + "]" * MOST_LEVELS)
    with pytest.raises(RecipeError, match="nested at most"):
        read_document("[" * 5000 + "]" * 5000)


def test_a_long_document_is_refused() -> None:
    with pytest.raises(RecipeError, match=f"at most {MOST_CHARACTERS} characters"):
        read_document("x" * (MOST_CHARACTERS + 1))


def test_a_number_of_thousands_of_digits_is_a_text() -> None:
    assert isinstance(read_document("a: " + "9" * 5000).plain()["a"], str)
