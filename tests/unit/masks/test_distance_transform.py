from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError


def ball(grid: fd.Grid, radius: float) -> fd.Mask:
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    apart = np.linalg.norm(grid.index_to_world(index) - grid.center, axis=-1)
    return fd.Mask(apart <= radius, grid)


def brute(mask: fd.Mask, others: np.ndarray) -> np.ndarray:
    index = np.stack(np.meshgrid(*map(np.arange, mask.shape), indexing="ij"), axis=-1)
    world = mask.grid.index_to_world(index)
    targets = world[others]
    return np.linalg.norm(world[..., None, :] - targets, axis=-1).min(axis=-1)


OBLIQUE = fd.Grid.from_spacing(
    (6, 9, 8), (3.0, 1.0, 0.8), direction=[[0.0, 0.6, -0.8], [0.0, 0.8, 0.6], [1.0, 0.0, 0.0]]
)


@pytest.mark.parametrize(
    "grid",
    [fd.Grid.from_spacing((9, 11)), OBLIQUE, OBLIQUE.flipped((True, False, True))],
    ids=["plane", "oblique anisotropic", "flipped"],
)
def test_it_is_the_distance_between_centres_in_the_world(grid: fd.Grid) -> None:
    mask = ball(grid, 3.0)
    inside, outside = brute(mask, ~mask.array), brute(mask, mask.array)
    # float32 of distances up to some 20 mm: a millionth of a millimetre a digit.
    kwargs = {"rtol": 1e-6, "atol": 1e-6}
    found = fd.distance_transform(mask)
    np.testing.assert_allclose(found.array, inside, **kwargs)
    assert found.dtype == np.float32
    assert found.unit == "mm"
    np.testing.assert_allclose(fd.distance_transform(mask, side="outside").array, outside, **kwargs)
    signed = fd.distance_transform(mask, side="signed").array
    np.testing.assert_allclose(signed, outside - inside, **kwargs)


def test_the_other_side_of_an_empty_or_full_mask_is_infinitely_far() -> None:
    empty = fd.Mask(np.zeros((1, 3, 5), bool))
    assert np.all(fd.distance_transform(empty).array == 0)
    assert np.all(fd.distance_transform(empty, side="outside").array == np.inf)
    assert np.all(fd.distance_transform(empty, side="signed").array == np.inf)
    assert np.all(fd.distance_transform(~empty).array == np.inf)
    assert np.all(fd.distance_transform(~empty, side="outside").array == 0)
    assert np.all(fd.distance_transform(~empty, side="signed").array == -np.inf)


def test_a_lattice_without_physical_size_counts_pixels() -> None:
    assert fd.distance_transform(fd.Mask([[0, 1, 1, 1]])).unit == "px"


def test_a_sheared_lattice_is_refused_with_the_remedy() -> None:
    affine = OBLIQUE.affine.copy()
    affine[0, 0] += 0.5
    mask = fd.Mask(np.ones(OBLIQUE.shape, bool), fd.Grid(OBLIQUE.shape, affine))
    with pytest.raises(ParameterError, match="mask of distance_transform must have orthogonal"):
        fd.distance_transform(mask)


def test_an_unknown_side_is_refused() -> None:
    with pytest.raises(ParameterError, match="side of distance_transform must be one of 'inside'"):
        fd.distance_transform(fd.Mask([[1, 0]]), side="up")
