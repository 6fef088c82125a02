"""The decorator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import Cancelled, GridMismatchError, ParameterError
from fiducial.image import Image, Labels, Mask
from fiducial.operation import operation, read_docstring, spec_of
from fiducial.progress import listening
from fiducial.units import Angle, Length


@operation
def shift_values(
    image: Image,
    mask: Mask | None = None,
    *,
    amount: float = 1.0,
    times: int = 1,
    way: Literal["up", "down"] = "up",
    radius: Length = "1 px",
    turn: Angle = 0.0,
    name: str | None = None,
    loud: bool = False,
    weights: Sequence[float] = (1.0,),
) -> Image:
    """Shift the values.

    Parameters
    ----------
    image
        The image.
    mask
        Where.
    amount, times
        How much, and how often.
    """
    assert image.grid.in_index(radius)
    sign = 1 if way == "up" else -1
    return image.with_array(image.array + sign * amount * times, unit=image.unit)


@operation(uses="tc")
def mean_value(image: Image) -> float:
    """Return the mean."""
    return float(image.array.mean())


@operation(orthogonal=True, same_grid=False)
def join(first: Image, second: Image | Mask) -> Image:
    """Return the first."""
    return first


IMAGE = fd.Image(np.zeros((4, 5), np.float32), fd.Grid.from_spacing((4, 5), (2, 1)), "HU")


def test_signature_and_docstring_say_the_kinds() -> None:
    spec = spec_of(shift_values)
    kinds = {parameter.name: parameter.kind for parameter in spec.parameters}
    assert kinds == {
        "image": "image",
        "mask": "mask",
        "amount": "number",
        "times": "integer",
        "way": "choice",
        "radius": "length",
        "turn": "angle",
        "name": "text",
        "loud": "boolean",
        "weights": "numbers",
    }
    assert spec.by_name["way"].choices == ("up", "down")
    assert spec.by_name["mask"].is_optional
    assert spec.by_name["image"].is_required
    assert spec.by_name["times"].description == "How much, and how often."
    assert spec.returns == "image"
    assert spec_of(join).by_name["second"].accepts == (Image, Mask)


def test_it_keeps_the_functions_name_and_docstring() -> None:
    assert shift_values.__name__ == "shift_values"
    assert shift_values.__doc__ is not None
    with pytest.raises(ParameterError, match="must be an operation"):
        spec_of(len)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"amount": "much"}, "amount of shift_values must be a number; got 'much'"),
        ({"amount": float("nan")}, "amount of shift_values must be a number"),
        ({"amount": True}, "amount of shift_values must be a number"),
        ({"times": 1.5}, "times of shift_values must be a whole number; got 1.5"),
        ({"way": "left"}, "way of shift_values must be one of 'up', 'down'; got 'left'"),
        ({"radius": "2 kg"}, "radius of shift_values must be a length"),
        ({"turn": "2 mm"}, "turn of shift_values must be an angle"),
        ({"name": 3}, "name of shift_values must be a text"),
        ({"loud": 1}, "loud of shift_values must be True or False"),
        ({"mask": np.zeros((4, 5), bool)}, "mask of shift_values must be of type Mask"),
        ({"amuont": 1}, "Did you mean amount"),
        ({"image": IMAGE}, "image"),
    ],
)
def test_bad_parameters_are_named_with_value_and_remedy(
    bad: dict[str, object], message: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        shift_values(IMAGE, **bad)  # type: ignore[arg-type]
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(ParameterError, match="image of shift_values must be given"):
        shift_values(amount=2)  # type: ignore[call-arg]


def test_grids_are_checked_unless_said_otherwise() -> None:
    other = fd.Image(np.zeros((3, 3), np.float32), unit="HU")
    assert join(IMAGE, other).shape == IMAGE.shape
    mask = fd.Mask(np.zeros((4, 5), bool), fd.Grid.from_spacing((4, 5), (2, 2)))
    with pytest.raises(GridMismatchError, match="image and mask of shift_values"):
        shift_values(IMAGE, mask)


def test_sheared_grids_are_refused_where_axes_must_be_orthogonal() -> None:
    sheared = fd.Grid((4, 5), [[0.5, 1, 0], [2, 0, 0], [0, 0, 1]])
    image = fd.Image(np.zeros((4, 5), np.float32), sheared)
    with pytest.raises(ParameterError, match="orthogonal"):
        join(image, image)
    assert shift_values(image).grid == sheared


@pytest.mark.parametrize("axes", ["tyx", "yxc", "tyxc"])
def test_frames_and_channels_are_done_in_turn(axes: str) -> None:
    shape = {"t": 3, "y": 4, "x": 5, "c": 2}
    values = np.random.default_rng(0).normal(size=[shape[a] for a in axes]).astype(np.float32)
    image = fd.Image(
        values,
        IMAGE.grid,
        "HU",
        axes,
        times=(0, 1, 2) if "t" in axes else None,
        channels=("a", "b") if "c" in axes else None,
    )
    result = shift_values(image, amount=2.0)
    np.testing.assert_allclose(result.array, values + 2)
    assert (result.axes, result.times, result.channels) == (axes, image.times, image.channels)
    assert result.unit == "HU"
    assert result.array.flags.c_contiguous


def test_one_mask_serves_every_frame() -> None:
    image = fd.Image(np.zeros((3, 4, 5), np.float32), IMAGE.grid)
    assert shift_values(image, fd.Mask(np.ones((4, 5), bool), IMAGE.grid)).shape == (3, 4, 5)


def test_frames_report_progress_and_can_be_cancelled() -> None:
    image = fd.Image(np.zeros((6, 4, 5), np.float32), IMAGE.grid)
    with (
        pytest.raises(Cancelled),
        listening(lambda done, total, message: done < 2),
    ):
        shift_values(image)


def test_numbers_use_all_axes() -> None:
    assert mean_value(IMAGE + 3) == 3.0


def test_labels_of_frames_keep_all_their_names() -> None:
    labels = Labels(np.ones((2, 4, 5), int), IMAGE.grid, names={1: "cell"})

    @operation
    def same(labels: Labels) -> Labels:
        """Return it."""
        return labels

    assert same(labels).names == {1: "cell"}


def test_docstrings_are_split_into_sections() -> None:
    parts = read_docstring(shift_values.__doc__)
    assert parts.summary == "Shift the values."
    assert set(parts.parameters) == {"image", "mask", "amount", "times"}


def test_an_argument_without_a_name_is_told_which_name_it_needs() -> None:
    image = fd.Image(np.zeros((4, 5), np.float32))
    mask = image > 0
    cases = [
        (
            lambda: fd.gaussian(image, 3),
            "gaussian takes only image without a name; got 2",
            "Write gaussian(image, sigma=3).",
        ),
        (lambda: fd.gaussian(image, "3 px"), "", "Write gaussian(image, sigma='3 px')."),
        (
            lambda: fd.compare(mask, mask),
            "compare takes nothing without a name; got 2",
            "Write compare(prediction=..., reference=...).",
        ),
        (
            lambda: fd.dice(mask, mask, mask),
            "dice takes only a and b without a name; got 3",
            "Write dice(a, b).",
        ),
        (lambda: fd.dice(mask), "b of dice must be given; got nothing.", "Write dice(a, b)."),
        (
            lambda: fd.channel(image),
            "name of channel must be given",
            "Write channel(image, name=...).",
        ),
    ]
    for call, fault, remedy in cases:
        with pytest.raises(ParameterError) as caught:
            call()
        assert fault in str(caught.value)
        assert str(caught.value).endswith(remedy)
        assert "'Image'" not in str(caught.value)  # annotations are for type checkers


def test_the_remedy_for_another_kind_of_image_is_the_step_between() -> None:
    image = fd.Image(np.zeros((4, 5), np.float32))
    mask, labels = image > 0, fd.Labels(np.ones((4, 5), int))
    cases = [
        (lambda: fd.dice(mask, labels), "labels == 1"),
        (lambda: fd.erode(image), "image > 0"),
        (lambda: fd.otsu(mask), "mask.as_image()"),
        (lambda: fd.measure(image), "image > 0"),
        (lambda: fd.erode(np.zeros((4, 5))), "fd.Mask(array, grid)"),
    ]
    for call, remedy in cases:
        with pytest.raises(ParameterError) as caught:
            call()
        assert remedy in str(caught.value)
    for call in (lambda: fd.otsu(mask), lambda: fd.measure(image)):
        with pytest.raises(ParameterError) as caught:
            call()
        assert "Wrap an array" not in str(caught.value)  # it is none
