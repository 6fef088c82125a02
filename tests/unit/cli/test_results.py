"""What is known of delivering results."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fiducial as fd
from fiducial.cli.arguments import OUTPUT
from fiducial.cli.results import check_output, deliver
from fiducial.errors import FileDefectError, ParameterError
from fiducial.operation import spec_of

SPEC = spec_of(fd.gaussian)


def given(**values: Any) -> argparse.Namespace:
    output = values.pop("output", None)
    found = argparse.Namespace(quiet=False, json=False, csv=False, **values)
    setattr(found, OUTPUT, output)
    return found


def test_an_image_goes_to_its_file_and_talk_to_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.png"
    image = fd.Image(np.zeros((3, 4), np.uint8))
    assert deliver(SPEC, image, given(output=str(path))) == 0
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == f"wrote {path}: Image(y 3 x x 4, uint8, 1 x 1 px)\n"
    np.testing.assert_array_equal(fd.read(path).array, image.array)


def test_numbers_are_printed_as_text_json_or_csv(capsys: pytest.CaptureFixture[str]) -> None:
    deliver(SPEC, 0.1, given())
    assert capsys.readouterr().out == "0.1\n"
    found = given()
    found.json = True
    deliver(SPEC, {"dice": float("nan")}, found)
    assert json.loads(capsys.readouterr().out) == {"dice": None}
    found = given()
    found.csv = True
    deliver(SPEC, {"dice": 0.5}, found)
    assert capsys.readouterr().out == "dice\n0.5\n"


def test_quiet_says_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = given(output=str(tmp_path / "n.json"))
    found.quiet = True
    deliver(SPEC, 0.1, found)
    assert capsys.readouterr() == ("", "")
    assert json.loads((tmp_path / "n.json").read_text()) == 0.1


def test_an_image_without_a_file_is_refused() -> None:
    with pytest.raises(ParameterError, match="Add -o FILE"):
        deliver(SPEC, fd.Image([[1]]), given())


def test_an_output_is_checked_before_the_work(tmp_path: Path) -> None:
    check_output(SPEC, given())
    check_output(SPEC, given(output=str(tmp_path / "new.nii")))
    with pytest.raises(FileDefectError, match="its folder does not exist"):
        check_output(SPEC, given(output=str(tmp_path / "none" / "a.nii")))
    with pytest.raises(ParameterError, match="must be another file than image"):
        check_output(
            SPEC,
            given(output=str(tmp_path / "x" / ".." / "a.nii"), image=str(tmp_path / "a.nii")),
        )
