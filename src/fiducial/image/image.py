"""The image: values on a lattice, with their unit and where they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from ..errors import ParameterError, shown
from ..geometry import Grid, Key
from ..lineage import Lineage
from .arithmetic import elementwise
from .sampled import Sampled, call

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
        Where the spatial axes lie.  When None, a lattice in pixels: no physical size.
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
        Whether a writable array is copied.

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
        grid: Grid | None = None,
        unit: str | None = None,
        axes: str | None = None,
        *,
        channels: Sequence[str] | None = None,
        times: Sequence[float] | None = None,
        about: Mapping[str, Any] | None = None,
        lineage: Lineage | None = None,
        copy: bool = True,
    ) -> None:
        values = np.asarray(array)
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
            about=dict(about or {}),
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
        wanted = np.dtype(dtype)
        with np.errstate(invalid="ignore", over="ignore"):
            values = self.array.astype(wanted)
        if wanted.kind in "iu" or (wanted.kind == "f" and self.dtype.kind in "iu"):
            with np.errstate(invalid="ignore"):
                back = values.astype(self.dtype)
            exact = np.array_equal(back, self.array)
            if exact and wanted.kind in "iu" and self.dtype.kind in "iu":
                exact = bool(np.all((values < 0) == (self.array < 0)))
            if not exact:
                raise ParameterError(
                    f"dtype of astype must hold every value; got {wanted} for {self.dtype} values "
                    f"from {self.array.min()} to {self.array.max()}. Round or clip first."
                )
        elif wanted.kind == "f" and bool(np.any(np.isinf(values) & np.isfinite(self.array))):
            raise ParameterError(f"dtype of astype must hold every value; got {wanted}.")
        lineage = call("astype", {"dtype": wanted.str}, [("image", self.lineage)])
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
        from .mask import Mask

        if not isinstance(mask, Mask):
            raise ParameterError(f"mask of masked must be a Mask; got {shown(mask)}.")
        self.grid.require_close(mask.grid, "image and mask")
        inside = mask.array
        if mask.axes != self.axes:
            if any(letter not in self.axes for letter in mask.axes):
                raise ParameterError(
                    f"mask of masked must have no axis that the image lacks; got {mask!r}."
                )
            key = tuple(slice(None) if letter in mask.axes else None for letter in self.axes)
            inside = inside[key]
        fill = np.asarray(outside)
        kind = np.result_type(self.dtype, np.min_scalar_type(outside))
        values = np.where(inside, self.array, fill.astype(kind)).astype(kind, copy=False)
        parents = [("image", self.lineage), ("mask", mask.lineage)]
        return self._like(array=values, lineage=call("masked", {"outside": outside}, parents))

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
        elif isinstance(name, int) and not isinstance(name, bool) and 0 <= name < count:
            index = name
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
        from .arithmetic import working_dtype

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
        if method == "__call__" and not kwargs and ufunc.nout == 1 and len(inputs) <= 2:
            return elementwise(ufunc.__name__, list(inputs))
        if "out" in kwargs and any(isinstance(out, Image) for out in kwargs["out"]):
            raise ParameterError("out of a NumPy function must be an array: an Image is frozen.")
        plain = [part.array if isinstance(part, Sampled) else part for part in inputs]
        return getattr(ufunc, method)(*plain, **kwargs)

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

    def __mod__(self, other: Any) -> Image:
        return self._combined("remainder", self, other)

    def __pow__(self, other: Any) -> Image:
        return self._combined("power", self, other)

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
        finite: NDArray[Any] = self.array[np.isfinite(self.array)]
        span = f"{finite.min():.6g} to {finite.max():.6g}" if finite.size else "none finite"
        rows.insert(2, ("values", span + (f" {self.unit}" if self.unit else "")))
        if self.channels:
            rows.append(("channels", ", ".join(self.channels)))
        return rows
