"""The record beside a file: ``ct.nii.gz`` has its lineage in ``ct.nii.gz.lineage.json``.

It holds how the file was made, the file's digest, and what the file's own format cannot
hold (unit of the values, names of labels, the exact grid).  It is believed only as long as the
digest is that of the file.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FileDefectError
from ..lineage import Lineage, array_digest, from_document, nodes, to_document
from .files import new_file, open_regular, publish, read_digest, settle

__all__ = ["Sidecar", "read_sidecar", "sidecar_path", "write_sidecar"]

VERSION = 1
_LIMIT = 64 << 20
_DISTRIBUTIONS = {
    "numpy": "numpy",
    "scipy": "scipy",
    "skimage": "scikit-image",
    "SimpleITK": "SimpleITK",
    "nibabel": "nibabel",
    "pydicom": "pydicom",
    "tifffile": "tifffile",
    "imagecodecs": "imagecodecs",
    "PIL": "Pillow",
    "pandas": "pandas",
    "torch": "torch",
}


@dataclass(frozen=True)
class Sidecar:
    """What stands beside a file.

    Parameters
    ----------
    path
        The sidecar itself.
    name, digest, size
        Of the file it describes; the digest of a header with its data in a file of their own is
        over both digests.
    lineage
        How the file was made.
    determined_by
        Versions, kernel body and instruction set: what a bit-identical replay needs.
    happened
        Time and threads: what does not matter to the result.
    describes
        What the file holds, in full: kind, axes, shape, grid, unit, names, ...
    """

    path: Path
    name: str
    digest: str
    size: int
    lineage: Lineage
    determined_by: Mapping[str, Any] = field(default_factory=dict)
    happened: Mapping[str, Any] = field(default_factory=dict)
    describes: Mapping[str, Any] = field(default_factory=dict)

    def matches(self, digest: str) -> bool:
        """Whether the file still is what was written."""
        return self.digest == digest


def sidecar_path(path: Path) -> Path:
    """Return where the sidecar of a file stands."""
    return path.with_name(path.name + ".lineage.json")


def _arrays_path(path: Path) -> Path:
    return path.with_name(path.name + ".lineage.npz")


def write_sidecar(
    path: Path,
    lineage: Lineage,
    *,
    describes: Mapping[str, Any] | None = None,
    digest: str | None = None,
) -> Path:
    """Write the record beside a file that is finished.

    Parameters
    ----------
    path
        The file.
    lineage
        How it was made.
    describes
        What it holds, as plain JSON values.
    digest
        ``sha256:...`` of the file; computed when None.

    Returns
    -------
    Path
        Of the sidecar.
    """
    path = Path(path)
    arrays = {
        array_digest(array): array for node in nodes(lineage) for _, array in _arrays_of(node)
    }
    target = _arrays_path(path)
    if arrays:
        with new_file(target) as (stream, temporary):
            named: Any = {digest.partition(":")[2]: array for digest, array in arrays.items()}
            np.savez_compressed(stream, **named)
            settle(stream)
            publish(temporary, target, overwrite=True)
    else:
        target.unlink(missing_ok=True)
    document = {
        "fiducial_lineage": VERSION,
        "file": {
            "name": path.name,
            "sha256": (digest or read_digest(path)).partition(":")[2],
            "bytes": path.stat().st_size,
        },
        "lineage": to_document(lineage, beside=path.resolve().parent),
        "determined_by": _determined_by(),
        "happened": _happened(),
        "describes": dict(describes or {}),
    }
    text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=True) + "\n"
    beside = sidecar_path(path)
    with new_file(beside) as (stream, temporary):
        stream.write(text.encode())
        settle(stream)
        publish(temporary, beside, overwrite=True)
    return beside


def _arrays_of(node: Lineage) -> tuple[tuple[str, NDArray[Any]], ...]:
    found: tuple[tuple[str, NDArray[Any]], ...] = getattr(node, "arrays", ())
    return found


def read_sidecar(path: Path) -> Sidecar | None:
    """Read the record beside a file; None when there is none.

    Raises
    ------
    FileDefectError
        If the record is damaged, or of a newer version.
    """
    path = Path(path)
    beside = sidecar_path(path)
    if not beside.exists():
        return None
    with open_regular(beside) as stream:
        text = stream.read(_LIMIT + 1)
    remedy = "Make the file again, or remove its sidecar"
    if len(text) > _LIMIT:
        raise FileDefectError(beside, "it is too large for a record of lineage", remedy)
    try:
        document = json.loads(text)
        if document["fiducial_lineage"] != VERSION:
            raise FileDefectError(
                beside,
                f"it is of version {document['fiducial_lineage']!r}, and {VERSION} is read",
                "Read it with the version of Fiducial that wrote it",
            )
        file = document["file"]
        return Sidecar(
            path=beside,
            name=str(file["name"]),
            digest="sha256:" + str(file["sha256"]),
            size=int(file.get("bytes", -1)),
            lineage=from_document(
                document["lineage"], beside=path.resolve().parent, arrays=_read_arrays(path)
            ),
            determined_by=dict(document.get("determined_by", {})),
            happened=dict(document.get("happened", {})),
            describes=dict(document.get("describes", {})),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FileDefectError(
            beside, f"the record is damaged ({type(error).__name__})", remedy
        ) from error


def _read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    from zipfile import BadZipFile

    source = _arrays_path(path)
    if not source.exists():
        return {}
    try:
        with open_regular(source) as stream, np.load(stream, allow_pickle=False) as held:
            found = {f"sha256:{name}": held[name] for name in held.files}
    except (ValueError, BadZipFile, EOFError) as error:
        raise FileDefectError(
            source, "the arrays of the record are damaged", "Make the file again"
        ) from error
    wrong = [name for name, array in found.items() if array_digest(array) != name]
    if wrong:
        raise FileDefectError(
            source, "the arrays of the record are not those written", "Make the file again"
        )
    return found


def _determined_by() -> dict[str, Any]:
    from importlib.metadata import PackageNotFoundError, version
    from platform import python_version

    from .. import __version__
    from ..kernels.body import describe

    versions = {"fiducial": __version__, "python": python_version()}
    for module, distribution in _DISTRIBUTIONS.items():
        if module in sys.modules:
            try:
                versions[distribution] = version(distribution)
            except PackageNotFoundError:
                versions[distribution] = "unknown"
    kernels = {name: value for name, value in describe().items() if name != "threads"}
    return {"versions": versions, "kernels": kernels}


def _happened() -> dict[str, Any]:
    from ..kernels.body import threads

    return {"time": datetime.now(UTC).isoformat(timespec="seconds"), "threads": threads()}
