"""One level: the images under a transform, and their inner products."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.registration.level import make_level, products, spread, spread_places
from fiducial.registration.models import MODELS, model_for
from fiducial.registration.objectives import MeanSquaredError, NormalisedCrossCorrelation

from .conftest import Picture, centred

TURNED = fd.Rigid((10, -20, 30)).matrix
GRIDS = {
    "anisotropic": centred((20, 40, 44), (6.0, 3.0, 2.5)),
    "oblique left-handed": centred((36, 34, 38), 3.0, TURNED @ np.diag([-1.0, 1.0, 1.0])[:, ::-1]),
    "2D": centred((60, 64), (2.0, 1.8)),
}
OBJECTIVES = (MeanSquaredError(), NormalisedCrossCorrelation())


def pair(picture: Picture, name: str, moving: str | None = None) -> tuple:
    layers = []
    for grid in (GRIDS[name], GRIDS[moving or name]):
        image = picture(grid)
        layers.append((grid, ((image.array - 40) / 50).astype(np.float32), None))
    return tuple(layers)


def test_products_are_those_of_the_overlap(picture: Picture) -> None:
    level = make_level(*pair(picture, "anisotropic"), limit=10**6)
    matrix = fd.Rigid((3, 4, 5), (4, -6, 9)).homogeneous
    values, inside, _ = level.compared(matrix)
    found = products(level, matrix, None, is_scaled=True)
    f = level.values[inside].astype(np.float64)
    w = values[inside].astype(np.float64)
    assert 0.5 < found.overlap < 1.0
    assert found.overlap == inside.mean()
    # 1e-5: products of chunks are summed in float32.
    assert found.correlation == pytest.approx(np.corrcoef(f, w)[0, 1], abs=1e-5)
    assert found.difference == pytest.approx(np.mean((f - w) ** 2), rel=1e-5)
    assert found.moving_variance == pytest.approx(w.var(), rel=1e-5)


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda item: item.name)
@pytest.mark.parametrize("model_name", MODELS)
@pytest.mark.parametrize(
    ("name", "moving"),
    [
        ("anisotropic", "anisotropic"),
        ("oblique left-handed", "anisotropic"),
        ("anisotropic", "oblique left-handed"),
        ("2D", "2D"),
    ],
)
def test_descent_is_the_derivative_of_the_cost(
    picture: Picture, objective: object, model_name: str, name: str, moving: str
) -> None:
    """The mean of both gradients is the derivative where the images match, and near it."""
    level = make_level(*pair(picture, name, moving), limit=10**6)
    model = model_for(model_name, level.grid, level.grid.center)
    start = model.step(np.random.default_rng(5).normal(0, 0.3, len(model.names)))
    assert isinstance(objective, MeanSquaredError | NormalisedCrossCorrelation)

    def cost(parameters: np.ndarray) -> float:
        matrix = start @ model.step(parameters)
        return objective.cost(products(level, matrix, None, is_scaled=objective.is_scaled))

    found = objective.slope(products(level, start, model, is_scaled=objective.is_scaled))
    by_differences = np.array(
        [(cost(0.3 * e) - cost(-0.3 * e)) / 0.6 for e in np.eye(len(model.names))]
    )
    half = -0.5 if objective.name == "mse" else -1.0
    scale = np.abs(by_differences).max()
    # A fifth of the largest: central differences of sampled images underestimate their slope,
    # linear interpolation has kinks, and points enter and leave the overlap.
    assert found.descent == pytest.approx(half * by_differences, abs=0.2 * abs(half) * scale)


def test_at_a_perfect_match_there_is_nothing_to_gain(picture: Picture) -> None:
    level = make_level(*pair(picture, "anisotropic"), limit=10**6)
    model = model_for("affine", level.grid, level.grid.center)
    for objective in OBJECTIVES:
        found = objective.slope(products(level, np.eye(4), model, is_scaled=objective.is_scaled))
        assert found.cost == 0.0
        assert not found.descent.any()


def test_points_outside_and_masked_are_left_out(picture: Picture) -> None:
    fixed, moving = pair(picture, "2D")
    hidden = np.ones(moving[1].shape, bool)
    hidden[:, :30] = False
    wrong = moving[1].copy()
    wrong[:, :28] = 1e6
    level = make_level(fixed, (moving[0], wrong, hidden), limit=10**6)
    found = products(level, np.eye(3), None, is_scaled=True)
    assert found.overlap == pytest.approx(34 / 64)
    assert found.correlation == 1.0
    nothing = products(level, fd.Translation((1e4, 0)).homogeneous, None, is_scaled=True)
    assert (nothing.overlap, nothing.correlation, nothing.difference) == (0.0, 0.0, np.inf)


def test_thinning_is_even_and_the_same_every_time() -> None:
    places = spread_places(10_000, 100)
    assert len(places) == 100
    assert np.all(np.diff(places) > 0)
    assert np.array_equal(places // 100, np.arange(100))
    assert len(np.unique(places % 100)) > 60, "in step with the lattice"
    assert np.array_equal(spread_places(5, 10), np.arange(5))
    assert spread(np.arange(0, 50, 5), 10**6).tolist() == list(range(0, 50, 5))
