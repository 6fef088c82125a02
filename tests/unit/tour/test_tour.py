"""The tour: it runs, it is right, and what it prints is what made it."""

from __future__ import annotations

import html
import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import fiducial as fd
from fiducial.cli.main import main
from fiducial.errors import FileDefectError, ParameterError
from fiducial.image import Sampled
from fiducial.progress import listening
from fiducial.tour import run
from fiducial.tour.run import recipe_text
from fiducial.tour.stops import STOPS

LISTINGS = {
    "equalise",
    "stains",
    "mean",
    "gaussian",
    "otsu",
    "contour",
    "morphology",
    "sets",
    "distance",
}
"""The stops that stand for the lecture's nine listings."""


@pytest.fixture(scope="session")
def toured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Walk the tour once, and keep what each stop showed."""
    from importlib import import_module

    module = import_module("fiducial.tour.run")
    out = tmp_path_factory.mktemp("tour")
    seen: dict[str, Any] = {}
    steps: list[tuple[float, float]] = []
    original = module.visit

    def keep(stop: Any, material: Any, folder: Path) -> Any:
        seen[stop.name] = original(stop, material, folder)
        seen["material"] = material
        return seen[stop.name]

    module.visit = keep
    try:
        with listening(lambda done, total, message: steps.append((done, total))):
            page = run(out, open_page=False)
    finally:
        module.visit = original
    return {"out": out, "page": page, "seen": seen, "steps": steps}


@pytest.fixture
def inside(toured: dict[str, Any]) -> Iterator[Path]:
    """Stand in the tour's folder, where its lines are meant to be typed."""
    before = Path.cwd()
    os.chdir(toured["out"])
    yield toured["out"]
    os.chdir(before)


def test_the_page_exists_and_progress_was_told(toured: dict[str, Any]) -> None:
    assert toured["page"].name == "index.html"
    done, total = toured["steps"][-1]
    assert done == total
    assert len(toured["steps"]) > len(STOPS)


def test_the_nine_listings_of_the_lecture_are_among_the_stops() -> None:
    assert {stop.name for stop in STOPS} >= LISTINGS


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
def test_known_and_found_agree(stop: Any, toured: dict[str, Any]) -> None:
    checks = stop.checks(toured["seen"][stop.name])
    assert checks, "a stop without a known number shows nothing"
    assert [check for check in checks if not check.is_met] == []


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
def test_a_listing_has_at_most_six_lines_and_gives_the_recipes_results(
    stop: Any, toured: dict[str, Any], inside: Path
) -> None:
    text = stop.listing.format(**toured["seen"]["material"].files)
    assert len(text.splitlines()) <= 6
    names: dict[str, Any] = {"fd": fd, "np": np, "print": lambda *words: None}
    exec(text, names)
    results = toured["seen"][stop.name].results
    shared = [name for name in results if name in names]
    assert shared, "the listing must make a result of the recipe, under its name"
    for name in shared:
        assert_same(names[name], results[name])


def assert_same(found: Any, expected: Any) -> None:
    """Assert that two results are equal to the bit."""
    assert type(found) is type(expected)
    if isinstance(found, Sampled):
        assert found.grid == expected.grid
        assert np.array_equal(found.array, expected.array)
    elif isinstance(found, pd.DataFrame):
        pd.testing.assert_frame_equal(found, expected)
    elif hasattr(found, "transform"):
        assert found.transform.as_json() == expected.transform.as_json()
    elif hasattr(found, "image"):
        assert np.array_equal(found.image.array, expected.image.array)
    elif hasattr(found, "counts"):
        assert np.array_equal(found.counts, expected.counts)
    else:
        assert found == expected


@pytest.mark.parametrize("stop", STOPS, ids=lambda stop: stop.name)
def test_each_command_line_works_as_printed(
    stop: Any, toured: dict[str, Any], inside: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in stop.commands:
        words = shlex.split(command.format(**toured["seen"]["material"].files))
        assert words[0] == "fiducial"
        assert main(words[1:]) == 0, command
    capsys.readouterr()


def test_the_page_holds_every_stop_and_asks_for_nothing(toured: dict[str, Any]) -> None:
    text = toured["page"].read_text(encoding="utf-8")
    for stop in STOPS:
        assert html.escape(stop.title) in text
    assert "variance between the two classes as large as it can be" in text
    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?!data:|#)[^"']*""", text)
    assert "Content-Security-Policy" in text
    assert "<script" not in text.lower() or "sha256-" in text
    assert text.count("data:image/png;base64,") >= len(STOPS)
    assert str(toured["out"]) not in text, "a page names no folder of the machine"


def test_every_image_that_was_written_replays(toured: dict[str, Any]) -> None:
    out = toured["out"]
    for path in ("results/window/abdomen.nii.gz", "results/otsu/bright.nrrd", "data/cine.mha"):
        assert fd.replay(out / path).identical, path


def test_recipes_lie_beside_the_page_and_are_those_of_the_package(toured: dict[str, Any]) -> None:
    for stop in STOPS:
        written = (toured["out"] / "recipes" / f"{stop.name}.yaml").read_text(encoding="utf-8")
        assert written == recipe_text(stop.name)


def test_bad_places_and_series_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(ParameterError, match="must be a folder"):
        run(file)
    with pytest.raises(FileDefectError):
        run(tmp_path / "out", ct=tmp_path / "nowhere", open_page=False)


@pytest.mark.browser
def test_a_browser_shows_every_picture(
    toured: dict[str, Any], chromium: str, tmp_path: Path
) -> None:
    shot = tmp_path / "page.png"
    subprocess.run(
        [
            chromium,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--hide-scrollbars",
            "--window-size=1200,3000",
            f"--screenshot={shot}",
            toured["page"].as_uri(),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    pixels = fd.read(shot)
    gray = np.asarray(pixels.gray())
    # Text and pictures on paper: neither blank nor one colour.
    assert gray.std() > 10
    assert np.unique(gray).size > 50


def test_a_ct_of_the_users_own_takes_the_samples_place_and_leaves_no_path(tmp_path: Path) -> None:
    grid = fd.Grid.from_spacing((12, 40, 50), (5.0, 2.0, 2.0), origin=(-49, -39, -30))
    place = tmp_path / "a name of somebody"
    place.mkdir()
    fd.write(fd.phantoms.abdomen_ct(grid, noise=5.0).image, place / "scan.nii.gz")
    page = run(tmp_path / "out", ct=place / "scan.nii.gz", open_page=False)
    text = page.read_text(encoding="utf-8")
    assert "a name of somebody" not in text
    assert "scan.nii" not in text
    assert "SERIES" in text
    failed = re.findall(r"(\d+) of (\d+) known numbers", text)
    assert failed
    assert failed[0][0] == failed[0][1]


def test_what_is_no_ct_is_refused_in_one_line(tmp_path: Path) -> None:
    image = fd.Image(np.zeros((4, 5, 6), np.int16), fd.Grid.from_spacing((4, 5, 6), 1.0))
    with pytest.raises(ParameterError, match="Hounsfield"):
        run(tmp_path / "out", ct=image, open_page=False)
