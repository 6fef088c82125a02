"""The lines of a lattice through a transform."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError
from fiducial.report.figures.deformed_grid import deformed_grid
from fiducial.transforms import Translation

GRID = fd.Grid.from_spacing((41, 61), 2.0, origin=(-60, -40))


def lines(figure: object) -> list[np.ndarray]:
    axes = figure.axes[0]  # type: ignore[attr-defined]
    # The scale bar is a line of two points.
    return [np.column_stack(line.get_data()) for line in axes.lines if len(line.get_xdata()) > 2]


def test_lines_go_where_the_transform_sends_them() -> None:
    image = fd.Image(np.zeros(GRID.shape), GRID)
    straight = lines(deformed_grid(Translation((0.0, 0.0)), image, spacing="20 mm"))
    moved = lines(deformed_grid(Translation((6.0, -3.0)), image, spacing="20 mm"))
    assert len(straight) == 5 + 7
    for before, after in zip(straight, moved, strict=True):
        np.testing.assert_allclose(after - before, np.tile((6.0, -3.0), (len(before), 1)))
    # One passes the middle of the picture.
    assert any(np.allclose(line[:, 1], 40.0) for line in straight)


def test_they_lie_on_the_moving_image() -> None:
    other = fd.Grid.from_spacing((30, 30), 5.0, origin=(-70, -70))
    pair = fd.phantoms.brain_pair(GRID, samples=1)
    moving = fd.Image(np.zeros(other.shape), other)
    drawn = lines(deformed_grid(pair.transform, pair.fixed, moving, spacing="20 mm"))
    world = GRID.index_to_world(np.column_stack([np.full(121, 20.0), np.linspace(0, 60, 121)]))
    expected = pair.transform.map(world) + 70.0
    assert any(np.allclose(line, expected) for line in drawn)


def test_refusals() -> None:
    image = fd.Image(np.zeros(GRID.shape), GRID)
    with pytest.raises(ParameterError, match="spacing of deformed_grid must be above 0"):
        deformed_grid(Translation((0.0, 0.0)), image, spacing=0)
