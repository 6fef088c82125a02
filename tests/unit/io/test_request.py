"""A spacing that the file does not say, or says wrongly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import FiducialError, GeometryWarning
from fiducial.io import read, read_grid, read_labels, read_mask, read_source, write
from fiducial.lineage import Source


def picture(tmp_path: Path) -> Path:
    path = tmp_path / "cells.png"
    from PIL import Image

    Image.fromarray(np.array([[0, 0, 255], [0, 255, 255]], np.uint8)).save(path)
    return path


def test_a_picture_takes_the_spacing_that_is_given(tmp_path: Path) -> None:
    path = picture(tmp_path)
    image = read(path, spacing="0.5 um")
    assert image.spacing == (0.5, 0.5)
    assert image.grid.unit == "um"
    # Three white pixels of 0.5 um by 0.5 um.
    assert fd.measure(image > 0)["area_um2"].tolist() == [0.75]
    assert read_mask(path, spacing="0.5 um").grid == image.grid
    assert read_labels(path, spacing=["0.5 um", "0.5 um"]).grid == image.grid
    assert read_grid(path, spacing="0.5 um") == image.grid
    assert read(path).grid.unit == "px"


def test_a_stack_takes_one_for_each_axis_in_array_order(tmp_path: Path) -> None:
    np.save(tmp_path / "stack.npy", np.zeros((2, 3, 4), np.uint8))
    image = read(tmp_path / "stack.npy", axes="zyx", spacing=("3 um", "0.5 um", "0.4 um"))
    assert image.spacing == (3.0, 0.5, 0.4)
    assert not image.grid.frame.is_patient
    in_mm = read(tmp_path / "stack.npy", axes="zyx", spacing="1 mm")
    assert not in_mm.grid.frame.is_patient  # nobody said how it lies in a patient


def test_it_is_recorded_and_read_again(tmp_path: Path) -> None:
    np.save(tmp_path / "stack.npy", np.zeros((2, 3, 4), np.uint8))
    first = read(tmp_path / "stack.npy", axes="zyx", spacing=("3 um", "0.5 um", "0.4 um"))
    assert isinstance(first.lineage, Source)
    assert read_source(first.lineage).grid == first.grid  # type: ignore[union-attr]
    written = write(fd.gaussian(first, sigma="1 um"), tmp_path / "smooth.nii.gz")
    assert fd.replay(written).identical


def test_a_cut_in_pixels_keeps_its_place(tmp_path: Path) -> None:
    cut = read(picture(tmp_path))[1:, 1:]
    with pytest.warns(GeometryWarning, match="holds no origin; it is in the sidecar"):
        path = write(cut, tmp_path / "cut.npy")
    assert read(path, spacing="0.5 um").grid.origin.tolist() == [0.5, 0.5]


def test_a_spacing_that_contradicts_the_file_is_taken_with_a_word(tmp_path: Path) -> None:
    grid = fd.Grid.from_spacing((2, 3, 4), (1.0, 0.5, 0.5), origin=(7, 8, 9))
    path = write(fd.Image(np.zeros((2, 3, 4)), grid), tmp_path / "a.nii")
    (tmp_path / "a.nii.lineage.json").unlink()
    with pytest.warns(GeometryWarning, match="spacing is 1 x 0.5 x 0.5 mm, and is taken for"):
        image = read(path, spacing=("3000 um", "500 um", "500 um"))
    assert image.spacing == pytest.approx((3.0, 0.5, 0.5), rel=1e-12)  # um in mm: rounding
    assert image.grid.frame == grid.frame
    assert image.grid.origin.tolist() == [7, 8, 9]
    assert read(path, spacing=("1 mm", "0.5 mm", "0.5 mm")).grid == grid  # no warning


def test_a_physical_length_on_a_lattice_in_pixels_is_told_how_to_get_one(tmp_path: Path) -> None:
    image = read(picture(tmp_path))
    with pytest.raises(FiducialError, match=r"read\(path, spacing='0.5 um'\)"):
        fd.gaussian(image, sigma="2 um")
