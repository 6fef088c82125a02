"""Chains of transforms."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import FrameMismatchError, ParameterError
from fiducial.transforms import Displacement

GRID = fd.Grid.from_spacing((8, 9, 10), (3.0, 2.0, 2.0), origin=(-9, -8, -10))
POINTS = np.random.default_rng(0).uniform(-4, 4, (20, 3))
A = fd.Frame("LPS", "mm", "a")
B = fd.Frame("LPS", "mm", "b")


def bend() -> Displacement:
    world = GRID.index_to_world(np.moveaxis(np.indices(GRID.shape), 0, -1))
    return Displacement(0.3 * np.sin(world[..., ::-1] / 5), GRID)


def test_the_last_one_is_applied_first() -> None:
    chain = fd.Composite([fd.Translation((1, 0)), fd.Rigid("90 deg")])
    assert chain.map([[2.0, 0.0]]) == pytest.approx(np.array([[1.0, 2.0]]), abs=1e-15)


def test_matmul_and_composite_are_one() -> None:
    rigid, field = fd.Rigid((0, 0, 10)), bend()
    for both in (rigid @ field, fd.Composite([rigid, field])):
        assert both.map(POINTS) == pytest.approx(rigid.map(field.map(POINTS)), abs=1e-12)
    assert (field @ rigid).map(POINTS) == pytest.approx(field.map(rigid.map(POINTS)), abs=1e-12)


def test_linear_neighbours_become_one() -> None:
    rigid, field = fd.Rigid((0, 0, 10)), bend()
    chain = fd.Composite([rigid, fd.Composite([rigid, field]), rigid, rigid])
    assert [type(item).__name__ for item in chain.transforms] == ["Rigid", "Displacement", "Rigid"]


def test_inverse_turns_the_order_round() -> None:
    chain = fd.Rigid((0, 0, 10)) @ bend()
    # The field's inverse is exact to 1e-3 of a sample at its samples and linear between them.
    assert chain.inverse().map(chain.map(POINTS)) == pytest.approx(POINTS, abs=0.02)


def test_jacobian_is_that_of_the_mapped_points() -> None:
    chain = fd.Affine(np.diag([2.0, 1.0, 1.0])) @ bend() @ fd.Rigid((10, 20, 30))
    step = 1e-4
    by_differences = np.stack(
        [
            (chain.map(POINTS + step * e) - chain.map(POINTS - step * e)) / (2 * step)
            for e in np.eye(3)
        ],
        axis=-1,
    )
    # The field's derivative is taken over a whole sample, and jumps at samples.
    assert chain.jacobian(POINTS) == pytest.approx(by_differences, abs=0.03)


def test_frames_run_through_the_chain() -> None:
    there = fd.Translation((1, 0, 0), fixed_frame=A, moving_frame=B)
    assert fd.Composite([there.inverse(), there]).fixed_frame == A
    with pytest.raises(FrameMismatchError):
        fd.Composite([there, there])
    chain = fd.Composite([fd.Rigid((0, 0, 1)), bend()]).with_frames(GRID.frame, B)
    assert (chain.fixed_frame, chain.moving_frame) == (GRID.frame, B)


@pytest.mark.parametrize("parts", [[], [1], "ab"])
def test_what_is_no_chain_is_refused(parts: object) -> None:
    with pytest.raises(ParameterError, match="one transform or more"):
        fd.Composite(parts)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="join two transforms"):
        fd.Translation((1, 2)) @ 3  # type: ignore[operator]
