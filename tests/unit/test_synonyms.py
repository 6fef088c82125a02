"""Names from elsewhere are answered with ours."""

from __future__ import annotations

import pytest

import fiducial as fd
from fiducial import catalogue
from fiducial.cli.main import main
from fiducial.errors import UnknownNameError
from fiducial.synonyms import SYNONYMS, nearest


def test_every_answer_is_a_public_name_and_no_question_is_one() -> None:
    public = {*catalogue.operations(), *fd._PUBLIC}
    assert set(SYNONYMS.values()) <= public
    assert not set(SYNONYMS) & public


@pytest.mark.parametrize(
    ("name", "ours"),
    [
        ("binary_dilation", "dilate"),
        ("erosion", "erode"),
        ("distance_transform_edt", "distance_transform"),
        ("imshow", "show"),
        ("Gaussian", "gaussian"),
        ("red", "read"),
    ],
)
def test_a_name_from_elsewhere_is_answered_with_ours(name: str, ours: str) -> None:
    with pytest.raises(UnknownNameError, match=rf"Did you mean .*\b{ours}\b"):
        getattr(fd, name)


def test_the_command_line_answers_alike(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["erosion"]) == 2
    assert "Did you mean erode?" in capsys.readouterr().err
    assert main(["reference", "binary_dilation"]) == 2
    assert "Did you mean dilate?" in capsys.readouterr().err


def test_what_is_near_nothing_gets_no_answer() -> None:
    assert nearest("zzz", ["gaussian"]) == ""
    assert nearest("erosion", ["gaussian"]) == ""  # erode is not there to be meant
