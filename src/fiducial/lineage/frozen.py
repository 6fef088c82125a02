"""Values that cannot be written into: tables, lists and arrays of a record or an image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

__all__ = ["FrozenDict", "FrozenList", "freeze", "frozen_array", "is_immutable"]


class FrozenDict(dict[Any, Any]):
    """A dictionary that cannot be written into; equal to a plain one of the same content.

    ``dict(table)`` and ``{**table}`` give plain copies that can.

    Examples
    --------
    >>> names = FrozenDict({1: "liver"})
    >>> names == {1: "liver"}
    True
    >>> names[2] = "spleen"
    Traceback (most recent call last):
    TypeError: this table is part of a frozen value: make a copy, dict(...), and a new value
    """

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError(
            "this table is part of a frozen value: make a copy, dict(...), and a new value"
        )

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return (FrozenDict, (dict(self),))

    def __copy__(self) -> FrozenDict:
        return self

    def __deepcopy__(self, memo: object) -> FrozenDict:
        return self


class FrozenList(list[Any]):
    """A list that cannot be written into; equal to a plain one of the same content."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError(
            "this list is part of a frozen value: make a copy, list(...), and a new value"
        )

    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse
    append = extend = insert = remove = _refuse
    clear = pop = sort = reverse = _refuse

    def __reduce__(self) -> tuple[Any, ...]:
        return (FrozenList, (list(self),))

    def __copy__(self) -> FrozenList:
        return self

    def __deepcopy__(self, memo: object) -> FrozenList:
        return self


_PLAIN = frozenset({bool, int, float, str, FrozenDict, FrozenList})


def freeze(value: Any) -> Any:
    """Return tables and lists, at any depth, in the form that cannot be written into.

    Examples
    --------
    >>> kept = freeze({"limits": [1, 2]})
    >>> kept["limits"].append(3)
    Traceback (most recent call last):
    TypeError: this list is part of a frozen value: make a copy, list(...), and a new value
    """
    if value is None or type(value) in _PLAIN:
        return value
    if isinstance(value, Mapping):
        return FrozenDict({key: freeze(item) for key, item in value.items()})
    if type(value) is list:
        return FrozenList(freeze(item) for item in value)
    if type(value) is tuple:
        return tuple(freeze(item) for item in value)
    return frozen_array(value) if isinstance(value, np.ndarray) else value


def is_immutable(array: NDArray[Any]) -> bool:
    """Whether no array through which these values can be written is in reach.

    A read-only view of a writable array is not immutable: its owner can still change it.
    """
    owner: Any = array
    while isinstance(owner, np.ndarray | memoryview):
        if isinstance(owner, memoryview):
            if not owner.readonly:
                return False
            owner = owner.obj
            continue
        if owner.flags.writeable:
            return False
        owner = owner.base
    return not isinstance(owner, bytearray)


def frozen_array(array: NDArray[Any], *, copy: bool = True) -> NDArray[Any]:
    """Return a read-only, native-endian array of the same values.

    Parameters
    ----------
    array
        The values.
    copy
        Whether they are copied when somebody could still change them.  Without a copy the
        caller promises not to.
    """
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
        array.setflags(write=False)
    elif copy and not is_immutable(array):
        array = array.copy()
        array.setflags(write=False)
    view = array.view()
    view.setflags(write=False)
    return view
