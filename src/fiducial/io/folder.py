"""A folder: which series lie in it, and the one that is asked for."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import FileDefectError
from ..progress import report
from .dicom_pixels import read_stack
from .dicom_slice import Slice, read_slice
from .files import check_size
from .format import Content, Header, Note, Request, format_of, read_head
from .info import Info
from .intake import Stack, resampled, stacks

__all__ = ["chosen", "folder_headers", "folder_info", "read_folder"]

_DEEPEST = 8
_MOST = 200_000
_DICOM_NAMES = (".dcm", ".ima", ".dicom")


@dataclass(frozen=True)
class _Found:
    """What a walk through a folder met."""

    slices: tuple[Slice, ...]
    others: tuple[Path, ...]
    skipped: tuple[tuple[str, str], ...]
    unreadable: tuple[tuple[str, str], ...]


def _walk(folder: Path) -> _Found:
    root = folder.resolve()
    slices: list[Slice] = []
    others: list[Path] = []
    skipped: list[tuple[str, str]] = []
    unreadable: list[tuple[str, str]] = []
    waiting = [(folder, 0)]
    files: list[Path] = []
    while waiting:
        place, depth = waiting.pop()
        try:
            entries = sorted(os.scandir(place), key=lambda entry: entry.name)
        except OSError as error:
            raise FileDefectError(
                place, f"the folder cannot be read ({error.strerror})", "Check the permissions"
            ) from error
        for entry in entries:
            path = Path(entry.path)
            name = str(path.relative_to(folder))
            if entry.name.startswith("."):
                continue
            if entry.is_symlink():
                _link(path, root, name, skipped, unreadable)
            elif entry.is_dir():
                if depth < _DEEPEST:
                    waiting.append((path, depth + 1))
                else:
                    skipped.append((name, f"deeper than {_DEEPEST} folders"))
            elif entry.is_file():
                files.append(path)
            else:
                unreadable.append((name, "it is a pipe, a socket or a device"))
        if len(files) > _MOST:
            raise FileDefectError(
                folder, f"it holds more than {_MOST} files", "Give the folder of one examination"
            )
    for done, path in enumerate(files):
        report(done, len(files), "reading headers")
        _sort(path, str(path.relative_to(folder)), slices, others, skipped, unreadable)
    return _Found(tuple(slices), tuple(others), tuple(skipped), tuple(unreadable))


def _link(
    path: Path,
    root: Path,
    name: str,
    skipped: list[tuple[str, str]],
    unreadable: list[tuple[str, str]],
) -> None:
    target = path.resolve()
    if not target.exists():
        unreadable.append((name, "it is a link to what is not there"))
    elif not target.is_relative_to(root):
        unreadable.append((name, "it is a link that leaves the folder"))
    else:
        skipped.append((name, "a link within the folder"))


def _sort(
    path: Path,
    name: str,
    slices: list[Slice],
    others: list[Path],
    skipped: list[tuple[str, str]],
    unreadable: list[tuple[str, str]],
) -> None:
    """Tell what one regular file is."""
    from .formats.dicom import FORMAT

    is_named = path.name.lower().endswith(_DICOM_NAMES)
    try:
        is_dicom = FORMAT.claims(read_head(path))
        if not is_dicom and not is_named:
            others.append(path)
            return
        item = read_slice(path)
    except FileDefectError as error:
        unreadable.append((name, error.defect))
        return
    if not item.is_image:
        skipped.append((name, "DICOM without an image"))
    elif item.defect and not item.text("series"):
        unreadable.append((name, item.defect))  # it may belong to any series
    else:
        slices.append(item)


def folder_headers(folder: Path) -> list[Header]:
    """Return one header for each stack of slices in a folder."""
    return [_header(stack, number) for number, stack in enumerate(stacks(_walk(folder).slices), 1)]


def _header(stack: Stack, number: int) -> Header:
    first = stack.first
    grid = stack.grid
    modality = first.code("modality") or "unknown modality"
    what = f"{modality} series" if len(stack.slices) > 1 else f"{modality} slice"
    if stack.part:
        what += f", {stack.part}"
    axes = "" if grid is None else grid.axes + ("c" if first.samples == 3 else "")
    shape = () if grid is None else grid.shape + ((3,) if first.samples == 3 else ())
    error = stack.defect + (f". {stack.remedy}" if stack.defect and stack.remedy else "")
    return Header(
        what=what,
        shape=shape,
        axes=axes,
        dtype="" if grid is None else _dtype(stack),
        grid=grid,
        unit=None if stack.defect and not stack.accepts else first.unit,
        about=first.about,
        notes=stack.notes,
        number=number,
        uid=first.text("series") or None,
        files=len(stack.slices),
        error=error,
    )


def _dtype(stack: Stack) -> str:
    kind = stack.first.stored_dtype.newbyteorder("=").name
    is_scaled = any((item.slope, item.intercept) != (1.0, 0.0) for item in stack.slices)
    return kind + (" rescaled" if is_scaled else "")


def _readable(paths: Sequence[Path]) -> Path | None:
    """Return the first of these files that a format claims."""
    for path in paths:
        try:
            format_of(path)
        except FileDefectError:
            continue
        return path
    return None


def folder_info(folder: Path) -> Info:
    """List everything in a folder: series first, then single files."""
    found = _walk(folder)
    entries = [_header(stack, number) for number, stack in enumerate(stacks(found.slices), 1)]
    skipped = [*found.skipped, *((name, f"refused: {why}") for name, why in found.unreadable)]
    for path in found.others:
        name = str(path.relative_to(folder))
        try:
            form = format_of(path)
            headers = form.headers(path, Request())
        except FileDefectError as error:
            skipped.append((name, error.defect))
            continue
        entries += [replace(header, what=f"{name}, {header.what}") for header in headers]
    kind = "folder" if not found.slices else "folder with DICOM"
    return Info(str(folder), kind, tuple(entries), tuple(skipped))


def chosen(folder: Path, headers: Sequence[Header], request: Request) -> Header:
    """Return the header that ``series=`` names, or the only one."""
    numbers = [header.number or 0 for header in headers]
    uids = [header.uid or "" for header in headers]
    index = _choose(folder, request, numbers, uids, [""] * len(headers), headers)
    return headers[index]


def _choose(
    folder: Path,
    request: Request,
    numbers: Sequence[int],
    uids: Sequence[str],
    descriptions: Sequence[str],
    headers: Sequence[Header],
) -> int:
    wanted = request.series
    listed = "; ".join(_listed(header) for header in headers[:12])
    if len(headers) > 12:
        listed += f"; and {len(headers) - 12} more"
    if not headers:
        raise FileDefectError(folder, "it holds no DICOM image", "Give the path of a file in it")
    if wanted is None:
        if len(headers) > 1:
            raise FileDefectError(
                folder,
                f"it holds {len(headers)} series: {listed}",
                "Choose one by its number, UID or a part of its description: series=1",
            )
        return 0
    if isinstance(wanted, int):
        hits = [index for index, number in enumerate(numbers) if number == wanted]
    else:
        hits = [index for index, uid in enumerate(uids) if uid == wanted]
        if not hits:
            hits = [
                index
                for index, text in enumerate(descriptions)
                if text and wanted.lower() in text.lower()
            ]
        if not hits and wanted.isdecimal():
            hits = [index for index, number in enumerate(numbers) if number == int(wanted)]
    if len(hits) != 1:
        some = "; ".join(_listed(headers[index]) for index in hits) if hits else listed
        raise FileDefectError(
            folder,
            f"series={wanted!r} names {len(hits) or 'none'} of its series: {some}",
            "Choose one by its number: series=1",
        )
    return hits[0]


def _listed(header: Header) -> str:
    size = " x ".join(str(n) for n in header.shape) or f"{header.files} files"
    return f"series={header.number} {header.what} {size}" + (" (refused)" if header.error else "")


def read_folder(folder: Path, request: Request) -> Content:
    """Read the series of a folder that ``series=`` names, or the only one.

    Raises
    ------
    FileDefectError
        If there are several and none was named, or the series is not sound.
    """
    found = _walk(folder)
    if not found.slices and not found.unreadable:
        example = _readable(found.others)
        if example is None:
            raise FileDefectError(folder, "it holds no image that can be read", "Check the path")
        raise FileDefectError(
            folder,
            "it holds no DICOM series, and other files are read one by one",
            f"Give the path of a file in it, such as {example.relative_to(folder)}",
        )
    notes: list[Note] = []
    if found.unreadable:
        name, why = found.unreadable[0]
        more = f" ({len(found.unreadable)} such files)" if len(found.unreadable) > 1 else ""
        if "unreadable files" not in request.accept:
            raise FileDefectError(
                folder / name,
                why + more,
                'Repair or remove it, or accept="unreadable files" to read without it',
            )
        notes.append(
            Note(f"{len(found.unreadable)} unreadable files were left out ({name}: {why})")
        )
    slices = found.slices
    if "unreadable files" in request.accept:
        slices = tuple(item for item in slices if not item.defect)
        for item in found.slices:
            if item.defect:
                notes.append(Note(f"{item.path.name} was left out as accepted: {item.defect}"))
    all_stacks = stacks(slices)
    headers = [_header(stack, number) for number, stack in enumerate(all_stacks, 1)]
    index = _choose(
        folder,
        request,
        [header.number or 0 for header in headers],
        [header.uid or "" for header in headers],
        [stack.first.text("series_description") for stack in all_stacks],
        headers,
    )
    return _content(folder, all_stacks[index], headers[index], request, notes)


def _content(
    folder: Path, stack: Stack, header: Header, request: Request, notes: list[Note]
) -> Content:
    if stack.defect and not (stack.accepts and stack.accepts in request.accept):
        raise FileDefectError(folder, stack.defect, stack.remedy)
    if request.axes is not None and request.axes != header.axes:
        raise FileDefectError(
            folder, f"its axes are {header.axes!r}, not {request.axes!r}", f"Write {header.axes!r}"
        )
    assert stack.grid is not None
    values, digest = read_stack(stack.slices)
    if len(stack.slices) == 1:
        values = values[0]
    if not stack.even:
        check_size(folder, int(stack.grid.shape[0]) * values[0].size * 4)
        values = resampled(values, stack.places, stack.grid.shape[0])
        notes.append(
            Note(
                f"{stack.defect}; as accepted, {len(stack.slices)} slices were interpolated "
                f"linearly onto {stack.grid.shape[0]} at even steps",
                True,
            )
        )
    if stack.first.unit is None and stack.first.code("modality") == "CT":
        notes.append(Note("its header has no rescaling to HU: values are the stored numbers"))
    header = replace(
        header,
        shape=values.shape,
        dtype=values.dtype.name,
        notes=(*header.notes, *notes),
        error="",
    )
    return Content(values, header, digest)
