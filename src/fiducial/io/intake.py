"""Is this series sound?  Slices into stacks, with what is odd said in mm."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..geometry import Frame, Grid
from .dicom_slice import Slice, slice_grid
from .format import Note

__all__ = ["Stack", "stacks"]

ROUNDING = 0.051
"""mm: positions written with one decimal are off by up to 0.05."""

SHARE = 0.01
"""Of the step: deviations below are not worth a word."""

_SPLITS = ("temporal", "echo", "b_value", "trigger", "acquisition", "image_type")
_SPLITS_BY_TIME = ("acquisition_time", "content_time")
_CHOICE = {
    "temporal": "time points",
    "echo": "echoes",
    "b_value": "b-values",
    "trigger": "trigger times",
    "acquisition": "acquisitions",
    "image_type": "kinds of image",
    "acquisition_time": "acquisition times",
    "content_time": "times",
}


@dataclass(frozen=True)
class Stack:
    """Slices of one series that belong together.

    Parameters
    ----------
    slices
        Sorted along the normal.
    places
        Position of each along the stack in mm, from the first; empty for slices without pose.
    grid
        Where they lie; None when refused.
    even
        Whether the steps are even, so that the slices are the grid's.
    notes
        What was odd.
    defect, remedy
        Why it is refused; empty when it is not.
    accepts
        Which name in ``accept=`` overrides the refusal; empty when none does.
    part
        What sets it apart from other stacks of the same series.
    """

    slices: tuple[Slice, ...]
    places: tuple[float, ...] = ()
    grid: Grid | None = None
    even: bool = True
    notes: tuple[Note, ...] = ()
    defect: str = ""
    remedy: str = ""
    accepts: str = ""
    part: str = ""

    @property
    def first(self) -> Slice:
        """The first slice."""
        return self.slices[0]


def stacks(slices: Sequence[Slice]) -> list[Stack]:
    """Sort slices into stacks: by series, frame, size, orientation and what tells times apart.

    Returns
    -------
    list of Stack
        Sound, repaired or refused, in the order of series number and UID.
    """
    groups: dict[tuple[object, ...], list[Slice]] = defaultdict(list)
    defective: dict[str, list[Slice]] = defaultdict(list)
    for item in slices:
        if item.defect:
            defective[item.text("series")].append(item)
        else:
            groups[_key(item)].append(item)
    found: list[Stack] = []
    for members in groups.values():
        # Where a defective slice belongs is not known: it may be the last of any of them.
        bad = defective.get(members[0].text("series"))
        found += [_refused(members, bad)] if bad else _split(members)
    sound = {members[0].text("series") for members in groups.values()}
    found += [_refused([], bad) for series, bad in defective.items() if series not in sound]
    found.sort(key=_rank)
    return found


def _key(item: Slice) -> tuple[object, ...]:
    turned = (
        None if item.orientation is None else tuple(round(v, 2) + 0.0 for v in item.orientation)
    )
    spacing = None if item.spacing is None else tuple(round(v, 4) for v in item.spacing)
    elements = item.elements
    layout = (item.rows, item.columns, item.samples, item.text("photometric"))
    return (
        item.text("series"),
        item.text("frame"),
        item.text("modality"),
        turned,
        spacing,
        str(item.stored_dtype.newbyteorder("=")),
        "LOCALIZER" in item.text("image_type").split("\\"),
        layout,
        item.position is None,
        elements.order,
    )


def _rank(stack: Stack) -> tuple[object, ...]:
    number = stack.first.text("series_number")
    value = int(number) if number.lstrip("-").isdecimal() else 1 << 31
    return (
        value,
        stack.first.text("series"),
        -len(stack.slices),
        stack.part,
        str(stack.first.path),
    )


def _split(members: list[Slice]) -> list[Stack]:
    """Separate slices at the same place by what tells them apart, if one thing does."""
    if members[0].position is None or members[0].orientation is None or len(members) == 1:
        return [_without_pose(members)] if len(members) > 1 else [_single(members[0])]
    places = _along(members)
    if not _repeated(places):
        return [_stacked(members, places, "")]
    for name in (*_SPLITS, *_SPLITS_BY_TIME):
        parts: dict[str, list[Slice]] = defaultdict(list)
        for item in members:
            parts[item.text(name)].append(item)
        sizes = {len(part) for part in parts.values()}
        if len(parts) < 2 or len(sizes) != 1:
            continue
        along = {value: _along(part) for value, part in parts.items()}
        if any(_repeated(part) for part in along.values()):
            continue
        word = _CHOICE[name]
        ordered = sorted(parts, key=_as_number)
        return [
            _stacked(parts[value], along[value], f"{index + 1} of {len(parts)} {word}")
            for index, value in enumerate(ordered)
        ]
    order = np.argsort(places, kind="stable")
    pairs = np.flatnonzero(np.diff(places[order]) < _TOUCHING)
    one, other = members[order[pairs[0]]], members[order[pairs[0] + 1]]
    return [
        Stack(
            tuple(members[i] for i in order),
            defect=(
                f"{len(pairs)} of its {len(members)} slices lie where another lies "
                f"({one.path.name} and {other.path.name}), and nothing tells them apart"
            ),
            remedy="Remove the copies, or move the second set to a folder of its own",
        )
    ]


_TOUCHING = 1e-3


def _as_number(text: str) -> tuple[float, str]:
    try:
        return (float(text), text)
    except ValueError:
        return (math.inf, text)


def _refused(members: list[Slice], bad: list[Slice]) -> Stack:
    count = len(members) + len(bad)
    more = f" ({len(bad)} of {count} files)" if count > 1 else ""
    other = ', or accept="unreadable files" to read without it' if members else ""
    return Stack(
        (*members, *bad),
        defect=f"{bad[0].path.name}: {bad[0].defect}{more}",
        remedy=bad[0].remedy + other,
    )


def _single(item: Slice) -> Stack:
    return Stack((item,), (0.0,), slice_grid(item), notes=item.notes)


def _without_pose(members: list[Slice]) -> Stack:
    return Stack(
        tuple(members),
        defect=f"its {len(members)} images have no position, so that their order is unknown",
        remedy="Read the files one by one",
    )


def _normal(item: Slice) -> NDArray[np.float64]:
    assert item.orientation is not None
    normal = np.cross(item.orientation[:3], item.orientation[3:])
    return np.asarray(normal / np.linalg.norm(normal))


def _along(members: Sequence[Slice]) -> NDArray[np.float64]:
    positions = np.array([item.position for item in members])
    return np.asarray(positions @ _normal(members[0]))


def _repeated(places: NDArray[np.float64]) -> bool:
    return bool(len(places) > 1 and np.min(np.diff(np.sort(places))) < _TOUCHING)


def _stacked(members: list[Slice], places: NDArray[np.float64], part: str) -> Stack:
    order = np.argsort(places, kind="stable")
    ordered = tuple(members[i] for i in order)
    positions = np.array([item.position for item in ordered])
    base = Stack(ordered, part=part)
    if len(ordered) == 1:
        return replace(_single(ordered[0]), part=part)
    spread = max(
        float(np.max(np.abs(np.subtract(item.orientation, ordered[0].orientation))))
        for item in ordered
    )
    if spread > 1e-3:
        return replace(
            base,
            defect=f"the orientation of its slices differs by up to {spread:.2g}",
            remedy="Read the files one by one",
        )
    count = len(ordered)
    whole = positions[-1] - positions[0]
    length = float(np.linalg.norm(whole))
    line = whole / length
    reach = (positions - positions[0]) @ line
    beside = np.linalg.norm(positions - positions[0] - reach[:, None] * line, axis=1)
    steps = np.diff(reach)
    step = float(np.median(steps))
    limit = min(max(SHARE * step, ROUNDING), 0.1 * step)
    if float(beside.max()) > limit:
        return replace(
            base,
            defect=f"its slices lie on no line: one is {float(beside.max()):.3g} mm beside it",
            remedy="Read the files one by one",
        )
    notes = list(dict.fromkeys(note for item in ordered for note in item.notes))
    off = reach - np.linspace(0.0, length, count)
    worst = float(np.max(np.abs(off)))
    vector, tilt = _direction(ordered[0], line, length)
    notes += tilt
    places_along = tuple(float(value) for value in reach)
    if worst <= limit:
        if worst > SHARE * step:
            notes.append(
                Note(
                    f"its slices lie up to {worst:.3g} mm off even steps of "
                    f"{length / (count - 1):.4g} mm; even steps are used",
                    True,
                )
            )
        grid = _grid(ordered[0], vector, length / (count - 1), count)
        return replace(base, places=places_along, grid=grid, notes=tuple(notes))
    return _uneven(replace(base, places=places_along, notes=tuple(notes)), vector, steps, step)


def _direction(
    first: Slice, line: NDArray[np.float64], length: float
) -> tuple[NDArray[np.float64], list[Note]]:
    """Return the direction of the stack: along the normal, or tilted, and then a word on it."""
    normal = _normal(first)
    cosine = float(line @ normal)
    drift = length * math.sqrt(max(0.0, 1 - cosine * cosine))
    assert first.spacing is not None or first.position is not None
    pixel = min(first.spacing) if first.spacing else 1.0
    if drift <= min(ROUNDING, 0.1 * pixel):
        return normal, []
    angle = math.degrees(math.acos(min(1.0, cosine)))
    return line, [
        Note(
            f"its slices are tilted by {angle:.2f} degrees against the direction of the stack "
            f"(gantry tilt) and shift by {drift:.1f} mm from first to last; the grid is sheared, "
            "as the patient was scanned",
            True,
        )
    ]


def _grid(first: Slice, vector: NDArray[np.float64], step: float, count: int) -> Grid:
    plane = slice_grid(first)
    if plane.frame.dimension != 3:
        plane = Grid.from_spacing((first.rows, first.columns), 1.0, frame=Frame("LPS", "mm"))
    affine = np.insert(plane.affine, 0, np.append(vector * step, 0.0), axis=1)
    return Grid((count, *plane.shape), affine, plane.frame)


def _uneven(
    base: Stack, vector: NDArray[np.float64], steps: NDArray[np.float64], step: float
) -> Stack:
    """Say which slices are missing, or how uneven the steps are; plan even ones."""
    length = base.places[-1]
    # Distances between slices are told along their normal, as everybody measures them.
    share = abs(float(vector @ _normal(base.first)))
    ratios = np.round(steps / step)
    fits = np.abs(steps - ratios * step) <= min(max(SHARE * step, ROUNDING), 0.1 * step) * ratios
    if bool(np.all(fits)) and bool(np.all(ratios >= 1)):
        missing = int(np.sum(ratios - 1))
        at = int(np.argmax(ratios))
        names = f"{base.slices[at].path.name} and {base.slices[at + 1].path.name}"
        defect = (
            f"{missing} slice{'s are' if missing > 1 else ' is'} missing: a gap of "
            f"{steps[at] * share:.4g} mm between {names}, where steps are {step * share:.4g} mm"
        )
        accepts = "missing slice"
        count = int(np.sum(ratios)) + 1
    else:
        least, most = float(steps.min()) * share, float(steps.max()) * share
        defect = f"its steps are uneven, from {least:.3f} to {most:.3f} mm"
        accepts = "uneven steps"
        count = max(2, round(length / step) + 1)
    grid = _grid(base.first, vector, length / (count - 1), count)
    return replace(
        base,
        grid=grid,
        even=False,
        defect=defect,
        accepts=accepts,
        remedy=f'Add the missing files, or accept="{accepts}" to interpolate onto even steps of '
        f"{length / (count - 1) * share:.4g} mm",
    )


def resampled(
    values: NDArray[np.generic], places: Sequence[float], count: int
) -> NDArray[np.float32] | NDArray[np.float64]:
    """Interpolate slices at uneven places linearly onto `count` even ones, ends kept.

    Parameters
    ----------
    values
        Slices along the first axis.
    places
        Where they lie along the stack in mm, ascending.
    count
        How many to make.
    """
    kind = np.float64 if values.dtype.itemsize > 4 else np.float32
    out = np.empty((count, *values.shape[1:]), kind)
    known = np.asarray(places)
    for index, place in enumerate(np.linspace(known[0], known[-1], count)):
        after = min(int(np.searchsorted(known, place, side="left")), len(known) - 1)
        before = max(0, after - 1)
        gap = known[after] - known[before]
        weight = 1.0 if gap == 0 else float((place - known[before]) / gap)
        weight = min(1.0, max(0.0, weight))
        out[index] = values[after] * kind(weight)
        if weight < 1.0:
            out[index] += values[before] * kind(1.0 - weight)
    return out
