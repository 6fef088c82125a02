"""Progress and cancellation."""

from __future__ import annotations

import io
import threading

import pytest

from fiducial.errors import Cancelled
from fiducial.progress import TerminalBar, Work, cancel_flag, listening, report, tracked


def test_a_listener_hears_each_step_and_the_end() -> None:
    heard: list[tuple[float, float, str]] = []
    with listening(lambda *step: heard.append(step)):  # type: ignore[arg-type]
        assert list(tracked("ab", "letters")) == ["a", "b"]
    assert heard == [(0, 2, "letters"), (1, 2, "letters"), (2, 2, "letters")]


def test_returning_false_stops_the_work() -> None:
    items: list[int] = []
    with pytest.raises(Cancelled, match="counting"), listening(lambda done, *_: done < 3):
        items.extend(tracked(range(10), "counting"))
    assert items == [0, 1, 2]


def test_another_thread_may_cancel() -> None:
    work = Work()
    with listening(work):
        assert cancel_flag() is work.flag
        thread = threading.Thread(target=work.cancel)
        thread.start()
        thread.join()
        with pytest.raises(Cancelled):
            report(0, 1)
    assert cancel_flag() is None
    report(0, 1)


def test_the_bar_is_silent_in_a_pipe_and_drawn_on_a_terminal() -> None:
    pipe = io.StringIO()
    TerminalBar(pipe)(1, 1, "reading")
    assert pipe.getvalue() == ""

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    bar = TerminalBar(terminal)
    bar(1, 2, "reading")
    assert "reading" in terminal.getvalue()
    assert "50%" in terminal.getvalue()
    bar(2, 2, "reading")
    assert terminal.getvalue().endswith(" \r"), "done work leaves an empty line"
    assert "\n" not in terminal.getvalue()
