"""A head-like object that is known at every point, so that any lattice can sample it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import fiducial as fd

Picture = Callable[..., fd.Image]


def head(world: np.ndarray, seed: int = 0, blobs: int = 24) -> np.ndarray:
    """Give the brightness at points: an ellipsoid of 45 mm with blobs inside, about 0."""
    rng = np.random.default_rng(seed)
    dimension = world.shape[-1]
    axes = np.array([40.0, 47.0, 43.0])[:dimension]
    radius = np.sqrt(np.sum((world / axes) ** 2, axis=-1))
    inside = 1.0 / (1.0 + np.exp((radius - 1.0) * 20.0))
    values = np.ones(world.shape[:-1])
    for _ in range(blobs):
        center = rng.uniform(-0.65, 0.65, dimension) * axes
        width = rng.uniform(4.0, 10.0)
        values += rng.uniform(-0.6, 1.0) * np.exp(
            -np.sum((world - center) ** 2, axis=-1) / (2 * width**2)
        )
    return 100.0 * inside * values


def centred(
    shape: tuple[int, ...], spacing: object, direction: np.ndarray | None = None
) -> fd.Grid:
    """Build a lattice whose middle is the origin of the world."""
    grid = fd.Grid.from_spacing(shape, spacing, direction=direction)
    affine = grid.affine.copy()
    affine[:-1, -1] -= grid.center
    return fd.Grid(shape, affine, grid.frame)


@pytest.fixture(scope="session")
def picture() -> Picture:
    """Sample the head on a lattice, moved by a transform: its point x is seen at transform(x)."""

    def build(
        grid: fd.Grid,
        transform: fd.Transform | None = None,
        *,
        seed: int = 0,
        scale: float = 1.0,
        offset: float = 0.0,
        noise: float = 0.0,
    ) -> fd.Image:
        world = grid.index_to_world(np.moveaxis(np.indices(grid.shape), 0, -1))
        if transform is not None:
            world = transform.inverse().map(world)
        values = scale * head(world, seed) + offset
        if noise:
            values += np.random.default_rng(99).normal(0.0, noise, values.shape)
        return fd.Image(values.astype(np.float32), grid)

    return build
