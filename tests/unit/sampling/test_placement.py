"""Where the samples of one lattice lie in another."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import FrameMismatchError, ParameterError
from fiducial.sampling import place
from fiducial.transforms import Displacement

TURNED = fd.Rigid((10, -20, 30)).matrix
OBLIQUE = fd.Grid.from_spacing(
    (12, 14, 16), (2.0, 1.5, 1.0), origin=(3, -2, 5), direction=TURNED @ np.diag([1.0, 1.0, -1.0])
)
PLAIN = fd.Grid.from_spacing((10, 20, 30), (3.0, 2.0, 1.0), origin=(-5, 4, 9))


def test_matrix_is_world_to_index_after_transform_after_index_to_world() -> None:
    rigid = fd.Rigid((1, 2, 3), (4, 5, 6))
    index = np.random.default_rng(0).uniform(0, 10, (20, 3))
    placement = place(OBLIQUE, PLAIN, rigid)
    mapped = index @ placement.matrix[:, :-1].T + placement.matrix[:, -1]
    expected = PLAIN.world_to_index(rigid.map(OBLIQUE.index_to_world(index)))
    assert mapped == pytest.approx(expected, abs=1e-10)
    assert placement.is_linear


def test_slabs_give_the_same_for_any_transform() -> None:
    rigid = fd.Rigid((1, 2, 3), (4, 5, 6))
    field = Displacement(np.zeros((*OBLIQUE.shape, 3)), OBLIQUE)
    expected = PLAIN.world_to_index(
        rigid.map(OBLIQUE.index_to_world(np.moveaxis(np.indices(OBLIQUE.shape), 0, -1)))
    )
    placement = place(OBLIQUE, PLAIN, rigid @ field)
    assert not placement.is_linear
    found = np.concatenate([index for _, index in placement.slabs()])
    assert found == pytest.approx(expected, abs=1e-10)


def test_the_same_lattice_is_known_as_such() -> None:
    assert place(OBLIQUE, OBLIQUE).is_same
    assert not place(OBLIQUE, OBLIQUE, fd.Translation((1e-3, 0, 0))).is_same
    assert not place(OBLIQUE, OBLIQUE.resized((6, 14, 16))).is_same


def test_frames_of_different_ids_need_a_transform() -> None:
    a, b = PLAIN.with_frame(fd.Frame(id="a")), PLAIN.with_frame(fd.Frame(id="b"))
    with pytest.raises(FrameMismatchError, match="Give the transform"):
        place(a, b)
    assert place(a, b, fd.Translation((1, 2, 3))).is_linear
    joining = fd.Translation((1, 2, 3), fixed_frame=a.frame, moving_frame=b.frame)
    assert place(a, b, joining).is_linear
    with pytest.raises(FrameMismatchError, match="other way round"):
        place(b, a, joining)
    with pytest.raises(FrameMismatchError, match="3 coordinates"):
        place(a, b, fd.Translation((1, 2)))


def test_units_are_not_mixed_without_being_named() -> None:
    small = fd.Grid.from_spacing((4, 4), 30.0, unit="um")
    large = fd.Grid.from_spacing((4, 4), 0.03, unit="mm")
    with pytest.raises(FrameMismatchError):
        place(large, small)
    with pytest.raises(FrameMismatchError, match="name its frames"):
        place(large, small, fd.Affine(1000 * np.eye(2)))
    named = fd.Affine(1000 * np.eye(2), fixed_frame=large.frame, moving_frame=small.frame)
    assert place(large, small, named).matrix[:, :-1] == pytest.approx(np.eye(2))


def test_a_slice_has_no_values_off_its_plane() -> None:
    plane = PLAIN.sliced((4,))
    assert plane is not None
    other = PLAIN.sliced((5,))
    assert other is not None
    assert place(plane, plane).is_same
    with pytest.raises(ParameterError, match="up to 3 mm off it"):
        place(other, plane)
    assert place(other, plane, fd.Translation((0, 0, -3.0))).is_linear
    bent = Displacement(np.full((*PLAIN.shape, 3), 0.5), PLAIN)
    with pytest.raises(ParameterError, match="off it"):
        list(place(plane, plane, bent).slabs())
