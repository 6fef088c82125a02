"""Transforms in files: ITK's text, which other programs read, or JSON, which keeps frames."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from ..errors import FileDefectError, ParameterError, shown
from ..lineage import Opaque, Source, plain
from ..transforms import Composite, Displacement, Transform, from_json
from ..transforms.transform import frame_from_json, frame_json
from .files import new_file, open_regular, publish, read_digest, settle
from .sidecar import read_sidecar, write_sidecar
from .transform_files.itk import read_itk_transform, write_itk_transform

__all__ = ["read_transform", "write_transform"]

_MOST_BYTES = 1 << 24
_ITK = (".tfm", ".txt")
_KEY = "fiducial_transform"


def read_transform(path: str | os.PathLike[str]) -> Transform:
    """Read a transform: ITK's text (``.tfm``, ``.txt``) or JSON (``.json``).

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    Transform
        With the frames that the file or the sidecar beside it names.

    Raises
    ------
    FileDefectError
        If the file holds no transform.

    Examples
    --------
    >>> import fiducial as fd
    >>> from fiducial.io.transform import write_transform
    >>> path = write_transform(fd.Translation((1.0, 2.0, 3.0)), "shift.tfm")
    >>> read_transform(path)
    Translation(translation (1, 2, 3))
    """
    where = Path(path)
    digest = read_digest(where)
    source = Source(str(where.resolve()), digest, "transform", {"reader": "read_transform"})
    if where.suffix.lower() != ".json":
        record = read_sidecar(where)
        frames: dict[str, Any] = {}
        if record is not None and record.matches(digest):
            frames = {
                name: frame_from_json(record.describes.get(name))
                for name in ("fixed_frame", "moving_frame")
            }
        return read_itk_transform(where, **frames).with_lineage(source)
    with open_regular(where) as stream:
        text = stream.read(_MOST_BYTES + 1)
    remedy = "Write it with fiducial, or give ITK's text (.tfm)"
    if len(text) > _MOST_BYTES:
        raise FileDefectError(where, "it is too large for a transform", remedy)
    try:
        document = json.loads(text)
        if document.pop(_KEY) != 1:
            raise FileDefectError(where, "it is of a newer version", "Update Fiducial")
        return from_json(document).with_lineage(source)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FileDefectError(where, f"it holds no transform ({shown(error)})", remedy) from error


def write_transform(transform: Transform, path: str | os.PathLike[str]) -> Path:
    """Write a transform with its record beside it.

    Parameters
    ----------
    transform
        Linear, or a chain of linear ones.
    path
        ``.tfm`` or ``.txt`` (ITK's text: mm only), or ``.json``.

    Returns
    -------
    Path

    Raises
    ------
    ParameterError
        If the name says no form, or the form cannot hold the transform.
    """
    where = Path(path)
    suffix = where.suffix.lower()
    parts = transform.transforms if isinstance(transform, Composite) else (transform,)
    if any(isinstance(part, Displacement) for part in parts):
        raise ParameterError(
            f"transform of write must be linear; got {transform!r}. "
            "Write the vectors of a displacement as an image: transform.as_image()."
        )
    if suffix in _ITK:
        write_itk_transform(transform, where)
    elif suffix == ".json":
        text = json.dumps({_KEY: 1, **plain(transform.as_json())}, indent=1, allow_nan=False)
        with new_file(where) as (stream, temporary):
            stream.write((text + "\n").encode())
            settle(stream)
            publish(temporary, where, overwrite=True)
    else:
        raise ParameterError(
            f"path of write must end in .tfm, .txt or .json for a transform; got {where.name!r}."
        )
    describes = {
        "kind": "transform",
        "fixed_frame": frame_json(transform.fixed_frame),
        "moving_frame": frame_json(transform.moving_frame),
    }
    origin = transform.lineage or Opaque(f"{type(transform).__name__}, its numbers given")
    write_sidecar(where, origin, describes=describes)
    return where
