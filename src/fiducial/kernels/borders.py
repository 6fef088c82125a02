"""What lies beyond the edge of an array: five rules and the names others give them.

=========== ============================= ==========================================
name        continuation of ``a b c d``   also called
=========== ============================= ==========================================
reflect     ``d c b a|a b c d|d c b a``   NumPy "symmetric", SciPy "grid-mirror", "symm"
mirror      ``d c b|a b c d|c b a``       NumPy "reflect" (see below), OpenCV "reflect101"
nearest     ``a a a a|a b c d|d d d d``   NumPy "edge", OpenCV "replicate"
wrap        ``a b c d|a b c d|a b c d``   SciPy "grid-wrap", scipy.signal "circular"
constant    ``k k k k|a b c d|k k k k``   SciPy "grid-constant", scipy.signal "fill"
=========== ============================= ==========================================

"reflect" means what it means in :mod:`scipy.ndimage`: the edge sample is repeated.
:func:`numpy.pad` calls that "symmetric" and uses "reflect" for our "mirror"; since the same
word cannot mean both, NumPy's meaning of "reflect" must be asked for as "mirror".
"""

from __future__ import annotations

from typing import Literal, get_args

from fiducial.errors import parameter_error

__all__ = ["BORDERS", "Border", "canonical"]

Border = Literal["reflect", "mirror", "nearest", "wrap", "constant"]

BORDERS: tuple[Border, ...] = get_args(Border)
"""The names, in the order of their native codes."""

_NAMES: dict[str, Border] = {name: name for name in BORDERS} | {
    "symmetric": "reflect",
    "symm": "reflect",
    "grid-mirror": "reflect",
    "reflect101": "mirror",
    "edge": "nearest",
    "replicate": "nearest",
    "grid-wrap": "wrap",
    "circular": "wrap",
    "periodic": "wrap",
    "grid-constant": "constant",
    "fill": "constant",
}


def canonical(name: str, *, function: str = "canonical", parameter: str = "border") -> Border:
    """Return the one name of a border rule.

    Parameters
    ----------
    name
        Any of the names in the table above.
    function, parameter
        What an error message should blame.

    Returns
    -------
    str
        "reflect", "mirror", "nearest", "wrap" or "constant".

    Raises
    ------
    ParameterError
        If the name is none of them.

    Examples
    --------
    >>> canonical("symmetric"), canonical("edge"), canonical("wrap")
    ('reflect', 'nearest', 'wrap')
    """
    if name in _NAMES:
        return _NAMES[name]
    raise parameter_error(
        function,
        parameter,
        f"one of {', '.join(BORDERS)}",
        name,
        'NumPy\'s "symmetric" and "edge" and SciPy\'s "grid-" names are understood too.',
    )
