"""What every test shares: real data, a browser, the seed of the examples, the slow run."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

REPOSITORY = Path(__file__).resolve().parents[1]
DATA_VARIABLE = "FIDUCIAL_TEST_DATA"

# Wall time says nothing on a shared machine, so no example has a deadline. The short profiles are
# for every run; HYPOTHESIS_PROFILE=thorough is for a night.
settings.register_profile(
    "dev", deadline=None, max_examples=20, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True, print_blob=True)
settings.register_profile("thorough", settings.get_profile("dev"), max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if "CI" in os.environ else "dev"))


def data_folder() -> Path:
    """Give the folder where real data lie, whether or not it is there."""
    named = os.environ.get(DATA_VARIABLE)
    return Path(named) if named else REPOSITORY.parent / "shared" / "data"


def missing_data(folders: tuple[str, ...]) -> str:
    """Say which real data are missing and what to do, or give "" when all are there."""
    root = data_folder()
    if not root.is_dir():
        return f"no real data at {root}; set {DATA_VARIABLE} to the folder that holds them"
    absent = [name for name in folders if not (root / name).exists()]
    return f"{', '.join(absent)} not found in {root}" if absent else ""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the tests marked slow as well")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark by folder, and skip what this run does not ask for or this machine does not have."""
    for item in items:
        if REPOSITORY / "tests" / "realdata" in item.path.parents:
            item.add_marker(pytest.mark.realdata)
        if item.get_closest_marker("slow") and not config.getoption("--slow"):
            item.add_marker(pytest.mark.skip(reason="slow; runs with --slow"))
        folders = [name for mark in item.iter_markers("realdata") for name in mark.args]
        if item.get_closest_marker("realdata"):
            reason = missing_data(tuple(folders))
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def repository() -> Path:
    """Give the root of the working tree."""
    return REPOSITORY


@pytest.fixture(scope="session")
def realdata() -> Path:
    """Give the folder of real data, or skip with the reason."""
    reason = missing_data(())
    if reason:
        pytest.skip(reason)
    return data_folder()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give the path of a Chromium that can run headless, or skip with the reason."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
    for name in (os.environ.get("FIDUCIAL_CHROMIUM", ""), *names):
        found = shutil.which(name) if name else None
        if found:
            return found
    pytest.skip("no Chromium on the path; install one or set FIDUCIAL_CHROMIUM to its executable")


@pytest.fixture(autouse=True)
def _without_display(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw to memory: a test never opens a window or a browser of the desktop."""
    monkeypatch.setenv("MPLBACKEND", "Agg")
    monkeypatch.setenv("BROWSER", "true")
