"""ITK's text form of linear transforms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import FileDefectError, ParameterError
from fiducial.io.transform_files.itk import read_itk_transform, write_itk_transform
from fiducial.transforms import Displacement

POINTS = np.random.default_rng(0).uniform(-100, 100, (20, 3))


@pytest.mark.parametrize(
    "transform",
    [
        fd.Translation((1 / 3, 2, 3)),
        fd.Translation((1 / 3, 2)),
        fd.Rigid((10, 20, 30), (1, 2, 3), center=(5, 6, 7)),
        fd.Rigid(33, (1, 2), center=(5, 6)),
        fd.Similarity((1, 2, 3), 1.2, (1, 2, 3)),
        fd.Affine(np.random.default_rng(1).standard_normal((3, 3)), (1, 2, 3), center=(5, 6, 7)),
    ],
)
def test_what_is_written_is_read_bit_for_bit(tmp_path: Path, transform: fd.Affine) -> None:
    path = write_itk_transform(transform, tmp_path / "t.tfm")
    again = read_itk_transform(path)
    assert np.array_equal(again.homogeneous, transform.homogeneous)  # type: ignore[union-attr]
    assert [item.name for item in tmp_path.iterdir()] == ["t.tfm"]


def test_a_chain_of_linear_ones_is_one(tmp_path: Path) -> None:
    chain = fd.Composite([fd.Rigid((10, 20, 30)), fd.Translation((1, 2, 3))])
    again = read_itk_transform(write_itk_transform(chain, tmp_path / "t.tfm"))
    assert again.map(POINTS) == pytest.approx(chain.map(POINTS), abs=1e-10)


def test_frames_are_given_by_the_reader(tmp_path: Path) -> None:
    path = write_itk_transform(fd.Translation((1, 2, 3)), tmp_path / "t.tfm")
    frame = fd.Frame(id="1.2")
    assert read_itk_transform(path, fixed_frame=frame).fixed_frame == frame


def test_two_transforms_are_applied_the_last_first(tmp_path: Path) -> None:
    text = (
        "#Insight Transform File V1.0\n#Transform 0\nTransform: CompositeTransform_double_2_2\n"
        "#Transform 1\nTransform: TranslationTransform_double_2_2\nParameters: 1 0\n"
        "FixedParameters: \n"
        "#Transform 2\nTransform: Euler2DTransform_double_2_2\n"
        "Parameters: 1.5707963267948966 0 0\nFixedParameters: 0 0\n"
    )
    path = tmp_path / "t.tfm"
    path.write_text(text)
    assert read_itk_transform(path).map([[2.0, 0.0]]) == pytest.approx(np.array([[1.0, 2.0]]))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hello\n", "not a text file of an ITK transform"),
        ("#Insight Transform File V1.0\n", "holds no transform"),
        (
            "#Insight Transform File V1.0\nTransform: AffineTransform_double_3_3\n"
            "Parameters: 1 2\n",
            "cut short",
        ),
        (
            "#Insight Transform File V1.0\nTransform: AffineTransform_double_3_3\n"
            "Parameters: 1 2\nFixedParameters: 0 0 0\n",
            "of 2 parameters, not 12",
        ),
        (
            "#Insight Transform File V1.0\nTransform: AffineTransform_double_2_2\n"
            "Parameters: 0 0 0 0 1 1\nFixedParameters: 0 0\n",
            "invertible",
        ),
        (
            "#Insight Transform File V1.0\nTransform: AffineTransform_double_2_2\n"
            "Parameters: 1 0 0 one 1 1\nFixedParameters: 0 0\n",
            "not a number",
        ),
        (
            "#Insight Transform File V1.0\nTransform: AffineTransform_double_2_2\n"
            "Parameters: 1 0 0 nan 1 1\nFixedParameters: 0 0\n",
            "not finite",
        ),
        (
            "#Insight Transform File V1.0\nTransform: BSplineTransform_double_3_3\n"
            "Parameters: 1\nFixedParameters: 0\n",
            "not a linear transform",
        ),
        (
            "#Insight Transform File V1.0\nTransform: AffineTransform_double_4_4\n"
            "Parameters: 1\nFixedParameters: 0\n",
            "neither 2D nor 3D",
        ),
        (
            "#Insight Transform File V1.0\nTransform: VersorRigid3DTransform_double_3_3\n"
            "Parameters: 1 1 1 0 0 0\nFixedParameters: 0 0 0\n",
            "versor",
        ),
        ("#Insight Transform File V1.0\nParameters: 1\nFixedParameters: 0\n", "before its"),
    ],
)
def test_damaged_files_are_refused_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "t.tfm"
    path.write_text(text)
    with pytest.raises(FileDefectError, match=message) as caught:
        read_itk_transform(path)
    assert "t.tfm" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_binary_and_missing_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "t.mat").write_bytes(b"\x89HDF\r\n\xff")
    with pytest.raises(FileDefectError, match="not text"):
        read_itk_transform(tmp_path / "t.mat")
    with pytest.raises(FileDefectError, match="not a file"):
        read_itk_transform(tmp_path / "none.tfm")
    with pytest.raises(FileDefectError, match="not a file"):
        read_itk_transform(tmp_path)


def test_what_the_form_cannot_hold_is_refused(tmp_path: Path) -> None:
    field = Displacement(np.zeros((4, 4, 2)), fd.Grid.from_spacing((4, 4)))
    pixels = fd.Translation((1, 2), fixed_frame=fd.Frame("xy", "px"))
    for transform, message in ((field, "linear"), (pixels, "in mm"), (fd.Translation((1,)), "2D")):
        with pytest.raises(ParameterError, match=message):
            write_itk_transform(transform, tmp_path / "t.tfm")
    with pytest.raises(FileDefectError, match="its folder does not exist"):
        write_itk_transform(fd.Translation((1, 2)), tmp_path / "nowhere" / "t.tfm")
    assert list(tmp_path.iterdir()) == []
