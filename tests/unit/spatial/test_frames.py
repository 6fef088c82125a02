"""Frames and channels, each alone."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import Cancelled
from fiducial.progress import listening
from fiducial.spatial.frames import each_frame

MOVIE = fd.Image(np.random.default_rng(0).random((3, 4, 5, 2)), axes="tyxc")


def test_every_frame_and_channel_once_and_in_place() -> None:
    seen: list[tuple[int, ...]] = []

    def negative(values: np.ndarray) -> np.ndarray:
        seen.append(values.shape)
        return -values

    assert np.array_equal(each_frame(MOVIE, negative, "work"), -MOVIE.array)
    assert seen == [(4, 5)] * 6


def test_progress_is_told_and_work_can_be_cancelled() -> None:
    told: list[float] = []

    def stop(done: float, total: float, message: str) -> bool:
        told.append(done / total)
        return done < 2

    with pytest.raises(Cancelled), listening(stop):
        each_frame(MOVIE, lambda values: values, "work")
    assert told == pytest.approx([0, 1 / 6, 2 / 6])
