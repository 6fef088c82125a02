"""What a file or a folder holds, in words and as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..lineage import plain
from .format import Header

__all__ = ["Info"]


@dataclass(frozen=True)
class Info:
    """What :func:`fiducial.read_info` found.

    Parameters
    ----------
    path
        As it was given.
    format
        Name of the format.
    entries
        One for each image or series.
    skipped
        Files of a folder that belong to none, with the reason.
    """

    path: str
    format: str
    entries: tuple[Header, ...]
    skipped: tuple[tuple[str, str], ...] = ()

    @property
    def is_sound(self) -> bool:
        """Whether nothing is odd and nothing refused."""
        return bool(self.entries) and not any(entry.error or entry.notes for entry in self.entries)

    def lines(self) -> list[str]:
        """Return it as lines of text."""
        found = [f"{self.path}: {self.format}"]
        for entry in self.entries:
            lead = f"series={entry.number}: " if entry.number is not None else ""
            count = f", {entry.files} files" if entry.files > 1 else ""
            found.append(f"  {lead}{entry.what}{count}")
            found += [f"    {name}: {value}" for name, value in _rows(entry)]
        for name, reason in self.skipped[:20]:
            found.append(f"  skipped {name}: {reason}")
        if len(self.skipped) > 20:
            found.append(f"  skipped {len(self.skipped) - 20} more")
        return found

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "path": self.path,
            "format": self.format,
            "entries": [_json(entry) for entry in self.entries],
            "skipped": [{"file": name, "reason": reason} for name, reason in self.skipped],
        }

    def __str__(self) -> str:
        return "\n".join(self.lines())


def _rows(entry: Header) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    if entry.shape:
        sizes = ", ".join(f"{a} {n}" for a, n in zip(entry.axes, entry.shape, strict=True))
        rows.append(("axes", sizes))
        rows.append(("type", entry.dtype))
    grid = entry.grid
    if grid is not None:
        steps = ", ".join(f"{a} {v:.6g}" for a, v in zip(grid.axes, grid.spacing, strict=True))
        rows.append(("spacing", f"{steps} {grid.unit}"))
        origin = ", ".join(f"{value:.6g}" for value in grid.origin)
        rows.append(("origin", f"{origin} {grid.unit}"))
        # The id of a frame is an identifier of a person's examination: JSON alone holds it.
        rows.append(("frame", str(grid.frame.without_id())))
        if grid.orientation:
            rows.append(("orientation", grid.orientation))
        if not grid.is_orthogonal:
            rows.append(("shear", f"cosine {grid.skew:.4f}"))
    if entry.unit:
        rows.append(("unit", entry.unit))
    if entry.channels:
        rows.append(("channels", ", ".join(entry.channels)))
    if entry.times is not None and len(entry.times) > 1:
        span = f"{entry.times[0]:.6g} to {entry.times[-1]:.6g} s"
        rows.append(("times", f"{len(entry.times)} from {span}"))
    rows += [(key.replace("_", " "), _text(value)) for key, value in entry.about.items()]
    if entry.names:
        rows.append(("labels", ", ".join(f"{n} {name}" for n, name in entry.names.items())))
    rows += [("warning", note.text) for note in entry.notes]
    if entry.error:
        rows.append(("refused", entry.error))
    return rows


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(_text(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _json(entry: Header) -> dict[str, Any]:
    grid = entry.grid
    return {
        "what": entry.what,
        "series": entry.number,
        "uid": entry.uid,
        "files": entry.files,
        "axes": entry.axes,
        "shape": list(entry.shape),
        "dtype": entry.dtype,
        "unit": entry.unit,
        "spacing": None if grid is None else list(grid.spacing),
        "orientation": None if grid is None else grid.orientation,
        "grid": None if grid is None else grid.as_json(),
        "channels": plain(entry.channels),
        "times": plain(entry.times),
        "about": plain(entry.about),
        "names": {str(key): name for key, name in entry.names.items()},
        "warnings": [note.text for note in entry.notes],
        "refused": entry.error or None,
    }
