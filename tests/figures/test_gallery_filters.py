"""The gallery of brightness, colour and filters runs, prints known beside found, and draws."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

SCRIPTS = (
    "convolve",
    "equalize_hist",
    "gaussian",
    "gradient",
    "histogram",
    "laplacian",
    "mean_filter",
    "separate_stains",
    "window",
)


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_prints_and_draws(
    name: str,
    repository: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    script = repository / "docs" / "gallery" / f"{name}.py"
    picture = tmp_path / "picture.png"
    monkeypatch.setattr(sys, "argv", [str(script), str(picture)])
    runpy.run_path(str(script), run_name="__main__")
    said = capsys.readouterr().out
    assert "known" in said
    assert "found" in said
    assert picture.stat().st_size > 3000  # bytes: an empty picture of this size has fewer
