"""Reading: every file right, read with a warning, or refused."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import (
    FiducialWarning,
    FileDefectError,
    GeometryWarning,
    ParameterError,
    parameter_error,
)
from ..geometry import Grid
from ..image import Image, Labels, Mask, Points, Sampled
from ..lineage import Source
from ..progress import visible
from ..transforms import Transform
from ..units import Length
from .description import built, described, restored
from .format import Content, Format, Header, Note, Request, format_of
from .info import Info
from .request import calibrated, checked_request
from .sidecar import read_sidecar, sidecar_path
from .table import read_points

__all__ = [
    "imread",
    "read",
    "read_grid",
    "read_info",
    "read_labels",
    "read_mask",
    "read_source",
]

PathLike = str | os.PathLike[str]


def read(
    path: PathLike,
    *,
    series: str | int | None = None,
    unit: str | None = None,
    axes: str | None = None,
    spacing: Length | None = None,
    accept: Sequence[str] = (),
) -> Image:
    """Read an image from a file, or from a folder with a series.

    The format follows from the first bytes, then from the name.  What is odd is warned of;
    what cannot be read rightly is refused.

    Parameters
    ----------
    path
        A file of any format that Fiducial reads, or a folder of DICOM files.
    series
        Which series, when a folder holds several: its number in ``fiducial info FOLDER``, its
        UID, or a part of its description.
    unit
        Unit of the values, when the file does not say it (``"HU"``, ``"counts"``).
    axes
        What the axes are, out of t, z, y, x, c, when the file does not say it.
    spacing
        Distance between samples, when the file does not say it or says it wrongly: ``"0.5 um"``
        for all axes, or one for each in array order: ``("3 um", "0.5 um", "0.5 um")``.
    accept
        Names of oddities that are read all the same: ``"uneven steps"`` and ``"missing
        slice"`` resample a series onto even steps, linearly along the stack;
        ``"unreadable files"`` leaves out damaged DICOM files.  Lineage records it.

    Returns
    -------
    Image
        In the file's own values and type, with its pose in the world; CT in HU.

    Raises
    ------
    FileDefectError
        If the file cannot be read rightly; the message names file, defect and remedy.

    Notes
    -----
    Patients' images are in LPS millimetres whatever the file's convention.  DICOM: one file is
    one slice with its pose, a folder is a series sorted by position along the normal.  Where a
    sidecar written by :func:`write` stands beside the file and its digest matches, the unit and
    the exact grid come from it.  Cost: one pass over the bytes, hashed on the way.

    Examples
    --------
    >>> import tempfile
    >>> from fiducial.io import write
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write(Image([[1, 2], [3, 4]]), f"{folder}/small.npy")
    ...     read(path)
    Image(y 2 x x 2, int64, 1 x 1 px)
    """
    request = checked_request("read", "image", series, axes, accept, spacing)
    result = _read("read", path, request, unit)
    assert isinstance(result, Image)
    return result


def imread(
    path: PathLike,
    *,
    series: str | int | None = None,
    unit: str | None = None,
    axes: str | None = None,
    spacing: Length | None = None,
    accept: Sequence[str] = (),
) -> Image:
    """Read an image; another name of :func:`read`.

    Parameters
    ----------
    path, series, unit, axes, spacing, accept
        As for :func:`read`.

    Returns
    -------
    Image
        Unlike other libraries' ``imread``, an image with its geometry; ``numpy.asarray`` gives
        the array.
    """
    return read(path, series=series, unit=unit, axes=axes, spacing=spacing, accept=accept)


def read_mask(
    path: PathLike,
    *,
    series: str | int | None = None,
    axes: str | None = None,
    spacing: Length | None = None,
) -> Mask:
    """Read a mask: booleans, all 0 and 1, or all 0 and 255.

    Parameters
    ----------
    path, series, axes, spacing
        As for :func:`read`.

    Returns
    -------
    Mask

    Raises
    ------
    FileDefectError
        If the file holds anything else; read an image and compare (``image > 0``).
    """
    request = checked_request("read_mask", "mask", series, axes, spacing=spacing)
    result = _read("read_mask", path, request, None)
    assert isinstance(result, Mask)
    return result


def read_labels(
    path: PathLike,
    *,
    series: str | int | None = None,
    axes: str | None = None,
    spacing: Length | None = None,
) -> Labels:
    """Read labels: whole numbers from 0, with their names where the file has them.

    Parameters
    ----------
    path, series, axes, spacing
        As for :func:`read`.

    Returns
    -------
    Labels
        The index of a palette image is the label, its colour the label's colour.

    Raises
    ------
    FileDefectError
        If the file holds fractions or negative numbers.
    """
    request = checked_request("read_labels", "labels", series, axes, spacing=spacing)
    result = _read("read_labels", path, request, None)
    assert isinstance(result, Labels)
    return result


def read_grid(
    path: PathLike,
    *,
    series: str | int | None = None,
    axes: str | None = None,
    spacing: Length | None = None,
) -> Grid:
    """Read where the samples lie, from the header alone.

    Parameters
    ----------
    path, series, axes, spacing
        As for :func:`read`.

    Returns
    -------
    Grid

    Raises
    ------
    FileDefectError
        If reading the image would be refused for its header.
    """
    request = checked_request("read_grid", "image", series, axes, spacing=spacing)
    where = Path(path)
    found = _headers(where, request)
    if where.is_dir():
        from .folder import chosen

        header = chosen(where, found, request)
    else:
        header = found[0]
    if header.error:
        raise FileDefectError(where, header.error)
    header = calibrated(header, request.spacing, "read_grid")
    assert header.grid is not None
    _warn(where, header.notes)
    return header.grid


def read_info(path: PathLike) -> Info:
    """Say what a file or a folder holds, from headers alone.

    Parameters
    ----------
    path
        A file, or a folder of DICOM files (and others, which are listed too).

    Returns
    -------
    Info
        One entry for each image or series: what it is, geometry, unit, what is odd, or why
        reading it would be refused.  ``.lines()`` for people, ``.as_json()`` for programs.

    Raises
    ------
    FileDefectError
        If the path cannot be read at all, or holds one file and that is refused.
    """
    where = Path(path)
    if where.is_dir():
        from .folder import folder_info

        with visible():
            return folder_info(where)
    request = Request()
    name = format_of(where).name
    return Info(str(path), name, tuple(_headers(where, request)))


def read_source(source: Source) -> Sampled | Points | Transform:
    """Read again what a record of lineage names, with the options it was read with.

    Parameters
    ----------
    source
        The node of the record.

    Raises
    ------
    FileDefectError
        If the bytes are no longer those recorded.
    """
    from .transform import read_transform

    options: dict[str, Any] = dict(source.options)
    reader = options.pop("reader", "read")
    known: dict[str, Callable[..., Sampled | Points | Transform]] = {
        "read": read,
        "read_mask": read_mask,
        "read_labels": read_labels,
        "read_points": read_points,
        "read_transform": read_transform,
    }
    if reader not in known:
        raise ParameterError(f"reader of a source must be one of {sorted(known)}; got {reader!r}.")
    result = known[reader](source.path, **options)
    found = result.lineage
    if isinstance(found, Source) and found.digest != source.digest:
        raise FileDefectError(
            source.path,
            "it is not the file that was recorded: its digest differs",
            "Restore the file, or make the result anew",
        )
    return result


def _read(function: str, path: PathLike, request: Request, unit: str | None) -> Sampled:
    if not isinstance(path, str | os.PathLike):
        raise parameter_error(function, "path", "the path of a file or folder", path)
    if unit is not None and not isinstance(unit, str):
        raise parameter_error(function, "unit", "a text or None", unit)
    where = Path(path)
    if where.is_dir():
        from .folder import read_folder

        name = "DICOM series"
        with visible():
            content = read_folder(where, request)
    else:
        if request.series is not None:
            raise parameter_error(
                function, "series", "None for a file", request.series, "Give the folder's path."
            )
        form = format_of(where)
        name = form.name
        with visible():
            content = _with_sidecar(where, form, form.read(where, request))
    content = replace(content, header=calibrated(content.header, request.spacing, function))
    options: dict[str, Any] = {
        "series": request.series,
        "unit": unit,
        "axes": request.axes,
        "spacing": request.spacing.as_text() if request.spacing else None,
        "accept": list(request.accept) or None,
        "reader": None if function == "read" else function,
    }
    source = Source(
        str(where.resolve()),
        content.digest,
        name,
        {key: value for key, value in options.items() if value is not None},
    )
    try:
        result = built(content, request.purpose, unit, source)
    except ParameterError as error:
        if request.purpose == "mask":
            span = f"{content.array.min():.6g} to {content.array.max():.6g}"
            found = f"its values are not those of a mask, 0 and 1 or 0 and 255, but from {span}"
            remedy = "Compare what it holds: read_labels(path) == 1, or read(path) > 0"
            raise FileDefectError(where, found, remedy) from error
        kind = {"labels": "labels", "image": "an image"}[request.purpose]
        raise FileDefectError(where, f"its values are not those of {kind}", str(error)) from error
    notes = list(content.header.notes)
    known = content.header.unit
    if unit is not None and known not in (None, unit):
        notes.append(Note(f"its values are in {known}, and are taken for {unit} as asked"))
    _warn(where, notes)
    return result


def _warn(path: Path, notes: Sequence[Note]) -> None:
    for note in notes:
        kind = GeometryWarning if note.is_geometry else FiducialWarning
        warnings.warn(f"{path}: {note.text}", kind, stacklevel=4)


def _with_sidecar(path: Path, form: Format, content: Content) -> Content:
    header = content.header
    try:
        beside = read_sidecar(path)
    except FileDefectError as error:
        note = Note(f"its sidecar was ignored: {error.defect}")
        return replace(content, header=replace(header, notes=(*header.notes, note)))
    if beside is None:
        return content
    if not beside.matches(content.digest):
        note = Note(
            f"it is not the file that {sidecar_path(path).name} describes (its digest differs); "
            "the sidecar was ignored"
        )
        return replace(content, header=replace(header, notes=(*header.notes, note)))
    return restored(content, described(header, beside.describes, holds_pose=_holds_pose(form)))


def _holds_pose(form: Format) -> bool:
    return form.holds is None or form.holds.geometry == "pose"


def _headers(path: Path, request: Request) -> list[Header]:
    if path.is_dir():
        from .folder import folder_headers

        return folder_headers(path)
    form = format_of(path)
    found = list(form.headers(path, request))
    if len(found) != 1:
        return found
    try:
        beside = read_sidecar(path)
    except FileDefectError as error:
        note = Note(f"its sidecar was ignored: {error.defect}")
        return [replace(found[0], notes=(*found[0].notes, note))]
    # The header alone is read: the size stands in for the digest, which reading will check.
    if beside is None or beside.size != os.stat(path).st_size:
        return found
    return [described(found[0], beside.describes, holds_pose=_holds_pose(form))]
