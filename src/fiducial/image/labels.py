"""Labels: one integer a voxel, each with a name and a colour."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike

from ..errors import ParameterError, shown
from ..geometry import Grid
from ..lineage import Lineage, freeze
from .given import given_values
from .mask import Mask
from .record import call
from .sampled import Sampled

__all__ = ["Labels", "label_color"]


def label_color(number: int) -> tuple[int, int, int]:
    """Return a colour for a label: neighbouring numbers differ clearly, 0 is black.

    Hues advance by the golden ratio, so that any number of labels stays apart.
    """
    if number == 0:
        return (0, 0, 0)
    hue = (0.08 + number * 0.61803398875) % 1.0
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.75 if number % 2 else 0.55, 0.95)
    return (round(red * 255), round(green * 255), round(blue * 255))


class Labels(Sampled):
    """Integers on a lattice that say what each voxel belongs to; 0 is background.

    Parameters
    ----------
    array
        Integers from 0, or floats that are whole numbers.
    grid
        Where the spatial axes lie; a lattice in pixels when None.
    names
        Name of each number, such as ``{1: "liver"}``.
    colors
        (red, green, blue) from 0 to 255 of each number; :func:`label_color` for the rest.
    axes, times, lineage, copy
        As for :class:`Image`.

    Examples
    --------
    >>> organs = Labels([[0, 1, 2]], names={1: "liver", 2: "spleen"})
    >>> organs.mask("spleen").array
    array([[False, False,  True]])
    """

    __slots__ = ("colors", "names")

    names: Mapping[int, str]
    colors: Mapping[int, tuple[int, int, int]]

    def __init__(
        self,
        array: ArrayLike,
        grid: Grid | Sampled | None = None,
        *,
        names: Mapping[int, str] | None = None,
        colors: Mapping[int, Sequence[int]] | None = None,
        axes: str | None = None,
        times: Sequence[float] | None = None,
        lineage: Lineage | None = None,
        copy: bool = True,
    ) -> None:
        values = given_values(
            array,
            "Labels",
            grid,
            "Say which grid it lies on: fd.Labels(image.array, image.grid).",
        )
        if values.dtype == np.bool_:
            values, copy = values.astype(np.uint8), False
        elif values.dtype.kind == "f" and values.size:
            if not np.all(np.isfinite(values)) or not np.array_equal(values, np.rint(values)):
                raise ParameterError(
                    "array of Labels must be of whole numbers; got fractions or NaN. "
                    "A resampled label image needs nearest interpolation."
                )
            values, copy = values.astype(np.int32), False
        if values.dtype.kind not in "iu":
            raise ParameterError(f"array of Labels must be of integers; got {values.dtype}.")
        if values.dtype.kind == "i" and values.size and int(values.min()) < 0:
            raise ParameterError(
                f"array of Labels must hold no negative number; got {int(values.min())}."
            )
        if axes is not None and "c" in axes:
            raise ParameterError(f"axes of Labels must not hold c; got {axes!r}.")
        self._build(values, grid, axes, lineage, times, copy)
        self._set(
            names=freeze({_number(n, "names"): str(name) for n, name in (names or {}).items()}),
            colors=freeze({_number(n, "colors"): _color(c) for n, c in (colors or {}).items()}),
        )

    def _arguments(self) -> dict[str, Any]:
        return {**super()._arguments(), "names": self.names, "colors": self.colors}

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers that occur, in order, without 0."""
        return tuple(int(value) for value in np.unique(self.array) if value != 0)

    def name(self, number: int) -> str:
        """Return a label's name, or its number as text."""
        return self.names.get(number, str(number))

    def color(self, number: int) -> tuple[int, int, int]:
        """Return a label's colour as (red, green, blue) from 0 to 255."""
        return self.colors.get(number, label_color(number))

    def mask(self, label: int | str) -> Mask:
        """Return the voxels of one label, by number or name."""
        if isinstance(label, str):
            found = [number for number, name in self.names.items() if name == label]
            if not found:
                known = ", ".join(self.names.values()) or "no names"
                raise ParameterError(f"label of mask must be one of {known}; got {label!r}.")
        else:
            found = [_number(label, "label of mask")]
        lineage = call("label_mask", {"label": label}, [("labels", self.lineage)])
        return Mask(
            np.isin(self.array, found),
            self.grid,
            axes=self.axes,
            times=self.times,
            lineage=lineage,
            copy=False,
        )

    def __eq__(self, other: Any) -> Mask:  # type: ignore[override]
        if not _is_whole(other):
            raise ParameterError(
                "other of a comparison with labels must be one whole number; "
                f'got {shown(other)}. Use labels.mask("name") for a name.'
            )
        return self.mask(int(other))

    def __ne__(self, other: Any) -> Mask:  # type: ignore[override]
        return ~self.__eq__(other)

    __hash__ = object.__hash__

    def _unordered(self, other: object) -> NoReturn:
        raise ParameterError(
            f"labels must be compared with == or !=, for their numbers are names; got an order "
            f"with {shown(other)}. Write labels != 0 for every label, labels.mask(number) for one."
        )

    __lt__ = __le__ = __gt__ = __ge__ = _unordered

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from .numpy_calls import numpy_call

        return numpy_call(ufunc, method, inputs, kwargs)

    def _middle_picture(self) -> tuple[Any, tuple[float, float]]:
        values, sizes = super()._middle_picture()
        picture = np.zeros((*values.shape, 3), np.uint8)
        for number in np.unique(values):
            picture[values == number] = self.color(int(number))
        return picture, sizes

    def _details(self) -> list[tuple[str, str]]:
        rows = super()._details()
        names = ", ".join(self.name(number) for number in self.numbers[:12])
        more = ", ..." if len(self.numbers) > 12 else ""
        rows.insert(2, ("labels", f"{len(self.numbers)}: {names}{more}"))
        return rows


def _is_whole(value: object) -> bool:
    is_number = isinstance(value, int | float | np.integer | np.floating)
    return is_number and not isinstance(value, bool) and float(value).is_integer()  # type: ignore[arg-type]


def _number(value: Any, what: str) -> int:
    if not _is_whole(value):
        raise ParameterError(f"{what} of Labels must be whole numbers; got {shown(value)}.")
    return int(value)


def _color(value: Sequence[int]) -> tuple[int, int, int]:
    parts = [int(part) for part in value]
    if len(parts) != 3 or not all(0 <= part <= 255 for part in parts):
        raise ParameterError(
            f"colors of Labels must be (red, green, blue) from 0 to 255; got {shown(value)}."
        )
    return (parts[0], parts[1], parts[2])
