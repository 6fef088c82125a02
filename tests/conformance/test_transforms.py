"""What every transform keeps, whatever its kind.

A new kind inherits all of these by adding an example to ``EXAMPLES``.
"""

from __future__ import annotations

import copy
import json
import pickle

import numpy as np
import pytest

import fiducial as fd
from fiducial import transforms
from fiducial.errors import FrameMismatchError, ParameterError
from fiducial.lineage import Call, Opaque, from_document, plain, to_document
from fiducial.transforms import Displacement, Transform

FIXED = fd.Frame("LPS", "mm", "1.2.3")
MOVING = fd.Frame("LPS", "mm", "4.5.6")
FRAMES = {"fixed_frame": FIXED, "moving_frame": MOVING}
GRID = fd.Grid.from_spacing((7, 8, 9), (3.0, 2.5, 2.0), origin=(-8, -9, -9), frame=FIXED)


def _field() -> Displacement:
    world = GRID.index_to_world(np.moveaxis(np.indices(GRID.shape), 0, -1))
    return Displacement(0.4 * np.cos(world / 6.0), GRID, moving_frame=MOVING)


EXAMPLES: dict[str, Transform] = {
    "translation": fd.Translation((1.0, -2.0, 3.0), **FRAMES),
    "rigid": fd.Rigid((5, 10, -15), (1.0, -2.0, 3.0), center=(2, 1, 0), **FRAMES),
    "similarity": fd.Similarity((5, 10, -15), 1.1, (1.0, -2.0, 3.0), **FRAMES),
    "affine": fd.Affine([[1.1, 0.1, 0], [0, 0.9, 0], [0.05, 0, 1]], (1, 2, 3), **FRAMES),
    "displacement": _field(),
    "composite": fd.Composite(
        [fd.Rigid((5, 10, -15), moving_frame=MOVING), _field().with_frames(FIXED, None)]
    ),
}
POINTS = np.random.default_rng(3).uniform(-5, 5, (30, 3))

each_transform = pytest.mark.parametrize("name", list(EXAMPLES))


def test_every_public_kind_has_an_example() -> None:
    kinds = {type(item).__name__ for item in EXAMPLES.values()}
    public = {
        name
        for name in transforms.__all__
        if isinstance(getattr(transforms, name), type)
        and hasattr(getattr(transforms, name), "inverse")
        and name not in ("Linear", "Transform")
    }
    assert kinds == public


@each_transform
def test_is_a_transform_between_its_frames(name: str) -> None:
    transform = EXAMPLES[name]
    assert isinstance(transform, Transform)
    assert transform.dimension == 3
    assert (transform.fixed_frame, transform.moving_frame) == (FIXED, MOVING)


@each_transform
def test_maps_arrays_of_any_shape_alike_and_leaves_them_alone(name: str) -> None:
    points = POINTS.copy()
    mapped = EXAMPLES[name].map(points)
    assert mapped.dtype == np.float64
    assert np.array_equal(points, POINTS)
    assert np.array_equal(EXAMPLES[name].map(points.reshape(5, 6, 3)).reshape(-1, 3), mapped)
    assert np.array_equal(EXAMPLES[name].map(points[0]), mapped[0])
    assert EXAMPLES[name].map(np.zeros((0, 3))).shape == (0, 3)
    assert np.array_equal(EXAMPLES[name].map(points), mapped), "not deterministic"


@each_transform
def test_maps_points_from_frame_to_frame(name: str) -> None:
    mapped = EXAMPLES[name].map(fd.Points(POINTS, FIXED))
    assert mapped.frame == MOVING
    assert np.array_equal(mapped.world, EXAMPLES[name].map(POINTS))
    with pytest.raises(FrameMismatchError):
        EXAMPLES[name].map(fd.Points(POINTS, MOVING))
    with pytest.raises(ParameterError):
        EXAMPLES[name].map([[1.0, 2.0]])


@each_transform
def test_inverse_comes_back(name: str) -> None:
    transform = EXAMPLES[name]
    inverse = transform.inverse()
    assert (inverse.fixed_frame, inverse.moving_frame) == (MOVING, FIXED)
    # Fields are inverted to 1e-3 of a sample at samples, and interpolated between them.
    tolerance = 0.02 if name in ("displacement", "composite") else 1e-11
    assert inverse.map(transform.map(POINTS)) == pytest.approx(POINTS, abs=tolerance)


@each_transform
def test_composition_is_application_in_turn(name: str) -> None:
    transform = EXAMPLES[name]
    for other in EXAMPLES.values():
        after = other.with_frames(MOVING if other.fixed_frame else None, None)
        both = after @ transform
        assert both.map(POINTS) == pytest.approx(after.map(transform.map(POINTS)), abs=1e-9)
        assert both.fixed_frame == FIXED
    with pytest.raises(FrameMismatchError):
        transform @ transform


@each_transform
def test_jacobian_is_the_derivative(name: str) -> None:
    transform = EXAMPLES[name]
    jacobian = transform.jacobian(POINTS)
    assert jacobian.shape == (30, 3, 3)
    step = 1e-3
    differences = np.stack(
        [
            (transform.map(POINTS + step * e) - transform.map(POINTS - step * e)) / (2 * step)
            for e in np.eye(3)
        ],
        axis=-1,
    )
    # A field's derivative is taken over a whole sample: smooth where the field bends at samples.
    tolerance = 0.02 if name in ("displacement", "composite") else 1e-9
    assert jacobian == pytest.approx(differences, abs=tolerance)


@each_transform
def test_is_a_frozen_value(name: str) -> None:
    transform = EXAMPLES[name]
    again = pickle.loads(pickle.dumps(transform))
    assert again == transform
    assert hash(again) == hash(transform)
    assert np.array_equal(again.map(POINTS), transform.map(POINTS))
    assert copy.deepcopy(transform) is transform
    with pytest.raises(AttributeError):
        transform.fixed_frame = None  # type: ignore[misc]


@each_transform
def test_json_comes_back_exactly(name: str) -> None:
    document = EXAMPLES[name].as_json()
    if name in ("displacement", "composite"):  # large fields are held beside a record
        field = document if name == "displacement" else document["transforms"][1]
        field["field"] = {"array": field["field"].tolist(), "dtype": "<f8"}
    again = transforms.from_json(json.loads(json.dumps(plain(document))))
    assert again == EXAMPLES[name]


@each_transform
def test_carries_a_record_and_so_does_what_it_makes(name: str) -> None:
    transform = EXAMPLES[name].with_lineage(Opaque("here"))
    assert transform == EXAMPLES[name]
    for made in (transform.inverse(), transform.inverse() @ transform):
        assert isinstance(made.lineage, Call)
        again = from_document(to_document(made.lineage))
        assert again.id == made.lineage.id
    moved = fd.resample(
        fd.Image(np.ones(GRID.shape, np.float32), GRID.with_frame(MOVING)),
        GRID,
        transform=transform,
    )
    assert dict(moved.lineage.parents)["transform"].id == transform.lineage.id  # type: ignore[union-attr]


@each_transform
def test_an_image_and_a_point_go_through_the_same_object(name: str) -> None:
    transform = EXAMPLES[name].with_frames(FIXED, MOVING)
    sharp = fd.Grid.from_spacing((40, 44, 48), 0.5, origin=(-12, -11, -10), frame=MOVING)
    world = sharp.index_to_world(np.moveaxis(np.indices(sharp.shape), 0, -1))
    target = transform.map(np.array([1.0, 0.5, -0.7]))
    blob = fd.Image(np.exp(-np.sum((world - target) ** 2, axis=-1) / 2.0), sharp)
    fine = fd.Grid.from_spacing((30, 30, 30), 0.4, origin=(-5, -5.5, -6.5), frame=FIXED)
    moved = np.nan_to_num(fd.resample(blob, fine, transform=transform).array)
    where = fine.index_to_world(np.unravel_index(int(moved.argmax()), moved.shape))
    # Half the diagonal of a voxel: the peak is found on the lattice.
    assert np.linalg.norm(where - [1.0, 0.5, -0.7]) < 0.5 * 0.4 * np.sqrt(3) + 1e-9
