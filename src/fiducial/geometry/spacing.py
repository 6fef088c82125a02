"""Spacing with its axes named, so that it cannot be misread."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["Spacing"]


class Spacing(tuple[float, ...]):
    """Distance between voxel centres along each array axis, by name and in array order.

    Parameters
    ----------
    values
        One number for each axis, in array order.
    axes
        One letter for each axis: ``"zyx"``, ``"yx"``, ...

    Examples
    --------
    >>> spacing = Spacing((3.0, 0.8, 0.8), "zyx")
    >>> spacing
    Spacing(z=3.0, y=0.8, x=0.8)
    >>> spacing.z, spacing[0]
    (3.0, 3.0)
    """

    axes: str

    def __new__(cls, values: Iterable[float], axes: str) -> Spacing:
        """Build it from values in array order and their axes."""
        self = super().__new__(cls, (float(value) for value in values))
        if len(self) != len(axes):
            raise ValueError(f"axes of Spacing must name {len(self)} axes; got {axes!r}")
        tuple.__setattr__(self, "axes", axes)
        return self

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("Spacing is frozen; make a new one instead")

    def __getattr__(self, name: str) -> float:
        axes = self.__dict__.get("axes", "")
        if len(name) == 1 and name in axes:
            return float(self[axes.index(name)])
        raise AttributeError(f"Spacing has the axes {', '.join(axes)}; got {name!r}")

    def __reduce__(self) -> tuple[type[Spacing], tuple[tuple[float, ...], str]]:
        return (Spacing, (tuple(self), self.axes))

    def __repr__(self) -> str:
        pairs = zip(self.axes, self, strict=True)
        return "Spacing(" + ", ".join(f"{axis}={value!r}" for axis, value in pairs) + ")"
