"""Gzip and zlib read to their end, checked and bounded; and written by several threads."""

from __future__ import annotations

import hashlib
import os
import struct
import zlib
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ..errors import FileDefectError
from ..progress import report
from .files import CHUNK, open_regular

__all__ = ["DEFLATE_BOUND", "inflate", "read_gzip", "write_gzip"]

DEFLATE_BOUND = 1032
"""Deflate never gives more than this many bytes for one (RFC 1951: 258 bytes in 2 bits)."""

_BLOCK = 1 << 20
_LEVEL = 5
_AGAIN = "Copy the file again from where it came"


def inflate(
    path: Path,
    data: bytes | memoryview,
    wanted: int,
    *,
    is_gzip: bool,
    may_exceed: bool = False,
) -> NDArray[np.uint8]:
    """Decompress to exactly `wanted` bytes, to the end of the stream, its checksum included.

    Parameters
    ----------
    path
        What messages name.
    data
        The whole compressed stream; gzip may have several members.
    wanted
        Bytes that the header asks for; the caller has held them against the budget.
    is_gzip
        Gzip, or else zlib.
    may_exceed
        Whether up to 1 MiB more may follow (it is checked and dropped).

    Raises
    ------
    FileDefectError
        If the stream is damaged, too short or too long.
    """
    out = np.empty(wanted, np.uint8)
    view = out.data
    source = memoryview(data)
    limit = wanted + ((1 << 20) if may_exceed else 0)
    position = done = 0
    try:
        while True:
            engine = zlib.decompressobj(31 if is_gzip else 15)
            while not engine.eof:
                report(min(done, wanted), wanted, "decompressing")
                feed: bytes | memoryview = engine.unconsumed_tail
                if not feed:
                    feed = source[position : position + CHUNK]
                    position += len(feed)
                    if not feed:
                        raise FileDefectError(
                            path,
                            f"it is truncated: its compressed data end after {done} of "
                            f"{wanted} bytes",
                            _AGAIN,
                        )
                # One byte more than there is room for shows a stream that is too long.
                piece = engine.decompress(feed, min(CHUNK, limit - done) + 1)
                if done + len(piece) > limit:
                    raise FileDefectError(
                        path, f"its data go on beyond the {wanted} bytes of its header", _AGAIN
                    )
                fit = max(0, min(len(piece), wanted - done))
                view[done : done + fit] = piece[:fit]
                done += len(piece)
            position -= len(engine.unused_data)
            if not is_gzip or bytes(source[position : position + 2]) != b"\x1f\x8b":
                break
    except zlib.error as error:
        raise FileDefectError(path, f"its compressed data are damaged ({error})", _AGAIN) from error
    if bytes(source[position : position + CHUNK]).strip(b"\0"):
        raise FileDefectError(path, "something else follows its compressed data", _AGAIN)
    if done < wanted:
        raise FileDefectError(
            path,
            f"it is truncated: the header asks for {wanted} bytes and the data hold {done}",
            _AGAIN,
        )
    return out


def _inflate_fast(data: memoryview, wanted: int) -> NDArray[np.uint8] | None:
    """Decompress one gzip member with libdeflate, which checks its CRC; None when it can't."""
    try:
        from imagecodecs import gzip_decode
    except ImportError:
        return None
    out = np.empty(wanted + 1, np.uint8)
    try:
        result = gzip_decode(data, out=out)  # type: ignore[arg-type]
    except Exception:  # whatever is wrong, the careful way says it in words
        return None
    return out[:wanted] if len(result) == wanted else None


def read_gzip(path: Path, wanted: int, *, may_exceed: bool = True) -> tuple[NDArray[np.uint8], str]:
    """Read a gzip file that holds `wanted` bytes, and the digest of the file."""
    with open_regular(path) as stream:
        data = np.fromfile(stream, np.uint8).data
    with ThreadPoolExecutor(1) as pool:
        digest = pool.submit(lambda: hashlib.sha256(data).hexdigest())
        # The last four bytes of a single member are its length modulo 2^32.
        size = struct.unpack("<I", data[-4:])[0] if len(data) >= 18 else -1
        out = _inflate_fast(data, wanted) if size == wanted % 2**32 else None
        if out is None:
            out = inflate(path, data, wanted, is_gzip=True, may_exceed=may_exceed)
        return out, f"sha256:{digest.result()}"


def _deflated(block: memoryview, is_last: bool) -> bytes:
    engine = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    return engine.compress(block) + engine.flush(zlib.Z_FINISH if is_last else zlib.Z_FULL_FLUSH)


def write_gzip(stream: BinaryIO, pieces: list[Any]) -> None:
    """Write buffers as one gzip member, compressed in blocks by every processor.

    The bytes do not depend on the number of threads, nor on the time.
    """
    blocks: list[memoryview] = []
    for piece in pieces:
        view = memoryview(piece).cast("B")
        blocks += [view[start : start + _BLOCK] for start in range(0, len(view), _BLOCK)]
    stream.write(b"\x1f\x8b\x08\0\0\0\0\0\0\xff")
    checksum = length = 0
    workers = min(len(blocks), os.cpu_count() or 1) or 1
    with ThreadPoolExecutor(workers) as pool:
        waiting: deque[Future[bytes]] = deque()
        for number, block in enumerate(blocks):
            waiting.append(pool.submit(_deflated, block, number == len(blocks) - 1))
            checksum = zlib.crc32(block, checksum)
            length += len(block)
            if len(waiting) > 2 * workers:
                stream.write(waiting.popleft().result())
                report(number, len(blocks), "writing")
        while waiting:
            stream.write(waiting.popleft().result())
    if not blocks:
        stream.write(_deflated(memoryview(b""), True))
    stream.write(struct.pack("<II", checksum, length % 2**32))
