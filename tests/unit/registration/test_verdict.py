"""What follows from the evidence."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.registration.verdict import Evidence, judged

from .conftest import Picture, centred

GRID = centred((40, 42, 44), 2.4)


def one(verdict: str) -> Evidence:
    return Evidence("thing", 1.0, "", verdict, "so it is")


@pytest.mark.parametrize(
    ("single", "whole"),
    [
        (["pass", "pass"], "pass"),
        (["pass", "", "warn"], "warn"),
        (["warn", "fail", "pass"], "fail"),
        ([], "pass"),
        (["warn", "warn"], "warn"),
        (["warn", "warn", "warn"], "fail"),
    ],
)
def test_the_worst_counts_and_three_doubts_are_too_many(single: list[str], whole: str) -> None:
    assert judged([one(verdict) for verdict in single]) == whole


def test_json_has_no_nan() -> None:
    assert Evidence("thing", float("nan"), "mm", "", "?").as_json()["value"] is None


def evidence(result: object) -> dict[str, Evidence]:
    return {item.name: item for item in result.evidence}  # type: ignore[attr-defined]


def test_an_implausible_scale_fails(picture: Picture) -> None:
    result = fd.register(
        picture(GRID),
        picture(GRID.padded(30), fd.Similarity((0, 0, 0), 2.3)),
        transform="similarity",
        initial=fd.Similarity((0, 0, 0), 2.2),
    )
    found = evidence(result)["scale"]
    assert found.value == pytest.approx(2.3, abs=0.05)
    assert found.verdict == "fail"
    assert result.verdict == "fail"


def test_a_small_overlap_warns(picture: Picture) -> None:
    found = evidence(fd.register(picture(GRID), picture(GRID)[:, :, :15], initial="header"))
    assert found["overlap"].value == pytest.approx(15 / 44, abs=0.02)
    # The smaller image lies wholly inside: nothing to warn of.
    assert found["overlap"].verdict == "pass"
    shifted = picture(centred((40, 42, 44), 2.4, np.eye(3)[:, ::-1]), fd.Translation((0, 0, 0)))
    far = fd.Grid(GRID.shape, GRID.affine + np.eye(4)[:, [0]] @ [[0, 0, 0, 62.0]])
    assert far.origin[0] == GRID.origin[0] + 62.0
    part = picture(far)
    found = evidence(fd.register(shifted, part, initial="header"))
    assert found["overlap"].value == pytest.approx(0.41, abs=0.03)
    assert found["overlap"].verdict == "warn"


def test_two_equally_good_places_warn() -> None:
    grid = centred((64, 64), 1.5)
    world = grid.index_to_world(np.moveaxis(np.indices(grid.shape), 0, -1))
    ring = np.exp(-((np.linalg.norm(world, axis=-1) - 25.0) ** 2) / 40.0)
    result = fd.register(fd.Image(ring, grid), fd.Image(ring, grid))
    assert evidence(result)["starts"].verdict == "warn"
    assert "equally good elsewhere" in evidence(result)["starts"].says


def test_a_good_match_stands_out_from_shifted_copies(picture: Picture) -> None:
    found = evidence(fd.register(picture(GRID), picture(GRID, fd.Translation((3, 2, 1)))))
    assert found["detail"].value > 0.3
    assert found["inverse consistency"].value < 0.1
    assert found["mirror"].value > 2.0
