"""NumPy arrays: never unpickled, geometry from the sidecar."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fiducial.errors import FileDefectError
from fiducial.io import read, read_mask, write


def test_values_in_either_order(tmp_path: Path) -> None:
    values = np.arange(120, dtype=">i4").reshape(4, 5, 6)
    for name, array in (("c", values), ("f", np.asfortranarray(values))):
        np.save(tmp_path / f"{name}.npy", array)
        image = read(tmp_path / f"{name}.npy")
        np.testing.assert_array_equal(image.array, values)
        assert image.grid.unit == "px"


def test_pickles_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{}], dtype=object), allow_pickle=True)
    with pytest.raises(FileDefectError, match="pickled"):
        read(tmp_path / "a.npy")


def test_booleans_are_a_mask(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.eye(3, dtype=bool))
    assert read_mask(tmp_path / "a.npy").count == 3
    with pytest.raises(FileDefectError, match="read_mask"):
        read(tmp_path / "a.npy")


def test_an_ambiguous_shape_needs_axes(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((4, 5, 3)))
    with pytest.raises(FileDefectError, match="several ways"):
        read(tmp_path / "a.npy")
    assert read(tmp_path / "a.npy", axes="zyx").axes == "zyx"
    assert read(tmp_path / "a.npy", axes="yxc").axes == "yxc"


@pytest.mark.parametrize("kept", [5, 20, 90, -1])
def test_truncated_is_refused(tmp_path: Path, outcome: Any, kept: int) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.arange(120).reshape(4, 5, 6))
    path.write_bytes(path.read_bytes()[:kept])
    image, refusal, _ = outcome(path)
    assert image is None
    assert refusal


def test_a_header_that_asks_for_too_much_is_refused(tmp_path: Path, outcome: Any) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.arange(120).reshape(4, 5, 6))
    data = path.read_bytes()
    path.write_bytes(data.replace(b"(4, 5, 6), }    ", b"(40000,50000,6)}"))
    assert outcome(path)[0] is None
    path.write_bytes(data + b"more")
    assert "4 bytes follow" in outcome(path)[1]


@pytest.mark.filterwarnings("ignore::fiducial.errors.FiducialWarning")
@pytest.mark.parametrize("axes", ["", "t", "c", "tc"])
def test_everything_comes_back_with_the_sidecar(
    tmp_path: Path, grid: Any, make_image: Any, axes: str
) -> None:
    image = make_image(grid, "float32", axes, unit="HU", about={"modality": "CT"})
    again = read(write(image, tmp_path / "a.npy"))
    np.testing.assert_array_equal(again.array, image.array)
    assert (again.axes, again.grid, again.times) == (image.axes, image.grid, image.times)
    assert (again.unit, dict(again.about)) == ("HU", {"modality": "CT"})
