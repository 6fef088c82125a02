"""Translation, rigid, similarity, affine."""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import FrameMismatchError, ParameterError, UnitError
from fiducial.lineage import Call, Opaque
from fiducial.transforms import Linear

FIXED = fd.Frame("LPS", "mm", "1.1")
MOVING = fd.Frame("LPS", "mm", "2.2")
POINTS = np.random.default_rng(0).uniform(-100, 100, (20, 3))


def test_translation_adds_its_vector() -> None:
    assert fd.Translation((1, 2, 3)).map([[10, 20, 30]]).tolist() == [[11, 22, 33]]


def test_quarter_turn_in_2d_brings_x_to_y() -> None:
    assert fd.Rigid("90 deg").map([[1.0, 0.0]]) == pytest.approx(np.array([[0.0, 1.0]]), abs=1e-15)


@pytest.mark.parametrize(
    ("angles", "point", "image"),
    [
        ((90, 0, 0), (0, 1, 0), (0, 0, 1)),
        ((0, 90, 0), (0, 0, 1), (1, 0, 0)),
        ((0, 0, 90), (1, 0, 0), (0, 1, 0)),
        # About the fixed x first, then z: y goes to z and stays there.
        ((90, 0, 90), (0, 1, 0), (0, 0, 1)),
    ],
)
def test_quarter_turns_in_3d_are_right_handed_about_fixed_axes(
    angles: tuple[float, ...], point: tuple[float, ...], image: tuple[float, ...]
) -> None:
    assert fd.Rigid(angles).map(point) == pytest.approx(np.array(image), abs=1e-15)


def test_the_centre_moves_by_the_translation_alone() -> None:
    for transform in (
        fd.Rigid((10, 20, 30), (1, 2, 3), center=(5, 6, 7)),
        fd.Similarity((10, 20, 30), 1.5, (1, 2, 3), center=(5, 6, 7)),
        fd.Affine(np.diag([2.0, 3.0, 4.0]), (1, 2, 3), center=(5, 6, 7)),
    ):
        assert transform.map((5.0, 6.0, 7.0)) == pytest.approx(np.array([6, 8, 10]), abs=1e-12)


def test_similarity_scales_all_distances_alike() -> None:
    mapped = fd.Similarity((10, 20, 30), 1.5, (1, 2, 3)).map(POINTS)
    before = np.linalg.norm(POINTS[1:] - POINTS[0], axis=1)
    after = np.linalg.norm(mapped[1:] - mapped[0], axis=1)
    assert after == pytest.approx(1.5 * before, rel=1e-12)


@pytest.mark.parametrize(
    "transform",
    [
        fd.Translation((1, 2, 3)),
        fd.Rigid((10, 20, 30), (1, 2, 3), center=(5, 6, 7)),
        fd.Similarity((10, 20, 30), 1.5, (1, 2, 3), center=(5, 6, 7)),
        fd.Affine([[1.1, 0.1, 0], [0, 0.9, -0.2], [0.1, 0, -1.2]], (1, 2, 3), center=(5, 6, 7)),
    ],
)
def test_inverse_comes_back_and_keeps_the_kind(transform: Linear) -> None:
    inverse = transform.inverse()
    assert type(inverse) is type(transform)
    # 1e-11 mm: rounding of coordinates of 100 mm through two maps.
    assert inverse.map(transform.map(POINTS)) == pytest.approx(POINTS, abs=1e-11)


def test_composition_applies_the_right_one_first_and_takes_the_freer_kind() -> None:
    kinds = [
        fd.Translation((1, 2, 3)),
        fd.Rigid((10, 20, 30), (1, 2, 3), center=(5, 6, 7)),
        fd.Similarity((1, -20, 3), 0.7, (3, 2, 3)),
        fd.Affine(np.diag([2.0, 3.0, 4.0]), (1, 2, 3)),
    ]
    for outer in kinds:
        for inner in kinds:
            both = outer @ inner
            assert both.map(POINTS) == pytest.approx(outer.map(inner.map(POINTS)), abs=1e-10)
            assert isinstance(both, type(max((outer, inner), key=lambda item: item.rank)))


def test_a_rotation_after_a_translation_keeps_its_centre() -> None:
    rigid = fd.Rigid((0, 0, 10), center=(5, 6, 7))
    both = fd.Translation((1, 0, 0)) @ rigid
    assert isinstance(both, fd.Rigid)
    assert both.center.tolist() == [5, 6, 7]
    assert both.translation == pytest.approx(np.array([1, 0, 0]), abs=1e-12)


def test_jacobian_is_the_matrix_at_every_point() -> None:
    affine = fd.Affine([[2.0, 0.5], [0.0, 1.0]])
    assert affine.jacobian(np.zeros((4, 2))).tolist() == [affine.matrix.tolist()] * 4


def test_points_are_checked_and_change_their_frame() -> None:
    transform = fd.Translation((1, 2, 3), fixed_frame=FIXED, moving_frame=MOVING)
    points = fd.Points(POINTS, FIXED, names=[str(i) for i in range(20)])
    mapped = transform.map(points)
    assert mapped.frame == MOVING
    assert mapped.names == points.names
    assert mapped.world == pytest.approx(POINTS + np.array([1, 2, 3]))
    assert isinstance(mapped.lineage, Call)
    assert mapped.lineage.operation == "map_points"
    with pytest.raises(FrameMismatchError, match="points and transform"):
        transform.map(fd.Points(POINTS, MOVING))
    with pytest.raises(FrameMismatchError, match="3 coordinates"):
        fd.Translation((1, 2, 3)).map(fd.Points([[1.0, 2.0]]))


def test_a_transform_without_frames_keeps_the_frame_of_the_points() -> None:
    assert fd.Translation((1, 2, 3)).map(fd.Points(POINTS, FIXED)).frame == FIXED


def test_wrong_composition_is_refused() -> None:
    there = fd.Rigid((0, 0, 10), fixed_frame=FIXED, moving_frame=MOVING)
    assert (there.inverse() @ there).fixed_frame == FIXED
    with pytest.raises(FrameMismatchError, match="applies B first"):
        there @ there
    with pytest.raises(FrameMismatchError, match="one dimension"):
        there @ fd.Translation((1, 2))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: fd.Rigid(2 * np.eye(3)), "orthonormal"),
        (lambda: fd.Rigid(np.diag([1.0, 1.0, -1.0])), "must not mirror"),
        (lambda: fd.Rigid((1, 2)), "one angle"),
        (lambda: fd.Rigid(np.full((3, 3), np.nan)), "finite"),
        (lambda: fd.Rigid(0, (1, 2, 3)), "2 finite world coordinates"),
        (lambda: fd.Similarity(0, -1.0), "above 0"),
        (lambda: fd.Affine(np.zeros((3, 3))), "invertible"),
        (lambda: fd.Affine(np.eye(4)), "square matrix"),
        (lambda: fd.Translation(()), "1 to 3"),
        (lambda: fd.Translation((np.inf, 0)), "finite"),
        (lambda: fd.Translation((1, 2)).map([[1, 2, 3]]), "2 world coordinates"),
    ],
)
def test_bad_numbers_are_refused(build: object, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        build()  # type: ignore[operator]


def test_an_angle_in_millimetres_is_refused() -> None:
    with pytest.raises(UnitError):
        fd.Rigid("5 mm")


def test_frames_of_another_dimension_are_refused() -> None:
    with pytest.raises(FrameMismatchError, match="2 coordinates"):
        fd.Translation((1, 2), fixed_frame=FIXED)


def test_a_matrix_with_six_decimals_becomes_the_nearest_rotation() -> None:
    angle = math.radians(33.0)
    written = np.round([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]], 6)
    rigid = fd.Rigid(written)
    assert np.abs(rigid.matrix.T @ rigid.matrix - np.eye(2)).max() < 1e-15
    assert np.abs(rigid.matrix - written).max() < 1e-6


def test_values_are_frozen_and_survive_pickle_and_copy() -> None:
    rigid = fd.Rigid((1, 2, 3), (4, 5, 6), center=(7, 8, 9), fixed_frame=FIXED)
    with pytest.raises(AttributeError, match="frozen"):
        rigid.center = np.zeros(3)
    with pytest.raises(ValueError, match="read-only"):
        rigid.matrix[0, 0] = 2
    assert pickle.loads(pickle.dumps(rigid)) == rigid
    assert copy.deepcopy(rigid) is rigid
    assert len({rigid, pickle.loads(pickle.dumps(rigid))}) == 1
    assert rigid != fd.Affine(rigid.matrix, rigid.translation, center=rigid.center)


def test_the_given_matrix_is_not_held() -> None:
    matrix = np.eye(3)
    affine = fd.Affine(matrix)
    matrix[0, 0] = 5.0
    assert affine.matrix[0, 0] == 1.0


def test_lineage_is_none_for_numbers_and_follows_what_has_one() -> None:
    plain = fd.Translation((1, 2, 3))
    assert plain.lineage is None
    assert plain.inverse().lineage is None
    known = plain.with_lineage(Opaque("somewhere"))
    assert known == plain
    inverse = known.inverse().lineage
    assert isinstance(inverse, Call)
    assert inverse.operation == "invert_transform"
    both = (known @ plain).lineage
    assert isinstance(both, Call)
    assert [role for role, _ in both.parents] == ["outer"]
    assert both.given["inner"]["transform"] == "Translation"


def test_repr_says_it_in_words() -> None:
    frame = fd.Frame()
    assert repr(fd.Rigid((0, 0, 5), (1, 2, 0), center=(12, 3, 4), fixed_frame=frame)) == (
        "Rigid(translation (1, 2, 0) mm, rotation x 0, y 0, z 5 deg, about (12, 3, 4))"
    )
    assert repr(fd.Affine([[2.0, 1.0], [0.0, 3.0]])) == (
        "Affine(translation (0, 0), rotation 0 deg, scale (2, 3), shear 0.5, about (0, 0))"
    )
