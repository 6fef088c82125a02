"""Progress and cancellation: one protocol for every long piece of work.

Work reports through :func:`report`; whoever wants to know installs a callback with
:func:`listening`.  The callback receives ``(done, total, message)`` and returns False to
ask the work to stop, which raises :class:`fiducial.errors.Cancelled` at the next report,
or inside a kernel at its next chunk.  Without a listener both cost nothing.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import TextIO, TypeVar

import numpy as np
from numpy.typing import NDArray

from .errors import Cancelled

__all__ = ["Callback", "TerminalBar", "Work", "cancel_flag", "listening", "report", "tracked"]

Callback = Callable[[float, float, str], bool | None]
"""``(done, total, message)``; returning False asks the work to stop."""

T = TypeVar("T")


class Work:
    """One piece of work that somebody listens to and may cancel.

    Parameters
    ----------
    callback
        Called with ``(done, total, message)``; may be None to have cancellation alone.
    """

    def __init__(self, callback: Callback | None = None) -> None:
        self.callback = callback
        self.flag: NDArray[np.uint8] = np.zeros(1, np.uint8)

    def cancel(self) -> None:
        """Ask the work to stop; may be called from any thread."""
        self.flag[0] = 1

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody asked the work to stop."""
        return bool(self.flag[0])


_current: ContextVar[Work | None] = ContextVar("fiducial_work", default=None)


@contextlib.contextmanager
def listening(callback: Callback | Work | None = None) -> Iterator[Work]:
    """Listen to all work inside the block.

    Examples
    --------
    >>> seen = []
    >>> with listening(lambda done, total, message: seen.append((done, total))):
    ...     for _ in tracked(range(2), "counting"):
    ...         pass
    >>> seen
    [(0, 2), (1, 2), (2, 2)]
    """
    work = callback if isinstance(callback, Work) else Work(callback)
    token = _current.set(work)
    try:
        yield work
    finally:
        _current.reset(token)


def report(done: float, total: float, message: str = "") -> None:
    """Say how far the work is; stop it if that was asked for.

    Raises
    ------
    Cancelled
        If the work was cancelled.
    """
    work = _current.get()
    if work is None:
        return
    if work.callback is not None and work.callback(done, total, message) is False:
        work.cancel()
    if work.is_cancelled:
        raise Cancelled(f"cancelled: {message}" if message else "cancelled")


def tracked(items: Iterable[T], message: str = "", total: int | None = None) -> Iterator[T]:
    """Iterate over `items`, reporting before each and once at the end."""
    if total is None:
        items = list(items)
        total = len(items)
    done = 0
    for done, item in enumerate(items):
        report(done, total, message)
        yield item
    report(total, total, message)


def cancel_flag() -> NDArray[np.uint8] | None:
    """Return the flag that kernels poll: one uint8 that becomes 1, or None without a listener."""
    work = _current.get()
    return None if work is None else work.flag


class TerminalBar:
    """A progress bar on a terminal; silent in a pipe.

    It keeps to one line, whatever work reports from inside other work, and leaves the line
    empty when a piece of work is done, so that what is printed next begins at its start.

    Parameters
    ----------
    stream
        Where to draw; standard error when None.
    """

    WIDTH = 72

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = sys.stderr if stream is None else stream
        self.is_terminal = self.stream.isatty()
        self._last = 0.0

    def __call__(self, done: float, total: float, message: str) -> bool:
        """Draw the bar, at most ten times a second."""
        now = time.monotonic()
        if not self.is_terminal:
            return True
        if done >= total:
            self.stream.write("\r" + " " * self.WIDTH + "\r")
            self.stream.flush()
        elif now - self._last > 0.1:
            self._last = now
            share = done / total if total else 1.0
            filled = round(24 * share)
            bar = "#" * filled + "." * (24 - filled)
            self.stream.write(f"\r{message[:40]:<40} [{bar}] {share:4.0%}")
            self.stream.flush()
        return True
