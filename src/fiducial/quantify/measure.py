"""Sizes, places and intensities of a mask or of each label, as a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, shown
from ..image import Image, Labels, Mask
from ..operation import operation
from ..progress import report
from .regions import Regions
from .spatial_columns import spatial_columns
from .value_columns import value_columns

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["measure"]


@operation(uses="tc", example={"images": "image"})
def measure(
    labels: Mask | Labels,
    *,
    images: Image | Sequence[Image] | Mapping[str, Image] | None = None,
) -> pd.DataFrame:
    """Measure volume, place and intensity of a mask or of each label: one row for each.

    Parameters
    ----------
    labels
        A mask, or labels (0 is background).
    images
        What to measure the intensity of, on the same grid: an image, several, or a mapping
        from a name to an image.  An image may have a time axis that the labels lack, and the
        other way round.

    Returns
    -------
    DataFrame
        One row for each label that occurs or has a name (for each frame of a sequence, with
        its number in ``frame`` and its time in ``time_s``), or one for a mask.  The columns:

        - ``label``, ``name``, ``voxels``;
        - ``volume_mm3`` and ``volume_mL`` (``area_mm2`` in 2D, ``length_mm`` in 1D);
        - ``centre_x_mm``, ...: the mean of the centres of the voxels, in world coordinates;
        - ``low_x_mm``, ``high_x_mm``, ...: the box along the world's axes that holds the whole
          of the voxels;
        - ``first_index_z``, ``last_index_z``, ...: the first and the last index along each
          array axis;
        - of each image ``mean``, ``sd``, ``min``, ``median``, ``max`` with its unit, as in
          ``mean_HU``, and ``nan_voxels``, how many voxels had no value and were left out.
          The names of several images and of channels come first: ``pet_mean_SUV``.

        Units are those of the grid and of the image.  A label without voxels has 0 voxels and
        volume 0; all else is NaN (missing, for indices).

    Raises
    ------
    GridMismatchError
        If an image lies on another grid.
    ParameterError
        If images is none of the above.

    Notes
    -----
    Sums are float64.  The standard deviation divides by n - 1, and is NaN for one voxel.  The
    median of an even number of values is the mean of the two in the middle.  Infinite values
    are values.  Voxels count whole: the volume is their number times that of one.

    Cost: one pass, and sorting the voxels inside by label.

    Examples
    --------
    >>> import numpy as np, fiducial as fd
    >>> grid = fd.Grid.from_spacing((1, 2, 2), (3.0, 1.0, 1.0))
    >>> ct = fd.Image(np.array([[[10, 20], [30, 40]]]), grid, "HU")
    >>> table = fd.measure(ct > 15, images=ct)
    >>> table[["volume_mm3", "centre_y_mm", "mean_HU", "median_HU"]].iloc[0].tolist()
    [9.0, 0.6666666666666666, 30.0, 30.0]
    """
    import pandas as pd

    pictures = _named(images)
    for name, image in pictures.items():
        labels.grid.require_close(image.grid, f"labels and {name or 'images'} of measure")
    frames = _frame_count(labels, pictures)
    numbers = _numbers(labels)
    names = labels.names if isinstance(labels, Labels) else {1: "mask"}
    tables = []
    regions = None
    for frame in range(frames or 1):
        report(frame, frames or 1, "measure")
        if regions is None or "t" in labels.axes:
            regions = Regions(_frame(labels, frame), labels.grid, numbers)
        columns: dict[str, Any] = {
            "label": numbers,
            "name": [names.get(int(number), str(number)) for number in numbers],
        }
        if frames is not None:
            columns = {"frame": np.full(len(numbers), frame), **columns}
            times = next((s.times for s in (labels, *pictures.values()) if s.times), None)
            if times is not None:
                columns = {"time_s": np.full(len(numbers), times[frame]), **columns}
        columns.update(spatial_columns(regions))
        for prefix, values, unit in _channels(pictures, frame):
            columns.update(value_columns(regions, values, prefix, unit))
        tables.append(pd.DataFrame(columns))
    report(1, 1, "measure")
    return tables[0] if len(tables) == 1 else pd.concat(tables, ignore_index=True)


def _named(images: object) -> dict[str, Image]:
    """Return the images by the name that their columns begin with."""
    if images is None:
        return {}
    if isinstance(images, Image):
        return {"": images}
    if isinstance(images, Mapping):
        named = {str(name): image for name, image in images.items()}
    elif isinstance(images, Sequence) and not isinstance(images, str):
        named = {f"image{number}": image for number, image in enumerate(images, 1)}
        if len(named) == 1:
            named = {"": images[0]}
    else:
        named = {"": images}
    wrong = [image for image in named.values() if not isinstance(image, Image)]
    if wrong:
        raise ParameterError(
            "images of measure must be an Image, several, or a mapping from names to images; "
            f"got {shown(wrong[0])}. Wrap an array: fd.Image(array, grid)."
        )
    return named


def _frame_count(labels: Mask | Labels, pictures: Mapping[str, Image]) -> int | None:
    """Return how many frames there are; None without a time axis."""
    if "c" in labels.axes:
        raise ParameterError(
            f"labels of measure must have no channels; got {labels!r}. Take one: mask[..., 0]."
        )
    counts = {s.shape[0] for s in (labels, *pictures.values()) if "t" in s.axes}
    if len(counts) > 1:
        raise ParameterError(
            f"labels and images of measure must have as many frames; got {sorted(counts)}."
        )
    return counts.pop() if counts else None


def _numbers(labels: Mask | Labels) -> NDArray[np.int64]:
    if isinstance(labels, Mask):
        return np.ones(1, np.int64)
    named = [number for number in labels.names if number != 0]
    return np.asarray(sorted({*labels.numbers, *named}), dtype=np.int64)


def _frame(labels: Mask | Labels, frame: int) -> NDArray[Any]:
    values: NDArray[Any] = labels.array
    return values[frame] if "t" in labels.axes else values


def _channels(
    pictures: Mapping[str, Image], frame: int
) -> Iterator[tuple[str, NDArray[Any], str | None]]:
    """Give for each image and channel what its columns begin with, its values and its unit."""
    for name, image in pictures.items():
        values = image.array[frame] if "t" in image.axes else image.array
        prefix = f"{name}_" if name else ""
        if "c" not in image.axes:
            yield prefix, values, image.unit
            continue
        channels = image.channels or tuple(f"channel{n}" for n in range(image.shape[-1]))
        for number, channel in enumerate(channels):
            yield f"{prefix}{channel}_", values[..., number], image.unit
