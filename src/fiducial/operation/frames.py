"""An operation that sees one spatial frame, applied to each frame and channel in turn."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError
from ..image import Image, Labels, Points, Sampled
from ..progress import report
from .spec import Operation

__all__ = ["each_frame", "inputs"]


def inputs(values: Mapping[str, Any]) -> Iterator[tuple[str, Sampled | Points]]:
    """Yield every image and every set of points by name; ``images.0`` inside a list or table."""
    for name, value in values.items():
        if isinstance(value, Sampled | Points):
            yield name, value
        elif isinstance(value, Mapping):
            yield from inputs({f"{name}.{key}": item for key, item in value.items()})
        elif isinstance(value, list | tuple):
            yield from inputs({f"{name}.{place}": item for place, item in enumerate(value)})


def _replaced(value: Any, change: Callable[[Sampled], Sampled]) -> Any:
    if isinstance(value, Sampled):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _replaced(item, change) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_replaced(item, change) for item in value)
    return value


def each_frame(
    spec: Operation, values: Mapping[str, Any], sampled: Sequence[Sampled], loops: Sequence[str]
) -> Any:
    """Apply the function to each frame and channel, and put the results together.

    Parameters
    ----------
    spec
        The operation.
    values
        Its parameters, as the function receives them.
    sampled
        Every image among these.
    loops
        Axes to go along, which the function does not see.
    """
    counts = []
    for letter in loops:
        sizes = {item.shape[item.axes.index(letter)] for item in sampled if letter in item.axes}
        if len(sizes) > 1:
            raise ParameterError(
                f"the images of {spec.name} must be as long on the axis {letter}; got {sizes}."
            )
        counts.append(sizes.pop())
    results: list[Any] = []
    every = list(itertools.product(*(range(count) for count in counts)))
    for done, index in enumerate(every):
        report(done, len(every), spec.name)
        at = dict(zip(loops, index, strict=True))

        def part(item: Sampled, at: Mapping[str, int] = at) -> Sampled:
            key = tuple(
                at[letter] if letter in at else slice(0, size, 1)
                for letter, size in zip(item.axes, item.shape, strict=True)
            )
            is_cut = any(isinstance(step, int) for step in key)
            found: Sampled = item._part(key, item.lineage) if is_cut else item
            return found

        results.append(spec.function(**{n: _replaced(value, part) for n, value in values.items()}))
    report(len(every), len(every), spec.name)
    return _stacked(spec, results, loops, counts, sampled)


def _stacked(
    spec: Operation,
    results: list[Any],
    loops: Sequence[str],
    counts: Sequence[int],
    sampled: Sequence[Sampled],
) -> Any:
    first = results[0]
    if not isinstance(first, Sampled):
        raise ParameterError(
            f"images of {spec.name} must be single frames without channels, for it gives no "
            f"image; got axes {', '.join(item.axes for item in sampled)}. "
            "Take one: image.at(t=0), image.channel(0)."
        )
    if any(axis in first.axes for axis in loops):
        raise AssertionError(f"{spec.name} makes an axis that it does not declare to use")
    for other in results[1:]:
        _require_alike(spec, first, other)
    inner = first.axes
    stack: NDArray[Any] = np.stack([result.array for result in results])
    stack = stack.reshape(*counts, *first.shape)
    position = {letter: axis for axis, letter in enumerate([*loops, *inner])}
    axes = "".join(letter for letter in "tzyxc" if letter in position)
    array = np.ascontiguousarray(np.transpose(stack, [position[letter] for letter in axes]))
    changes: dict[str, Any] = {"array": array, "axes": axes}
    if "t" in loops:
        known = [item.times for item in sampled if item.times is not None]
        changes["times"] = known[0] if known else None
    if "c" in loops and isinstance(first, Image):
        coloured = [item for item in sampled if isinstance(item, Image) and "c" in item.axes]
        changes["channels"] = coloured[0].channels if coloured else None
    if isinstance(first, Labels):
        changes["names"] = {n: name for result in results for n, name in result.names.items()}
        changes["colors"] = {n: color for result in results for n, color in result.colors.items()}
    return first._like(**changes)


def _require_alike(spec: Operation, first: Sampled, other: Any) -> None:
    """Refuse frames that lie in different places: one lattice could not hold them all."""
    is_alike = (
        type(other) is type(first)
        and other.shape == first.shape
        and other.axes == first.axes
        and other.grid.is_close(first.grid)
        and getattr(other, "unit", None) == getattr(first, "unit", None)
    )
    if not is_alike:
        raise ParameterError(
            f"{spec.name} must give every frame and channel the same lattice and unit; "
            f"got {first!r} and {other!r}. Do it frame by frame: image.at(t=0), image.channel(0)."
        )
