"""Values in another type, or refused where one of them would change."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from ..errors import ParameterError, shown

__all__ = ["converted"]


def converted(array: NDArray[Any], dtype: DTypeLike) -> NDArray[Any]:
    """Return the values in another type of numbers; fractions of float types may be rounded.

    Raises
    ------
    ParameterError
        If a value cannot be represented: a fraction, NaN or a number out of range in an
        integer type, or an integer that a float type rounds.
    """
    try:
        wanted = np.dtype(dtype)
    except TypeError:
        raise ParameterError(
            f"dtype of astype must be a type of numbers; got {shown(dtype)}."
        ) from None
    if wanted == np.bool_:
        raise ParameterError(
            "dtype of astype must be of integers or floats; got bool. Compare: image > 0."
        )
    with np.errstate(invalid="ignore", over="ignore"):
        values = array.astype(wanted)
    if wanted.kind in "iu" or (wanted.kind == "f" and array.dtype.kind in "iu"):
        with np.errstate(invalid="ignore"):
            back = values.astype(array.dtype)
        exact = np.array_equal(back, array)
        if exact and wanted.kind in "iu" and array.dtype.kind in "iu":
            exact = bool(np.all((values < 0) == (array < 0)))
        if not exact:
            raise ParameterError(
                f"dtype of astype must hold every value; got {wanted} for {array.dtype} values "
                f"from {array.min()} to {array.max()}. Round or clip first."
            )
    elif wanted.kind == "f" and bool(np.any(np.isinf(values) & np.isfinite(array))):
        raise ParameterError(f"dtype of astype must hold every value; got {wanted}.")
    return values
