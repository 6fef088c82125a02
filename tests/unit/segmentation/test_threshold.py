from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError

IMAGE = fd.Image(np.array([[-100, 0, 50, 50, 200]], np.int16), unit="HU")


@pytest.mark.parametrize(
    ("parameters", "inside"),
    [
        ({"above": 50}, [4]),
        ({"above": 50, "strict": False}, [2, 3, 4]),
        ({"below": 0}, [0]),
        ({"below": 0, "strict": False}, [0, 1]),
        ({"above": 0, "below": 200}, [2, 3]),
        ({"above": 50, "below": 50}, []),
        ({"above": 50, "below": 50, "strict": False}, [2, 3]),
    ],
)
def test_limits(parameters: dict[str, float], inside: list[int]) -> None:
    mask = fd.threshold(IMAGE, **parameters)  # type: ignore[arg-type]
    assert np.nonzero(mask.array[0])[0].tolist() == inside


def test_it_is_the_comparison() -> None:
    assert np.array_equal(fd.threshold(IMAGE, above=10).array, (IMAGE > 10).array)


def test_nan_is_never_inside() -> None:
    image = fd.Image([[np.nan, 1.0, np.inf]])
    assert fd.threshold(image, above=0).array.tolist() == [[False, True, True]]
    assert fd.threshold(image, below=5).array.tolist() == [[False, True, False]]


def test_frames_keep_their_times() -> None:
    frames = fd.Image(np.zeros((2, 3, 5)), axes="tyx", times=[0.0, 2.0])
    assert fd.threshold(frames, below=1).times == (0.0, 2.0)


def test_what_it_refuses() -> None:
    with pytest.raises(ParameterError, match="above or below of threshold must be given"):
        fd.threshold(IMAGE)
    with pytest.raises(ParameterError, match="above of threshold must not be more than below"):
        fd.threshold(IMAGE, above=2, below=1)
