"""What is known of the argument parser."""

from __future__ import annotations

import pytest

from fiducial.cli.parser import Parser
from fiducial.errors import ParameterError


def parser() -> Parser:
    found = Parser("fiducial thing", "Do 100 % of a thing.", "The end: 5 %.")
    found.add_argument("image", metavar="IMAGE")
    found.add_argument("--max-num-iter", type=int)
    found.add_argument("--above")
    found.add_argument("--strict", action="store_true")
    return found


def test_options_may_be_written_with_underscores() -> None:
    assert parser().read(["a", "--max_num_iter", "5"]).max_num_iter == 5
    assert parser().read(["a", "--max_num_iter=5"]).max_num_iter == 5


@pytest.mark.parametrize("number", ["-5", "-0.5", "-.5", "-1e3", "-1 mm", "-2mm", "-3,-4"])
def test_a_negative_number_may_follow_an_option(number: str) -> None:
    assert parser().read(["a", "--above", number]).above == number
    assert parser().read([f"--above={number}", "a"]).above == number


def test_after_two_dashes_everything_is_a_file() -> None:
    assert parser().read(["--", "--max_num"]).image == "--max_num"


def test_a_flag_takes_no_number() -> None:
    found = parser().read(["--strict", "a"])
    assert (found.strict, found.image) == (True, "a")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "fiducial thing: the following arguments are required: IMAGE. See: fiducial thing"),
        (["a", "--abov", "3"], "fiducial thing has no option --abov. Did you mean --above?"),
        (["a", "--wild=3"], "fiducial thing has no option --wild. See: fiducial thing --help."),
        (["a", "b"], "fiducial thing takes no further argument 'b'"),
        (["a", "--above"], "argument --above: expected one argument"),
        (["a", "--max-num-iter", "x"], "argument --max-num-iter: invalid int value: 'x'"),
    ],
)
def test_errors_are_one_line_with_the_nearest_name(words: list[str], message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parser().read(words)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_help_keeps_the_words(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        parser().read(["--help"])
    assert stop.value.code == 0
    text = capsys.readouterr().out
    assert "Do 100 % of a thing." in text
    assert "The end: 5 %." in text
    assert "--debug" in text
