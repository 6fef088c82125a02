"""Pixels of DICOM slices, decoded and turned into values."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import FileDefectError
from ..progress import report
from .dicom_elements import RLE
from .dicom_slice import Slice
from .dicom_tags import TAGS
from .files import check_size, open_regular
from .values import rescaled

__all__ = ["read_stack"]

_READERS = 4


def read_stack(slices: Sequence[Slice]) -> tuple[NDArray[Any], str]:
    """Read the pixels of slices of one size and layout.

    Returns
    -------
    array
        (slices, rows, columns), with a last axis of three for colour: rescaled values, of
        int16 or a wider integer where slopes and intercepts are whole, else float32.
    digest
        ``sha256:...`` over the digests of the files in order; of the file itself when it is one.
    """
    first = slices[0]
    check_size(first.path, sum(item.nbytes for item in slices))
    kind = first.stored_dtype.newbyteorder("=")
    shape = (len(slices), first.rows, first.columns) + ((3,) if first.samples == 3 else ())
    stack: NDArray[Any] = np.empty(shape, kind)
    digests = [b""] * len(slices)

    def one(index: int) -> None:
        values, digests[index] = _pixels(slices[index])
        stack[index] = values

    with ThreadPoolExecutor(min(_READERS, len(slices))) as pool:
        for done, _ in enumerate(pool.map(one, range(len(slices)))):
            report(done, len(slices), "reading slices")
    digest = digests[0].hex() if len(slices) == 1 else hashlib.sha256(b"".join(digests)).hexdigest()
    return _values(stack, slices), f"sha256:{digest}"


def _pixels(item: Slice) -> tuple[NDArray[Any], bytes]:
    """Return the stored numbers of one slice, and the digest of its file."""
    with open_regular(item.path) as stream:
        data = stream.read()
    digest = hashlib.sha256(data).digest()
    elements = item.elements
    if elements.syntax == RLE:
        raw = _from_rle(item, data)
    else:
        start = elements.pixel_offset
        check_size(item.path, item.nbytes, len(data) - start, "pixels")
        if elements.order == ">" and elements.pixel_kind == b"OW" and item.nbytes == item.count:
            # Bytes written as words of two: each pair stands the other way round.
            check_size(item.path, item.nbytes + item.nbytes % 2, len(data) - start, "pixels")
            pairs = np.frombuffer(data, "u2", (item.nbytes + 1) // 2, start).byteswap()
            raw = pairs.view(item.stored_dtype)[: item.count]
        else:
            raw = np.frombuffer(data, item.stored_dtype, item.count, start)
        if item.samples == 3 and elements.integer(TAGS["planar"]) == 1:
            raw = raw.reshape(3, item.rows, item.columns).transpose(1, 2, 0)
        elif item.samples == 3:
            raw = raw.reshape(item.rows, item.columns, 3)
        else:
            raw = raw.reshape(item.rows, item.columns)
    return _meant(raw, elements.integer(TAGS["stored"])), digest


def _from_rle(item: Slice, data: bytes) -> NDArray[Any]:
    import io

    from pydicom import dcmread
    from pydicom.pixels.utils import pixel_array

    try:
        values: NDArray[Any] = pixel_array(dcmread(io.BytesIO(data)), raw=True)
    except Exception as error:  # a decoder raises whatever it meets
        raise FileDefectError(
            item.path, "its run-length coded pixels are damaged", "Copy the file again"
        ) from error
    wanted = (item.rows, item.columns) + ((3,) if item.samples == 3 else ())
    if values.shape != wanted:
        raise FileDefectError(
            item.path,
            f"its pixels decode to {values.shape}, and its header says {wanted}",
            "Copy the file again from where it came",
        )
    return values


def _meant(raw: NDArray[Any], stored: int | None) -> NDArray[Any]:
    """Return the numbers without the bits above the stored ones, which may hold anything."""
    bits = 8 * raw.dtype.itemsize
    if stored is None or stored >= bits:
        return raw
    kind = raw.dtype.newbyteorder("=")
    if kind.kind == "u":
        mask = kind.type((1 << stored) - 1)
        return raw & mask if raw.size and int(raw.max()) > int(mask) else raw
    limit = 1 << (stored - 1)
    if raw.size and (int(raw.max()) >= limit or int(raw.min()) < -limit):
        shift = kind.type(bits - stored)
        return np.asarray(np.right_shift(np.left_shift(raw.astype(kind), shift), shift))
    return raw


def _values(stack: NDArray[Any], slices: Sequence[Slice]) -> NDArray[Any]:
    scales = {(item.slope, item.intercept) for item in slices}
    if len(scales) == 1:
        return rescaled(stack, *scales.pop(), in_place=True)
    parts = [rescaled(stack[i], item.slope, item.intercept) for i, item in enumerate(slices)]
    return np.stack(parts)
