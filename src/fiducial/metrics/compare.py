"""All metrics of two masks, or of each label, as a table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..geometry import Grid, Region
from ..image import Labels, Mask
from ..operation import operation
from ..progress import tracked
from .centroid_distance import centroid
from .counts import count, ratio
from .surface import surface_distances

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DEFINITIONS", "compare"]

DEFINITIONS = {
    "precision": "voxels in both / voxels of the prediction; undefined if that is empty",
    "recall": "voxels in both / voxels of the reference; undefined if that is empty",
    "jaccard": "voxels in both / voxels in either; undefined if both are empty",
    "dice": "2 x voxels in both / (voxels of one + of the other); undefined if both are empty",
    "centroid_distance": "between the mean positions of the voxels; undefined if one is empty",
    "hausdorff_distance": (
        "largest distance from an element of one surface to the nearest of the other, of both "
        "directions; undefined if one is empty"
    ),
}
"""What each metric means, by the first words of its column."""


@operation(uses="tc")
def compare(*, prediction: Mask | Labels, reference: Mask | Labels) -> pd.DataFrame:
    """Compare two masks, or two sets of labels, by every metric: one row for each.

    Parameters
    ----------
    prediction
        The mask or the labels to be judged.
    reference
        The mask or the labels that are taken for true, on the same grid.

    Returns
    -------
    DataFrame
        One row for a mask, or for each label that occurs in one of the two or has a name; for
        each frame of a sequence, with its number in ``frame``.  The columns are ``label``,
        ``name``, ``prediction_voxels``, ``reference_voxels``, ``precision``, ``recall``,
        ``jaccard``, ``dice``, ``centroid_distance_mm`` and ``hausdorff_distance_mm`` (in the
        unit of the grid), and ``undefined``: how many of these metrics are undefined and NaN.
        ``table.attrs["definitions"]`` says what each means.

    Raises
    ------
    GridMismatchError
        If they lie on different grids.
    ParameterError
        If one is a mask and the other labels, or their axes differ.

    Notes
    -----
    Each metric is that of the function of its name.  Where both masks are empty, all are
    undefined; where one is, the distances and one of precision and recall are.  An undefined
    metric is NaN, never 0 and never infinite: leave it out of a mean and say how many.

    Examples
    --------
    >>> import fiducial as fd
    >>> found = fd.Labels([[1, 1, 0, 2]], names={1: "liver", 2: "cyst"})
    >>> truth = fd.Labels([[1, 1, 1, 0]])
    >>> table = fd.compare(prediction=found, reference=truth)
    >>> table[["name", "precision", "recall", "dice", "undefined"]]
        name  precision    recall  dice  undefined
    0  liver        1.0  0.666667   0.8          0
    1   cyst        0.0       NaN   0.0          3
    """
    import pandas as pd

    if isinstance(prediction, Mask) is not isinstance(reference, Mask):
        raise ParameterError(
            "prediction and reference of compare must both be masks or both be labels; "
            f"got {prediction!r} and {reference!r}. Take one label: labels.mask(1)."
        )
    if prediction.axes != reference.axes or "c" in prediction.axes:
        raise ParameterError(
            "prediction and reference of compare must have the same axes, without c; "
            f"got {prediction!r} and {reference!r}."
        )
    grid = prediction.grid
    numbers, names = _labels(prediction, reference)
    rows = []
    frames = _frames(prediction.array, reference.array, "t" in prediction.axes)
    jobs = [(*frame, *label) for frame in frames for label in enumerate(numbers, 1)]
    boxes: list[Region | None] = []
    ready = -1
    for frame, first, second, slot, number in tracked(jobs, "compare"):
        if frame != ready:
            boxes, ready = _boxes(first, second, numbers), frame
        row: dict[str, Any] = {"frame": frame} if "t" in prediction.axes else {}
        row.update(label=number, name=names.get(number, str(number)))
        row.update(_row(first, second, number, boxes[slot - 1], grid))
        rows.append(row)
    table = pd.DataFrame(rows, columns=None if rows else _columns(grid, "t" in prediction.axes))
    table.attrs["definitions"] = DEFINITIONS
    return table


def _labels(
    prediction: Mask | Labels, reference: Mask | Labels
) -> tuple[list[int], dict[int, str]]:
    """Return the numbers to compare, in order, and the names they have."""
    if not isinstance(prediction, Labels) or not isinstance(reference, Labels):
        return [1], {1: "mask"}
    names = {**prediction.names, **reference.names}
    numbers = {*prediction.numbers, *reference.numbers, *names} - {0}
    return sorted(numbers), names


def _frames(
    first: NDArray[Any], second: NDArray[Any], is_sequence: bool
) -> Iterator[tuple[int, NDArray[Any], NDArray[Any]]]:
    if not is_sequence:
        yield 0, first, second
        return
    for frame in range(len(first)):
        yield frame, first[frame], second[frame]


def _boxes(first: NDArray[Any], second: NDArray[Any], numbers: list[int]) -> list[Region | None]:
    """Return the box around each label in either array; None for one that is in neither."""
    from scipy import ndimage

    known = np.asarray(numbers, np.int64)
    found: list[Region | None] = [None] * len(numbers)
    for labels in (first, second):
        slots = np.zeros(labels.shape, np.int32)
        inside = labels != 0
        slots[inside] = np.searchsorted(known, labels[inside].astype(np.int64)) + 1
        for slot, slices in enumerate(ndimage.find_objects(slots, len(numbers))):
            if slices is None:
                continue
            box = Region(tuple(s.start for s in slices), tuple(s.stop for s in slices))
            before = found[slot]
            if before is not None:
                box = Region(
                    tuple(map(min, box.start, before.start)), tuple(map(max, box.stop, before.stop))
                )
            found[slot] = box
    return found


def _row(
    first: NDArray[Any], second: NDArray[Any], number: int, box: Region | None, grid: Grid
) -> dict[str, Any]:
    """Return the metrics of one label in one frame."""
    if box is None:
        box = Region((0,) * grid.dimension, (1,) * grid.dimension)
    part = grid.cropped(box)
    a, b = first[box.slices] == number, second[box.slices] == number
    counts = count(a, b)
    metrics = {
        "precision": ratio(counts.both, counts.first),
        "recall": ratio(counts.both, counts.second),
        "jaccard": ratio(counts.both, counts.both + counts.first_only + counts.second_only),
        "dice": ratio(2 * counts.both, counts.first + counts.second),
        f"centroid_distance_{grid.unit}": float(
            np.linalg.norm(centroid(a, part) - centroid(b, part))
        ),
        f"hausdorff_distance_{grid.unit}": surface_distances(a, b, part).largest,
    }
    return {
        "prediction_voxels": counts.first,
        "reference_voxels": counts.second,
        **metrics,
        "undefined": sum(value != value for value in metrics.values()),
    }


def _columns(grid: Grid, is_sequence: bool) -> list[str]:
    """Return the columns of a table without rows."""
    empty = np.zeros((1,) * grid.dimension)
    row = _row(empty, empty, 1, None, grid)
    return [*(["frame"] if is_sequence else []), "label", "name", *row]
