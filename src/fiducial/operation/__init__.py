"""The decorator that turns one plain function into every face of an operation.

From the signature and the docstring come the Python function, the command-line
sub-command, the recipe step, the reference page and the conformance tests.  Nothing is
registered: :mod:`fiducial.catalogue` finds decorated functions by reading text.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec, TypeVar, overload

from ..errors import ParameterError
from ..progress import visible
from .run import run
from .spec import Operation, Parameter, Sections, read_docstring

__all__ = ["Operation", "Parameter", "Sections", "operation", "read_docstring", "spec_of"]

P = ParamSpec("P")
R = TypeVar("R")


@overload
def operation(function: Callable[P, R], /) -> Callable[P, R]: ...


@overload
def operation(
    *,
    uses: str = "",
    same_grid: bool = True,
    orthogonal: bool = False,
    lattice_bound: str = "",
    example: Mapping[str, Any] | Callable[[Any], Mapping[str, Any]] | None = None,
    aliases: tuple[str, ...] = (),
) -> Callable[[Callable[P, R]], Callable[P, R]]: ...


def operation(
    function: Callable[..., Any] | None = None,
    /,
    *,
    uses: str = "",
    same_grid: bool = True,
    orthogonal: bool = False,
    lattice_bound: str = "",
    example: Mapping[str, Any] | Callable[[Any], Mapping[str, Any]] | None = None,
    aliases: tuple[str, ...] = (),
) -> Any:
    """Make an operation of a function.

    Around each call it checks the types of the parameters and that all images share a grid
    (or refuses, naming parameter, value and remedy), applies the function to each frame and
    each channel in turn, and gives the result its lineage.

    Parameters
    ----------
    function
        Typed, with a complete numpydoc docstring.
    uses
        Axes that the function handles itself: ``""``, ``"t"``, ``"c"`` or ``"tc"``.  A
        function that does not return an image uses both.
    same_grid
        Whether all its images must lie on one grid.
    orthogonal
        Whether it needs orthogonal axes: sheared grids are refused with the remedy.
    lattice_bound
        Why the result depends on the order or sense of the array axes; empty when the same
        object stored with flipped or permuted axes gives the same result in the world.
    example
        Parameters beyond the images for a small run, by which the conformance suite tests
        it: a table, or a function from the grid of the image to one.
    aliases
        Other public names.
    """

    def decorate(plain: Callable[..., Any]) -> Callable[..., Any]:
        spec = Operation(plain, uses, same_grid, orthogonal, lattice_bound, example, aliases)

        @functools.wraps(plain)
        def call(*args: Any, **kwargs: Any) -> Any:
            with visible():
                return run(spec, args, kwargs)

        call.__fiducial_operation__ = spec  # type: ignore[attr-defined]
        return call

    return decorate if function is None else decorate(function)


def spec_of(function: Callable[..., Any]) -> Operation:
    """Return what the decorator knows of an operation.

    Raises
    ------
    ParameterError
        If the function is not an operation.
    """
    spec = getattr(function, "__fiducial_operation__", None)
    if not isinstance(spec, Operation):
        raise ParameterError(f"function of spec_of must be an operation; got {function!r}.")
    return spec
