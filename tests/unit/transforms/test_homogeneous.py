"""Linear transforms from matrices and documents."""

from __future__ import annotations

import json

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError
from fiducial.transforms import from_json, linear_like


def test_matrix_of_a_rotation_about_a_centre_comes_back() -> None:
    rigid = fd.Rigid((10, 20, 30), (1, 2, 3), center=(5, 6, 7))
    for center in (None, (5, 6, 7)):
        again = linear_like("Rigid", rigid.homogeneous, center=center)
        assert isinstance(again, fd.Rigid)
        assert again.homogeneous == pytest.approx(rigid.homogeneous, abs=1e-13)


@pytest.mark.parametrize(
    ("kind", "matrix", "message"),
    [
        ("Translation", np.diag([2.0, 1.0, 1.0]), "identity"),
        ("Rigid", np.diag([2.0, 1.0, 1.0]), "orthonormal"),
        ("Similarity", np.diag([2.0, 1.0, 1.0]), "orthonormal"),
        ("Similarity", np.diag([-2.0, 2.0, 1.0]), "mirror"),
        ("Affine", np.diag([0.0, 1.0, 1.0]), "invertible"),
        ("Affine", np.diag([1.0, 1.0, 2.0]), "end in the row"),
        ("Affine", np.eye(3)[:2], "square"),
    ],
)
def test_a_matrix_of_another_kind_is_refused(kind: str, matrix: np.ndarray, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        linear_like(kind, matrix)


def test_json_is_exact() -> None:
    rng = np.random.default_rng(0)
    frame = fd.Frame("LPS", "mm", "1.2")
    for transform in (
        fd.Translation(rng.standard_normal(3), fixed_frame=frame),
        fd.Rigid(rng.uniform(-180, 180, 3), rng.standard_normal(3), center=rng.standard_normal(3)),
        fd.Similarity(33.3, 1 / 3, rng.standard_normal(2), center=rng.standard_normal(2)),
        fd.Affine(rng.standard_normal((3, 3)), rng.standard_normal(3), moving_frame=frame),
    ):
        assert from_json(json.loads(json.dumps(transform.as_json()))) == transform


@pytest.mark.parametrize(
    "document",
    [{}, {"transform": "Spline"}, {"transform": "Rigid"}, {"transform": "Rigid", "matrix": 3}],
)
def test_a_document_of_no_transform_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(ParameterError):
        from_json(document)
