"""What an operation keeps of its inputs, and what must make no difference to it.

The same values stored in another order in memory or in another type, and the same object
moved through the world, give the same result; frame, grid, unit and what is known of the
acquisition stay with an image, or the docstring says what becomes of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import fiducial as fd
from fiducial.errors import FiducialError
from fiducial.image import Sampled
from fiducial.lineage import Call

from .scene import GRIDS, Scene, each_operation, parts_of, run, spec_named

WITHOUT_UNIT = re.compile(r"without (a )?unit|no unit|unit (is )?dropped", re.IGNORECASE)


def _images(result: Any) -> list[Sampled]:
    """Return the images of a result, those inside a richer one too."""
    inner = [getattr(result, name, None) for name in ("image", "moved")]
    return [*parts_of(result), *(item for item in inner if isinstance(item, Sampled))]


BY_BINS = {
    "equalize_hist": "integers have a bin for each value, floats bins of equal width",
    "threshold_otsu": "integers have a bin for each value, floats bins of equal width",
}
"""Operations for which integers are another histogram than floats, as their docstrings say."""


@each_operation
@pytest.mark.parametrize("grid", ["volume", "oblique left-handed", "plane of a patient"])
def test_a_result_lies_where_its_input_lies(name: str, grid: str) -> None:
    spec = spec_named(name)
    arguments = Scene(GRIDS[grid]).arguments(spec)
    lattice_is_given = any(item.kind == "grid" for item in spec.parameters)
    result = run(spec, arguments)
    for part in _images(result):
        assert part.frame == GRIDS[grid].frame, "the frame and its id must stay"
        corner_is_inside = GRIDS[grid].contains(part.grid.center)
        assert corner_is_inside or lattice_is_given, "the result lies beside its input"
        if part.grid.shape == GRIDS[grid].shape and name != "reorient":
            assert part.grid == GRIDS[grid], "a result of the same shape must keep the grid"


@each_operation
def test_unit_and_acquisition_stay_or_the_docstring_says_so(name: str) -> None:
    spec = spec_named(name)
    arguments = Scene(GRIDS["volume"]).arguments(spec)
    images = [value for value in arguments.values() if type(value) is fd.Image]
    if not images or "c" in images[0].axes:
        return
    for part in _images(run(spec, arguments)):
        if isinstance(part, fd.Image):
            is_dropped = bool(WITHOUT_UNIT.search(spec.doc.sections["Returns"]))
            assert (part.unit is None) == is_dropped, "Returns must say: without unit"
            assert is_dropped or "HU" in (part.unit or "")
            assert part.about == {"modality": "CT"}


@each_operation
def test_the_record_holds_every_input(name: str) -> None:
    spec = spec_named(name)
    arguments = Scene(GRIDS["volume"]).arguments(spec)
    result = run(spec, arguments)
    lineage = (
        result.attrs["lineage"]
        if isinstance(result, pd.DataFrame)
        else getattr(result, "lineage", None)
    )
    if lineage is None:
        return
    assert isinstance(lineage, Call)
    roles = dict(lineage.parents)
    for key, value in arguments.items():
        if isinstance(value, Sampled | fd.Points) and spec.by_name[key].kind != "grid":
            assert roles[key].id == value.lineage.id
        elif isinstance(value, list) and parts_of(value):
            assert [roles[f"{key}.{n}"].id for n in range(len(value))] == [
                item.lineage.id for item in value
            ]


def _changed(arguments: dict[str, Any], change: Callable[[Sampled], Sampled]) -> dict[str, Any]:
    def one(value: Any) -> Any:
        if isinstance(value, list):
            return [one(item) for item in value]
        return change(value) if isinstance(value, Sampled) else value

    return {key: one(value) for key, value in arguments.items()}


def _scattered(image: Sampled) -> Sampled:
    """Return the same image with its values far apart in memory, and backwards."""
    room = np.zeros([2 * size for size in image.shape], image.dtype)
    view = room[tuple(slice(None, None, -2) for _ in image.shape)]
    view[...] = image.array
    return image._like(array=view)


def _transposed(image: Sampled) -> Sampled:
    return image._like(array=np.asfortranarray(image.array))


@each_operation
@pytest.mark.parametrize("change", [_scattered, _transposed])
@pytest.mark.parametrize("grid", ["volume", "plane"])
def test_the_order_of_values_in_memory_makes_no_difference(
    name: str, change: Callable[[Sampled], Sampled], grid: str
) -> None:
    spec = spec_named(name)
    arguments = Scene(GRIDS[grid]).arguments(spec)
    expected = run(spec, arguments)
    other = run(spec, _changed(arguments, change))
    # Sums may run in the order of the memory: rounding of float32 over the whole range.
    _assert_close(expected, other, 2e-6)


@each_operation
@pytest.mark.parametrize("dtype", [np.int16, np.float64, np.int32])
def test_whole_numbers_give_the_same_in_any_type_that_holds_them(name: str, dtype: type) -> None:
    spec = spec_named(name)

    def rounded(item: Sampled, kind: type) -> Sampled:
        # Colour is bytes for some operations; it stays what it is.
        if type(item) is not fd.Image or item.dtype == np.uint8:
            return item
        return item._like(array=np.rint(item.array).astype(kind))

    arguments = Scene(GRIDS["volume"]).arguments(spec)
    wider: dict[Any, type] = {np.int16: np.int32, np.int32: np.int64}
    plain = wider.get(dtype, np.float32) if name in BY_BINS else np.float32
    expected = run(spec, _changed(arguments, lambda item: rounded(item, plain)))
    found = run(spec, _changed(arguments, lambda item: rounded(item, dtype)))
    # float32 against float64: a few hundred additions of seven digits.
    _assert_close(expected, found, 3e-5)


@each_operation
def test_an_object_moved_through_the_world_gives_the_same_values_there(name: str) -> None:
    spec = spec_named(name)
    shift = np.array([512.0, -256.0, 1024.0])  # sums that float64 holds exactly
    here = Scene(GRIDS["volume"]).arguments(spec)

    def moved(grid: fd.Grid) -> fd.Grid:
        affine = grid.affine.copy()
        affine[:3, 3] += shift
        return fd.Grid(grid.shape, affine, grid.frame, grid.axes)

    there = _changed(here, lambda item: item._like(grid=moved(item.grid)))
    for key, value in here.items():
        if isinstance(value, fd.Grid):
            there[key] = moved(value)
        if isinstance(value, fd.Points | dict) or spec.by_name[key].kind == "transform":
            return  # world coordinates among the parameters: another run altogether
    first, second = run(spec, here), run(spec, there)
    for a, b in zip(_images(first), _images(second), strict=True):
        assert b.grid.is_close(moved(a.grid)), "the result must move along"
    _assert_close(first, second, 2e-5)


def _assert_close(expected: Any, found: Any, share: float) -> None:
    """Compare values: floats to a share of their range, masks and labels but for rounding."""
    if isinstance(expected, FiducialError):
        assert type(found) is type(expected)
        return
    for a, b in zip(_images(expected), _images(found), strict=True):
        assert (type(a), a.shape) == (type(b), b.shape)
        if a.dtype.kind == "f":
            span = float(np.ptp(a.array[np.isfinite(a.array)])) if np.isfinite(a.array).any() else 1
            np.testing.assert_allclose(b.array, a.array, rtol=share, atol=share * span + 1e-7)
        else:
            # A float that rounds to the other side of a limit may move single voxels.
            assert np.mean(a.array != b.array) < 2e-3
    if isinstance(expected, float):
        assert found == pytest.approx(expected, rel=max(share, 1e-4), nan_ok=True)
    if isinstance(expected, pd.DataFrame):
        columns = [
            column
            for column in expected.select_dtypes("number").columns
            if not re.search(r"index|centre|(^|_)[xyz](_|$)", str(column))
        ]
        np.testing.assert_allclose(
            found[columns].to_numpy(float), expected[columns].to_numpy(float), rtol=1e-4, atol=1e-6
        )
