"""Whether a TIFF is whole, and what its axes and sizes are."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from ..errors import FileDefectError
from ..geometry import Frame, Grid
from .files import check_size
from .format import Note, Request

__all__ = ["TiffLayout", "check_chain", "layout", "opened"]

_AGAIN = "Copy the file again from where it came"
_MOST_PAGES = 1_000_000
_UNITS = {
    "um": "um",
    "µm": "um",
    "μm": "um",
    "\\u00b5m": "um",
    "micron": "um",
    "microns": "um",
    "micrometer": "um",
    "micrometre": "um",
    "nm": "nm",
    "nanometer": "nm",
    "nanometre": "nm",
    "mm": "mm",
    "millimeter": "mm",
    "millimetre": "mm",
    "cm": "cm",
    "centimeter": "cm",
    "centimetre": "cm",
    "m": "m",
    "meter": "m",
    "metre": "m",
}
_SECONDS = {"s": 1.0, "sec": 1.0, "ms": 1e-3, "µs": 1e-6, "us": 1e-6, "min": 60.0, "h": 3600.0}
_LETTERS = {"T": "t", "Z": "z", "C": "c", "S": "c", "Y": "y", "X": "x"}
_GRAY, _RGB, _PALETTE, _YCBCR = (0, 1, 4), 2, 3, 6
_JPEG = (6, 7, 34892)
_COMPRESSIONS = frozenset(
    {1, 5, *_JPEG, 8, 32773, 32946, 33003, 33005, 34712, 34887, 34925, 34926, 34933, 50000}
)
"""What is decoded; a damaged fax (2 to 4) would be taken for a picture."""


@dataclass(frozen=True)
class TiffLayout:
    """What a TIFF holds, before its values are read.

    Parameters
    ----------
    stored
        Letter of each axis as stored, among t, z, y, x, c; in any order.
    stored_shape
        Its lengths.
    axes, shape
        In our order.
    grid
        Where the samples lie.
    times
        Seconds of each frame, when known.
    what
        Which kind of TIFF.
    about
        What is known of it.
    orientation
        How the picture is to be turned: the TIFF tag, 1 for not at all.
    has_palette
        Whether the values are places in a table of colours.
    notes
        What is odd.
    """

    stored: str
    stored_shape: tuple[int, ...]
    axes: str
    shape: tuple[int, ...]
    grid: Grid
    times: tuple[float, ...] | None
    what: str
    about: Mapping[str, Any]
    orientation: int
    has_palette: bool
    notes: tuple[Note, ...]


def check_chain(path: Path, stream: BinaryIO, size: int) -> int:
    """Follow the chain of pages, which must end and stay inside the file; count them.

    Raises
    ------
    FileDefectError
        If it runs in a circle or out of the file.
    """
    head = stream.read(16)
    order = {b"II": "<", b"MM": ">"}.get(head[:2], "")
    version = struct.unpack(order + "H", head[2:4])[0] if order and len(head) >= 8 else 0
    if version not in (42, 43):
        raise FileDefectError(path, "it is not a TIFF, whatever its name says", _AGAIN)
    is_big = version == 43
    count_form, word, entry = (
        (order + "Q", order + "Q", 20) if is_big else (order + "H", order + "I", 12)
    )
    try:
        place = struct.unpack_from(word, head, 8 if is_big else 4)[0]
        seen: set[int] = set()
        while place:
            if place in seen:
                raise FileDefectError(path, "its chain of pages runs in a circle", _AGAIN)
            seen.add(place)
            if len(seen) > _MOST_PAGES:
                raise FileDefectError(path, f"it has more than {_MOST_PAGES} pages", _AGAIN)
            if place >= size:
                raise FileDefectError(
                    path, f"it is truncated: page {len(seen)} begins after its end", _AGAIN
                )
            stream.seek(place)
            count = struct.unpack(count_form, stream.read(struct.calcsize(count_form)))[0]
            if count == 0 or count > 4096:
                raise FileDefectError(path, f"its page {len(seen)} has {count} tags", _AGAIN)
            stream.seek(count * entry, 1)
            place = struct.unpack(word, stream.read(struct.calcsize(word)))[0]
    except struct.error as error:
        raise FileDefectError(path, "it is truncated inside its list of pages", _AGAIN) from error
    if not seen:
        raise FileDefectError(path, "it has no page", _AGAIN)
    return len(seen)


@contextmanager
def opened(path: Path, stream: BinaryIO, notes: list[str]) -> Iterator[Any]:
    """Open with tifffile; its faults become ours, its log becomes notes."""
    import logging

    import tifffile

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            text = " ".join(record.getMessage().split())
            if text not in notes and len(notes) < 5:
                notes.append(text[:160])

    logger = logging.getLogger("tifffile")
    handler = Kept(logging.WARNING)
    is_quiet = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    try:
        # Files that an OME header names elsewhere are not opened.
        with tifffile.TiffFile(stream, name=path.name, _multifile=False) as tif:
            yield tif
    except FileDefectError:
        raise
    except Exception as error:  # tifffile raises whatever parsing meets
        words = " ".join(str(error).split())[:100] or type(error).__name__
        raise FileDefectError(path, f"it is damaged ({words})", _AGAIN) from error
    finally:
        logger.removeHandler(handler)
        logger.propagate = is_quiet


def layout(path: Path, tif: Any, size: int, request: Request) -> TiffLayout:
    """Say what an open TIFF holds, and refuse what is not whole.

    Raises
    ------
    FileDefectError
        If pages are missing or cut off, or axes have no stated meaning.
    """
    text = tif.pages[0].description or ""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise FileDefectError(path, "its XML header defines entities", "Ask for the file again")
    all_series = tif.series
    if len(all_series) != 1:
        raise FileDefectError(
            path,
            f"it holds {len(all_series)} images of different sizes or kinds",
            "Save the one you need as a file of its own",
        )
    series = all_series[0]
    page = series.keyframe
    if int(page.compression) not in _COMPRESSIONS:
        raise FileDefectError(
            path,
            f"its compression ({int(page.compression)}) is not read",
            "Save it uncompressed, or with deflate",
        )
    _check_whole(path, tif, series, size)
    what = "OME-TIFF" if tif.is_ome else "ImageJ TIFF" if tif.is_imagej else "TIFF"
    notes: list[Note] = []
    stored, shape = _meaning(path, series, request)
    about = _photometric(path, page, stored, has_table=tif.is_imagej or tif.is_ome)
    has_palette = about.pop("palette", False) and request.purpose != "labels"
    letters = "".join(letter for letter in "tzyxc" if letter in stored)
    sizes = tuple(shape[stored.index(letter)] for letter in letters)
    orientation = int(page.tags.valueof(274, 1) or 1)
    if orientation not in range(1, 9):
        orientation = 1
    if orientation != 1:
        notes.append(Note("it was turned as its orientation tag says"))
    grid, step = _lattice(tif, letters, sizes, notes)
    if orientation >= 5:
        order = [letters.index(letter) for letter in letters]
        y, x = letters.index("y"), letters.index("x")
        order[y], order[x] = order[x], order[y]
        sizes = tuple(sizes[i] for i in order)
        spacing = list(grid.spacing)
        spacing[-1], spacing[-2] = spacing[-2], spacing[-1]
        spatial = tuple(n for n, a in zip(sizes, letters, strict=True) if a in "zyx")
        grid = Grid.from_spacing(spatial, spacing, frame=grid.frame, unit=grid.unit)
    times = tuple(step * i for i in range(sizes[0])) if step and letters[0] == "t" else None
    if has_palette:
        letters, sizes = letters + "c", (*sizes, 3)
    return TiffLayout(
        stored,
        shape,
        letters,
        sizes,
        grid,
        times,
        what,
        about,
        orientation,
        has_palette,
        tuple(notes),
    )


def _check_whole(path: Path, tif: Any, series: Any, size: int) -> None:
    check_size(path, int(series.size) * series.dtype.itemsize)
    missing = sum(page is None for page in series.pages)
    if missing:
        raise FileDefectError(
            path,
            f"its header promises {len(series.pages)} planes, and {missing} are not there",
            "Copy the file again; files that belong together must be joined first",
        )
    if series.dataoffset is not None:
        end = series.dataoffset + int(series.size) * series.dtype.itemsize
        check_size(path, end, size)
    for number, page in enumerate(series.pages):
        counts, offsets = page.databytecounts, page.dataoffsets
        # A count of zero would be filled with zeros.
        if not counts or len(counts) != len(offsets) or min(counts) <= 0 or min(offsets) <= 0:
            raise FileDefectError(path, f"values of its page {number + 1} are missing", _AGAIN)
        if max(o + c for o, c in zip(offsets, counts, strict=True)) > size:
            raise FileDefectError(
                path, f"it is truncated: values of page {number + 1} lie after its end", _AGAIN
            )
        if series.keyframe.compression == 1:
            wanted = (math.prod(page.shape) * int(series.keyframe.bitspersample) + 7) // 8
            check_size(path, wanted, sum(counts))


def _meaning(path: Path, series: Any, request: Request) -> tuple[str, tuple[int, ...]]:
    """Return a letter of ours for each stored axis."""
    names, shape = str(series.axes), tuple(int(n) for n in series.shape)
    unknown = [name for name in names if name not in _LETTERS]
    known = [_LETTERS[name] for name in names if name in _LETTERS]
    if len(set(known)) != len(known):
        raise FileDefectError(
            path, f"it has colours as well as channels (axes {names})", "Save one of them"
        )
    free = [letter for letter in request.axes or "" if letter not in known]
    if unknown and len(free) != len(unknown):
        lengths = " and ".join(
            str(n) for n, name in zip(shape, names, strict=True) if name in unknown
        )
        raise FileDefectError(
            path,
            f"it is a stack of {lengths} pages, and does not say whether they are times, slices or "
            "channels",
            'Say which: axes="zyx", axes="tyx" or axes="yxc"',
        )
    given = iter(free)
    stored = "".join(_LETTERS.get(name) or next(given) for name in names)
    wanted = request.axes
    if wanted is not None and sorted(wanted) != sorted(stored):
        raise FileDefectError(path, f"its axes are {stored!r}, not {wanted!r} as asked")
    if "y" not in stored or "x" not in stored:
        raise FileDefectError(path, f"its axes ({names}) are not those of an image")
    return stored, shape


def _photometric(path: Path, page: Any, stored: str, *, has_table: bool) -> dict[str, Any]:
    kind, compression = int(page.photometric or 0), int(page.compression)
    if kind in _GRAY or kind == _RGB:
        # The values of white-is-zero are kept: only the display turns them over.
        return {"photometric": "MINISWHITE"} if kind == 0 else {}
    if kind == _PALETTE:
        # ImageJ's table is how it displays; the values themselves are the data.
        return {} if has_table else {"palette": True}
    if kind == _YCBCR and compression in _JPEG and "c" in stored:
        return {}
    raise FileDefectError(
        path,
        f"its colours are of a kind that is not read (photometric {kind})",
        "Convert it to RGB",
    )


def _lattice(
    tif: Any, letters: str, sizes: tuple[int, ...], notes: list[Note]
) -> tuple[Grid, float]:
    """Return where the samples lie, and the step of time in seconds (0 when not known)."""
    spatial = "".join(letter for letter in letters if letter in "zyx")
    shape = tuple(n for n, letter in zip(sizes, letters, strict=True) if letter in "zyx")
    if tif.is_ome:
        steps, unit, time = _ome(tif, notes)
    elif tif.is_imagej:
        steps, unit, time = _imagej(tif, spatial, notes)
    else:
        steps, unit, time = {}, "px", 0.0
    if unit != "px" and not all(letter in steps for letter in spatial):
        known = ", ".join(
            f"{letter} {steps[letter]:g} {unit}" for letter in spatial if letter in steps
        )
        notes.append(
            Note(
                f"it gives the size of pixels along some axes only ({known}): lattice in pixels",
                True,
            )
        )
        unit = "px"
    frame = Frame("xyz"[: len(spatial)], unit)
    spacing = [steps[letter] if unit != "px" else 1.0 for letter in spatial]
    return Grid.from_spacing(shape, spacing, frame=frame, unit=unit), time


def _positive(value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return 0.0
    return number if math.isfinite(number) and number > 0 else 0.0


def _imagej(tif: Any, spatial: str, notes: list[Note]) -> tuple[dict[str, float], str, float]:
    facts = tif.imagej_metadata or {}
    page = tif.pages[0]
    name = str(facts.get("unit", "")).strip().lower()
    scale, unit = (25.4, "mm") if name in ("inch", "in") else (1.0, _UNITS.get(name, "px"))
    time = _positive(facts.get("finterval"))
    time *= _SECONDS.get(str(facts.get("tunit", "s")).strip().lower(), 0.0)
    if unit == "px":
        if name not in ("", "pixel", "pixels"):
            notes.append(Note(f"its unit of length, {name[:20]!r}, is not known", True))
        return {}, "px", time
    steps: dict[str, float] = {}
    for letter, tag in (("x", 282), ("y", 283)):
        value = page.tags.valueof(tag)
        if isinstance(value, tuple) and len(value) == 2 and value[0] and value[1]:
            steps[letter] = value[1] / value[0] * scale
    depth = facts.get("spacing")
    if "z" in spatial:
        # ImageJ leaves the distance out when it is 1; it may also never have been set.
        steps["z"] = abs(float(depth)) * scale if depth else scale
        if not depth:
            notes.append(
                Note(f"it gives no distance between slices, which for ImageJ means 1 {unit}", True)
            )
    return steps, unit, time


def _ome(tif: Any, notes: list[Note]) -> tuple[dict[str, float], str, float]:
    from xml.etree import ElementTree

    root = ElementTree.fromstring(tif.ome_metadata)
    pixels = next((node for node in root.iter() if node.tag.endswith("}Pixels")), None)
    facts: Mapping[str, str] = {} if pixels is None else pixels.attrib
    sizes: dict[str, float] = {}
    units: dict[str, str] = {}
    for letter in "xyz":
        key = f"PhysicalSize{letter.upper()}"
        value = _positive(facts.get(key))
        unit = _UNITS.get(facts.get(key + "Unit", "µm").lower(), "")
        if value and unit:
            sizes[letter], units[letter] = value, unit
        elif key in facts and facts.get(key + "Unit", "") not in ("pixel", "reference frame"):
            notes.append(Note(f"its {key} is no length and was ignored", True))
    time = _positive(facts.get("TimeIncrement"))
    time *= _SECONDS.get(facts.get("TimeIncrementUnit", "s"), 0.0)
    if not sizes:
        return {}, "px", time
    from ..units import convert

    unit = units.get("x") or next(iter(units.values()))
    return {a: convert(sizes[a], units[a], unit) for a in sizes}, unit, time
