"""The image: values on a lattice, with their unit and where they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

from ..errors import ParameterError, shown
from ..geometry import Grid, Key
from ..lineage import Lineage, freeze
from .arithmetic import elementwise, working_dtype
from .card import finite_span
from .casting import converted
from .given import given_values
from .inside import laid_over
from .record import call
from .sampled import Sampled

if TYPE_CHECKING:
    from .mask import Mask

__all__ = ["LUMINANCE", "Image"]

LUMINANCE = (0.2125, 0.7154, 0.0721)
"""Weights of red, green and blue in luminance (ITU-R BT.709), as scikit-image uses them."""

_COLOUR = ("red", "green", "blue", "alpha")


class Image(Sampled):
    """Values sampled on a lattice: 2D, 3D, a sequence, colour, or a vector field.

    Parameters
    ----------
    array
        The values, integers or floats, with axes in the order ``t z y x c``.  A writable
        array is copied unless `copy` is False.
    grid
        Where the spatial axes lie, or an image on the same grid.  When None, a lattice in
        pixels: no physical size.
    unit
        Unit of the values: ``"HU"``, ``"SUV"``, ``"counts"``, or None.
    axes
        A letter for each array axis; needed when an array can be read two ways.
    channels
        A name for each channel; red, green, blue(, alpha) for three or four when None.
    times
        Seconds of each frame.
    about
        What is known of the acquisition, such as ``{"modality": "CT"}``; never a person's
        data.
    lineage
        How it was made; an opaque source when None.
    copy
        Whether an array that somebody could still write into is copied, a read-only view of
        a writable one included.  With False the caller promises to leave it alone.

    Notes
    -----
    Operators and NumPy's elementwise functions give images and masks on the same grid;
    integers never wrap.  Reductions (`numpy.sum`, `numpy.max`) give numbers, and NumPy's
    other functions (`numpy.where`, `numpy.concatenate`) plain arrays without geometry:
    :meth:`with_array` puts values back, :meth:`masked` and :meth:`clip` keep them there.

    Examples
    --------
    >>> ct = Image(np.zeros((4, 8, 8), np.int16), Grid.from_spacing((4, 8, 8), (3, 1, 1)), "HU")
    >>> ct
    Image(z 4 x y 8 x x 8, int16, HU, 3 x 1 x 1 mm, LPS)
    >>> ct[2].grid.origin
    array([0., 0., 6.])
    >>> (ct > -500).count
    256
    """

    __slots__ = ("about", "channels", "unit")

    unit: str | None
    channels: tuple[str, ...] | None
    about: Mapping[str, Any]

    def __init__(
        self,
        array: ArrayLike,
        grid: Grid | Sampled | None = None,
        unit: str | None = None,
        axes: str | None = None,
        *,
        channels: Sequence[str] | None = None,
        times: Sequence[float] | None = None,
        about: Mapping[str, Any] | None = None,
        lineage: Lineage | None = None,
        copy: bool = True,
    ) -> None:
        values = given_values(
            array,
            "Image",
            grid,
            "Use an image as it is, mask.as_image() for a mask, or numpy.asarray(...) with grid=.",
        )
        if values.dtype == np.bool_:
            raise ParameterError(
                "array of Image must be of integers or floats; got bool. Use fd.Mask(array, grid)."
            )
        if values.dtype.kind not in "iuf" or values.dtype.itemsize > 8:
            raise ParameterError(
                f"array of Image must be of integers or floats up to 64 bits; got {values.dtype}."
            )
        if unit is not None and not isinstance(unit, str):
            raise ParameterError(f"unit of Image must be a text or None; got {shown(unit)}.")
        self._build(values, grid, axes, lineage, times, copy)
        count = self.shape[-1] if "c" in self.axes else 0
        if channels is None and count in (3, 4):
            channels = _COLOUR[:count]
        if channels is not None and len(channels) != count:
            raise ParameterError(
                f"channels of Image must be a name for each of {count}; got {shown(channels)}."
            )
        self._set(
            unit=unit or None,
            channels=None if channels is None else tuple(str(name) for name in channels),
            about=freeze(about or {}),
        )

    def _arguments(self) -> dict[str, Any]:
        extra = {"unit": self.unit, "channels": self.channels, "about": self.about}
        return {**super()._arguments(), **extra}

    def _channel_changes(self, parts: tuple[int | slice, ...]) -> dict[str, Any]:
        if "c" not in self.axes or self.channels is None:
            return {}
        part = parts[-1]
        return {"channels": self.channels[part] if isinstance(part, slice) else None}

    # Made from it

    def with_array(self, array: ArrayLike, *, unit: str | None = None, copy: bool = True) -> Image:
        """Put values back on the lattice.

        Parameters
        ----------
        array
            An array of the image's whole shape.  What computed it is not known: lineage says
            so.
        unit
            Its unit; None when not known.
        copy
            Whether a writable array is copied.
        """
        values = np.asarray(array)
        if values.shape != self.shape:
            raise ParameterError(
                f"array of with_array must have the image's shape {self.shape}; "
                f"got {values.shape}. Build fd.Image(array, grid) for another lattice."
            )
        return Image(
            values,
            self.grid,
            unit,
            self.axes,
            channels=self.channels,
            times=self.times,
            about=self.about,
            copy=copy,
        )

    def with_unit(self, unit: str | None) -> Image:
        """Return the same values said to be in another unit; nothing is converted."""
        lineage = call("with_unit", {"unit": unit}, [("image", self.lineage)])
        return self._like(unit=unit, lineage=lineage)

    def astype(self, dtype: DTypeLike) -> Image:
        """Convert the type of the values; refused when a value would change.

        Raises
        ------
        ParameterError
            If a value cannot be represented: a fraction, NaN or a number out of range in an
            integer type.  Round or clip first.
        """
        values = converted(self.array, dtype)
        lineage = call("astype", {"dtype": np.dtype(dtype).str}, [("image", self.lineage)])
        return self._like(array=values, lineage=lineage)

    def masked(self, mask: Mask, outside: float) -> Image:
        """Return the image with every sample outside `mask` set to `outside`.

        Parameters
        ----------
        mask
            A mask on the image's grid.
        outside
            The value outside, in the image's unit (-1000 HU is air, 0 HU water).
        """
        inside = laid_over(mask, self, "masked")
        if not isinstance(outside, Real) or isinstance(outside, bool):
            raise ParameterError(f"outside of masked must be a number; got {shown(outside)}.")
        fill = np.asarray(outside)
        kind = np.result_type(self.dtype, np.min_scalar_type(outside))
        values = np.where(inside, self.array, fill.astype(kind)).astype(kind, copy=False)
        parents = [("image", self.lineage), ("mask", mask.lineage)]
        frames = [self.frame, mask.frame]
        lineage = call("masked", {"outside": outside}, parents, frames=frames)
        return self._like(array=values, lineage=lineage)

    def clip(
        self, low: float | None = None, high: float | None = None, *, out: None = None
    ) -> Image:
        """Bring values below `low` to it and values above `high` to that; NaN stays.

        Parameters
        ----------
        low, high
            Limits in the image's unit; None leaves that side alone.
        out
            Always None: `numpy.clip` passes it.
        """
        if out is not None:
            raise ParameterError("out of clip must be None, for an image gives a new one.")
        if low is None and high is None:
            raise ParameterError("low or high of clip must be given; got neither.")
        raised = self if low is None else self._combined("maximum", self, low)
        return raised if high is None else self._combined("minimum", raised, high)

    def channel(self, name: str | int) -> Image:
        """Take one channel by name (``"red"``) or number.

        Raises
        ------
        ParameterError
            If there is no such channel.
        """
        if "c" not in self.axes:
            raise ParameterError(f"image of channel must have an axis c; got axes {self.axes!r}.")
        count = self.shape[-1]
        names = self.channels or ()
        if isinstance(name, str) and name in names:
            index = names.index(name)
        elif isinstance(name, Integral) and not isinstance(name, bool) and 0 <= name < count:
            index = name = int(name)
        else:
            choices = ", ".join([*(repr(n) for n in names), f"0 to {count - 1}"])
            raise ParameterError(f"name of channel must be one of {choices}; got {shown(name)}.")
        parts: Key = (*(slice(0, n, 1) for n in self.shape[:-1]), index)
        lineage = call("channel", {"name": name}, [("image", self.lineage)])
        part: Image = self._part(parts, lineage)
        return part

    def gray(self) -> Image:
        """Combine red, green and blue into luminance (ITU-R BT.709), in the image's own range.

        Alpha is ignored.  Integer images give float32, and values are not rescaled.
        """
        if "c" not in self.axes or self.shape[-1] not in (3, 4):
            raise ParameterError(
                "image of gray must have three or four channels; "
                f"got {self!r}. Take one with image.channel(...)."
            )
        kind = working_dtype(self.dtype)
        weights = np.asarray(LUMINANCE, dtype=kind)
        values = np.zeros(self.shape[:-1], dtype=kind)
        for index, weight in enumerate(weights):
            values += self.array[..., index] * weight
        lineage = call("gray", {}, [("image", self.lineage)])
        return self._like(array=values, axes=self.axes[:-1], channels=None, lineage=lineage)

    # Exchange

    @classmethod
    def from_simpleitk(cls, image: Any, *, unit: str | None = None) -> Image:
        """Convert a SimpleITK image: its geometry comes along."""
        from .exchange import from_simpleitk

        return from_simpleitk(image, unit=unit)

    def to_simpleitk(self) -> Any:
        """Convert to a SimpleITK image with the same geometry; refuses sheared grids."""
        from .exchange import to_simpleitk

        return to_simpleitk(self)

    @classmethod
    def from_nibabel(cls, image: Any, *, unit: str | None = None) -> Image:
        """Convert a nibabel spatial image: RAS becomes LPS, array order is reversed."""
        from .exchange import from_nibabel

        return from_nibabel(image, unit=unit)

    def to_nibabel(self) -> Any:
        """Convert to a nibabel Nifti1Image in RAS millimetres."""
        from .exchange import to_nibabel

        return to_nibabel(self)

    # Elementwise

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from .numpy_calls import numpy_call

        return numpy_call(ufunc, method, inputs, kwargs)

    def __add__(self, other: Any) -> Image:
        return self._combined("add", self, other)

    def __radd__(self, other: Any) -> Image:
        return self._combined("add", other, self)

    def __sub__(self, other: Any) -> Image:
        return self._combined("subtract", self, other)

    def __rsub__(self, other: Any) -> Image:
        return self._combined("subtract", other, self)

    def __mul__(self, other: Any) -> Image:
        return self._combined("multiply", self, other)

    def __rmul__(self, other: Any) -> Image:
        return self._combined("multiply", other, self)

    def __truediv__(self, other: Any) -> Image:
        return self._combined("true_divide", self, other)

    def __rtruediv__(self, other: Any) -> Image:
        return self._combined("true_divide", other, self)

    def __floordiv__(self, other: Any) -> Image:
        return self._combined("floor_divide", self, other)

    def __rfloordiv__(self, other: Any) -> Image:
        return self._combined("floor_divide", other, self)

    def __mod__(self, other: Any) -> Image:
        return self._combined("remainder", self, other)

    def __rmod__(self, other: Any) -> Image:
        return self._combined("remainder", other, self)

    def __divmod__(self, other: Any) -> tuple[Image, Image]:
        return self // other, self % other

    def __pow__(self, other: Any) -> Image:
        return self._combined("power", self, other)

    def __rpow__(self, other: Any) -> Image:
        return self._combined("power", other, self)

    def __pos__(self) -> Image:
        return self

    def __neg__(self) -> Image:
        return self._combined("negative", self)

    def __abs__(self) -> Image:
        return self._combined("absolute", self)

    def __gt__(self, other: Any) -> Mask:
        return self._compared("greater", other)

    def __ge__(self, other: Any) -> Mask:
        return self._compared("greater_equal", other)

    def __lt__(self, other: Any) -> Mask:
        return self._compared("less", other)

    def __le__(self, other: Any) -> Mask:
        return self._compared("less_equal", other)

    def __eq__(self, other: Any) -> Mask:  # type: ignore[override]
        return self._compared("equal", other)

    def __ne__(self, other: Any) -> Mask:  # type: ignore[override]
        return self._compared("not_equal", other)

    __hash__ = object.__hash__

    def _combined(self, name: str, *operands: Any) -> Image:
        result: Image = elementwise(name, list(operands))
        return result

    def _compared(self, name: str, other: Any) -> Mask:
        result: Mask = elementwise(name, [self, other])
        return result

    # Words

    def _unit_text(self) -> str:
        return f", {self.unit}" if self.unit else ""

    def _details(self) -> list[tuple[str, str]]:
        rows = super()._details()
        low, high = finite_span(self.array)
        span = f"{low:.6g} to {high:.6g}" if low <= high else "none finite"
        rows.insert(2, ("values", span + (f" {self.unit}" if self.unit else "")))
        if self.channels:
            rows.append(("channels", ", ".join(self.channels)))
        return rows
