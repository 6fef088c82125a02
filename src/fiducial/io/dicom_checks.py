"""What of DICOM is read, and whether its pixels are all there; the rest is refused by name."""

from __future__ import annotations

import re
from pathlib import Path

from ..errors import FileDefectError
from .dicom_elements import BIG_ENDIAN, EXPLICIT, IMPLICIT, RLE, Elements
from .dicom_tags import TAGS

__all__ = ["check_kind", "check_pixels"]

_CODE = re.compile(r"[A-Z0-9_ ]{1,16}\Z")
_REMEDY = "Ask for the file again, or leave it out"


def check_kind(path: Path, elements: Elements) -> None:
    """Refuse what is no classic slice: mosaics, multi-frame files, tables of values."""
    if "MOSAIC" in elements.text(TAGS["image_type"]).split("\\"):
        raise FileDefectError(
            path,
            "it is a Siemens mosaic, many slices tiled into one picture",
            "Convert it with dcm2niix",
        )
    frames = elements.text(TAGS["frames"])
    if frames not in ("", "1") or TAGS["shared_groups"] in elements.values:
        if frames and not (frames.isdecimal() and 1 <= int(frames) <= 1 << 24):
            raise FileDefectError(path, "its number of frames is no number above 0", _REMEDY)
        raise FileDefectError(
            path,
            "it is a multi-frame file, which is not read",
            "Convert it with dcm2niix, or export classic single-slice files",
        )
    if TAGS["modality_lut"] in elements.values:
        raise FileDefectError(
            path,
            "its values follow from a table (modality LUT), which is not read",
            "Export it with rescale slope and intercept",
        )


def check_pixels(path: Path, elements: Elements, count: int, samples: int, size: int) -> None:
    """Refuse pixels of a kind that is not read, or of which some are missing."""
    if elements.pixel_tag != 0x7FE00010:
        what = (
            "floating-point pixels, which are" if elements.pixel_tag else "no pixel data; they are"
        )
        if elements.pixel_tag:
            raise FileDefectError(path, f"it holds {what} not read", "Convert it with dcm2niix")
        raise FileDefectError(path, "its pixel data are missing", _REMEDY)
    photometric = elements.text(TAGS["photometric"])
    allocated = elements.integer(TAGS["allocated"])
    stored = elements.integer(TAGS["stored"]) or allocated
    high = elements.integer(TAGS["high"])
    sign = elements.integer(TAGS["signed"]) or 0
    known = {"MONOCHROME1": 1, "MONOCHROME2": 1, "RGB": 3}
    if known.get(photometric) != samples:
        named = photometric if _CODE.match(photometric) else "unnamed"
        raise FileDefectError(
            path,
            f"its colours ({named}, {samples} values a pixel) are not read",
            "Convert it to RGB, with dcmdjpeg or gdcmconv --raw",
        )
    if allocated not in (8, 16, 32) or stored is None or not 1 <= stored <= allocated:
        raise FileDefectError(path, f"it stores {stored} of {allocated} bits a value", _REMEDY)
    if high not in (None, stored - 1) or sign not in (0, 1):
        raise FileDefectError(
            path, f"it stores {stored} bits of {allocated}, the highest at {high}", _REMEDY
        )
    if samples == 3 and (allocated != 8 or (elements.integer(TAGS["planar"]) or 0) > 1):
        raise FileDefectError(path, "its colours have an unknown layout", _REMEDY)
    wanted = count * allocated // 8
    syntax, length = elements.syntax, elements.pixel_length
    if syntax not in (IMPLICIT, EXPLICIT, BIG_ENDIAN, RLE):
        raise FileDefectError(
            path,
            f"its pixels are compressed ({_codec(syntax)}), which is not read",
            "Decompress it: gdcmconv --raw in.dcm out.dcm (GDCM), or dcmdjpeg (DCMTK)",
        )
    if syntax == RLE:
        if length != -1:
            raise FileDefectError(path, "its compressed pixels are not in fragments", _REMEDY)
        # 128 values from two bytes is the most that RLE gives.
        if wanted > 64 * (size - elements.pixel_offset) + 64:
            raise FileDefectError(
                path,
                f"it is truncated: {size - elements.pixel_offset} compressed bytes cannot hold "
                f"{wanted}",
                _REMEDY,
            )
        return
    left = size - elements.pixel_offset
    if length == -1:
        raise FileDefectError(path, "its plain pixels are in fragments", _REMEDY)
    if length < wanted or left < wanted:
        raise FileDefectError(
            path,
            f"it is truncated: {min(length, left)} bytes of pixels, and its size needs {wanted}",
            "Copy the file again from where it came",
        )
    if length > wanted + 1:
        raise FileDefectError(
            path, f"it holds {length} bytes of pixels, and its size needs {wanted}", _REMEDY
        )


def _codec(syntax: str) -> str:
    for lead, name in (
        ("1.2.840.10008.1.2.4.5", "JPEG"),
        ("1.2.840.10008.1.2.4.7", "JPEG lossless"),
        ("1.2.840.10008.1.2.4.8", "JPEG-LS"),
        ("1.2.840.10008.1.2.4.9", "JPEG 2000"),
        ("1.2.840.10008.1.2.4.10", "MPEG"),
        ("1.2.840.10008.1.2.4.20", "HTJ2K"),
    ):
        if syntax.startswith(lead):
            return name
    return "unknown transfer syntax"
