"""How a file was made, in words, back to the first files and beyond them if they tell."""

from __future__ import annotations

import os
import warnings
from pathlib import Path

from ..errors import FiducialError, FileDefectError
from ..io.sidecar import Sidecar, read_sidecar
from ..lineage import Source, file_digest, nodes, tree

__all__ = ["history", "is_as_written", "record_of"]


def record_of(path: str | os.PathLike[str]) -> Sidecar:
    """Return the record beside a file.

    Raises
    ------
    FileDefectError
        If the file is not there, or there is no record beside it.
    """
    file = Path(path)
    record = read_sidecar(file)
    if not file.exists():
        raise FileDefectError(file, "there is no such file", "Check the path")
    if record is None:
        raise FileDefectError(
            file,
            "there is no record of how it was made (.lineage.json) beside it",
            "Only what Fiducial wrote has one; it moves together with the file",
        )
    return record


def is_as_written(file: Path, record: Sidecar) -> bool:
    """Whether a file, with those that belong to it, still is what its record describes."""
    if record.matches(file_digest(file)):
        return True
    if record.describes.get("kind") not in ("image", "mask", "labels"):
        return False
    from ..io import read

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            found = read(file, axes=record.describes.get("axes")).lineage
        except FiducialError:
            return False
    return isinstance(found, Source) and record.matches(found.digest)


def history(path: str | os.PathLike[str]) -> str:
    """Return how a file was made, as lines of text.

    The result comes first and below it what it was made from, indented.  A source that
    Fiducial wrote itself is followed in turn, as long as its record is beside it.

    Parameters
    ----------
    path
        A file that Fiducial wrote.

    Returns
    -------
    str
        One line a step.

    Raises
    ------
    FileDefectError
        If there is no such file, no record beside it, or a damaged one.

    Examples
    --------
    >>> import fiducial as fd
    >>> bright = fd.threshold(fd.Image([[1, 2, 3]]), above=1)
    >>> _ = fd.write(bright, "bright.npy")
    >>> print(fd.history("bright.npy").splitlines()[1])
      threshold(above=1)
    """
    lines: list[str] = []
    waiting = [Path(path)]
    seen: set[str] = set()
    while waiting:
        file = waiting.pop(0)
        record = record_of(file) if not lines else _known(file)
        if record is None or record.digest in seen:
            continue
        seen.add(record.digest)
        is_same = is_as_written(file, record)
        lines += [""] if lines else []
        lines.append(f"{file}" + ("" if is_same else " (changed since it was written)"))
        lines += [f"  {line}" for line in tree(record.lineage)]
        waiting += [Path(node.path) for node in nodes(record.lineage) if isinstance(node, Source)]
    return "\n".join(lines)


def _known(file: Path) -> Sidecar | None:
    """Return the record of a source, or None where there is none to follow."""
    try:
        return read_sidecar(file) if file.is_file() else None
    except FileDefectError:
        return None
