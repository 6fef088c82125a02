from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fiducial.errors import Cancelled, ParameterError
from fiducial.kernels.components import components
from fiducial.progress import Work, listening

from .conftest import SHAPES

CONNECTIVITIES = ("full", "face")


def flooded(inside: NDArray[np.bool_], connectivity: str) -> NDArray[np.int32]:
    """Number components by filling each from its first voxel."""
    numbers = np.zeros(inside.shape, np.int32)
    offsets = [
        offset
        for offset in np.ndindex(*(3,) * inside.ndim)
        if connectivity == "full" or np.abs(np.subtract(offset, 1)).sum() == 1
    ]
    count = 0
    for first in np.ndindex(inside.shape):
        if not inside[first] or numbers[first]:
            continue
        count += 1
        numbers[first] = count
        left = [first]
        while left:
            here = left.pop()
            for offset in offsets:
                place = tuple(np.add(here, offset) - 1)
                if min(place) < 0 or np.any(np.greater_equal(place, inside.shape)):
                    continue
                if inside[place] and not numbers[place]:
                    numbers[place] = count
                    left.append(place)
    return numbers


@pytest.mark.usefixtures("kernel_body")
@pytest.mark.parametrize("connectivity", CONNECTIVITIES)
class TestComponents:
    @pytest.mark.parametrize("shape", SHAPES)
    @pytest.mark.parametrize("share", [0.3, 0.6])
    def test_they_are_what_a_flood_reaches(
        self, connectivity: str, shape: tuple[int, ...], share: float
    ) -> None:
        shape = shape if np.prod(shape) < 3000 else tuple(min(size, 9) for size in shape)
        mask = np.random.default_rng(len(shape)).random(shape) < share
        expected = flooded(mask, connectivity)
        found = components(mask, connectivity=connectivity)  # type: ignore[arg-type]
        assert found.count == expected.max()
        painted = found.paint(np.arange(found.count + 1, dtype=np.int32))
        assert np.array_equal(painted, expected)
        assert np.array_equal(found.sizes, np.bincount(expected.ravel(), minlength=1))

    def test_slabs_and_words_are_joined(self, connectivity: str) -> None:
        from scipy import ndimage

        rank = 1 if connectivity == "face" else None
        for shape in ((700, 131), (37, 40, 65), (3, 2000, 64)):
            for share in (0.2, 0.5, 0.9):
                mask = np.random.default_rng(3).random(shape) < share
                structure = ndimage.generate_binary_structure(len(shape), rank or len(shape))
                expected, count = ndimage.label(mask, structure)
                found = components(mask, connectivity=connectivity)  # type: ignore[arg-type]
                assert found.count == count
                numbers = found.paint(np.arange(count + 1, dtype=np.int32))
                assert np.array_equal(numbers, expected)

    def test_the_complement_is_that_of_what_is_outside(self, connectivity: str) -> None:
        mask = np.random.default_rng(8).random((9, 30, 70)) < 0.5
        found = components(mask, connectivity=connectivity, complement=True)  # type: ignore[arg-type]
        expected = components(~mask, connectivity=connectivity)  # type: ignore[arg-type]
        assert np.array_equal(found.sizes, expected.sizes)
        table = np.random.default_rng(9).random(found.count + 1) < 0.5
        assert np.array_equal(found.paint(table), expected.paint(table))

    def test_edges(self, connectivity: str) -> None:
        mask = np.zeros((7, 8), bool)
        mask[0, 3] = mask[3, 3] = mask[5, 7] = True
        assert components(mask, connectivity=connectivity).at_edge.tolist() == [  # type: ignore[arg-type]
            False,
            True,
            False,
            True,
        ]
        slab = components(mask[None], connectivity=connectivity)  # type: ignore[arg-type]
        assert slab.at_edge.tolist() == [False, True, False, True]
        assert not components(np.ones((1, 1), bool)).at_edge.any()

    @pytest.mark.parametrize("shape", [(5,), (64,), (128, 64), (3, 4, 65), (2, 1, 1)])
    def test_nothing_and_everything(self, connectivity: str, shape: tuple[int, ...]) -> None:
        nothing = components(np.zeros(shape, bool), connectivity=connectivity)  # type: ignore[arg-type]
        assert nothing.sizes.tolist() == [np.prod(shape)]
        assert not nothing.paint([False]).any()
        everything = components(np.ones(shape, bool), connectivity=connectivity)  # type: ignore[arg-type]
        assert everything.sizes.tolist() == [0, np.prod(shape)]
        assert everything.paint([False, True]).all()

    def test_booleans_made_by_a_view_may_hold_any_byte(self, connectivity: str) -> None:
        mask = np.array([[2, 0, 255, 7] + [0] * 70], np.uint8).view(np.bool_)
        found = components(mask, connectivity=connectivity)  # type: ignore[arg-type]
        assert found.sizes.tolist() == [71, 1, 2]

    def test_it_can_be_cancelled(self, connectivity: str) -> None:
        work = Work()
        work.cancel()
        if type(components(np.ones((2, 2), bool)).runs) is tuple:
            with listening(work), pytest.raises(Cancelled):
                components(np.ones((40, 50), bool), connectivity=connectivity)  # type: ignore[arg-type]


def test_threads_do_not_matter() -> None:
    from fiducial.kernels.body import set_threads, threads

    mask = np.random.default_rng(2).random((40, 60, 70)) < 0.3
    before = threads()
    results = []
    for count in (1, 4):
        set_threads(count)
        found = components(mask)
        results.append(found.paint(np.arange(found.count + 1, dtype=np.int32)))
    set_threads(before)
    assert np.array_equal(results[0], results[1])


def test_runs_can_be_painted_by_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    mask = np.random.default_rng(2).random((4, 6, 70)) < 0.3
    found = components(mask)
    table = np.arange(found.count + 1, dtype=np.int32)
    expected = found.paint(table)
    monkeypatch.setenv("FIDUCIAL_KERNELS", "reference")
    assert np.array_equal(found.paint(table), expected)


def test_what_it_refuses() -> None:
    with pytest.raises(ParameterError, match="connectivity of components must be"):
        components(np.ones((2, 2), bool), connectivity="corner")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="mask of components must be a boolean array"):
        components(np.ones((2, 2)))
    found = components(np.ones((2, 2), bool))
    for table in ([True], [0.5, 1.0]):
        with pytest.raises(ParameterError, match="table of paint must be 2 of bool or int32"):
            found.paint(table)
