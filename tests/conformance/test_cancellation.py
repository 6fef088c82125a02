"""Long work stops within a second of being asked to, and leaves nothing half-written.

Each case runs for seconds; another thread asks it to stop early, midway and late.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import Cancelled
from fiducial.kernels import body
from fiducial.progress import Work, listening

GRID = fd.Grid.from_spacing((112, 128, 128), (2.0, 1.5, 1.5))

RECIPE = """
recipe: 1
inputs: {ct: image}
steps:
  - gaussian: {image: ct, sigma: 20 mm}
    as: smooth
  - chan_vese: {image: smooth, tol: 0, max_num_iter: 5000}
    as: found
outputs: {smooth: smooth.nii.gz, found: found.nii.gz}
"""


@cache
def noise() -> fd.Image:
    values = np.random.default_rng(0).normal(size=GRID.shape).astype(np.float32)
    return fd.Image(values, GRID)


@cache
def corner() -> fd.Mask:
    """Give a point that takes eight thousand steps to the other corner."""
    inside = np.zeros((4096, 4096), np.bool_)
    inside[0, 0] = True
    return fd.Mask(inside)


@cache
def clouds() -> fd.Image:
    return fd.gaussian(noise(), sigma="4 mm")


@cache
def cine() -> fd.Image:
    return fd.Image(np.stack([noise().array] * 12), GRID, axes="tzyx")


def tour(folder: Path) -> Any:
    from fiducial.tour import run

    return run(folder / "tour", open_page=False)


CASES: dict[str, Callable[[Path], Any]] = {
    "register": lambda _: [
        fd.register(clouds(), fd.gaussian(noise(), sigma=f"{width} mm"), transform="rigid")
        for width in range(3, 60)
    ],
    "chan_vese": lambda _: fd.chan_vese(noise(), tol=0, max_num_iter=100_000),
    "dilate": lambda _: fd.dilate(corner(), iterations=100_000),
    "compare": lambda _: [
        fd.compare(prediction=clouds() > level, reference=clouds() > 0)
        for level in np.linspace(0.01, 0.1, 60)
    ],
    "convolve": lambda _: fd.convolve(noise(), np.random.default_rng(1).random((41, 41, 41))),
    "a long sequence": lambda _: [fd.gaussian(cine(), sigma="30 mm") for _ in range(100)],
    "a phantom": lambda _: fd.phantoms.abdomen_ct(
        fd.Grid.from_spacing((200, 200, 200), 2.0), samples=6
    ),
    "writing": lambda folder: [fd.write(cine(), folder / "cine.nii.gz") for _ in range(100)],
    "a recipe": lambda folder: fd.run_recipe(RECIPE, inputs={"ct": noise()}, out=folder / "out"),
    "the tour": tour,
}


def stop_after(seconds: float, work: Callable[[], Any]) -> float:
    """Return how long it took the work to stop once it was asked."""
    listener = Work()
    asked: list[float] = []

    def ask() -> None:
        asked.append(time.monotonic())
        listener.cancel()

    timer = threading.Timer(seconds, ask)
    timer.start()
    try:
        with pytest.raises(Cancelled), listening(listener):
            work()
        return time.monotonic() - asked[0]
    finally:
        timer.cancel()


slow = pytest.mark.slow
SECONDS = [pytest.param(0.1, marks=slow), 0.7, pytest.param(2.0, marks=slow)]
NAMES = [pytest.param(name, marks=slow) if name == "the tour" else name for name in CASES]


@pytest.mark.parametrize("seconds", SECONDS)
@pytest.mark.parametrize("name", NAMES)
def test_it_stops_within_a_second(name: str, seconds: float, tmp_path: Path) -> None:
    if name == "convolve" and body.native() is None:
        pytest.skip("one call of SciPy, which cannot be stopped: the command line leaves it behind")
    clouds()
    cine()
    corner()
    # Compiled parts and libraries load at a first call; they are no part of the work.
    if name == "the tour":
        tour(tmp_path / "before")
    place = tmp_path / "place"
    place.mkdir()
    assert stop_after(seconds, lambda: CASES[name](place)) < 1.0
    whole = {"cine.nii.gz", "cine.nii.gz.lineage.json"} if name == "writing" else set()
    for path in place.rglob("*"):
        assert path.name != "index.html"
        assert not path.name.endswith(".fiducial-part"), path
        if name != "the tour":
            assert path.name in whole, path
    if (place / "cine.nii.gz").exists():  # an earlier one of the hundred
        assert fd.read(place / "cine.nii.gz").shape == cine().shape
