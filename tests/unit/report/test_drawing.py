"""Drawing: windows, outlines, and nothing of matplotlib's own state touched."""

from __future__ import annotations

import numpy as np
import pytest

from fiducial.errors import GridMismatchError, ParameterError
from fiducial.geometry import Grid
from fiducial.image import Image, Labels, Mask, Points
from fiducial.phantoms import ball
from fiducial.report.drawing import draw, draw_contours, limits_of
from fiducial.report.layout import new_figure
from fiducial.report.plane import plane_of


def test_limits() -> None:
    wide = np.arange(-500.0, 501.0)
    assert limits_of(wide, (-100, 300)) == (-100.0, 300.0)
    assert limits_of(wide, "abdomen", "HU") == (-150.0, 250.0)
    assert limits_of(wide) == pytest.approx((-495.0, 495.0))
    assert limits_of(np.linspace(0, 1, 50)) == (0.0, 1.0)
    assert limits_of(np.linspace(0, 0.2, 50))[1] < 0.2
    assert limits_of(np.array([1, 1, 1])) == (0.5, 1.5)
    assert limits_of(np.array([np.nan, np.nan])) == (0.0, 1.0)
    assert limits_of(np.array([np.nan, 2.0, 4.0, np.inf]))[1] == pytest.approx(4.0, abs=0.02)
    # One bright voxel in a thousand leaves percentiles alike: the whole range then.
    spike = np.zeros(1000)
    spike[0] = 9.0
    assert limits_of(spike) == (0.0, 9.0)


@pytest.mark.parametrize("window", [(3,), (5, 5), (9, 1), 4.0, "nose"])
def test_bad_windows_are_refused(window: object) -> None:
    with pytest.raises(ParameterError, match="window of show must"):
        limits_of(np.arange(9.0), window, "HU")


def test_named_windows_need_hounsfield_units() -> None:
    with pytest.raises(ParameterError, match=r"must be .low, high. for an image in counts"):
        limits_of(np.arange(9.0), "lung", "counts")


@pytest.mark.parametrize(
    "columns", [[[0.0, 1.0], [1.0, 0.0]], [[0.0, -1.0], [1.0, 0.0]], [[0.5, 1.0], [1.0, 0.0]]]
)
def test_outlines_lie_on_the_edge_of_the_object(columns: list[list[float]]) -> None:
    grid = Grid.from_spacing((80, 60), (0.5, 0.75), direction=columns)
    found = ball(grid, radius=9.0)
    plane = plane_of(found.image)
    axes = new_figure(3, 3).add_axes((0, 0, 1, 1))
    draw_contours(axes, plane, plane.arranged(found.image.array), colour="red")
    (line,) = axes.lines
    paper = np.column_stack(line.get_data())
    center = plane.from_world(found.center.world)[0]
    away = np.linalg.norm(paper - center, axis=1)
    # mm: the share inside crosses one half within a quarter of a pixel of the true edge
    np.testing.assert_allclose(away, 9.0, atol=0.25)
    np.testing.assert_allclose(paper[0], paper[-1])


def test_an_outline_at_the_edge_of_the_picture_is_closed() -> None:
    plane = plane_of(Image(np.zeros((4, 4))))
    axes = new_figure(2, 2).add_axes((0, 0, 1, 1))
    draw_contours(axes, plane, np.ones((4, 4), bool), colour="red")
    (line,) = axes.lines
    x, y = line.get_data()
    assert (x.min(), x.max()) == (-0.5, 3.5)
    assert (y.min(), y.max()) == (-0.5, 3.5)
    draw_contours(axes, plane, np.zeros((4, 4), bool), colour="red")
    assert len(axes.lines) == 1


def test_overlays() -> None:
    image = Image(np.zeros((20, 20)))
    axes = new_figure(2, 2).add_axes((0, 0, 1, 1))
    inside = np.zeros((20, 20), bool)
    inside[5:9, 5:9] = True
    shapes = [Mask(inside), Labels(inside.astype(int) * 2), Points([[3.0, 4.0]], image.frame)]
    draw(axes, image, shapes, title="three", marks=False)
    assert len(axes.lines) == 3
    x, y = axes.lines[-1].get_data()
    assert (x[0], y[0]) == (3.0, 4.0)
    with pytest.raises(GridMismatchError, match="image and mask of show"):
        draw(axes, image, [Mask(np.zeros((5, 5), bool))])
    with pytest.raises(ParameterError, match="overlays of show must be masks"):
        draw(axes, image, [image])


def test_labels_have_their_colours() -> None:
    labels = Labels([[0, 1], [2, 2]], colors={1: (10, 20, 30), 2: (200, 100, 0)})
    axes = new_figure(2, 2).add_axes((0, 0, 1, 1))
    _, drawn = draw(axes, labels)
    shown = np.asarray(drawn.get_array())
    np.testing.assert_array_equal(shown[0], [[0, 0, 0], [10, 20, 30]])
    np.testing.assert_array_equal(shown[1, 0], (200, 100, 0))


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (np.full((2, 2, 3), 128, np.uint8), 128),
        (np.full((2, 2, 3), 65535, np.uint16), 1.0),
        (np.full((2, 2, 3), 255, np.int32), 1.0),
        (np.full((2, 2, 3), 0.25, np.float32), 0.25),
        (np.full((2, 2, 3), 255.0), 1.0),
        (np.full((2, 2, 3), np.nan), 0.0),
        (np.full((2, 2, 3), -1.0), 0.0),
    ],
)
def test_colour_is_shown_as_colour(values: np.ndarray, shown: float) -> None:
    axes = new_figure(2, 2).add_axes((0, 0, 1, 1))
    _, drawn = draw(axes, Image(values, axes="yxc"))
    np.testing.assert_allclose(np.asarray(drawn.get_array()), shown)
