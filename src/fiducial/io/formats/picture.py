"""PNG, JPEG and BMP: pictures in pixels; their dots per inch are a print size, not a spacing."""

from __future__ import annotations

import hashlib
import io
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ...errors import FileDefectError, ParameterError
from ...geometry import Grid
from ...image import Labels, Mask
from ..files import check_size, open_regular
from ..format import Content, Format, Head, Header, Holds, Note, Output, Part, Request
from ..picture_bytes import check_jpeg, check_png, picture_size

__all__ = ["FORMAT"]

_PNG = b"\x89PNG\r\n\x1a\n"
_AGAIN = "Copy the file again from where it came"
_CHANNELS = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4}


def _claims(head: Head) -> bool:
    is_bmp = head.raw[:2] == b"BM" and head.name.endswith((".bmp", ".dib"))
    return head.raw.startswith((_PNG, b"\xff\xd8\xff")) or is_bmp


def _bytes(path: Path) -> bytes:
    with open_regular(path) as stream:
        check_size(path, stream.seek(0, 2), what="compressed data")
        stream.seek(0)
        return stream.read()


def _opened(path: Path, data: bytes) -> Any:
    """Open with Pillow, after the size was held against the budget."""
    from PIL import BmpImagePlugin, JpegImagePlugin, PngImagePlugin

    width, height, depth = picture_size(path, data)
    check_size(path, width * height * depth)
    if data.startswith(_PNG):
        check_png(path, data)
        kind: Any = PngImagePlugin.PngImageFile
    elif data.startswith(b"\xff\xd8"):
        check_jpeg(path, data)
        kind = JpegImagePlugin.JpegImageFile
    else:
        if data[30:34] in (b"\1\0\0\0", b"\2\0\0\0") and data[14:18] != b"\x0c\0\0\0":
            raise FileDefectError(
                path, "its run-length coded pixels are not read", "Save it as PNG"
            )
        kind = BmpImagePlugin.BmpImageFile
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return kind(io.BytesIO(data))
    except Exception as error:  # Pillow's plugins raise whatever parsing meets
        raise FileDefectError(path, f"it is damaged ({_words(error)})", _AGAIN) from error


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:100] or type(error).__name__


def _array(path: Path, data: bytes, request: Request) -> tuple[NDArray[Any], str, Any, list[Note]]:
    """Return values, mode, palette and what was odd."""
    from PIL import ImageOps

    picture = _opened(path, data)
    notes: list[Note] = []
    if getattr(picture, "n_frames", 1) > 1:
        notes.append(Note(f"it is an animation of {picture.n_frames} pictures; the first is read"))
    if picture.mode in ("CMYK", "YCCK"):
        raise FileDefectError(
            path, "its colours are those of print (CMYK)", "Convert it to RGB in an image editor"
        )
    is_deep_colour = data.startswith(_PNG) and data[24] == 16 and data[25] in (2, 4, 6)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            if is_deep_colour:
                return _deep(path, data), "deep", None, notes
            picture.load()
            orientation = picture.getexif().get(0x0112, 1)
            palette = None
            _check_palette(path, picture)
            if picture.mode == "P" and request.purpose == "labels":
                palette = np.asarray(picture.getpalette("RGB"), np.uint8).reshape(-1, 3)
            else:
                picture = _flattened(picture)
            turned = ImageOps.exif_transpose(picture) if orientation != 1 else picture
            values = np.asarray(turned)
    except FileDefectError:
        raise
    except Exception as error:  # Pillow's decoders raise whatever they meet
        raise FileDefectError(path, f"it is damaged ({_words(error)})", _AGAIN) from error
    if values.dtype == np.bool_:
        values = values.astype(np.uint8) * np.uint8(255)
    if values.dtype == np.int32 and picture.mode == "I":
        values = values.astype(np.uint16)
    return np.array(values), picture.mode, palette, notes


def _check_palette(path: Path, picture: Any) -> None:
    """Refuse indices beyond the palette, which decoders show as black."""
    if picture.mode != "P" or picture.palette is None:
        return
    held = len(picture.palette.palette) // len(picture.palette.rawmode or picture.palette.mode)
    if held and int(picture.getextrema()[1]) >= held:
        raise FileDefectError(path, f"it uses colours beyond the {held} of its palette", _AGAIN)


def _flattened(picture: Any) -> Any:
    """Return palettes as colours, and transparency as a channel."""
    has_alpha = "transparency" in picture.info
    if picture.mode in ("P", "PA"):
        return picture.convert("RGBA" if has_alpha or picture.mode == "PA" else "RGB")
    if picture.mode in ("L", "RGB") and has_alpha:
        return picture.convert("LA" if picture.mode == "L" else "RGBA")
    if picture.mode in ("1", "L", "LA", "RGB", "RGBA", "I;16", "I;16B", "I", "I;16L"):
        return picture
    return picture.convert("RGBA" if "A" in picture.mode else "RGB")


def _deep(path: Path, data: bytes) -> NDArray[Any]:
    """Decode 16-bit colour, which Pillow would cut to 8 bits."""
    from imagecodecs import png_decode

    try:
        return np.asarray(png_decode(data))
    except Exception as error:  # the codec raises its own kind
        raise FileDefectError(path, f"it is damaged ({_words(error)})", _AGAIN) from error


def _header(path: Path, values: NDArray[Any], notes: list[Note], name: str) -> Header:
    channels: tuple[str, ...] | None = None
    if values.ndim == 3:
        channels = ("gray", "alpha") if values.shape[-1] == 2 else None
    return Header(
        what=name,
        shape=values.shape,
        axes="yx" if values.ndim == 2 else "yxc",
        dtype=values.dtype.name,
        grid=Grid.from_spacing(values.shape[:2], 1.0, unit="px"),
        channels=channels,
        notes=tuple(notes),
    )


def _name(data: bytes) -> str:
    if data.startswith(_PNG):
        return "PNG picture"
    return "JPEG picture" if data.startswith(b"\xff\xd8") else "BMP picture"


def _headers(path: Path, request: Request) -> list[Header]:
    data = _bytes(path)
    picture = _opened(path, data)
    width, height = picture.size
    try:
        if picture.getexif().get(0x0112, 1) in (5, 6, 7, 8):
            width, height = height, width
        mode = picture.mode
        has_alpha = "transparency" in picture.info or mode in ("LA", "PA", "RGBA")
    except Exception as error:  # a damaged EXIF block
        raise FileDefectError(path, f"it is damaged ({_words(error)})", _AGAIN) from error
    is_gray = mode in ("1", "L", "LA", "I", "F") or mode.startswith("I;")
    if mode in ("P", "PA") and request.purpose == "labels":
        is_gray, has_alpha = True, False
    count = (1 if is_gray else 3) + (1 if has_alpha else 0)
    bits = data[24] if data.startswith(_PNG) else 8
    kind = np.dtype(np.uint16 if bits == 16 else np.uint8)
    shape = (height, width) if count == 1 else (height, width, count)
    empty = np.lib.stride_tricks.as_strided(np.zeros(1, kind), shape, (0,) * len(shape))
    return [_header(path, empty, [], _name(data))]


def _read(path: Path, request: Request) -> Content:
    data = _bytes(path)
    values, _, palette, notes = _array(path, data, request)
    header = _header(path, values, notes, _name(data))
    if palette is not None:
        used = np.unique(values)
        colors = {
            int(n): (int(palette[n, 0]), int(palette[n, 1]), int(palette[n, 2]))
            for n in used
            if n < len(palette)
        }
        header = replace(header, colors=colors)
    return Content(values, header, f"sha256:{hashlib.sha256(data).hexdigest()}")


def _write(item: Any, name: str) -> Output:
    array: NDArray[Any] = item.array
    notes: list[Note] = []
    kind = Path(name.lower()).suffix
    if array.dtype == np.bool_:
        array = array.astype(np.uint8) * np.uint8(255)
    elif array.dtype.kind == "f":
        array = _quantised(item, name, notes)
    if kind in (".jpg", ".jpeg"):
        if isinstance(item, Mask | Labels):
            raise ParameterError(
                f"image of write must be no mask or labels for JPEG, which changes values; "
                f"got {item!r}. Write .png."
            )
        notes.append(Note("JPEG changes values a little: write .png to keep them"))
    if array.dtype == np.uint16 and kind != ".png":
        raise ParameterError(
            f"image of write must have values of uint8 for {kind}; got uint16. Write .png, or "
            "make a copy for display with window(image, ...)."
        )
    channels = array.shape[-1] if array.ndim == 3 else 1
    allowed = {".png": (1, 3, 4), ".bmp": (1, 3)}.get(kind, (1, 3))
    if channels not in allowed:
        raise ParameterError(
            f"image of write must have {' or '.join(map(str, allowed))} channels for {kind}; "
            f"got {channels}. Take one: image.channel(...)."
        )
    data = _encoded(np.ascontiguousarray(array), kind)

    def write(stream: BinaryIO) -> None:
        stream.write(data)

    return Output((Part(name, write),), tuple(notes))


def _quantised(item: Any, name: str, notes: list[Note]) -> NDArray[np.uint8]:
    """Return an image for display, floats from 0 to 1, as 0 to 255."""
    array = item.array
    low, high = (float(array.min()), float(array.max())) if array.size else (0.0, 0.0)
    if item.unit is not None or not (low >= 0 and high <= 1):
        unit = f" {item.unit}" if item.unit else ""
        raise ParameterError(
            f"image of write must have values of uint8 or uint16 for {name.rpartition('.')[2]}, "
            f"or a copy for display from 0 to 1; got {array.dtype} from {low:g} to {high:g}{unit}. "
            "Make a copy for display with window(image, ...), or write .nii.gz, .nrrd or .tif."
        )
    notes.append(Note("values from 0 to 1 were written as 0 to 255: a copy for display"))
    return np.asarray(np.rint(np.asarray(array, np.float64) * 255), np.uint8)


def _encoded(array: NDArray[Any], kind: str) -> bytes:
    if array.dtype == np.uint16 and array.ndim == 3:
        from imagecodecs import png_encode

        return bytes(png_encode(array))
    from PIL import Image as Picture

    target = io.BytesIO()
    picture = Picture.fromarray(array)
    if kind in (".jpg", ".jpeg"):
        picture.save(target, "JPEG", quality=95, subsampling=0)
    else:
        picture.save(target, "BMP" if kind == ".bmp" else "PNG")
    return target.getvalue()


FORMAT = Format(
    name="PNG, JPEG or BMP",
    suffixes=(".png", ".jpg", ".jpeg", ".bmp"),
    claims=_claims,
    headers=_headers,
    read=_read,
    write=_write,
    holds=Holds(
        dtypes=frozenset({"uint8", "uint16"}),
        axes=frozenset({"yx", "yxc"}),
        takes_display=True,
    ),
)
