"""Writing: whole or not at all, and nothing lost without a word."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np

from ..errors import (
    FiducialWarning,
    FileDefectError,
    GeometryWarning,
    ParameterError,
    parameter_error,
)
from ..geometry import Grid
from ..image import Image, Labels, Mask, Points, Sampled
from ..lineage import Lineage, Opaque
from ..progress import visible
from ..transforms import Composite, Displacement, Linear
from .description import describe
from .files import Witness, joined_digest, new_file, publish, read_digest, settle
from .format import Format, Holds, Note, Purpose, Request, format_for_writing
from .sidecar import write_sidecar
from .transform import write_transform

__all__ = ["write"]


def write(
    obj: Any,
    path: str | os.PathLike[str],
    *,
    overwrite: bool = True,
    sidecar: bool = True,
) -> Path:
    """Write an image, mask, labels, points, transform or table; the name says the format.

    The file appears whole or not at all, and its record of lineage beside it, as
    ``<name>.lineage.json``.

    Parameters
    ----------
    obj
        An :class:`Image`, :class:`Mask` or :class:`Labels` (NIfTI, MetaImage, NRRD, TIFF, PNG,
        JPEG, BMP, NumPy), :class:`Points` or a DataFrame (CSV), or a linear transform (ITK's
        ``.tfm`` and ``.txt``, ``.json``), whose record is always written.
    path
        Where to; the folder must exist.
    overwrite
        Whether a file of this name is replaced.
    sidecar
        Whether the record is written.  Without it, what the format cannot hold (unit of the
        values, names of labels, the frame) is lost, and that is warned of.

    Returns
    -------
    Path
        Of the file.

    Raises
    ------
    ParameterError
        If the format cannot hold the object: its type of values, its axes.
    FileDefectError
        If the folder takes no file, the disk is full, or the file exists and may not be replaced.

    Notes
    -----
    Nothing is cast, rescaled or reoriented, with one exception that is warned of: an image of
    floats from 0 to 1 without a unit (such as ``window`` gives) is written to PNG, JPEG and BMP as
    0 to 255.  Steps: temporary name in the same folder, flush to the disk, read the header
    again and compare, digest, rename.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(Mask([[True, False]]), f"{folder}/mask.png").name
    'mask.png'
    """
    if not isinstance(path, str | os.PathLike):
        raise parameter_error("write", "path", "the path of a file", path)
    where = Path(os.path.realpath(path))
    if where.exists() and not where.is_file():
        raise FileDefectError(path, "it is there and is not a file", "Choose another name")
    if where.exists() and not overwrite:
        raise FileDefectError(
            path, "it exists already", "Choose another name, or write with overwrite=True"
        )
    if isinstance(obj, Linear | Composite | Displacement):
        return write_transform(obj, path)
    if not isinstance(obj, Sampled):
        return _write_table(obj, where, overwrite=overwrite, sidecar=sidecar)
    form = format_for_writing(where.name)
    assert form.write is not None
    assert form.holds is not None
    _check_types(obj, form)
    output = form.write(obj, where.name)
    digests: list[str] = []
    for part in output.parts:
        target = where.with_name(part.name)
        with visible(), new_file(target) as (stream, temporary):
            witness = Witness(stream)
            part.write(cast("BinaryIO", witness))
            settle(stream)
            # The file asked for comes last when written and first in the digest.
            digests.insert(0, witness.check(where, temporary))
            if target == where:
                _verify(obj, temporary, where, form)
            publish(temporary, target, overwrite=overwrite)
    notes = [*output.notes, *_losses(obj, form, form.holds, sidecar=sidecar)]
    if sidecar:
        write_sidecar(where, obj.lineage, describes=describe(obj), digest=joined_digest(digests))
    _warn(path, notes)
    return Path(path)


def _warn(path: object, notes: Sequence[Note]) -> None:
    for note in notes:
        kind = GeometryWarning if note.is_geometry else FiducialWarning
        warnings.warn(f"{path}: {note.text}", kind, stacklevel=3)


def _check_types(item: Sampled, form: Format) -> None:
    holds = form.holds
    assert holds is not None
    if item.axes not in holds.axes:
        raise ParameterError(
            f"image of write must have axes that {form.name} holds "
            f"({', '.join(sorted(holds.axes, key=lambda axes: (len(axes), axes)))}); "
            f"got {item.axes!r}. Write .nrrd or .npy instead, or take a part."
        )
    stored = "uint8" if isinstance(item, Mask) else item.dtype.name
    if stored in holds.dtypes:
        return
    if isinstance(item, Image) and item.dtype.kind == "f" and holds.takes_display:
        return  # such a format says itself what it does with floats
    remedy = {
        "float16": 'Convert with image.astype("float32").',
        "bool": "",
    }.get(item.dtype.name, "")
    if not remedy and holds.geometry == "none":
        remedy = (
            "Make a copy for display with window(image, ...), or write .nii.gz, .nrrd or .tif, "
            "which keep the values."
        )
    raise ParameterError(
        f"image of write must have values of a type that {form.name} holds "
        f"({', '.join(sorted(holds.dtypes))}); got {stored}. "
        f"{remedy or 'Convert with image.astype(...), or write .nrrd.'}"
    )


def _losses(item: Sampled, form: Format, holds: Holds, *, sidecar: bool) -> list[Note]:
    notes = []
    kept = "; it is in the sidecar alone" if sidecar else ""
    if holds.geometry != "pose":
        missing = _missing_geometry(item.grid, holds)
        if missing:
            notes.append(Note(f"{form.name} holds no {missing}{kept}", True))
    if not holds.has_times and item.times is not None:
        notes.append(Note(f"{form.name} holds no times of frames{kept}"))
    if sidecar:
        return notes
    if isinstance(item, Labels) and item.names and not holds.has_names:
        notes.append(Note(f"{form.name} holds no names of labels, which are lost"))
    if isinstance(item, Image) and item.unit and not holds.has_unit:
        notes.append(Note(f"{form.name} holds no unit of values: {item.unit} is lost"))
    return notes


def _missing_geometry(grid: Grid, holds: Holds) -> str:
    """Say what of a grid a format that holds no pose does not hold; empty if nothing."""
    world, count = grid.affine[:-1, :-1].shape
    plain = np.eye(world)[:, :count][:, ::-1] if world == count else None
    is_plain = (
        plain is not None and np.allclose(grid.direction, plain) and not grid.frame.is_patient
    )
    words = []
    if holds.geometry == "none" and (grid.unit != "px" or not np.allclose(grid.spacing, 1)):
        words.append("spacing")
    if np.any(grid.origin):
        words.append("origin")
    if not is_plain:
        words.append("orientation")
    return " and no ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _verify(item: Sampled, temporary: Path, path: Path, form: Format) -> None:
    """Read the header of what was written and compare."""
    failed = "what was written does not read back"
    remedy = "Write again; if it persists, report it with the format's name"
    purposes: dict[type, Purpose] = {Mask: "mask", Labels: "labels"}
    purpose = purposes.get(type(item), "image")
    try:
        header = form.headers(temporary, Request(purpose))[0]
    except FileDefectError as error:
        # Formats that cannot say their axes refuse without being told; telling is fair here.
        try:
            header = form.headers(temporary, Request(purpose, axes=item.axes))[0]
        except FileDefectError:
            raise FileDefectError(path, f"{failed}: {error.defect}", remedy) from error
    if int(np.prod(header.shape)) != item.array.size:
        raise FileDefectError(path, f"{failed}: shape {header.shape} for {item.shape}", remedy)
    holds = form.holds
    is_posed = holds is not None and holds.geometry == "pose" and item.grid.frame.is_patient
    if is_posed and header.grid is not None and header.grid.shape == item.grid.shape:
        apart = header.grid.corner_distance(item.grid)
        # NIfTI holds float32: 7 digits of coordinates that may be 1000 mm from the origin.
        if apart > 1e-2 * min(item.spacing):
            raise FileDefectError(path, f"{failed}: corners are {apart:.3g} mm apart", remedy)


def _write_table(obj: Any, path: Path, *, overwrite: bool, sidecar: bool) -> Path:
    from .table import table_text

    if path.suffix.lower() != ".csv":
        kinds = "an Image, Mask or Labels" if not isinstance(obj, Points) else "written to .csv"
        raise parameter_error(
            "write", "obj", f"{kinds} for this name", obj, "Points and tables go to .csv."
        )
    text = table_text(obj)
    with new_file(path) as (stream, temporary):
        stream.write(text.encode())
        settle(stream)
        digest = read_digest(temporary)
        publish(temporary, path, overwrite=overwrite)
    if sidecar:
        lineage: Lineage | None = getattr(obj, "lineage", None)
        if lineage is None:
            lineage = getattr(obj, "attrs", {}).get("lineage")
        write_sidecar(path, lineage or Opaque("table"), describes=describe(obj), digest=digest)
    return path
