"""A frame: a named world in which points have coordinates."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ..errors import FrameMismatchError, ParameterError
from ..units import LENGTH_UNITS, canonical_unit

__all__ = ["Frame", "default_frame"]

_AXES = ("LPS", "xyz", "xy", "x")


@dataclass(frozen=True)
class Frame:
    """A named world: its axes with their sense, its unit, and perhaps a unique id.

    Parameters
    ----------
    axes
        ``"LPS"`` for a patient (x grows to the Left, y to the Posterior, z to the
        Superior; right-handed), ``"xyz"``, ``"xy"`` or ``"x"`` for any other world.
    unit
        Unit of the coordinates: ``"mm"``, ``"um"``, ``"nm"``, ``"cm"``, ``"m"`` or
        ``"px"`` (no physical size is known).
    id
        What makes this world unique, such as DICOM's Frame of Reference UID.

    Examples
    --------
    >>> Frame().dimension
    3
    >>> Frame(id="1.2.3").is_compatible(Frame(id="1.2.4"))
    False
    >>> Frame(id="1.2.3").is_compatible(Frame())
    True
    """

    axes: str = "LPS"
    unit: str = "mm"
    id: str | None = None

    def __post_init__(self) -> None:
        if self.axes not in _AXES:
            raise ParameterError(
                f"axes of Frame must be one of {', '.join(_AXES)}; got {self.axes!r}."
            )
        unit = canonical_unit(self.unit)
        if unit not in LENGTH_UNITS and unit != "px":
            raise ParameterError(f"unit of Frame must be a unit of length; got {self.unit!r}.")
        if self.id is not None and not isinstance(self.id, str):
            raise ParameterError(f"id of Frame must be a text or None; got {self.id!r}.")
        object.__setattr__(self, "unit", unit)
        object.__setattr__(self, "id", self.id or None)

    @property
    def dimension(self) -> int:
        """Number of world coordinates."""
        return len(self.axes)

    @property
    def is_patient(self) -> bool:
        """Whether the axes are anatomical."""
        return self.axes == "LPS"

    def is_compatible(self, other: Frame) -> bool:
        """Whether coordinates of the two may be compared.

        Two different ids never match, whatever the numbers; a frame without an id matches
        any of the same axes and unit.
        """
        if self.axes != other.axes or self.unit != other.unit:
            return False
        return self.id is None or other.id is None or self.id == other.id

    def require_compatible(self, other: Frame, what: str = "the two objects") -> None:
        """Raise :class:`~fiducial.errors.FrameMismatchError` unless the two match.

        Parameters
        ----------
        other
            The other world.
        what
            What the message calls the two.
        """
        if not self.is_compatible(other):
            raise FrameMismatchError(
                f"{what} must live in one frame; got {self} and {other}. {self._remedy(other)}"
            )

    def _remedy(self, other: Frame) -> str:
        if self.dimension != other.dimension:
            return (
                "Take the slice out of the volume (volume[10]), or give the plane its place in "
                "the volume's world: fd.Image(array, grid)."
            )
        if self.unit != other.unit:
            if "px" in (self.unit, other.unit):
                return (
                    "Say it when reading: read(path, spacing='0.5 um') for an image in px, "
                    "read_points(path, unit='px') for landmarks counted in pixels."
                )
            return f"Build the grid of one of them in the other's unit: unit={self.unit!r}."
        if self.axes != other.axes:
            return "Say which world it is, if you know: image.with_frame(frame)."
        return (
            "Register them first, or drop the id if you know that they match "
            "(image.with_frame(frame.without_id()))."
        )

    def without_id(self) -> Frame:
        """Return the same world without its id."""
        return replace(self, id=None)

    def __str__(self) -> str:
        return f"{self.axes} {self.unit}" + (f" (id {self.id})" if self.id else "")


def default_frame(dimension: int, unit: str) -> Frame:
    """Return the frame assumed when none is given: a patient for 3D in mm, else plain axes."""
    if not 1 <= dimension <= 3:
        raise ParameterError(f"dimension of a frame must be 1, 2 or 3; got {dimension}.")
    unit = canonical_unit(unit)
    if dimension == 3 and unit == "mm":
        return Frame("LPS", "mm")
    return Frame("xyz"[:dimension], unit)
