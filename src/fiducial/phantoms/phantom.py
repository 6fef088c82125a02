"""The decorator of a phantom: every image of its result records the call that made it."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from ..errors import ParameterError, parameter_error, shown
from ..geometry import Grid
from ..image import Sampled
from ..lineage import Call, Lineage, plain
from ..progress import visible

__all__ = ["PREFIX", "phantom", "remake", "require_unit"]

P = ParamSpec("P")
R = TypeVar("R")

PREFIX = "phantoms."
"""What the name of every phantom begins with in lineage."""


def phantom(function: Callable[P, R]) -> Callable[P, R]:
    """Give each image, mask, labels, points and transform of the returned record its lineage.

    The lineage is a call named ``phantoms.NAME`` with every parameter, defaults and the grid
    included, and the name of the field as its output.

    Parameters
    ----------
    function
        Returns a frozen dataclass, and has ``grid`` among its parameters.
    """
    signature = inspect.signature(function)

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        from .. import __version__

        bound = signature.bind(*args, **kwargs)
        grid = bound.arguments.get("grid")
        if grid is not None and not isinstance(grid, Grid | Sampled):
            raise parameter_error(
                function.__name__, "grid", "a Grid or an image", grid, "Use fd.Grid.from_spacing."
            )
        given = {
            name: plain(value.grid if isinstance(value, Sampled) else value)
            for name, value in bound.arguments.items()
        }
        with visible():
            result = function(*args, **kwargs)
        bound.apply_defaults()
        resolved = {name: plain(value) for name, value in bound.arguments.items() if name != "grid"}
        made = {
            field.name: getattr(result, field.name)
            for field in dataclasses.fields(cast("Any", result))
        }
        lattice = next(item.grid for item in made.values() if isinstance(item, Sampled))
        resolved["grid"] = lattice.as_json()
        changes = {
            name: item.with_lineage(
                Call(PREFIX + function.__name__, __version__, given, resolved, output=name)
            )
            for name, item in made.items()
            if hasattr(item, "with_lineage")
        }
        return dataclasses.replace(cast("Any", result), **changes)  # type: ignore[no-any-return]

    return call


def remake(call: Lineage) -> Any:
    """Make an image of a phantom again from its lineage.

    Parameters
    ----------
    call
        The lineage of an image, mask, labels, points or transform of a phantom's record.

    Returns
    -------
    Image, Mask, Labels, Points or Transform
        The same object, bit for bit with the same versions of Fiducial and NumPy.

    Raises
    ------
    ParameterError
        If the call is not one of a phantom.

    Examples
    --------
    >>> import numpy as np, fiducial as fd
    >>> ball = fd.phantoms.ball(fd.Grid.from_spacing((8, 8), 2.0), radius=5)
    >>> again = fd.phantoms.remake(ball.mask.lineage)
    >>> bool(np.array_equal(again, ball.mask))
    True
    """
    package = importlib.import_module(__package__ or "")
    made = call.operation if isinstance(call, Call) else call
    name = made.removeprefix(PREFIX) if isinstance(made, str) and made.startswith(PREFIX) else ""
    if not isinstance(call, Call) or name not in package.__all__ or name == "remake":
        raise ParameterError(f"call of remake must be the lineage of a phantom; got {shown(made)}.")
    parameters = dict(call.resolved)
    parameters["grid"] = Grid.from_json(parameters["grid"])
    found = getattr(package, name)(**parameters)
    for part in call.output.split("."):
        found = found[int(part)] if part.isdecimal() else getattr(found, part)
    return found


def require_unit(grid: Grid, unit: str, function: str) -> None:
    """Refuse a grid whose world is not in the unit that the object is defined in."""
    if grid.unit != unit:
        raise parameter_error(
            function,
            "grid",
            f"in {unit}, the unit of the object",
            grid,
            f'Build it with Grid.from_spacing(..., unit="{unit}").',
        )
