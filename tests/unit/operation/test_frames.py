"""An operation applied to each frame and channel, and what comes of lists of images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import FrameMismatchError, GridMismatchError, ParameterError
from fiducial.image import Image, Labels, Points
from fiducial.lineage import Call
from fiducial.operation import operation

GRID = fd.Grid.from_spacing((4, 5), (2.0, 1.0))
VALUES = np.arange(20, dtype=np.float32).reshape(4, 5)
IMAGE = fd.Image(VALUES, GRID, "HU")
FRAMES = fd.Image(np.stack([VALUES, VALUES + 50]), GRID, "HU", "tyx", times=(0, 1))


@operation
def total(images: Sequence[Image]) -> Image:
    """Add them."""
    return images[0].with_array(sum(image.array for image in images), unit=images[0].unit)


@operation
def table(images: Mapping[str, Image]) -> Image:
    """Return the first."""
    return next(iter(images.values()))


@operation
def beside(image: Image, points: Points | None = None) -> Image:
    """Return it."""
    return image


@operation
def cropped(image: Image) -> Image:
    """Cut it where its values begin."""
    return image[int(image.array.flat[0] > 10) :][:3]


@operation
def odd_unit(image: Image) -> Image:
    """Give another unit to bright frames."""
    return image.with_unit("SUV" if image.array.flat[0] > 10 else "HU")


@operation(uses="tc")
def halves(image: Image) -> dict[str, Image]:
    """Return two images."""
    return {"low": image, "high": image + 1}


@operation(uses="tc")
def pair(image: Image) -> tuple[Image, float]:
    """Return an image and a number."""
    return image, 1.0


def test_a_list_of_images_goes_frame_by_frame_and_mixes_with_single_ones() -> None:
    for images in ([FRAMES, IMAGE], (IMAGE, FRAMES)):
        result = total(images)
        assert result.axes == "tyx"
        assert result.times == (0, 1)
        np.testing.assert_array_equal(result.array, FRAMES.array + VALUES)
    assert table({"a": FRAMES}).axes == "tyx"


@pytest.mark.parametrize("bad", [[IMAGE, VALUES], "ct", 3, [IMAGE, None]])
def test_a_list_of_images_holds_images(bad: object) -> None:
    with pytest.raises(ParameterError, match="images of total must be an Image, several"):
        total(bad)  # type: ignore[arg-type]


def test_the_images_of_a_list_lie_on_one_grid_at_the_same_times() -> None:
    with pytest.raises(GridMismatchError, match="images 1 and images 2 of total"):
        total([IMAGE, IMAGE[::-1]])
    with pytest.raises(GridMismatchError, match="a and b of table"):
        table({"a": IMAGE, "b": IMAGE[::-1]})
    later = fd.Image(FRAMES.array, GRID, "HU", "tyx", times=(0, 2))
    with pytest.raises(ParameterError, match="same times"):
        total([FRAMES, later])
    longer = fd.Image(np.zeros((3, 4, 5), np.float32), GRID, "HU", "tyx")
    with pytest.raises(ParameterError, match="as long on the axis t"):
        total([FRAMES, longer])


def test_points_live_in_the_world_of_the_image() -> None:
    assert beside(IMAGE, fd.Points([[1, 2]])).shape == (4, 5)
    with pytest.raises(FrameMismatchError, match="image and points of beside"):
        beside(IMAGE, fd.Points([[1, 2, 3]]))


def test_frames_that_come_out_in_different_places_are_refused() -> None:
    # All have one shape: taking the first frame's place for all would be silent and wrong.
    assert cropped(FRAMES.at(t=0)).grid != cropped(FRAMES.at(t=1)).grid
    with pytest.raises(ParameterError, match=r"same lattice and unit.*frame by frame"):
        cropped(FRAMES)
    with pytest.raises(ParameterError, match="same lattice and unit"):
        odd_unit(FRAMES)


def test_names_and_colours_of_all_frames_are_kept() -> None:
    @operation
    def named(image: Image) -> Labels:
        """Name the frame by its first value."""
        number = 1 + int(image.array.flat[0] > 10)
        values = np.full(image.shape, number)
        return Labels(values, image.grid, names={number: "x"}, colors={number: (number, 0, 0)})

    result = named(FRAMES)
    assert result.names == {1: "x", 2: "x"}
    assert result.colors == {1: (1, 0, 0), 2: (2, 0, 0)}


def test_each_of_several_results_has_a_record_that_names_it() -> None:
    from fiducial.recipes.remake import _part

    found = halves(IMAGE)
    for name, image in found.items():
        assert isinstance(image.lineage, Call)
        assert (image.lineage.operation, image.lineage.output) == ("halves", name)
        assert _part(found, image.lineage) is image
    image, number = pair(IMAGE)
    assert isinstance(image.lineage, Call)
    assert (image.lineage.output, number) == ("0", 1.0)


def test_what_gives_no_image_asks_for_single_frames() -> None:
    @operation
    def brightest(image: Image) -> float:
        """Return the greatest value."""
        return float(image.array.max())

    assert brightest(IMAGE) == 19
    with pytest.raises(ParameterError, match="images of brightest must be single frames"):
        brightest(FRAMES)


def test_the_record_says_that_a_frame_was_assumed() -> None:
    world = fd.Frame("xy", "mm", "1.2.3")
    known = fd.Image(VALUES, GRID.with_frame(world), "HU")
    lineage = total([known, IMAGE]).lineage
    assert isinstance(lineage, Call)
    assert "1.2.3" in lineage.assumed[0]
