"""Which body the kernels run in: the C++ one, or the NumPy and SciPy references.

Three environment variables choose: ``FIDUCIAL_KERNELS=reference`` (references only),
``FIDUCIAL_THREADS=n``, and ``FIDUCIAL_ISA=x86-64-v3`` (an instruction set below the best one,
for tests and for comparing machines).
"""

from __future__ import annotations

import functools
import importlib
import os
from types import ModuleType
from typing import Any

from fiducial.errors import Cancelled, parameter_error

__all__ = ["completed", "describe", "native", "set_threads", "threads"]

_MOST_THREADS = 1024


@functools.cache
def _extension() -> ModuleType | None:
    """Load the C++ module once, or say that it was not built."""
    try:
        module = importlib.import_module("._native", __package__)
    except ModuleNotFoundError:
        return None
    if not module.instruction_sets():  # a processor older than x86-64-v2
        return None
    wanted = os.environ.get("FIDUCIAL_ISA", "")
    if wanted:
        if wanted not in module.instruction_sets():
            raise parameter_error(
                "fiducial.kernels",
                "FIDUCIAL_ISA",
                f"one of {', '.join(module.instruction_sets())} on this machine",
                wanted,
                "Unset it to let the best one be chosen.",
            )
        module.set_instruction_set(wanted)
    module.set_threads(_wanted_threads())
    return module


def _processors() -> int:
    """Count the processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _wanted_threads() -> int:
    """Read ``FIDUCIAL_THREADS``; without it, one thread a processor."""
    given = os.environ.get("FIDUCIAL_THREADS", "")
    if not given:
        return min(_processors(), _MOST_THREADS)
    if not given.isdecimal() or not 1 <= int(given) <= _MOST_THREADS:
        raise parameter_error(
            "fiducial.kernels",
            "FIDUCIAL_THREADS",
            f"a whole number from 1 to {_MOST_THREADS}",
            given,
            "Unset it to use every processor.",
        )
    return int(given)


def native() -> ModuleType | None:
    """Return the C++ module, or None where the references are to run.

    Examples
    --------
    >>> native() is None or hasattr(native(), "separable")
    True
    """
    if os.environ.get("FIDUCIAL_KERNELS", "") == "reference":
        return None
    return _extension()


def threads() -> int:
    """Return how many threads a kernel may use (1 in the references)."""
    module = native()
    return 1 if module is None else int(module.threads())


def set_threads(count: int) -> None:
    """Choose how many threads a kernel may use; results do not depend on it.

    Parameters
    ----------
    count
        From 1 to 1024.  The references always run on one.

    Raises
    ------
    ParameterError
        If `count` is out of range.

    Examples
    --------
    >>> before = threads()
    >>> set_threads(1)
    >>> threads()
    1
    >>> set_threads(before)
    """
    if int(count) != count or not 1 <= count <= _MOST_THREADS:
        raise parameter_error(
            "set_threads", "count", f"a whole number from 1 to {_MOST_THREADS}", count
        )
    module = native()
    if module is not None:
        module.set_threads(int(count))


def describe() -> dict[str, Any]:
    """Say which body runs, with what instructions and how many threads.

    Examples
    --------
    >>> sorted(describe())
    ['body', 'compiler', 'instruction_set', 'simd', 'threads']
    """
    module = native()
    if module is None:
        return {
            "body": "reference",
            "instruction_set": "none",
            "threads": 1,
            "simd": "none",
            "compiler": "none",
        }
    return {
        "body": "native",
        "instruction_set": module.instruction_set(),
        "threads": threads(),
        "simd": f"{module.vector_bits()} bit",
        "compiler": module.compiler(),
    }


def completed(done: bool, function: str) -> None:
    """Raise if a native kernel stopped because its cancel flag was set.

    Raises
    ------
    Cancelled
        If `done` is False.
    """
    if not done:
        raise Cancelled(f"{function} was cancelled")
