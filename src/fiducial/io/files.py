"""Files opened safely and written whole."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, cast

from ..errors import FileDefectError, ParameterError
from ..progress import report

__all__ = [
    "BUDGET_VARIABLE",
    "HEAD_BYTES",
    "Witness",
    "beside",
    "check_size",
    "joined_digest",
    "memory_budget",
    "new_file",
    "open_regular",
    "publish",
    "read_digest",
    "settle",
    "write_chunked",
    "write_text",
]

HEAD_BYTES = 4096
"""How many bytes at the beginning formats are told apart by."""

BUDGET_VARIABLE = "FIDUCIAL_MEMORY_BUDGET"
"""Environment variable with the largest number of bytes that one file may fill."""

CHUNK = 1 << 22
_SUFFIX = ".fiducial-part"


def open_regular(path: str | os.PathLike[str]) -> BinaryIO:
    """Open a regular file for reading; refuse pipes, devices, folders and what is not there.

    A link is followed: the user named it.

    Raises
    ------
    FileDefectError
        If it is anything but a regular file that may be read.
    """
    try:
        kind = os.stat(path).st_mode
        if not stat.S_ISREG(kind):
            raise FileDefectError(
                path, f"it is {_kind_of(kind)}, not a file", "Give the path of a file"
            )
        # Without O_NONBLOCK a pipe that took the file's place would wait for ever.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags)
    except ValueError as error:
        raise FileDefectError(path, "its name holds a zero byte", "Check the path") from error
    except FileNotFoundError as error:
        defect = "it is a link to a file that is not there" if os.path.islink(path) else ""
        raise FileDefectError(path, defect or "there is no such file", "Check the path") from error
    except OSError as error:
        if isinstance(error, FileDefectError):
            raise
        raise FileDefectError(
            path, f"it cannot be opened ({error.strerror})", "Check the permissions"
        ) from error
    stream = open(path, "rb", opener=lambda *_: descriptor)  # noqa: SIM115
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        stream.close()
        raise FileDefectError(path, "it is not a regular file", "Give the path of a file")
    return stream


def _kind_of(mode: int) -> str:
    for test, word in (
        (stat.S_ISDIR, "a folder"),
        (stat.S_ISFIFO, "a pipe"),
        (stat.S_ISSOCK, "a socket"),
        (stat.S_ISCHR, "a device"),
        (stat.S_ISBLK, "a device"),
    ):
        if test(mode):
            return word
    return "something else"


def beside(header: Path, name: str) -> Path:
    """Return the path of a data file that a header names; only its own folder is allowed.

    Raises
    ------
    FileDefectError
        If the name leads out of the header's folder.
    """
    folder = header.resolve().parent
    named = Path(name.replace("\0", "/../"))
    target = (folder / named).resolve()
    is_plain = not named.is_absolute() and ".." not in named.parts
    if not is_plain or target == folder or not target.is_relative_to(folder):
        raise FileDefectError(
            header,
            "its data file lies outside its folder",
            "Put the data file beside the header and correct the name in the header",
        )
    return target


def memory_budget() -> int:
    """Return how many bytes one file may fill: three quarters of the memory, or as set.

    Raises
    ------
    ParameterError
        If the environment variable FIDUCIAL_MEMORY_BUDGET is no number of bytes.
    """
    given = os.environ.get(BUDGET_VARIABLE, "")
    if given:
        if not given.isdecimal():
            raise ParameterError(
                f"{BUDGET_VARIABLE} of the environment must be a number of bytes; got {given!r}."
            )
        return int(given)
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        total = 16 << 30 if sys.maxsize > 2**32 else 2 << 30
    with contextlib.suppress(OSError, ValueError):
        total = min(total, int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return total * 3 // 4


def check_size(path: object, wanted: int, held: int | None = None, what: str = "values") -> None:
    """Refuse an array before it is allocated.

    Parameters
    ----------
    path
        What the message names.
    wanted
        Bytes that the header asks for, as an unbounded integer.
    held
        Bytes that the file has for them, or the most its compression can give; None to
        check the memory budget alone.
    what
        What the bytes are.

    Raises
    ------
    FileDefectError
        If the file is too short for its header, or the result too large for the memory.
    """
    if held is not None and wanted > held:
        raise FileDefectError(
            path,
            f"it is truncated or its header is wrong: the header asks for {wanted} bytes of "
            f"{what}, and the file holds {held}",
            "Copy the file again from where it came",
        )
    budget = memory_budget()
    if wanted > budget:
        raise FileDefectError(
            path,
            f"its header asks for {wanted / 2**30:.1f} GiB, more than the memory budget of "
            f"{budget / 2**30:.1f} GiB",
            f"If the size is right, raise the budget: {BUDGET_VARIABLE}={wanted}",
        )


def read_digest(path: str | os.PathLike[str]) -> str:
    """Return ``sha256:...`` of a regular file's bytes."""
    with open_regular(path) as stream:
        state = hashlib.sha256()
        while piece := stream.read(CHUNK):
            state.update(piece)
        return f"sha256:{state.hexdigest()}"


def joined_digest(digests: Sequence[str]) -> str:
    """Return the digest of several files: their own for one, else over the digests in order."""
    if len(digests) == 1:
        return digests[0]
    parts = [bytes.fromhex(digest.partition(":")[2]) for digest in digests]
    return f"sha256:{hashlib.sha256(b''.join(parts)).hexdigest()}"


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Write a file whole or not at all.

    Gives an open file under a temporary name in the same folder, and that name.  The caller
    writes, verifies, and renames it with :func:`publish`; what is left at the end of the
    block is removed.  What a killed process left is removed by the next write of the same
    file.

    Raises
    ------
    FileDefectError
        If the folder does not take a new file.
    """
    _remove_litter(path)
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}{_SUFFIX}")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(temporary, flags, 0o666)
    except FileNotFoundError as error:
        raise FileDefectError(path, "its folder does not exist", "Make the folder first") from error
    except OSError as error:
        raise FileDefectError(
            path, f"its folder takes no new file ({error.strerror})", "Choose another folder"
        ) from error
    stream: BinaryIO = open(temporary, "w+b", opener=lambda *_: descriptor)  # noqa: SIM115
    try:
        _lock(stream)
        yield stream, temporary
    except OSError as error:
        if isinstance(error, FileDefectError):
            raise
        raise FileDefectError(
            path,
            f"it could not be written ({error.strerror or error})",
            "Make room or choose another folder; nothing was left behind",
        ) from error
    finally:
        with contextlib.suppress(OSError):
            stream.close()
        with contextlib.suppress(OSError):
            os.unlink(temporary)


class Witness:
    """A file opened for writing that remembers what was written.

    Parameters
    ----------
    stream
        The open file.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._state = hashlib.sha256()
        self._is_sequential = True
        self._end = 0

    def write(self, data: Any) -> int:
        """Write bytes, and remember them as long as they come one after the other."""
        count = memoryview(data).nbytes
        self._stream.write(data)
        place = self._stream.tell()
        if place - count != self._end:
            self._is_sequential = False
        elif self._is_sequential:
            self._state.update(data)
            self._end = place
        return count

    def seek(self, place: int, whence: int = 0) -> int:
        """Move, as in any file."""
        return self._stream.seek(place, whence)

    def tell(self) -> int:
        """Return where the next byte goes."""
        return self._stream.tell()

    def read(self, count: int = -1) -> bytes:
        """Read, as in any file."""
        return self._stream.read(count)

    def flush(self) -> None:
        """Hand what was written to the system."""
        self._stream.flush()

    def fileno(self) -> int:
        """Give the file away to NumPy; what it writes there is not remembered."""
        self._is_sequential = False
        return self._stream.fileno()

    def check(self, path: Path, temporary: Path) -> str:
        """Read what is on the disk, hold it against what was written, and return its digest.

        Raises
        ------
        FileDefectError
            If it is not what was written.
        """
        digest = read_digest(temporary)
        if self._is_sequential and digest != f"sha256:{self._state.hexdigest()}":
            raise FileDefectError(
                path,
                "what was written does not read back from the disk",
                "Check the disk and write again; nothing was left behind",
            )
        return digest


def settle(stream: BinaryIO) -> None:
    """Bring everything written so far to the disk; nothing can be written afterwards."""
    stream.flush()
    os.fsync(stream.fileno())
    if os.name == "nt":  # an open file cannot be renamed there; elsewhere it keeps its lock
        stream.close()


def publish(temporary: Path, path: Path, *, overwrite: bool) -> None:
    """Give a finished file its name, in one step.

    Raises
    ------
    FileDefectError
        If the name is taken and may not be.
    """
    if overwrite:
        os.replace(temporary, path)
    else:
        try:
            os.link(temporary, path)
        except FileExistsError as error:
            raise FileDefectError(
                path, "it exists already", "Choose another name, or write with overwrite=True"
            ) from error
        except OSError:  # a file system without hard links
            if path.exists():
                raise FileDefectError(
                    path, "it exists already", "Choose another name, or write with overwrite=True"
                ) from None
            os.replace(temporary, path)
    with contextlib.suppress(OSError, AttributeError):
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _lock(stream: BinaryIO) -> bool:
    """Hold the file as long as this process lives; say whether nobody else does."""
    try:
        import fcntl
    except ImportError:  # Windows: an open file cannot be removed, which serves as well
        return True
    try:
        fcntl.flock(stream.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _remove_litter(path: Path) -> None:
    lead = f".{path.name}."
    with contextlib.suppress(OSError):
        for entry in list(os.scandir(path.parent)):
            if not (entry.name.startswith(lead) and entry.name.endswith(_SUFFIX)):
                continue
            with contextlib.suppress(OSError):
                if entry.is_file(follow_symlinks=False):
                    with open(entry.path, "rb") as stream:
                        is_free = _lock(cast("BinaryIO", stream))
                    if is_free:
                        os.unlink(entry.path)


def write_chunked(stream: BinaryIO, data: Any, message: str = "writing") -> None:
    """Write a buffer in pieces, so that it can be cancelled between them."""
    view = memoryview(data).cast("B")
    for start in range(0, len(view), CHUNK):
        report(start, len(view), message)
        stream.write(view[start : start + CHUNK])
    report(len(view), len(view), message)


def write_text(path: Path, text: str, *, overwrite: bool = True) -> None:
    """Write a text in UTF-8, whole or not at all."""
    with new_file(path) as (stream, temporary):
        stream.write(text.encode("utf-8"))
        settle(stream)
        publish(temporary, path, overwrite=overwrite)
