"""What images, masks and labels have in common: an array on a grid, with its lineage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, shown
from ..geometry import Frame, Grid, Spacing, normalise_key
from ..lineage import Lineage, Opaque, frozen_array, plain
from .axes import read_axes
from .card import card, geometry_rows, middle
from .given import given_grid
from .inside import selected
from .position import frame_at, place_at
from .record import call

__all__ = ["Sampled", "call"]


class Sampled:
    """An array of samples on a grid.  Use :class:`Image`, :class:`Mask` or :class:`Labels`.

    Attributes
    ----------
    array : ndarray
        The values, read-only, with axes in the order ``t z y x c``.
    grid : Grid
        Where the spatial axes lie.
    axes : str
        A letter for each array axis.
    lineage : Lineage
        How it was made.
    times : tuple of float or None
        Seconds of each frame along ``t``.
    """

    __slots__ = ("array", "axes", "grid", "lineage", "times")

    array: NDArray[Any]
    grid: Grid
    axes: str
    lineage: Lineage
    times: tuple[float, ...] | None

    _kind = "array"

    def _build(
        self,
        values: NDArray[Any],
        grid: Grid | Sampled | None,
        axes: str | None,
        lineage: Lineage | None,
        times: Sequence[float] | None,
        copy: bool,
    ) -> None:
        grid = given_grid(grid, type(self).__name__)
        letters = read_axes(values.shape, grid, axes, type(self).__name__)
        spatial = [n for n, letter in zip(values.shape, letters, strict=True) if letter in "zyx"]
        if 0 in values.shape:
            raise ParameterError(
                f"array of {type(self).__name__} must hold at least one sample; "
                f"got shape {values.shape}."
            )
        if grid is None:
            grid = Grid.from_spacing(spatial, 1.0, unit="px")
            names = "".join(letter for letter in letters if letter in "zyx")
            if names != grid.axes:
                grid = Grid(grid.shape, grid.affine, grid.frame, names)
        if times is not None:
            times = tuple(float(value) for value in times)
            if "t" not in letters or len(times) != values.shape[0]:
                raise ParameterError(
                    f"times of {type(self).__name__} must be one number of seconds for each "
                    f"frame of the axis t; got {len(times)} for axes {letters!r}."
                )
        if lineage is None:
            lineage = Opaque(f"{type(self).__name__} {values.dtype} {values.shape}")
        self._set(
            array=frozen_array(values, copy=copy),
            grid=grid,
            axes=letters,
            lineage=lineage,
            times=times,
        )

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen; make a new one instead")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def _like(self, **changes: Any) -> Self:
        """Return the same object with some constructor arguments changed, sharing the rest."""
        return type(self)(**{**self._arguments(), "copy": False, **changes})

    def _arguments(self) -> dict[str, Any]:
        return {
            "array": self.array,
            "grid": self.grid,
            "axes": self.axes,
            "lineage": self.lineage,
            "times": self.times,
        }

    def __reduce__(self) -> tuple[Any, ...]:
        return (_rebuilt, (type(self), self._arguments()))

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __copy__(self) -> Self:
        return self

    # What it is

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the whole array."""
        return self.array.shape

    @property
    def ndim(self) -> int:
        """Number of array axes, time and channels included."""
        return self.array.ndim

    @property
    def dtype(self) -> np.dtype[Any]:
        """Type of the values."""
        return self.array.dtype

    @property
    def frame(self) -> Frame:
        """The world it lies in."""
        return self.grid.frame

    @property
    def spacing(self) -> Spacing:
        """Distance between neighbouring samples along each spatial axis."""
        return self.grid.spacing

    def axis(self, letter: str) -> int | None:
        """Return the position of an axis, or None if there is none of this name."""
        position = self.axes.find(letter)
        return None if position < 0 else position

    @property
    def spatial_axes(self) -> tuple[int, ...]:
        """Positions of the spatial axes in the array."""
        return tuple(i for i, letter in enumerate(self.axes) if letter in "zyx")

    def __array__(
        self, dtype: np.dtype[Any] | None = None, copy: bool | None = None
    ) -> NDArray[Any]:
        if dtype is not None and np.dtype(dtype) != self.array.dtype:
            if copy is False:
                raise ValueError("another dtype needs a copy, and copy=False forbids it")
            return self.array.astype(dtype)
        return self.array.copy() if copy else self.array

    def __len__(self) -> int:
        return int(self.array.shape[0])

    def __iter__(self) -> Iterator[Any]:
        for index in range(len(self)):
            yield self[index]

    def __bool__(self) -> bool:
        raise ParameterError(
            f"the truth of a whole {type(self).__name__} must be asked for in words; "
            f"got {self!r}. Use numpy.any(...) or numpy.all(...)."
        )

    # Parts of it

    def __getitem__(self, key: object) -> Any:
        """Take a part in array order; its geometry goes with it.

        Integers drop an axis, slices keep it.  A single value comes back as a NumPy scalar.
        A mask on the same grid gives the values inside, in array order: (N,), or (N, C) when
        there are channels.
        """
        if isinstance(key, Sampled) and key.dtype == np.bool_:
            return selected(self, key)  # type: ignore[arg-type]
        parts = normalise_key(key, self.array.shape)
        return self._part(parts, call("index", {"key": list(parts)}, [("image", self.lineage)]))

    def _part(self, parts: tuple[int | slice, ...], lineage: Lineage) -> Any:
        values = self.array[parts]
        spatial = tuple(parts[axis] for axis in self.spatial_axes)
        grid = self.grid.sliced(spatial)
        if grid is None:
            return values[()]
        axes = "".join(
            letter for letter, part in zip(self.axes, parts, strict=True) if isinstance(part, slice)
        )
        changes: dict[str, Any] = {"array": values, "grid": grid, "axes": axes, "lineage": lineage}
        if "t" in self.axes:
            part = parts[0]
            keep = self.times is not None and isinstance(part, slice)
            changes["times"] = self.times[part] if keep and self.times is not None else None
        return self._like(**changes, **self._channel_changes(parts))

    def _channel_changes(self, parts: tuple[int | slice, ...]) -> dict[str, Any]:
        return {}

    def at(self, **positions: object) -> Any:
        """Take the slices nearest to positions along named axes.

        Parameters
        ----------
        **positions
            ``z="35 mm"``: the slice through the sample nearest to this coordinate on the
            world's z, along the array axis which follows it best (on the line through the
            middle of the lattice), so that the place is the same however the image is stored.
            A bare number is in the image's unit.  ``z="3 px"`` is an index of the array axis
            z, and ``t=`` takes the frame of this number.

        Raises
        ------
        ParameterError
            If there is no such axis, or the position lies outside the image.
        """
        parts: list[int | slice] = [slice(None)] * self.ndim
        for letter, position in positions.items():
            if letter == "t" and "t" in self.axes:
                parts[0] = frame_at(position, self.shape[0])
                continue
            if letter not in ("z", "y", "x"):
                choices = ", ".join(letter for letter in self.axes if letter != "c")
                raise ParameterError(f"axis of at must be one of {choices}; got {letter!r}.")
            column, index = place_at(self, letter, position)
            axis = self.spatial_axes[column]
            if not isinstance(parts[axis], slice):
                raise ParameterError(
                    f"axes of at must be different ones; got {letter!r} for the array axis "
                    f"{self.axes[axis]!r}, which another position has taken."
                )
            parts[axis] = index
        key = normalise_key(tuple(parts), self.array.shape)
        written = {name: plain(value) for name, value in positions.items()}
        return self._part(key, call("at", written, [("image", self.lineage)]))

    # Made from it

    def with_lineage(self, lineage: Lineage) -> Self:
        """Return the same object with another record of how it was made."""
        return self._like(lineage=lineage)

    def with_frame(self, frame: Frame) -> Self:
        """Return the same object in another frame of the same dimension; numbers stay."""
        if not isinstance(frame, Frame):
            raise ParameterError(f"frame of with_frame must be a Frame; got {shown(frame)}.")
        given = {"axes": frame.axes, "unit": frame.unit, "id": frame.id}
        lineage = call("with_frame", {"frame": given}, [("image", self.lineage)])
        return self._like(grid=self.grid.with_frame(frame), lineage=lineage)

    def show(self, **options: Any) -> Any:
        """Show it with the presenter that the catalogue names ``show``."""
        from ..catalogue import resolve

        return resolve("show")(self, **options)

    def save(self, path: Any, **options: Any) -> Any:
        """Write it to a file; the format follows from the name."""
        from ..catalogue import resolve

        return resolve("write")(self, path, **options)

    # Words and a picture

    def _details(self) -> list[tuple[str, str]]:
        return geometry_rows(self)

    def __repr__(self) -> str:
        shape = " x ".join(f"{a} {n}" for a, n in zip(self.axes, self.shape, strict=True))
        spacing = " x ".join(f"{value:.6g}" for value in self.grid.spacing)
        pose = f", {self.grid.orientation}" if self.grid.orientation else ""
        return (
            f"{type(self).__name__}({shape}, {self.dtype}{self._unit_text()}, "
            f"{spacing} {self.grid.unit}{pose})"
        )

    def _unit_text(self) -> str:
        return ""

    def _repr_html_(self) -> str:
        return card(self)

    def _middle_picture(self) -> tuple[NDArray[Any], tuple[float, float]]:
        """Return a 2D (or RGB) array through the middle, and the size of its rows and columns."""
        return middle(self)


def _rebuilt(kind: type[Sampled], arguments: dict[str, Any]) -> Sampled:
    return kind(**arguments, copy=False)  # type: ignore[call-arg]
