"""A small picture of an array, without any plotting library."""

from __future__ import annotations

import base64
import struct
import zlib

import numpy as np
from numpy.typing import NDArray

__all__ = ["data_uri", "png", "thumbnail"]


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Encode (H, W) grey or (H, W, 3) RGB uint8 pixels as PNG."""
    height, width = pixels.shape[:2]
    colour = 2 if pixels.ndim == 3 else 0
    rows = np.ascontiguousarray(pixels).reshape(height, -1)
    raw = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1).tobytes()

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", zlib.compress(raw, 6)),
            chunk(b"IEND", b""),
        ]
    )


def data_uri(pixels: NDArray[np.uint8]) -> str:
    """Return the pixels as a ``data:`` address that a page can hold."""
    return "data:image/png;base64," + base64.b64encode(png(pixels)).decode("ascii")


def thumbnail(
    array: NDArray[np.generic],
    *,
    size: int = 128,
    spacing: tuple[float, float] = (1.0, 1.0),
    limits: tuple[float, float] | None = None,
) -> NDArray[np.uint8]:
    """Return a small (H, W) or (H, W, 3) uint8 picture of a 2D array.

    Parameters
    ----------
    array
        (H, W), or (H, W, 3) colour.
    size
        Longest side in pixels.
    spacing
        Physical size of a row and a column, so that the shape is true.
    limits
        Values shown black and white; the 1st and 99th percentiles when None.  uint8 colour
        is shown as it is.

    Notes
    -----
    Nearest-neighbour sampling: it is a look, not a result.  NaN shows as black.
    """
    height, width = array.shape[0] * spacing[0], array.shape[1] * spacing[1]
    scale = size / max(height, width)
    rows, columns = max(1, round(height * scale)), max(1, round(width * scale))
    row = np.minimum(
        ((np.arange(rows) + 0.5) / rows * array.shape[0]).astype(int), array.shape[0] - 1
    )
    column = np.minimum(
        ((np.arange(columns) + 0.5) / columns * array.shape[1]).astype(int), array.shape[1] - 1
    )
    small = array[row[:, None], column[None, :]]
    if small.dtype == np.uint8 and small.ndim == 3:
        return np.asarray(small, dtype=np.uint8)
    values = np.asarray(small, dtype=np.float64)
    finite = values[np.isfinite(values)]
    if limits is None:
        limits = (
            (float(np.percentile(finite, 1)), float(np.percentile(finite, 99)))
            if finite.size
            else (0.0, 1.0)
        )
    low, high = limits
    span = high - low if high > low else 1.0
    shade = np.clip((np.nan_to_num(values, nan=low) - low) / span, 0.0, 1.0)
    return np.asarray(np.round(shade * 255), dtype=np.uint8)
