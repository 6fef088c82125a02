"""ITK's text form of linear transforms (.tfm, .txt), as SimpleITK, ANTs and Slicer read it.

ITK maps points of the fixed to the moving image in LPS millimetres, as Fiducial does, so the
numbers go through unchanged.
"""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import FileDefectError, ParameterError
from ...geometry import Frame
from ...transforms import Affine, Composite, Linear, Rigid, Transform, Translation, linear_like
from ...transforms import rotation_from_angles as from_angles
from ..files import write_text

__all__ = ["read_itk_transform", "write_itk_transform"]

_HEADER = "#Insight Transform File V1.0"
_LARGEST = 1 << 22


def write_itk_transform(transform: Transform, path: str | os.PathLike[str]) -> Path:
    """Write a linear transform, or a chain of them, as ITK's text.

    Parameters
    ----------
    transform
        Linear, or a chain of linear ones (which is one linear map), in 2D or 3D.
    path
        Usually ``.tfm`` or ``.txt``.

    Returns
    -------
    Path

    Raises
    ------
    ParameterError
        If it is not linear, of one dimension, or not in mm.

    Notes
    -----
    Translations are written as ITK's TranslationTransform, all others as AffineTransform with
    their centre: every reader of the format knows these two.  Numbers have 17 digits, so that
    reading gives them back bit for bit.
    """
    if isinstance(transform, Composite) and len(transform.transforms) == 1:
        transform = transform.transforms[0]
    if not isinstance(transform, Linear) or transform.dimension not in (2, 3):
        raise ParameterError(
            f"transform of write_itk_transform must be linear in 2D or 3D; got {transform!r}."
        )
    for frame in (transform.fixed_frame, transform.moving_frame):
        if frame is not None and frame.unit != "mm":
            raise ParameterError(
                f"transform of write_itk_transform must be in mm; got {frame}. ITK knows no "
                "other unit."
            )
    dimension = transform.dimension
    if isinstance(transform, Translation):
        kind, parameters, fixed = "TranslationTransform", transform.translation, np.zeros(0)
    else:
        kind = "AffineTransform"
        parameters = np.concatenate([transform.matrix.ravel(), transform.translation])
        fixed = transform.center
    lines = [
        _HEADER,
        "#Transform 0",
        f"Transform: {kind}_double_{dimension}_{dimension}",
        "Parameters: " + " ".join(f"{value:.17g}" for value in parameters),
        "FixedParameters: " + " ".join(f"{value:.17g}" for value in fixed),
        "",
    ]
    target = Path(path)
    write_text(target, "\n".join(lines))
    return target


def read_itk_transform(
    path: str | os.PathLike[str],
    *,
    fixed_frame: Frame | None = None,
    moving_frame: Frame | None = None,
) -> Transform:
    """Read ITK's text form of a linear transform, or of a chain of them.

    Parameters
    ----------
    path
        The file.
    fixed_frame, moving_frame
        The worlds that it joins, which the file does not say; None for any.

    Returns
    -------
    Transform
        Of the narrowest kind that the file names.  A chain is applied as ITK does: the last
        in the file first.

    Raises
    ------
    FileDefectError
        If the file is not of this form, is cut short, or holds a transform that is not linear.
    """
    text = _text(path)
    if not text.startswith("#Insight Transform File"):
        raise FileDefectError(path, "is not a text file of an ITK transform", "Save it as .tfm")
    found: list[Linear] = []
    kind = ""
    parameters: NDArray[np.float64] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        key, _, rest = line.partition(":")
        if key == "Transform":
            kind, parameters = rest.strip(), None
        elif key == "Parameters":
            parameters = _numbers(path, number, rest)
        elif key == "FixedParameters" and not kind.startswith("CompositeTransform"):
            if not kind or parameters is None:
                raise FileDefectError(path, f"line {number} comes before its transform")
            found.append(_transform(path, kind, parameters, _numbers(path, number, rest)))
            kind = ""
    if kind and not kind.startswith("CompositeTransform"):
        raise FileDefectError(path, f"is cut short after {kind}", "Copy it again")
    if not found:
        raise FileDefectError(path, "holds no transform", "Write it again")
    dimensions = {item.dimension for item in found}
    if len(dimensions) > 1:
        raise FileDefectError(path, f"mixes transforms of dimensions {sorted(dimensions)}")
    result: Transform = found[0] if len(found) == 1 else Composite(found).transforms[0]
    if fixed_frame is None and moving_frame is None:
        return result
    return result.with_frames(fixed_frame, moving_frame)


def _text(path: str | os.PathLike[str]) -> str:
    try:
        if not Path(path).is_file():
            raise FileDefectError(path, "is not a file", "Check the name")
        if os.path.getsize(path) > _LARGEST:
            raise FileDefectError(path, "is too long for a linear transform")
        return Path(path).read_text(encoding="ascii")
    except UnicodeDecodeError as error:
        raise FileDefectError(
            path, "is not text", "Save it as .tfm instead of .mat or .h5"
        ) from error
    except OSError as error:
        if isinstance(error, FileDefectError):
            raise
        raise FileDefectError(path, f"could not be read ({error.strerror})") from error


def _numbers(path: object, line: int, text: str) -> NDArray[np.float64]:
    try:
        values = np.array([float(word) for word in text.split()], dtype=np.float64)
    except ValueError as error:
        raise FileDefectError(path, f"line {line} holds what is not a number") from error
    if not np.all(np.isfinite(values)):
        raise FileDefectError(path, f"line {line} holds a number that is not finite")
    return values


def _transform(
    path: object, kind: str, parameters: NDArray[np.float64], fixed: NDArray[np.float64]
) -> Linear:
    name, _, rest = kind.partition("_")
    dimension = 3 if rest.endswith("3_3") else 2 if rest.endswith("2_2") else 0
    if not dimension:
        raise FileDefectError(path, f"holds {kind}, which is neither 2D nor 3D")
    center = fixed[:dimension]
    expected = _COUNTS.get((name, dimension))
    if expected is None:
        raise FileDefectError(
            path, f"holds {kind}, which is not a linear transform known here",
            "Export it as an AffineTransform",
        )  # fmt: skip
    if len(parameters) != expected or (name != "TranslationTransform" and len(center) < dimension):
        raise FileDefectError(
            path, f"holds a {kind} of {len(parameters)} parameters, not {expected}", "Copy it again"
        )
    try:
        return _built(name, dimension, parameters, fixed)
    except ParameterError as error:
        raise FileDefectError(path, f"holds a {kind} that is none: {error}") from error


_COUNTS = {
    ("TranslationTransform", 2): 2,
    ("TranslationTransform", 3): 3,
    ("AffineTransform", 2): 6,
    ("AffineTransform", 3): 12,
    ("MatrixOffsetTransformBase", 2): 6,
    ("MatrixOffsetTransformBase", 3): 12,
    ("Euler2DTransform", 2): 3,
    ("Euler3DTransform", 3): 6,
    ("VersorRigid3DTransform", 3): 6,
    ("Similarity2DTransform", 2): 4,
    ("Similarity3DTransform", 3): 7,
}


def _built(
    name: str, dimension: int, values: NDArray[np.float64], fixed: NDArray[np.float64]
) -> Linear:
    center = fixed[:dimension]
    if name == "TranslationTransform":
        return Translation(values)
    if name in ("AffineTransform", "MatrixOffsetTransformBase"):
        square = dimension * dimension
        return Affine(values[:square].reshape(dimension, dimension), values[square:], center=center)
    if name == "Euler2DTransform":
        return Rigid(from_angles((values[0],)), values[1:], center=center)
    if name == "Euler3DTransform":
        about = [from_angles(tuple(np.eye(3)[axis] * values[axis])) for axis in range(3)]
        is_zyx = len(fixed) > 3 and fixed[3] != 0
        order = about[2] @ about[1] @ about[0] if is_zyx else about[2] @ about[0] @ about[1]
        return Rigid(order, values[3:], center=center)
    if name == "Similarity2DTransform":
        matrix = values[0] * from_angles((values[1],))
        return _similarity(matrix, values[2:4], center)
    rotation = _versor(values[:3])
    if name == "VersorRigid3DTransform":
        return Rigid(rotation, values[3:], center=center)
    return _similarity(values[6] * rotation, values[3:6], center)


def _similarity(
    matrix: NDArray[np.float64], translation: NDArray[np.float64], center: NDArray[np.float64]
) -> Linear:
    homogeneous = np.eye(len(matrix) + 1)
    homogeneous[:-1, :-1] = matrix
    homogeneous[:-1, -1] = center + translation - matrix @ center
    return linear_like("Similarity", homogeneous, center=center)


def _versor(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rotation of a unit quaternion, of which the vector part is given."""
    x, y, z = (float(value) for value in vector)
    rest = 1.0 - x * x - y * y - z * z
    if rest < -1e-9:
        raise ParameterError(f"versor must be at most of length 1; got {vector.tolist()}.")
    w = float(np.sqrt(max(0.0, rest)))
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )
