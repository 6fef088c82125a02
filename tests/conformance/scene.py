"""One asymmetric object, on every kind of lattice, as the arguments of every operation."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import fiducial as fd
from fiducial import catalogue
from fiducial.errors import FiducialError
from fiducial.image import Sampled
from fiducial.operation import Operation, spec_of

OPERATIONS = {
    name: entry
    for name, entry in catalogue.operations().items()
    if not entry.is_alias and entry.family != "plugin"
}

LPS = fd.Frame("LPS", "mm", "1.2.3")


def _rotation(degrees: float, axis: tuple[float, float, float]) -> np.ndarray:
    from scipy.spatial.transform import Rotation

    unit = np.asarray(axis) / np.linalg.norm(axis)
    return Rotation.from_rotvec(np.deg2rad(degrees) * unit).as_matrix()


def _grids() -> dict[str, fd.Grid]:
    shape, spacing = (9, 14, 16), (3.0, 1.5, 1.0)
    upright = fd.Grid.from_spacing(shape, spacing, origin=(-7.5, -9.75, -12.0), frame=LPS)
    turn = _rotation(25, (1, 2, 3))
    turned = turn @ np.eye(3)[:, ::-1] @ np.diag([1.0, -1.0, 1.0])
    oblique = fd.Grid.from_spacing(shape, spacing, direction=turned, frame=LPS)
    oblique = fd.Grid(shape, _centred(oblique), LPS)
    shear = upright.affine.copy()
    shear[1, 0] = 0.9
    return {
        "volume": upright,
        "oblique left-handed": oblique,
        "sheared": fd.Grid(shape, _centred(fd.Grid(shape, shear, LPS)), LPS),
        "single slice": fd.Grid.from_spacing(
            (1, 18, 20), (4.0, 1.5, 1.0), origin=(-9.5, -12.75, 0.0), frame=LPS
        ),
        "plane": fd.Grid.from_spacing((18, 22), (1.5, 1.0), origin=(-10.5, -12.75), unit="mm"),
        "plane of a patient": oblique.sliced((4,)),
    }


def _centred(grid: fd.Grid) -> np.ndarray:
    affine = grid.affine.copy()
    affine[:-1, -1] -= grid.center
    return affine


GRIDS = _grids()


def _world(grid: fd.Grid) -> np.ndarray:
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    return grid.index_to_world(index)


def _inside(grid: fd.Grid, center: tuple[float, ...], radii: tuple[float, ...]) -> np.ndarray:
    world = _world(grid)
    size = grid.frame.dimension
    apart = (world - np.asarray(center)[:size]) / np.asarray(radii)[:size]
    return np.sum(apart**2, axis=-1)


class Scene:
    """One asymmetric object in the world, sampled on any grid."""

    def __init__(self, grid: fd.Grid, content: str = "object") -> None:
        self.grid = grid
        self.content = content

    def values(self, shift: float = 0.0) -> np.ndarray:
        first = np.exp(-_inside(self.grid, (1.0 + shift, -2.0, 0.5), (5.0, 4.0, 6.0)))
        second = np.exp(-_inside(self.grid, (-4.0 + shift, 3.0, -2.0), (2.5, 3.0, 4.0)))
        world = _world(self.grid)
        values = 220.0 * first + 120.0 * second + 1.5 * world[..., 0] - 2.0 * world[..., 1]
        if self.content == "constant":
            values = np.full_like(values, 40.0)
        if self.content == "NaN":
            values = values.copy()
            values[(0,) * values.ndim] = np.nan
        return values.astype(np.float32)

    def image(self, shift: float = 0.0) -> fd.Image:
        return fd.Image(self.values(shift), self.grid, "HU", about={"modality": "CT"})

    def mask(self, shift: float = 0.0) -> fd.Mask:
        inside = _inside(self.grid, (1.0 + shift, -2.0, 0.5), (5.5, 4.7, 6.3)) < 1
        inside |= _inside(self.grid, (-5.0 + shift, 4.0, -2.0), (2.2, 2.6, 4.4)) < 1
        if self.content == "empty":
            inside[:] = False
        if self.content == "full":
            inside[:] = True
        return fd.Mask(inside, self.grid)

    def labels(self, shift: float = 0.0) -> fd.Labels:
        one = _inside(self.grid, (1.0 + shift, -2.0, 0.5), (5.5, 4.7, 6.3)) < 1
        two = _inside(self.grid, (-5.0 + shift, 4.0, -2.0), (2.2, 2.6, 4.4)) < 1
        numbers = np.where(two, 4, np.where(one, 1, 0)).astype(np.uint8)
        if self.content == "empty":
            numbers[:] = 0
        return fd.Labels(numbers, self.grid, names={1: "body", 4: "lesion"})

    def rgb(self, shift: float = 0.0) -> fd.Image:
        values = np.clip(self.values(shift), 0, 250)
        stack = np.stack([250 - values, 240 - 0.6 * values, 245 - 0.3 * values], axis=-1)
        colour = np.nan_to_num(stack).clip(1, 255).astype(np.uint8)
        return fd.Image(colour, self.grid, axes=self.grid.axes + "c")

    def points(self) -> fd.Points:
        return fd.Points(self.grid.corners * 0.4, self.grid.frame)

    def arguments(self, spec: Operation) -> dict[str, Any]:
        """Build the arguments of a small run."""
        example = spec.example(self.grid) if callable(spec.example) else (spec.example or {})
        made: dict[str, Any] = {}
        shifts = itertools.count()
        for parameter in spec.parameters:
            word = example.get(parameter.name)
            kind = parameter.kind
            if isinstance(word, str) and (parameter.accepts or kind == "images"):
                made[parameter.name] = getattr(self, word)(0.6 * next(shifts))
            elif parameter.name in example:
                made[parameter.name] = word
            elif not parameter.is_required:
                continue
            elif kind == "sampled":
                name = parameter.accepts[0].__name__.lower()
                made[parameter.name] = getattr(self, "image" if name == "sampled" else name)(
                    0.6 * next(shifts)
                )
            elif kind in ("image", "mask", "labels"):
                made[parameter.name] = getattr(self, kind)(0.6 * next(shifts))
            elif kind == "images":
                made[parameter.name] = [self.image(), self.image(0.6)]
            elif kind == "points":
                made[parameter.name] = self.points()
            elif kind == "grid":
                made[parameter.name] = self.grid.resized([max(1, n // 2) for n in self.grid.shape])
            elif kind == "length":
                made[parameter.name] = "2 mm"
            else:
                raise AssertionError(
                    f"{spec.name} must give its parameter {parameter.name} in example="
                )
        return made


def spec_named(name: str) -> Operation:
    return spec_of(OPERATIONS[name].load())


def run(spec: Operation, arguments: Mapping[str, Any]) -> Any:
    """Call the operation; a Fiducial error counts as an answer, and must be one line."""
    try:
        return getattr(fd, spec.name)(**arguments)
    except FiducialError as error:
        answer = error
    text = str(answer)
    assert text.strip(), "an error must say what is wrong"
    assert "\n" not in text, f"an error must be one line: {text}"
    return answer


def parts_of(value: Any) -> list[Sampled]:
    if isinstance(value, Sampled):
        return [value]
    if isinstance(value, Mapping):
        return [part for item in value.values() for part in parts_of(item)]
    if isinstance(value, list | tuple):
        return [part for item in value for part in parts_of(item)]
    return []


each_operation = pytest.mark.parametrize("name", sorted(OPERATIONS))
