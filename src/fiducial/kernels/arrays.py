"""What every kernel takes and gives: checked, contiguous arrays and a place for the result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

from fiducial.errors import parameter_error

__all__ = ["Output", "boolean", "floating", "floating_dtype", "native_order", "per_axis"]


def floating_dtype(dtype: DTypeLike) -> np.dtype[Any] | None:
    """Return the type that arithmetic on `dtype` is done in; None if there is none.

    float64 stays, and 32- and 64-bit integers become float64, since float32 cannot hold
    them; everything else that is real becomes float32, which holds it exactly.

    Examples
    --------
    >>> floating_dtype("int16"), floating_dtype("int32"), floating_dtype("complex64")
    (dtype('float32'), dtype('float64'), None)
    """
    given = np.dtype(dtype)
    if given.kind in "biu":
        return np.dtype(np.float64 if given.itemsize > 2 else np.float32)
    if given.kind == "f" and given.itemsize <= 8:
        return np.dtype(np.float64 if given.itemsize == 8 else np.float32)
    return None


def native_order(array: ArrayLike) -> NDArray[Any]:
    """Return the array C-contiguous and in the machine's byte order, copied only if needed."""
    given = np.asarray(array)
    return np.ascontiguousarray(given, given.dtype.newbyteorder("=")).reshape(given.shape)


def floating(array: ArrayLike, function: str, parameter: str = "array") -> NDArray[Any]:
    """Return a contiguous float32 or float64 array by the rule of :func:`floating_dtype`.

    Raises
    ------
    ParameterError
        If the values are not real numbers.
    """
    given = np.asarray(array)
    dtype = floating_dtype(given.dtype)
    if dtype is None:
        raise parameter_error(
            function,
            parameter,
            "an array of real numbers (boolean, integer, float16, float32 or float64)",
            given.dtype.name,
            "Convert it first, so that what is lost is your choice.",
        )
    return np.ascontiguousarray(given, dtype).reshape(given.shape)


def boolean(mask: ArrayLike, function: str, parameter: str = "mask") -> NDArray[np.bool_]:
    """Return a contiguous boolean array.

    Raises
    ------
    ParameterError
        If the array is not boolean: a kernel does not guess what a number means.
    """
    given = np.asarray(mask)
    if given.dtype != np.bool_:
        raise parameter_error(
            function, parameter, "a boolean array", given.dtype.name, "Compare it first: mask > 0."
        )
    return np.ascontiguousarray(given).reshape(given.shape)


def per_axis(
    values: float | Sequence[float] | NDArray[Any],
    ndim: int,
    function: str,
    parameter: str,
    *,
    zero: bool = False,
) -> tuple[float, ...]:
    """Return one positive finite number per axis; a scalar serves all of them.

    Raises
    ------
    ParameterError
        If the count is wrong or a value is negative, not finite, or zero where `zero` is False.
    """
    given = np.asarray(values, np.float64)
    if given.ndim == 0:
        given = np.full(ndim, float(given))
    if given.shape != (ndim,) or not np.all(np.isfinite(given)):
        raise parameter_error(
            function, parameter, f"one finite number, or one for each of {ndim} axes", values
        )
    if np.any(given < 0) or (not zero and np.any(given == 0)):
        raise parameter_error(function, parameter, "zero or more" if zero else "above zero", values)
    return tuple(float(value) for value in given)


class Output:
    """Where a kernel writes: `work` is contiguous, right in type, and overlaps no input.

    Parameters
    ----------
    out
        The caller's array, or None.
    shape, dtype
        What the result must be.
    function
        Whom an error message blames.
    inputs
        Arrays that must not be overwritten while they are read.
    """

    def __init__(
        self,
        out: NDArray[Any] | None,
        shape: tuple[int, ...],
        dtype: DTypeLike,
        function: str,
        *inputs: NDArray[Any],
    ) -> None:
        wanted = np.dtype(dtype)
        if out is not None and not (
            out.shape == shape and out.dtype == wanted and out.flags.writeable
        ):
            got = f"{out.dtype.name} {out.shape}{'' if out.flags.writeable else ' read-only'}"
            raise parameter_error(
                function, "out", f"a writable {wanted.name} array of shape {shape}", got
            )
        usable = (
            out is not None
            and out.flags.c_contiguous
            and out.flags.aligned
            and not any(np.may_share_memory(out, given) for given in inputs)
        )
        self.target = out
        self.work: NDArray[Any] = out if usable and out is not None else np.empty(shape, wanted)

    def result(self) -> NDArray[Any]:
        """Return the caller's array, filled, or the new one."""
        if self.target is None or self.target is self.work:
            return self.work
        self.target[...] = self.work
        return self.target
