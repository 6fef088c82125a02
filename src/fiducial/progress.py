"""Progress and cancellation: one protocol for every long piece of work.

Work reports through :func:`report`; whoever wants to know installs a callback with
:func:`listening`.  The callback receives ``(done, total, message)`` and returns False to
ask the work to stop, which raises :class:`fiducial.errors.Cancelled` at the next report,
or inside a kernel at its next chunk.  Without a listener both cost nothing.

Whoever listens to nothing still sees long work: :func:`visible` draws a bar on a terminal and in
a notebook, and none in a pipe.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from html import escape
from typing import Any, Protocol, TextIO, TypeVar

import numpy as np
from numpy.typing import NDArray

from .errors import Cancelled

__all__ = [
    "Callback",
    "NotebookBar",
    "TerminalBar",
    "Work",
    "cancel_flag",
    "listening",
    "report",
    "tracked",
    "visible",
]

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


class Bar(Protocol):
    """What draws progress somewhere."""

    def __call__(self, done: float, total: float, message: str) -> bool:
        """Draw it; never asks the work to stop."""

    def close(self) -> None:
        """Take the drawing away."""


class _Pace:
    """When to draw: not before `patience` seconds have passed, then ten times a second."""

    def __init__(self, patience: float) -> None:
        self._next = time.monotonic() + patience

    def is_due(self) -> bool:
        now = time.monotonic()
        if now < self._next:
            return False
        self._next = now + 0.1
        return True


class TerminalBar:
    """A progress bar on a terminal; silent in a pipe.

    It keeps to one line, whatever work reports from inside other work, and leaves the line
    empty when a piece of work is done, so that what is printed next begins at its start.

    Parameters
    ----------
    stream
        Where to draw; standard error when None.
    patience
        Seconds of work before the bar appears.
    """

    WIDTH = 72

    def __init__(self, stream: TextIO | None = None, *, patience: float = 0.0) -> None:
        self.stream = sys.stderr if stream is None else stream
        self.is_terminal = self.stream.isatty()
        self._pace = _Pace(patience)
        self._is_drawn = False

    def __call__(self, done: float, total: float, message: str) -> bool:
        """Draw the bar, at most ten times a second."""
        if not self.is_terminal:
            return True
        if done >= total:
            self.close()
        elif self._pace.is_due():
            share = done / total if total else 1.0
            filled = round(24 * share)
            bar = "#" * filled + "." * (24 - filled)
            self.stream.write(f"\r{message[:40]:<40} [{bar}] {share:4.0%}")
            self.stream.flush()
            self._is_drawn = True
        return True

    def close(self) -> None:
        """Leave the line empty."""
        if self._is_drawn:
            self.stream.write("\r" + " " * self.WIDTH + "\r")
            self.stream.flush()
            self._is_drawn = False


class NotebookBar:
    """A progress bar below the cell of a notebook, which goes when the work is done.

    Parameters
    ----------
    display, html
        IPython's ``display`` and ``HTML``.
    patience
        Seconds of work before the bar appears.
    """

    def __init__(
        self, display: Callable[..., Any], html: Callable[[str], Any], *, patience: float = 0.0
    ) -> None:
        self._display, self._html = display, html
        self._pace = _Pace(patience)
        self._handle: Any = None

    def __call__(self, done: float, total: float, message: str) -> bool:
        """Draw the bar, at most ten times a second."""
        if done < total and self._pace.is_due():
            picture = self._html(
                f'<progress max="{total:g}" value="{done:g}"></progress> {escape(message)}'
            )
            if self._handle is None:
                self._handle = self._display(picture, display_id=True)
            else:
                self._handle.update(picture)
        return True

    def close(self) -> None:
        """Leave nothing below the cell."""
        if self._handle is not None:
            self._handle.update(self._html(""))
            self._handle = None


PATIENCE = 1.0
"""Seconds of work before a bar appears that nobody asked for."""


@contextlib.contextmanager
def visible() -> Iterator[None]:
    """Draw a bar where somebody can see it, unless somebody listens already.

    Serves as a decorator too.  Every operation, read, write, recipe and tour runs inside it.

    Examples
    --------
    >>> @visible()
    ... def count(n):
    ...     return sum(tracked(range(n), "counting"))
    >>> count(4)
    6
    """
    bar = _bar() if _current.get() is None else None
    if bar is None:
        yield
        return
    try:
        with listening(bar):
            yield
    finally:
        bar.close()


def _bar() -> Bar | None:
    """Choose the bar for where the program runs; None in a pipe."""
    interactive = sys.modules.get("IPython")  # a notebook has loaded it
    shell = interactive.get_ipython() if interactive is not None else None
    if getattr(shell, "kernel", None) is not None:
        from importlib import import_module

        shown = import_module("IPython.display")
        return NotebookBar(shown.display, shown.HTML, patience=PATIENCE)
    # Programs without a console have no standard error.
    if sys.stderr is not None and sys.stderr.isatty():
        return TerminalBar(patience=PATIENCE)
    return None
