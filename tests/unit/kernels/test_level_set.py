from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from fiducial.errors import Cancelled, ParameterError
from fiducial.kernels.level_set import Evolution, chan_vese
from fiducial.progress import Work, listening

from .conftest import SHAPES


def scene(shape: tuple[int, ...]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    random = np.random.default_rng(sum(shape))
    image = random.random(shape)
    image.flat[image.size // 2 :] += 0.5
    return image / 1.5, random.normal(size=shape)


def plainly(
    image: NDArray[np.float64],
    level_set: NDArray[np.float64],
    spacing: tuple[float, ...],
    mu: float,
    steps: int,
) -> NDArray[np.float64]:
    """The scheme, voxel by voxel."""
    phi = level_set.copy()
    for _ in range(steps):
        inside = phi > 0
        c1 = image[inside].mean() if inside.any() else 0.0
        c2 = image[~inside].mean() if not inside.all() else 0.0
        following = np.empty_like(phi)
        for index in np.ndindex(phi.shape):
            here = phi[index]

            def at(
                axis: int,
                by: int,
                phi: NDArray[np.float64] = phi,
                index: tuple[int, ...] = index,
            ) -> float:
                place = list(index)
                place[axis] = min(max(place[axis] + by, 0), phi.shape[axis] - 1)
                return float(phi[tuple(place)])

            axes = [axis for axis in range(phi.ndim) if phi.shape[axis] > 1]
            pull, total = 0.0, 0.0
            for axis in axes:
                across = sum(
                    ((at(other, 1) - at(other, -1)) / (2 * spacing[other])) ** 2
                    for other in axes
                    if other != axis
                )
                for by in (1, -1):
                    slope = (at(axis, by) - here) / spacing[axis]
                    weight = float(1 / np.sqrt(1e-16 + slope**2 + across) / spacing[axis] ** 2)
                    pull += at(axis, by) * weight
                    total += weight
            delta = 1 / (1 + here**2)
            force = -((image[index] - c1) ** 2) + 1.3 * (image[index] - c2) ** 2
            moved = here + 0.5 * delta * (mu * pull + force)
            following[index] = float(moved / (1 + mu * 0.5 * delta * total))
        phi = following
    return phi


@pytest.mark.usefixtures("kernel_body")
class TestChanVese:
    def test_two_sides_are_found(self) -> None:
        image = np.zeros((20, 30))
        image[5:15, 8:20] = 1.0
        start = np.full(image.shape, -0.1)
        start[2:9, 6:14] = 0.1
        found = chan_vese(image, start, mu=0.1)
        assert np.array_equal(found.level_set > 0, image > 0)
        assert (found.inside, found.outside) == (1.0, 0.0)

    @pytest.mark.parametrize("shape", SHAPES)
    def test_it_is_the_scheme(self, shape: tuple[int, ...]) -> None:
        if np.prod(shape) > 2000:
            shape = tuple(min(size, 11) for size in shape)
        image, start = scene(shape)
        spacing = (3.0, 0.8, 1.7)[: len(shape)]
        found = chan_vese(
            image, start, spacing, mu=0.3, lambda2=1.3, tolerance=0.0, max_iterations=2
        )
        # Rounding of sums in another order, after two steps on noise.
        expected = plainly(image, start, spacing, 0.3, 2)
        np.testing.assert_allclose(found.level_set, expected, rtol=1e-9, atol=1e-9)
        assert found.iterations == 2

    def test_nothing_is_written_into_the_input(self) -> None:
        image, start = scene((9, 11))
        kept = image.copy(), start.copy()
        chan_vese(image, start, max_iterations=3)
        assert np.array_equal(image, kept[0])
        assert np.array_equal(start, kept[1])

    def test_nan_has_no_pull_and_no_part_in_the_means(self) -> None:
        image, start = scene((12, 16))
        image[3, 4] = np.nan
        found = chan_vese(image, start, mu=0.1, max_iterations=20)
        assert np.all(np.isfinite(found.level_set))
        inside = (found.level_set > 0) & np.isfinite(image)
        assert found.inside == pytest.approx(image[inside].mean(), rel=1e-12)

    def test_it_stops_when_nothing_changes(self) -> None:
        found = chan_vese(np.zeros((6, 7)), np.zeros((6, 7)), max_iterations=50)
        assert (found.iterations, found.change) == (1, 0.0)
        assert (found.inside, found.outside) == (0.0, 0.0)

    def test_no_step_gives_the_start(self) -> None:
        image, start = scene((6, 7))
        found = chan_vese(image, start, max_iterations=0)
        assert found.iterations == 0
        assert np.array_equal(found.level_set, start)

    def test_threads_do_not_matter(self) -> None:
        from fiducial.kernels.body import set_threads, threads

        image, start = scene((9, 90, 100))
        before = threads()
        results = []
        for count in (1, 3):
            set_threads(count)
            results.append(chan_vese(image, start, max_iterations=5))
        set_threads(before)
        assert np.array_equal(results[0].level_set, results[1].level_set)
        assert results[0][1:] == results[1][1:]

    def test_it_can_be_cancelled(self) -> None:
        image, start = scene((30, 40))
        work = Work(lambda done, total, message: done < 5)
        with listening(work), pytest.raises(Cancelled):
            chan_vese(image, start, tolerance=0.0, max_iterations=1000)

    @pytest.mark.parametrize(
        ("name", "value"),
        [("level_set", np.zeros((3, 4))), ("dt", 0.0), ("spacing", -1.0), ("image", np.zeros(0))],
    )
    def test_what_it_refuses(self, name: str, value: object) -> None:
        arguments: dict[str, object] = {"image": np.ones((4, 4)), "level_set": np.ones((4, 4))}
        with pytest.raises(ParameterError, match=f"{name} of chan_vese"):
            chan_vese(**{**arguments, name: value})  # type: ignore[arg-type]


def test_both_bodies_are_equal_to_the_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    from fiducial.kernels import body

    if body.native() is None:
        pytest.skip("the compiled kernels are not built")
    for shape in ((67, 131), (9, 40, 75), (200,)):
        image, start = scene(shape)
        image.flat[5] = np.nan
        results: list[Evolution] = []
        for choice in ("", "reference"):
            monkeypatch.setenv("FIDUCIAL_KERNELS", choice)
            results.append(chan_vese(image, start, (0.7, 1.0, 3.0)[: len(shape)], max_iterations=9))
        assert np.array_equal(results[0].level_set, results[1].level_set)
        assert results[0][3:] == results[1][3:]
