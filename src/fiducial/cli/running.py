"""Runs a command so that it can be cancelled at any moment, and says what went wrong in a line.

The work runs in a thread of its own: the main thread, which alone receives Ctrl-C, is always
awake, while the work may be inside a kernel for seconds.  A cancelled kernel stops at its
next chunk; work that does not answer is left behind when the process ends.
"""

from __future__ import annotations

import contextlib
import contextvars
import os
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator

from ..errors import Cancelled, FiducialError, FiducialWarning, FileDefectError
from ..progress import TerminalBar, Work, listening
from .exit_codes import CANCELLED, exit_code

__all__ = ["PATIENCE", "one_line", "supervised", "told"]

_READER_OPTION = re.compile(r"\b((?:series|axes|unit|spacing|accept))=(?:\"([^\"]+)\"|([\w.]*\w))")
"""What a remedy tells the reader, in Python's way."""

PATIENCE = 0.8
"""Seconds that cancelled work has to end by itself."""


def one_line(error: BaseException) -> str:
    """Return what is printed of an error: one line, without the traceback."""
    if isinstance(error, Cancelled | KeyboardInterrupt):
        return "cancelled; nothing was written"
    words = " ".join(str(error).split())
    if isinstance(error, FileDefectError):
        told = _READER_OPTION.search(error.remedy)
        typed = f" (here: '{error.path}::{told[1]}={told[2] or told[3]}')" if told else ""
        return f"error: {words}{typed}"
    if isinstance(error, FiducialError):
        return f"error: {words}"
    if isinstance(error, OSError) and error.filename is not None:
        return f"error: {error.filename}: {(error.strerror or words).lower()}"
    if isinstance(error, MemoryError):
        return f"error: the memory does not suffice. {words}".rstrip()
    return (
        f"error: unexpected {type(error).__name__}: {words}. "
        "Run the command again with --debug to see where it arose."
    )


@contextlib.contextmanager
def told(*, is_quiet: bool = False) -> Iterator[None]:
    """Print each warning once, on one line of standard error."""
    seen: set[str] = set()

    def tell(message: Warning | str, category: type[Warning], *_: object) -> None:
        words = " ".join(str(message).split())
        if not issubclass(category, FiducialWarning):
            words = f"{category.__name__}: {words}"
        if words not in seen and not (is_quiet and not issubclass(category, FiducialWarning)):
            seen.add(words)
            print(f"warning: {words}", file=sys.stderr)

    with warnings.catch_warnings():
        warnings.simplefilter("always", FiducialWarning)
        warnings.showwarning = tell  # type: ignore[assignment]
        yield


def supervised(work: Callable[[], int], *, is_quiet: bool = False, debug: bool = False) -> int:
    """Run the work of a command and return its exit code.

    Parameters
    ----------
    work
        Does it and returns an exit code.
    is_quiet
        Whether no progress is drawn.
    debug
        Whether an error prints its traceback.
    """
    listener = Work(None if is_quiet else TerminalBar())
    outcome: list[int | BaseException] = []
    # An event, for a thread whose join() was interrupted may be taken for ended.
    ended = threading.Event()

    def perform() -> None:
        try:
            with listening(listener):
                outcome.append(work())
        except BaseException as error:  # handed to the main thread, which tells it
            outcome.append(error)
        finally:
            ended.set()

    context = contextvars.copy_context()
    thread = threading.Thread(target=context.run, args=(perform,), name="fiducial", daemon=True)
    with told(is_quiet=is_quiet):
        try:
            thread.start()
            # Short waits: on Windows a wait without end cannot be interrupted.
            while not ended.wait(0.1):
                pass
        except KeyboardInterrupt:
            listener.cancel()
            if not ended.wait(PATIENCE):
                _leave()
            outcome[:] = [KeyboardInterrupt()]
    result = outcome[0]
    if not isinstance(result, int):
        return failed(result, debug=debug)
    try:
        sys.stdout.flush()
    except BrokenPipeError as error:
        return failed(error)
    return result


def failed(error: BaseException, *, debug: bool = False) -> int:
    """Tell an error on standard error and return the exit code."""
    if isinstance(error, BrokenPipeError):  # the reader of the pipe has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    if sys.stderr.isatty():  # over a progress bar that stopped on the way
        sys.stderr.write("\r\x1b[K")
    if debug:
        traceback.print_exception(error)
    print(one_line(error), file=sys.stderr)
    return exit_code(error)


def _leave() -> None:
    """End the process although the work goes on: it never wrote under a final name."""
    print("\ncancelled; nothing was written", file=sys.stderr, flush=True)
    os._exit(CANCELLED)
