"""Laws of transforms, resampling and changes of lattice, on lattices of every kind."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fiducial as fd
from fiducial.transforms import from_json

NUMBER = st.floats(-50, 50).map(lambda value: round(value, 3))
VECTOR = st.tuples(NUMBER, NUMBER, NUMBER)
ANGLES = st.tuples(*[st.floats(-180, 180)] * 3)
POINTS = np.random.default_rng(0).uniform(-80, 80, (12, 3))


@st.composite
def grids(draw: st.DrawFn, *, is_sheared: bool = False) -> fd.Grid:
    """Draw anisotropic, oblique, left-handed, perhaps sheared lattices of a few samples."""
    shape = draw(st.tuples(*[st.integers(1, 7)] * 3))
    spacing = draw(st.tuples(*[st.floats(0.3, 6.0)] * 3))
    direction = fd.Rigid(draw(ANGLES)).matrix @ np.diag(
        draw(st.tuples(*[st.sampled_from((-1.0, 1.0))] * 3))
    )
    if is_sheared:
        direction[:, 0] += 0.3 * direction[:, 1]
    return fd.Grid.from_spacing(shape, spacing, origin=draw(VECTOR), direction=direction)


@st.composite
def transforms(draw: st.DrawFn) -> fd.Transform:
    """Draw a linear transform of any kind."""
    kind = draw(st.sampled_from(("translation", "rigid", "similarity", "affine")))
    shift, center, angles = draw(VECTOR), draw(VECTOR), draw(ANGLES)
    if kind == "translation":
        return fd.Translation(shift)
    if kind == "rigid":
        return fd.Rigid(angles, shift, center=center)
    scale = draw(st.floats(0.5, 2.0))
    if kind == "similarity":
        return fd.Similarity(angles, scale, shift, center=center)
    shear = np.eye(3) + np.triu(np.full((3, 3), draw(st.floats(-0.5, 0.5))), 1)
    return fd.Affine(fd.Rigid(angles).matrix @ np.diag([scale, 1.0, 1 / scale]) @ shear, shift)


def image_on(grid: fd.Grid) -> fd.Image:
    return fd.Image(np.random.default_rng(1).random(grid.shape, np.float32), grid)


@given(transforms())
def test_inverse_of_the_inverse_is_the_transform(transform: fd.Transform) -> None:
    # 1e-9 mm: a matrix of condition 4, inverted twice, at 100 mm.
    assert transform.inverse().inverse().map(POINTS) == pytest.approx(
        transform.map(POINTS), abs=1e-9
    )
    assert (transform.inverse() @ transform).map(POINTS) == pytest.approx(POINTS, abs=1e-9)


@given(transforms(), transforms(), transforms())
def test_composition_is_associative(a: fd.Transform, b: fd.Transform, c: fd.Transform) -> None:
    assert ((a @ b) @ c).map(POINTS) == pytest.approx((a @ (b @ c)).map(POINTS), abs=1e-7)


@given(transforms())
def test_json_is_exact(transform: fd.Transform) -> None:
    assert from_json(transform.as_json()) == transform


@given(grids(is_sheared=True))
def test_the_identity_gives_the_values_themselves(grid: fd.Grid) -> None:
    image = image_on(grid)
    assert np.array_equal(fd.resample(image, grid).array, image.array)
    still = fd.resample(image, grid, transform=fd.Rigid((0, 0, 0)))
    assert np.array_equal(still.array, image.array)


@given(grids(is_sheared=True), transforms())
def test_values_stay_within_those_of_the_image(grid: fd.Grid, transform: fd.Transform) -> None:
    image = image_on(grid)
    found = fd.resample(image, grid, transform=transform).array
    seen = found[np.isfinite(found)]
    if seen.size:
        assert image.array.min() - 1e-6 <= seen.min()
        assert seen.max() <= image.array.max() + 1e-6


@given(grids(), transforms())
def test_moving_image_and_lattice_together_changes_nothing(
    grid: fd.Grid, transform: fd.Transform
) -> None:
    """An image whose lattice is carried along is found again, sample by sample."""
    image = image_on(grid)
    carried = fd.Image(
        image.array,
        fd.Grid(grid.shape, transform.homogeneous @ grid.affine),  # type: ignore[attr-defined]
    )
    found = fd.resample(carried, grid, transform=transform)
    assert found.array == pytest.approx(image.array, abs=1e-4)


@given(grids(is_sheared=True), st.integers(0, 4))
def test_crop_undoes_pad(grid: fd.Grid, margin: int) -> None:
    image = image_on(grid)
    wide = fd.pad(image, margin=f"{margin} px", outside=-1.0)
    back = fd.crop(wide, margin=f"{margin} px")
    assert np.array_equal(back.array, image.array)
    # 1e-9 mm: the origin is moved there and back.
    assert back.grid.is_close(grid, 1e-9)


@given(grids(is_sheared=True), st.sampled_from(("LPS", "RAS", "ASR", "ILP", "SAL")))
def test_reorienting_moves_no_sample(grid: fd.Grid, code: str) -> None:
    image = image_on(grid)
    turned = fd.reorient(image, orientation=code)
    assert turned.grid.orientation == code
    assert fd.resample(turned, grid).array == pytest.approx(image.array, abs=1e-5)


@given(grids(), st.floats(0.5, 8.0))
def test_a_constant_stays_constant_at_any_spacing(grid: fd.Grid, spacing: float) -> None:
    image = fd.Image(np.full(grid.shape, 7.0, np.float32), grid)
    for found in (fd.to_spacing(image, spacing=spacing), fd.to_isotropic(image)):
        assert found.array == pytest.approx(7.0, abs=1e-5)
