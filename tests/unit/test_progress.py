"""Progress and cancellation."""

from __future__ import annotations

import io
import sys
import threading
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

import fiducial as fd
from fiducial import progress
from fiducial.errors import Cancelled
from fiducial.progress import (
    NotebookBar,
    TerminalBar,
    Work,
    cancel_flag,
    listening,
    report,
    tracked,
    visible,
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_listener_hears_each_step_and_the_end() -> None:
    heard: list[tuple[float, float, str]] = []
    with listening(lambda *step: heard.append(step)):
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

    terminal = Terminal()
    bar = TerminalBar(terminal)
    bar(1, 2, "reading")
    assert "reading" in terminal.getvalue()
    assert "50%" in terminal.getvalue()
    bar(2, 2, "reading")
    assert terminal.getvalue().endswith(" \r"), "done work leaves an empty line"
    assert "\n" not in terminal.getvalue()


class Notebook:
    """What a notebook shows below one cell, and how often it was drawn anew."""

    def __init__(self) -> None:
        self.shown = ""
        self.updates = 0

    def display(self, picture: str, *, display_id: bool) -> Any:
        assert display_id
        self.shown = picture
        return SimpleNamespace(update=self.update)

    def update(self, picture: str) -> None:
        self.shown = picture
        self.updates += 1


def test_a_notebook_shows_a_bar_and_loses_it_at_the_end() -> None:
    page = Notebook()
    bar = NotebookBar(page.display, str)
    bar(1, 4, "a < b")
    assert '<progress max="4" value="1">' in page.shown
    assert "a &lt; b" in page.shown
    bar(2, 4, "at once")  # within a tenth of a second
    assert page.updates == 0
    bar.close()
    assert page.shown == ""


def test_short_work_draws_nothing() -> None:
    terminal, page = Terminal(), Notebook()
    for bar in (
        TerminalBar(terminal, patience=60),
        NotebookBar(page.display, str, patience=60),
    ):
        bar(1, 2, "reading")
        bar(2, 2, "reading")
        bar.close()
    assert terminal.getvalue() == page.shown == ""


def cine() -> fd.Image:
    return fd.Image(np.ones((3, 4, 5), np.float32), axes="tyx")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    monkeypatch.delitem(sys.modules, "IPython", raising=False)


@pytest.mark.usefixtures("impatient")
def test_an_operation_draws_its_own_bar_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    fd.gaussian(cine(), sigma="1 px")
    assert "gaussian" in terminal.getvalue()
    assert terminal.getvalue().endswith(" \r")


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("stream", [io.StringIO(), None])
def test_nothing_is_drawn_in_a_pipe_or_without_a_console(
    stream: io.StringIO | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", stream)
    fd.gaussian(cine(), sigma="1 px")
    assert stream is None or stream.getvalue() == ""


@pytest.mark.usefixtures("impatient")
def test_an_operation_draws_its_own_bar_in_a_notebook(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Notebook()
    pictures: list[str] = []

    def html(text: str) -> str:
        pictures.append(text)
        return text

    modules = {"IPython": ModuleType("IPython"), "IPython.display": ModuleType("IPython.display")}
    modules["IPython"].get_ipython = lambda: SimpleNamespace(kernel=object())  # type: ignore[attr-defined]
    modules["IPython.display"].display = page.display  # type: ignore[attr-defined]
    modules["IPython.display"].HTML = html  # type: ignore[attr-defined]
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    fd.gaussian(cine(), sigma="1 px")
    assert any("gaussian" in picture for picture in pictures)
    assert page.shown == ""


@pytest.mark.usefixtures("impatient")
def test_who_listens_sees_no_second_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    heard: list[float] = []
    with listening(lambda done, total, message: heard.append(done)), visible():
        report(1, 2, "reading")
    assert heard == [1]
    assert terminal.getvalue() == ""


@pytest.mark.usefixtures("impatient")
def test_work_that_fails_leaves_the_line_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)

    @visible()
    def divide() -> float:
        report(1, 2, "dividing")
        return 1 / 0

    with pytest.raises(ZeroDivisionError):
        divide()
    assert terminal.getvalue().endswith(" \r")
    assert cancel_flag() is None
