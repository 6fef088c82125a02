"""What no parameter can be is refused in one line that names it, whatever the operation."""

from __future__ import annotations

import warnings
from typing import Any

import fiducial as fd
from fiducial.errors import FiducialError

from .scene import GRIDS, OPERATIONS, Scene, each_operation, spec_named


class Odd:
    """A thing that is no number, text, list or image."""

    def __repr__(self) -> str:
        return "<odd>"


NONSENSE: list[Any] = [
    Odd(),
    float("nan"),
    float("inf"),
    -3.5,
    1e30,
    "no such thing",
    "",
    "-1 mm",
    [],
    [1, 2, 3, 4, 5, 6, 7],
    {},
    True,
]

# Said of several parameters at once, or of the one that the given one contradicts.
TOGETHER = {
    ("convolve", "axes"): "kernel of convolve must",
    ("crop", "margin"): "the box of crop must",
    ("crop", "start"): "margin of crop must",
    ("crop", "stop"): "margin of crop must",
    ("threshold", "below"): "above of threshold must",
    ("to_isotropic", "spacing"): "spacing of with_spacing must",
    ("to_spacing", "spacing"): "spacing ",
    ("reorient", "orientation"): "orientation must",
}


@each_operation
def test_nonsense_is_an_answer_or_one_line_that_names_the_parameter(name: str) -> None:
    spec = spec_named(name)
    arguments = Scene(GRIDS["volume"]).arguments(spec)
    refused = 0
    for parameter in spec.parameters:
        if parameter.accepts:
            continue
        for nonsense in NONSENSE:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    getattr(fd, name)(**{**arguments, parameter.name: nonsense})
            except FiducialError as error:
                refused += 1
                words = str(error)
                about = f"{parameter.name} of {name} must"
                together = TOGETHER.get((name, parameter.name), about)
                both = f" {parameter.name} of {name} must"  # "radius or footprint of dilate must"
                assert words.startswith((about, together)) or both in words, words
                assert "; got " in words, words
                assert "\n" not in words, words
    asks = [parameter for parameter in spec.parameters if not parameter.accepts]
    assert refused or not asks, f"{name} takes whatever it is given"


def test_there_are_operations() -> None:
    assert len(OPERATIONS) > 30
