"""What the formats with a text header (MetaImage, NRRD) share: fields, numbers, raw values."""

from __future__ import annotations

import hashlib
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FileDefectError
from .compressed import DEFLATE_BOUND, inflate
from .files import beside, check_size, joined_digest, open_regular, read_digest

__all__ = ["RawData", "header_lines", "integers", "numbers", "read_raw"]

LIMIT = 1 << 20
_REMEDY = "Correct its header, or ask for the file again"


class RawData:
    """Where the values of a text header lie.

    Parameters
    ----------
    header
        File of the header.
    name
        Of the file with the values; empty when they follow the header.
    offset
        Bytes before them, -1 to count from the end of the file.
    compression
        ``"raw"``, ``"gzip"`` or ``"zlib"``.
    """

    def __init__(self, header: Path, name: str, offset: int, compression: str) -> None:
        self.header, self.offset, self.compression = header, offset, compression
        self.path = beside(header, name) if name else header

    def check(self, wanted: int) -> int:
        """Hold the bytes wanted against the file and the memory; return the file's length."""
        with open_regular(self.path) as stream:
            size = os.fstat(stream.fileno()).st_size
        held = size - max(0, self.offset)
        check_size(self.path, wanted, held if self.compression == "raw" else held * DEFLATE_BOUND)
        return size


def header_lines(path: Path) -> bytes:
    """Read the beginning of a file, at most as much as a header may take."""
    with open_regular(path) as stream:
        return stream.read(LIMIT)


def integers(path: Path, name: str, text: str, count: int | None = None) -> list[int]:
    """Return whole numbers of a field.

    Raises
    ------
    FileDefectError
        If they are not, or not `count`.
    """
    parts = text.split()
    if not all(part.lstrip("+-").isdecimal() for part in parts) or len(parts) != (
        len(parts) if count is None else count
    ):
        raise FileDefectError(path, f"its field {name} does not hold whole numbers", _REMEDY)
    return [int(part) for part in parts]


def numbers(path: Path, name: str, parts: Sequence[str], count: int) -> list[float]:
    """Return `count` finite numbers of a field.

    Raises
    ------
    FileDefectError
        If there are others, or NaN.
    """
    try:
        values = [float(part) for part in parts]
    except ValueError:
        values = []
    if len(values) != count or not all(math.isfinite(value) for value in values):
        raise FileDefectError(
            path, f"its field {name} does not hold {count} finite numbers", _REMEDY
        )
    return values


def read_raw(
    source: RawData, dtype: np.dtype[Any], shape: tuple[int, ...]
) -> tuple[NDArray[Any], str]:
    """Read values, and the digest of the header's file (and of the data file, when detached).

    Returns
    -------
    array
        In the stored byte order.
    digest
        ``sha256:...``; for two files over both digests, header first.
    """
    wanted = math.prod(shape) * dtype.itemsize
    size = source.check(wanted)
    with open_regular(source.path) as stream:
        if source.compression == "raw":
            offset = size - wanted if source.offset < 0 else source.offset
            head = stream.read(offset)
            raw = np.fromfile(stream, np.uint8, wanted)
            check_size(source.path, wanted, raw.size)
            rest = stream.read()
            if rest.strip(b"\0\r\n"):
                raise FileDefectError(
                    source.path, f"{len(rest)} bytes follow the values of its header", _REMEDY
                )
            state = hashlib.sha256(head)
            state.update(raw.data)
            state.update(rest)
        else:
            data = stream.read()
            state = hashlib.sha256(data)
            raw = inflate(
                source.path,
                memoryview(data)[max(0, source.offset) :],
                wanted,
                is_gzip=source.compression == "gzip",
            )
    digests = [f"sha256:{state.hexdigest()}"]
    if source.path != source.header:
        digests.insert(0, read_digest(source.header))
    return raw.view(dtype).reshape(shape), joined_digest(digests)
