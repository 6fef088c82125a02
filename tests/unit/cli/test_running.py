"""What is known of running a command: cancellation, warnings, one line an error."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

from fiducial.cli.running import PATIENCE, one_line, supervised
from fiducial.errors import Cancelled, FiducialWarning, FileDefectError, ParameterError
from fiducial.progress import report


def test_the_code_of_the_work_is_returned() -> None:
    assert supervised(lambda: 6) == 6


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ParameterError("sigma must be\n 0 or more"), "error: sigma must be 0 or more"),
        (FileDefectError("a.nii", "it is cut short", "Copy it"), "error: a.nii: it is cut short. "),
        (FileNotFoundError(2, "No such file or directory", "x"), "error: x: no such file or direc"),
        (
            FileDefectError("scans", "it holds 2 series", 'Choose one: series=1, or series="lung"'),
            'error: scans: it holds 2 series. Choose one: series=1, or series="lung" '
            "(here: 'scans::series=1')",
        ),
        (
            FileDefectError("ct", "uneven", 'accept="uneven steps" interpolates'),
            'error: ct: uneven. accept="uneven steps" interpolates (here: \'ct::accept=uneven st',
        ),
        (MemoryError("9 GiB"), "error: the memory does not suffice. 9 GiB"),
        (ZeroDivisionError("by zero"), "error: unexpected ZeroDivisionError: by zero. Run the com"),
        (Cancelled("x"), "cancelled; nothing was written"),
    ],
)
def test_an_error_is_one_line(error: BaseException, line: str) -> None:
    assert one_line(error).startswith(line)
    assert "\n" not in one_line(error)


def test_errors_become_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    def fail() -> int:
        raise ParameterError("sigma must be 0 or more; got -1.")

    assert supervised(fail) == 2
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "error: sigma must be 0 or more; got -1.\n")
    assert supervised(fail, debug=True) == 2
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.filterwarnings("always")
def test_warnings_are_one_line_each_and_told_once(capsys: pytest.CaptureFixture[str]) -> None:
    def warn() -> int:
        for _ in range(3):
            warnings.warn("a.dcm: uneven\nsteps", FiducialWarning, stacklevel=1)
        warnings.warn("deep inside", RuntimeWarning, stacklevel=1)
        return 0

    assert supervised(warn) == 0
    assert capsys.readouterr().err.splitlines() == [
        "warning: a.dcm: uneven steps",
        "warning: RuntimeWarning: deep inside",
    ]
    supervised(warn, is_quiet=True)
    assert capsys.readouterr().err.splitlines() == ["warning: a.dcm: uneven steps"]


def test_no_bar_is_drawn_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    def work() -> int:
        for done in range(5):
            report(done, 5, "working")
        return 0

    supervised(work)
    assert capsys.readouterr().err == ""


SLOW = {
    "reporting": "while True: report(0, 1, 'x'); time.sleep(0.01)",
    "polling": "while not cancel_flag()[0]: time.sleep(0.01)",
    "deaf": "time.sleep(60)",
}


@pytest.mark.skipif(os.name == "nt", reason="signals are sent in another way on Windows")
@pytest.mark.parametrize("kind", SLOW)
def test_an_interrupt_ends_it_within_a_second(kind: str) -> None:
    program = (
        "import sys, time\n"
        "from fiducial.cli.running import supervised\n"
        "from fiducial.progress import cancel_flag, report\n"
        "def work():\n"
        "    print('ready', flush=True)\n"
        "    try:\n"
        f"        {SLOW[kind]}\n"
        "    finally:\n"
        "        time.sleep(0.2)\n"
        "        print('tidied', flush=True)\n"
        "sys.exit(supervised(work))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    printed, said = process.communicate(timeout=30)
    assert process.returncode == 130
    assert said.strip() == "cancelled; nothing was written"
    assert printed == ("" if kind == "deaf" else "tidied\n")
    # The patience with deaf work, and half a second for a busy machine.
    assert time.monotonic() - began < PATIENCE + 0.5


@pytest.mark.skipif(os.name == "nt", reason="signals are sent in another way on Windows")
def test_an_interrupted_command_leaves_no_file(tmp_path: Path) -> None:
    import numpy as np

    import fiducial as fd

    grid = fd.Grid.from_spacing((160, 256, 256), 1.0)
    values = np.random.default_rng(0).integers(0, 1000, grid.shape).astype(np.int16)
    fd.write(fd.Image(values, grid), tmp_path / "a.nii")
    before = set(os.listdir(tmp_path))
    process = subprocess.Popen(
        [sys.executable, "-m", "fiducial", "gaussian", "a.nii", "b.nii.gz", "--sigma", "9"],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(1.0)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    assert said.strip().splitlines()[-1] == "cancelled; nothing was written"
    left = {name for name in os.listdir(tmp_path) if not name.startswith(".")}
    assert left == before


def test_a_reader_that_leaves_early_is_no_error() -> None:
    if os.name == "nt":
        pytest.skip("there is no such signal on Windows")
    done = subprocess.run(
        f"{sys.executable} -m fiducial list --schema | head -1; echo ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "{\n0\n"
    assert done.stderr == ""
