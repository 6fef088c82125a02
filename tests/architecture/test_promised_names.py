"""The names that others rely on: each with its signature, each used once as it was promised.

A public name is a promise.  A row that fails here is a break of somebody's program: change it
only with a decision record and a line in the change log.
"""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import fiducial as fd

# What a caller may write: the leading parameters by position, then the names of options.
SIGNATURES: dict[str, tuple[str, ...]] = {
    "read": ("path",),
    "imread": ("path",),
    "read_mask": ("path",),
    "read_labels": ("path",),
    "write": ("obj", "path"),
    "show": ("images",),
    "Image": ("array", "grid=None", "unit=None", "axes=None"),
    "Mask": ("array", "grid=None"),
    "Labels": ("array", "grid=None"),
    "Points": ("world",),
    "Grid.from_spacing": (
        "shape",
        "spacing",
        "*origin=None",
        "*direction=None",
        "*unit='mm'",
    ),
    "window": ("image",),
    "gaussian": ("image", "*sigma"),
    "threshold": ("image", "*above=None", "*below=None"),
    "threshold_otsu": ("image",),
    "otsu": ("image",),
    "chan_vese": (
        "image",
        "*mu",
        "*lambda1",
        "*lambda2",
        "*tol",
        "*max_num_iter",
        "*dt",
        "*init_level_set",
    ),
    "dilate": ("mask", "*radius=None", "*footprint", "*iterations"),
    "distance_transform": ("mask", "*side"),
    "dice": ("a", "b"),
    "hausdorff_distance": ("a", "b"),
    "centroid_distance": ("a", "b"),
    "compare": ("*prediction", "*reference"),
    "measure": ("labels", "*images"),
    "resample": ("image", "grid", "*transform"),
    "register": ("fixed", "moving", "*transform"),
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_it_can_be_called_as_promised(name: str) -> None:
    target: Any = fd
    for part in name.split("."):
        target = getattr(target, part)
    found = inspect.signature(target).parameters
    places = [p for p in found.values() if p.kind is not p.KEYWORD_ONLY]
    promised = SIGNATURES[name]
    for number, word in enumerate(word for word in promised if not word.startswith("*")):
        parameter, _, default = word.partition("=")
        assert places[number].name == parameter
        if default:
            assert repr(places[number].default) == default
    for word in (word[1:] for word in promised if word.startswith("*")):
        parameter, _, default = word.partition("=")
        assert parameter in found, f"{name} takes {', '.join(found)}"
        if default:
            assert repr(found[parameter].default) == default
    # A parameter that nobody was promised may not be asked for.
    known = {word.lstrip("*").partition("=")[0] for word in promised}
    assert [p for p in found.values() if p.default is p.empty and p.name not in known] == []


GRID = fd.Grid.from_spacing(
    (12, 14, 16), (3.0, 1.5, 1.0), origin=(10, 20, 30), direction=None, unit="mm"
)


@pytest.fixture
def ct() -> fd.Image:
    scan: fd.Image = 150.0 * fd.phantoms.ball(GRID, radius="6 mm").image - 50.0
    return scan


@pytest.fixture
def ball() -> fd.Mask:
    mask: fd.Mask = fd.phantoms.ball(GRID, radius="6 mm").mask
    return mask


def test_files(ct: fd.Image, ball: fd.Mask, tmp_path: Path) -> None:
    labels = fd.Labels(np.asarray(ball).astype(np.uint8), GRID)
    for item, read in ((ct, fd.read), (ct, fd.imread), (ball, fd.read_mask)):
        path = fd.write(item, tmp_path / "a.nii.gz")
        assert np.array_equal(read(path), np.asarray(item))
    path = fd.write(labels, tmp_path / "labels.nii.gz")
    assert np.array_equal(fd.read_labels(path), np.asarray(labels))
    assert fd.read(path).grid.is_close(GRID)


def test_nouns_without_a_grid_lie_on_a_lattice_in_pixels() -> None:
    plane = np.arange(12).reshape(3, 4)
    for item in (fd.Image(plane), fd.Mask(plane > 3), fd.Labels(plane)):
        assert item.grid.unit == "px"
        assert item.spacing == (1.0, 1.0)
    colour = fd.Image(np.zeros((3, 4, 3), np.uint8), None, None, "yxc")
    assert colour.axes == "yxc"
    assert fd.Points([[1.0, 2.0, 3.0]]).world.shape == (1, 3)


def test_a_grid_maps_array_indices_to_the_world() -> None:
    assert GRID.affine.shape == (4, 4)
    index = np.array([2, 3, 4, 1.0])  # z, y, x
    np.testing.assert_allclose(GRID.affine @ index, [10 + 4, 20 + 4.5, 30 + 6, 1], atol=1e-12)


def test_window_gaussian_and_thresholds(ct: fd.Image) -> None:
    shown = fd.window(ct, centre=25, width=150)
    assert (shown.unit, float(np.asarray(shown).max())) == (None, 1.0)
    assert isinstance(fd.gaussian(ct, sigma="2 mm"), fd.Image)
    assert isinstance(fd.threshold(ct, above=0), fd.Mask)
    assert isinstance(fd.threshold(ct, below=0), fd.Mask)
    limit = fd.threshold_otsu(ct)
    assert isinstance(limit, float)
    assert np.array_equal(fd.otsu(ct), ct > limit)


def test_chan_vese_takes_the_lectures_parameters(ct: fd.Image) -> None:
    found = fd.chan_vese(
        ct[6],
        mu=0.13,
        lambda1=1,
        lambda2=1,
        tol=1e-3,
        max_num_iter=200,
        dt=0.5,
        init_level_set="checkerboard",
    )
    assert isinstance(found, fd.Mask)


def test_masks_and_metrics(ball: fd.Mask) -> None:
    wide = fd.dilate(ball, radius="2 mm")
    assert wide.count > ball.count
    assert fd.distance_transform(ball).unit == "mm"
    assert 0 < fd.dice(ball, wide) < 1
    # Voxels of 3 mm: the grown surface stands off by at most one of them.
    assert 0 < fd.hausdorff_distance(ball, wide) <= 3
    assert fd.centroid_distance(ball, ball) == 0
    assert isinstance(fd.compare(prediction=wide, reference=ball), pd.DataFrame)


def test_measure_takes_labels_or_a_mask_and_several_images(ct: fd.Image, ball: fd.Mask) -> None:
    labels = fd.Labels(np.asarray(ball) * 2, GRID, names={2: "ball"})
    for subject in (labels, ball):
        assert len(fd.measure(subject, images=ct)) == 1
    table = fd.measure(labels, images={"ct": ct, "twice": 2 * ct})
    means = [table[name].iloc[0] for name in table.columns if "mean" in name]
    assert means[1] == pytest.approx(2 * means[0])


def test_resample_and_register(ct: fd.Image) -> None:
    shift = fd.Translation((2.0, 0.0, 0.0), fixed_frame=ct.frame)
    coarse = GRID.resized((6, 7, 8))
    assert fd.resample(ct, coarse).grid == coarse
    assert fd.resample(ct, coarse, transform=shift).grid == coarse
    moving = fd.resample(ct, GRID, transform=shift, outside=-50.0)
    assert isinstance(moving, fd.Image)
    result = fd.register(ct, moving, transform="translation")
    # What was pulled from 2 mm to the right lies 2 mm to the left; a twentieth of a voxel.
    found = result.transform.map(np.zeros((1, 3)))
    np.testing.assert_allclose(found, [[-2.0, 0.0, 0.0]], atol=0.05)
    assert result.moved.grid == GRID


def test_show_draws_a_list(ct: fd.Image, ball: fd.Mask) -> None:
    figure = fd.show([ct, (ct, ball)])
    assert isinstance(figure, mpl.figure.Figure)
    assert len(figure.axes) == 2


def test_python_m_fiducial_is_the_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "fiducial", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == fd.__version__ + "\n"
