"""A file made again from its record, and compared bit by bit."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version
from typing import Any, Literal

import numpy as np

from ..errors import FileDefectError, ParameterError
from ..image import Sampled
from ..io.sidecar import Sidecar
from ..lineage import Opaque, file_digest, nodes
from ..progress import visible
from .history import is_as_written, record_of
from .outputs import write_result
from .remake import first_opaque, remake

__all__ = ["SHARE_TOLERANCE", "VALUE_TOLERANCE", "Replay", "replay"]

VALUE_TOLERANCE = 1e-5
"""Between two builds: largest difference of a value, as a share of the largest absolute one.
float32 keeps 6e-8 of a value; vectors of another width add some hundred terms in another
order, and libraries of other versions differ by a few last digits."""

SHARE_TOLERANCE = 1e-3
"""Between two builds: largest share of the samples of a mask or of labels that differ, which
lie where a value meets a limit up to :data:`VALUE_TOLERANCE`."""


@dataclass(frozen=True)
class Replay:
    """What replaying a file found.

    Parameters
    ----------
    path
        The file.
    verdict
        ``"identical"``; ``"within tolerance"``: differs as little as another build may make
        it; ``"differs"``; or ``"impossible"``: it could not be made again.
    differences
        What differs, or why it could not be made again.
    environment
        What is not as it was: versions, kernel body, instruction set.
    """

    path: str
    verdict: Literal["identical", "within tolerance", "differs", "impossible"]
    differences: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()

    @property
    def identical(self) -> bool:
        """Whether every bit is the same."""
        return self.verdict == "identical"

    @property
    def holds(self) -> bool:
        """Whether the file is what its record says, as exactly as this build can tell."""
        return self.verdict in ("identical", "within tolerance")

    def lines(self) -> list[str]:
        """Return it as lines of text.

        Examples
        --------
        >>> Replay("bone.nii.gz", "identical").lines()
        ['bone.nii.gz: identical']
        """
        found = [f"{self.path}: {self.verdict}"]
        found += [f"  {line}" for line in self.differences]
        found += [f"  other than then: {line}" for line in self.environment]
        return found

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "path": self.path,
            "verdict": self.verdict,
            "identical": self.identical,
            "differences": list(self.differences),
            "environment": list(self.environment),
        }


@visible()
def replay(path: str | os.PathLike[str]) -> Replay:
    """Make a file again from the record beside it, and compare bit by bit.

    Parameters
    ----------
    path
        A file that Fiducial wrote.

    Returns
    -------
    Replay
        The verdict and what differs.  Identical is promised for the same versions, build and
        instruction set; where these are others, differences up to :data:`VALUE_TOLERANCE`
        and :data:`SHARE_TOLERANCE` are told apart from greater ones.

    Raises
    ------
    FileDefectError
        If there is no such file, or no record beside it.

    Notes
    -----
    Values, type, axes, grid, unit and names are compared as they are read from the two files.
    Cost: that of the steps, with one intermediate result in memory for each that is needed
    later.

    Examples
    --------
    >>> import fiducial as fd
    >>> ball = fd.phantoms.ball(fd.Grid.from_spacing((8, 8), 2.0), radius=5)
    >>> _ = fd.write(~ball.mask, "around.nii.gz")
    >>> fd.replay("around.nii.gz").identical
    True
    """
    file = Path(path)
    record = record_of(file)
    environment = tuple(_environment(record.determined_by))

    def outcome(verdict: Any, *differences: str) -> Replay:
        return Replay(str(path), verdict, differences, environment)

    if any(isinstance(node, Opaque) for node in nodes(record.lineage)):
        return outcome("impossible", first_opaque(record.lineage))
    is_changed = not is_as_written(file, record)
    lead = ("the file was changed after it was written",) if is_changed else ()
    try:
        with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
            warnings.simplefilter("ignore")  # they were told when the file was made
            again = Path(folder) / file.name
            write_result(_pictured(remake(record.lineage), record), again)
            found, is_close = _compared(file, again, record)
    except (ParameterError, FileDefectError) as error:
        return outcome("impossible", *lead, str(error))
    if not found and not is_changed:
        return outcome("identical")
    if is_close and environment and not is_changed:
        return outcome("within tolerance", *found)
    return outcome("differs", *lead, *found)


def _pictured(result: Any, record: Sidecar) -> Any:
    """Return the image of a result that is more than an image, where the file holds one."""
    is_picture = record.describes.get("kind") in ("image", "mask", "labels")
    if is_picture and not isinstance(result, Sampled):
        return getattr(result, "image", result)
    return result


def _environment(recorded: Mapping[str, Any]) -> list[str]:
    """Say which versions and kernels are others than those recorded."""
    from .. import __version__
    from ..kernels.body import describe

    found = []
    for name, then in recorded.get("versions", {}).items():
        if name == "fiducial":
            now = __version__
        elif name == "python":
            now = python_version()
        else:
            try:
                now = version(name)
            except PackageNotFoundError:
                now = "not installed"
        if now != then:
            found.append(f"{name} {then}, now {now}")
    kernels = describe()
    for name, then in recorded.get("kernels", {}).items():
        if kernels.get(name) != then:
            found.append(f"kernels' {name.replace('_', ' ')} {then}, now {kernels.get(name)}")
    return found


def _compared(file: Path, again: Path, record: Sidecar) -> tuple[list[str], bool]:
    """Return what differs between two files, and whether another build may explain it."""
    if record.describes.get("kind") in ("image", "mask", "labels"):
        return _compared_images(_read(file, record), _read(again, record))
    if file_digest(file) == file_digest(again):
        return [], True
    then = file.read_text(encoding="utf-8", errors="replace").splitlines()
    now = again.read_text(encoding="utf-8", errors="replace").splitlines()
    if len(then) != len(now):
        return [f"{len(then)} lines, now {len(now)}"], False
    pairs = [(old, new) for old, new in zip(then, now, strict=True) if old != new]
    old, new = pairs[0] if pairs else ("", "")
    is_close = all(_close_lines(*pair) for pair in pairs)
    return [f"{len(pairs)} of {len(then)} lines differ, first {old[:60]!r}, now {new[:60]!r}"], (
        is_close
    )


def _close_lines(old: str, new: str) -> bool:
    """Whether two lines of a table differ by no more than the tolerance in each number."""
    cells = list(zip(old.split(","), new.split(","), strict=False))
    if old.count(",") != new.count(","):
        return False
    for a, b in cells:
        if a != b:
            try:
                if abs(float(a) - float(b)) > VALUE_TOLERANCE * max(abs(float(a)), abs(float(b))):
                    return False
            except ValueError:
                return False
    return True


def _read(path: Path, record: Sidecar) -> Sampled:
    from .. import io

    kind = record.describes["kind"]
    if kind == "mask":
        return io.read_mask(path)
    return io.read_labels(path) if kind == "labels" else io.read(path)


def _compared_images(then: Sampled, now: Sampled) -> tuple[list[str], bool]:
    found = []
    for what in ("axes", "shape", "dtype", "times", "unit", "channels", "names", "colors"):
        old, new = getattr(then, what, None), getattr(now, what, None)
        if old != new:
            found.append(f"{what} {old}, now {new}")
    if found:
        return found, False
    if then.grid != now.grid:
        if not then.grid.is_close(now.grid):
            return [f"the grid is another: {then.grid!r}, now {now.grid!r}"], False
        found.append(
            f"corners of the grid up to {then.grid.corner_distance(now.grid):.3g} "
            f"{then.grid.unit} apart"
        )
    a, b = then.array, now.array
    if a.tobytes() == b.tobytes():
        return found, True
    same = (a == b) | ((a != a) & (b != b))
    count = a.size - int(np.count_nonzero(same))
    if count == 0:  # the bits differ, the values do not: -0 and 0, two kinds of NaN
        return [*found, "zeros or NaN differ in their bits"], True
    if a.dtype.kind != "f":
        found.append(f"{count} of {a.size} samples differ")
        return found, count <= SHARE_TOLERANCE * a.size
    finite = np.isfinite(a) & np.isfinite(b)
    apart = float(np.max(np.abs(a[finite].astype(np.float64) - b[finite]), initial=0.0))
    largest = float(np.max(np.abs(a[finite]), initial=0.0))
    odd = int(np.count_nonzero(~same & ~finite))
    found.append(
        f"{count} of {a.size} values differ, by up to {apart:.3g} "
        f"where the largest is {largest:.6g}"
    )
    if odd:
        found.append(f"{odd} values are NaN or infinite in one of the two alone")
    return found, not odd and apart <= VALUE_TOLERANCE * largest
