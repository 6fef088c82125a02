"""Pictures, pixel by pixel: the right side on the right, colours as they are."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest

import fiducial as fd


def pixels(figure: object) -> np.ndarray:
    from PIL import Image

    stream = BytesIO()
    figure.savefig(stream, format="png", dpi=100)  # type: ignore[attr-defined]
    return np.asarray(Image.open(stream).convert("RGB"))


def middle_of(where: np.ndarray) -> tuple[float, float]:
    rows, columns = np.nonzero(where)
    return float(rows.mean()) / where.shape[0], float(columns.mean()) / where.shape[1]


@pytest.mark.parametrize("code", ["LPS", "RAS", "LAI", "SPL", "PIR"])
@pytest.mark.parametrize(
    ("cut", "point", "place"),
    [
        # A point of the patient, and the quarter of the picture where it must be drawn.
        ("z", (30.0, -30.0, 0.0), ("top", "right")),  # left and anterior
        ("y", (-30.0, 0.0, 30.0), ("top", "left")),  # right and superior
        ("x", (0.0, 30.0, -30.0), ("bottom", "right")),  # posterior and inferior
    ],
)
def test_a_landmark_is_drawn_on_its_side(
    code: str, cut: str, point: tuple[float, float, float], place: tuple[str, str]
) -> None:
    grid = fd.Grid.from_spacing((41, 41, 41), 2.0, origin=(-40, -40, -40)).reoriented(code)[0]
    ball = fd.phantoms.ball(grid, point, 6.0)
    figure = fd.show(ball.image, at={cut: 0.0})
    # Letters and the bar are white as well: the ball alone is taken, by hiding them.
    for artist in [*figure.axes[0].texts, *figure.axes[0].lines]:
        artist.set_visible(False)
    figure.set_facecolor("black")
    row, column = middle_of(pixels(figure).min(axis=-1) > 128)
    assert (row < 0.5) == (place[0] == "top")
    assert (column < 0.5) == (place[1] == "left")


def test_anisotropic_pixels_keep_a_disk_round() -> None:
    grid = fd.Grid.from_spacing((20, 100), (4.0, 0.8), unit="um", origin=(-39.6, -38))
    disk = fd.phantoms.ball(grid, (0.0, 0.0), 20.0)
    figure = fd.show(disk.image)
    for artist in [*figure.axes[0].texts, *figure.axes[0].lines]:
        artist.set_visible(False)
    figure.set_facecolor("black")
    rows, columns = np.nonzero(pixels(figure).min(axis=-1) > 128)
    # One array row is 4 um of 40: the disk's height is known to a tenth.
    assert np.ptp(rows) == pytest.approx(np.ptp(columns), rel=0.11)


def test_colours_are_those_of_the_image() -> None:
    values = np.zeros((2, 2, 3), np.uint8)
    values[0, 0], values[1, 1] = (250, 20, 30), (20, 40, 240)
    shown = pixels(fd.show(fd.Image(values, axes="yxc")))
    for colour in ((250, 20, 30), (20, 40, 240)):
        assert np.count_nonzero(np.all(shown == colour, axis=-1)) > 10_000


def test_an_outline_is_drawn_around_its_mask() -> None:
    grid = fd.Grid.from_spacing((60, 60), 1.0, unit="px")
    disk = fd.phantoms.ball(grid, radius=15)
    figure = fd.show((disk.image * 0.0, disk.mask))
    shown = pixels(figure).astype(int)
    orange = np.all(np.abs(shown - (255, 140, 26)) < 12, axis=-1)
    rows, columns = np.nonzero(orange)
    assert rows.size > 800
    inner = figure.axes[0].get_window_extent()
    scale = inner.width / 60 * 100 / figure.dpi
    assert np.ptp(columns) / scale == pytest.approx(31, abs=1.0)
