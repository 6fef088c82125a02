"""The CT-like abdomen: HU, volumes and places on every lattice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from fiducial.errors import ParameterError
from fiducial.geometry import Frame, Grid
from fiducial.phantoms.abdomen import _PARTS, abdomen_ct
from fiducial.phantoms.patch import centres

Lattices = Callable[..., dict[str, Grid]]
BACKGROUND = {"skin and fat", "muscle", "inner fat"}


def test_no_two_organs_share_a_point_unless_one_holds_the_other() -> None:
    grid = Grid.from_spacing((110, 122, 168), 2.0, origin=(-167, -121, -109))
    points = centres(grid).points()
    inside = {part.name: part.shape.level(points) <= 1 for part in _PARTS}
    for number, first in enumerate(_PARTS):
        if first.host:
            assert not np.any(inside[first.name] & ~inside[first.host]), first.name
        if first.name in BACKGROUND:
            continue
        assert not np.any(inside[first.name] & ~inside["muscle"]), first.name
        for second in _PARTS[number + 1 :]:
            if second.host != first.name:
                shared = inside[first.name] & inside[second.name]
                assert not np.any(shared), (first.name, second.name)


@pytest.mark.parametrize(
    "name", ["fine", "coarse", "anisotropic", "oblique", "left-handed", "sheared"]
)
def test_volumes_and_values_on_every_lattice(lattices: Lattices, name: str) -> None:
    # A box around liver and lesions alone keeps this quick.
    grid = lattices((-60.0, -20.0, 16.0), 168.0, 4.0)[name]
    found = abdomen_ct(grid, noise=0, samples=1)
    for organ in found.organs:
        if organ.name in ("liver", "lesion 1", "lesion 3"):
            voxels = found.labels.array == organ.number
            # Each of the n voxels at the surface is wrong by 0.29 of itself, at random: five
            # standard errors, with the surface of a ball and a half more for other ellipsoids.
            surface = 1.5 * 4.84 * organ.volume ** (2 / 3)
            allowed = 1.5 * np.sqrt(surface / grid.voxel_volume ** (2 / 3)) * grid.voxel_volume
            measured = int(voxels.sum()) * grid.voxel_volume
            assert measured == pytest.approx(organ.volume, abs=allowed)
            assert set(np.unique(found.image.array[voxels])) == {round(organ.hu)}
            if organ.name.startswith("lesion"):
                middle = grid.index_to_world(np.argwhere(voxels)).mean(axis=0)
                # mm: half a step of the coarsest axis
                np.testing.assert_allclose(middle, organ.center, atol=0.5 * max(grid.spacing))


def test_mean_over_voxels_conserves_the_sum() -> None:
    center, radius = (-92.0, -28.0, 26.0), 15.0
    grid = Grid.from_spacing((12, 12, 12), 4.0, origin=np.array(center) - 22.0)
    found = abdomen_ct(grid, noise=0, samples=6)
    away = grid.index_to_world(np.stack(np.indices(grid.shape), axis=-1)) - center
    near = np.linalg.norm(away, axis=-1) < radius + 4.0  # mm: a voxel more, inside the liver
    lost = float((110.0 - found.image.array[near].astype(float)).sum()) * grid.voxel_volume
    # Rounded to whole HU: at most 0.5 of 48 in some 200 voxels of the border, mostly cancelling.
    assert lost == pytest.approx((110 - 62) * 4 / 3 * np.pi * radius**3, rel=0.005)


def test_a_plane_knows_its_areas() -> None:
    frame = Frame("LPS", "mm")
    grid = Grid.from_spacing(
        (200, 200), 1.0, origin=(-160, -120, 26.0), direction=np.eye(3)[:, [1, 0]], frame=frame
    )
    found = abdomen_ct(grid, noise=0)
    lesion = found.organ("lesion 1")
    assert lesion.volume == pytest.approx(np.pi * 225, rel=1e-9)
    assert found.labels.mask("lesion 1").count == pytest.approx(lesion.volume, rel=0.02)
    assert not found.organ("lesion 4").is_present
    assert found.organ("lesion 4").volume == 0
    flat = abdomen_ct(Grid.from_spacing((20, 30), 10.0, origin=(-145, -95)), noise=0)
    assert flat.organ("lesion 2").is_present
    assert flat.lesions.world.shape[1] == 2


def test_noise_has_its_width() -> None:
    grid = Grid.from_spacing((20, 20, 20), 1.0, origin=(-80, -40, 30))
    found = abdomen_ct(grid, noise=12.0, seed=5)
    liver = found.image.array[found.labels.array == 4].astype(float)
    assert liver.size > 2000
    assert liver.std() == pytest.approx(12.0, rel=0.05)  # five standard errors of 3000 voxels
    assert liver.mean() == pytest.approx(110.0, abs=1.2)  # HU: five standard errors


def test_refusals() -> None:
    with pytest.raises(ParameterError, match="noise of abdomen_ct must be 0 or more"):
        abdomen_ct(noise=-1)
    with pytest.raises(ParameterError, match=r"name of Abdomen\.organ must be one of"):
        abdomen_ct(Grid.from_spacing((2, 2, 2), 50.0)).organ("tail")
