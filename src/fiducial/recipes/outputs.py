"""Results in files: one, or all those of a run or none."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..errors import FileDefectError, ParameterError, shown
from ..image import Points, Sampled
from ..lineage import Call, Lineage, Opaque, Source
from ..transforms import Transform
from .tables import FORMS

__all__ = ["file_name", "is_written", "lineage_of", "write_all", "write_result"]

_RECORDS = (".lineage.json", ".lineage.npz")


def lineage_of(result: Any) -> Lineage | None:
    """Return how a result was made, if it says so."""
    origin = getattr(result, "lineage", None)
    if origin is None:
        origin = getattr(result, "attrs", {}).get("lineage")
    return origin if isinstance(origin, Source | Opaque | Call) else None


def is_written(result: Any) -> bool:
    """Whether a result has a file format: an image, points, a transform, or has an image."""
    if isinstance(result, Sampled | Points) or isinstance(getattr(result, "image", None), Sampled):
        return True
    return isinstance(result, Transform)


def write_result(result: Any, path: str | os.PathLike[str]) -> None:
    """Write one result, with the record of how it was made beside it.

    Parameters
    ----------
    result
        An image, mask, labels or transform in a format that the name says; an object that
        saves itself into a folder; or a table, numbers or text as ``.csv``, ``.json``,
        ``.txt``.
    path
        Where.

    Raises
    ------
    ParameterError
        If the result cannot be written under this name.
    FileDefectError
        If the file cannot be written; then nothing is left of it.
    """
    path = Path(path)
    if hasattr(result, "save") and not is_written(result) and path.suffix.lower() not in FORMS:
        if path.exists() and not path.is_dir():
            raise ParameterError(f"output must be a folder; got the file {path}.")
        write_all({path.name: (result, path.name)}, path.parent)
    else:
        _write(result, path)


def _write(result: Any, path: Path) -> None:
    if isinstance(result, Transform):
        from ..io import write_transform

        write_transform(result, path)
        return
    is_table = (
        hasattr(result, "columns") and hasattr(result, "to_csv") and path.suffix.lower() == ".csv"
    )
    if is_written(result) or is_table:
        from ..io import write

        is_picture = isinstance(result, Sampled) or not hasattr(result, "image")
        write(result if is_picture else result.image, path)
        return
    suffix = path.suffix.lower()
    if suffix not in FORMS:
        if hasattr(result, "save"):
            result.save(path)
            return
        raise ParameterError(
            f"output of {shown(result)} must end in {', '.join(FORMS)}; got {path.name!r}."
        )
    from ..io.files import write_text
    from ..io.sidecar import write_sidecar

    write_text(path, FORMS[suffix](result))
    origin = lineage_of(result)
    if origin is not None:
        write_sidecar(path, origin)


def file_name(name: str, wanted: str, result: Any) -> str:
    """Return the file name of a result.

    Parameters
    ----------
    name
        The result's name.
    wanted
        What the recipe says; empty when it leaves the choice.
    result
        The result.

    Examples
    --------
    >>> file_name("level", "", 0.5), file_name("bone", "bone.mha", None)
    ('level.json', 'bone.mha')
    """
    if wanted:
        return wanted
    plain = name.replace(".", "_")
    picture = result if isinstance(result, Sampled) else getattr(result, "image", None)
    if isinstance(picture, Sampled):
        return f"{plain}.tif" if "c" in picture.axes else f"{plain}.nii.gz"
    if hasattr(result, "to_csv"):
        return f"{plain}.csv"
    return plain if hasattr(result, "save") else f"{plain}.json"


def write_all(files: Mapping[str, tuple[Any, str]], folder: Path) -> list[Path]:
    """Write results into a folder, all or none.

    Parameters
    ----------
    files
        (result, file name) by the result's name; an empty file name lets the result decide.
    folder
        Made when it is not there.  What is there under other names stays.

    Returns
    -------
    list of Path
        The files and folders that bear the results.

    Raises
    ------
    FileDefectError
        If one cannot be written; then the folder is as it was.
    """
    made = _make(folder)
    stage = folder / f".{secrets.token_hex(6)}.fiducial-part"
    try:
        names = [file_name(name, wanted, result) for name, (result, wanted) in files.items()]
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            for name, (result, _) in zip(names, files.values(), strict=True):
                (stage / name).parent.mkdir(parents=True, exist_ok=True)
                _write(result, stage / name)
        _publish(stage, folder)
    except BaseException:
        shutil.rmtree(stage, ignore_errors=True)
        for path in reversed(made):
            with contextlib.suppress(OSError):
                path.rmdir()
        raise
    shutil.rmtree(stage, ignore_errors=True)
    for warning in told:
        words = str(warning.message).replace(str(stage), str(folder))
        warnings.warn(words, warning.category, stacklevel=2)
    return [folder / name for name in names]


def _make(folder: Path) -> list[Path]:
    """Make a folder and return those that were not there, outermost first."""
    missing = []
    path = folder
    while not path.exists() and path != path.parent:
        missing.append(path)
        path = path.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileDefectError(
            folder, f"the folder cannot be made ({error.strerror})", "Choose another"
        ) from error
    return missing[::-1]


def _publish(stage: Path, folder: Path) -> None:
    """Move all files from the stage into the folder; if one fails, put everything back.

    Records are written anew: they name their sources relative to where they stand.
    """
    from ..io.sidecar import read_sidecar, write_sidecar

    with _moves() as move:
        for staged in sorted(path for path in stage.rglob("*") if path.is_file()):
            if staged.name.endswith(_RECORDS):
                continue
            target = folder / staged.relative_to(stage)
            target.parent.mkdir(parents=True, exist_ok=True)
            record = read_sidecar(staged)
            move(staged, target)
            for ending in _RECORDS:
                move(None, target.with_name(target.name + ending))
            if record is not None:
                write_sidecar(
                    target, record.lineage, describes=record.describes, digest=record.digest
                )


@contextlib.contextmanager
def _moves() -> Iterator[Any]:
    """Give a function that moves a file over another; undo all of it when the block fails."""
    kept: list[tuple[Path, Path]] = []
    placed: list[Path] = []

    def move(source: Path | None, target: Path) -> None:
        if target.exists():
            old = target.with_name(f".{target.name}.{secrets.token_hex(6)}.fiducial-old")
            os.rename(target, old)
            kept.append((old, target))
        placed.append(target)
        if source is not None:
            os.rename(source, target)

    try:
        yield move
    except BaseException as error:
        for target in placed:
            target.unlink(missing_ok=True)
        for old, target in kept:
            os.rename(old, target)
        if isinstance(error, OSError) and not isinstance(error, FileDefectError):
            raise FileDefectError(
                error.filename or "output",
                f"it could not be given its name ({error.strerror})",
                "Nothing was changed",
            ) from error
        raise
    for old, _ in kept:
        old.unlink(missing_ok=True)
