from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from fiducial.errors import Cancelled, ParameterError
from fiducial.kernels import body
from fiducial.kernels.convolution import dense, gaussian
from fiducial.kernels.distance import distance
from fiducial.kernels.histogram import histogram
from fiducial.kernels.interpolation import warp_affine, warp_displacement
from fiducial.kernels.morphology import dilate_ball, dilate_footprint
from fiducial.kernels.rank import median
from fiducial.progress import Work, listening

needs_native = pytest.mark.skipif(body.native() is None, reason="the kernels were not compiled")

SHAPE = (33, 70, 130)
ROTATION = [[0.99, 0.1, 0.02, 1], [-0.1, 0.99, 0.05, 2], [0.02, -0.05, 1, -3]]


def image() -> NDArray[np.float32]:
    return np.random.default_rng(1).normal(size=SHAPE).astype(np.float32)


def mask() -> NDArray[np.bool_]:
    return np.random.default_rng(2).random(SHAPE) < 1e-3


def field() -> NDArray[np.float32]:
    return np.random.default_rng(3).normal(0, 2, (*SHAPE, 3)).astype(np.float32)


KERNELS: dict[str, Callable[[], Any]] = {
    "gaussian": lambda: gaussian(image(), (1, 2, 1.5)),
    "gaussian in float64": lambda: gaussian(image().astype(float), (1, 2, 1.5)),
    "gaussian of slices": lambda: gaussian(image(), (0, 2, 1.5), border="wrap"),
    "dense": lambda: dense(image(), np.ones((3, 4, 5))),
    "warp_affine": lambda: warp_affine(image(), ROTATION, SHAPE),
    "nearest": lambda: warp_affine(image(), ROTATION, SHAPE, interpolation="nearest"),
    "warp_displacement": lambda: warp_displacement(image(), ROTATION, field()),
    "distance": lambda: distance(mask(), (2.0, 1.0, 0.7)),
    "dilate_ball": lambda: dilate_ball(mask(), 4.0, (2.0, 1.0, 0.7)),
    "dilate_footprint": lambda: dilate_footprint(mask(), np.ones((3, 3, 3), bool), 2),
    "histogram": lambda: histogram(image(), 100, -2.0, 2.0).counts,
    "histogram of integers": lambda: histogram((image() * 99).astype("i2"), 99, -99.0, 99.0).counts,
    "median": lambda: median(image()),
}


@pytest.fixture
def threads_restored() -> Iterator[None]:
    before = body.threads()
    yield
    body.set_threads(before)


@needs_native
@pytest.mark.usefixtures("threads_restored")
@pytest.mark.parametrize("name", KERNELS)
class TestThreads:
    def test_results_do_not_depend_on_their_number(self, name: str) -> None:
        results = []
        for count in (1, 2, 3, 7):
            body.set_threads(count)
            results.append(KERNELS[name]())
        for result in results[1:]:
            assert np.array_equal(result, results[0], equal_nan=result.dtype.kind == "f")

    def test_two_python_threads_at_once(self, name: str) -> None:
        body.set_threads(3)
        expected = KERNELS[name]()
        results: list[Any] = [None] * 4

        def work(place: int) -> None:
            for _ in range(3):
                results[place] = KERNELS[name]()

        workers = [threading.Thread(target=work, args=(place,)) for place in range(4)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(timeout=60)
            assert not worker.is_alive()
        assert all(np.array_equal(result, expected) for result in results)

    def test_work_that_was_cancelled_raises(self, name: str) -> None:
        body.set_threads(2)
        work = Work()
        work.cancel()
        with listening(work), pytest.raises(Cancelled):
            KERNELS[name]()


@needs_native
@pytest.mark.usefixtures("threads_restored")
@pytest.mark.parametrize("count", [1, 2])
def test_cancelling_takes_less_than_a_second(count: int) -> None:
    body.set_threads(count)
    array = np.zeros((200, 200, 200), np.float32)
    kernel = np.ones((31, 31, 31))  # about 2.4e11 multiplications: many seconds
    work = Work()
    timer = threading.Timer(0.1, work.cancel)
    started = time.monotonic()
    timer.start()
    with listening(work), pytest.raises(Cancelled):
        dense(array, kernel)
    assert time.monotonic() - started < 1.1


INTERRUPT = """
import os, signal, threading, time
import numpy as np
from fiducial.kernels import body
from fiducial.kernels.convolution import dense
body.set_threads({count})
array, kernel = np.zeros((200, 200, 200), np.float32), np.ones((31, 31, 31))
asked = []
def ask():
    asked.append(time.monotonic())
    os.kill(os.getpid(), signal.SIGINT)
threading.Timer(0.2, ask).start()
try:
    dense(array, kernel)
except KeyboardInterrupt:
    print(time.monotonic() - asked[0])
# The process is as it was: kernels run.
assert dense(array[:9, :9, :9].copy(), np.ones((3, 3, 3))).shape == (9, 9, 9)
"""


@needs_native
@pytest.mark.skipif(os.name == "nt", reason="signals are sent in another way on Windows")
@pytest.mark.parametrize("count", [1, 2])
def test_an_interrupt_from_the_keyboard_reaches_a_kernel_within_a_second(count: int) -> None:
    done = run_python(INTERRUPT.format(count=count))
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 1.0


FORK = """
import os, sys
import numpy as np
from fiducial.kernels import body
from fiducial.kernels.convolution import gaussian
array = np.random.default_rng(0).normal(size=(40, 60, 90)).astype(np.float32)
body.set_threads(3)
expected = gaussian(array, 2.0)
for _ in range(5):
    child = os.fork()
    if child == 0:
        same = all(np.array_equal(gaussian(array, 2.0), expected) for _ in range(3))
        os._exit(0 if same else 1)
    gaussian(array, 2.0)
    if os.waitpid(child, 0)[1] != 0:
        sys.exit("the child of a fork got another result")
"""


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@needs_native
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_runs_kernels() -> None:
    done = run_python(FORK)
    assert done.returncode == 0, done.stderr


@needs_native
def test_the_environment_chooses_threads_and_instructions() -> None:
    module = body.native()
    assert module is not None
    lowest = module.instruction_sets()[-1]
    code = "from fiducial.kernels import body; print(body.describe())"
    done = run_python(code, FIDUCIAL_THREADS="3", FIDUCIAL_ISA=lowest)
    assert "'threads': 3" in done.stdout
    assert f"'instruction_set': '{lowest}'" in done.stdout
    assert "'body': 'reference'" in run_python(code, FIDUCIAL_KERNELS="reference").stdout


@needs_native
@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("FIDUCIAL_THREADS", "many", "must be a whole number from 1 to 1024"),
        ("FIDUCIAL_THREADS", "0", "must be a whole number from 1 to 1024"),
        ("FIDUCIAL_ISA", "z80", "must be one of"),
    ],
)
def test_a_wrong_environment_is_refused(name: str, value: str, message: str) -> None:
    done = run_python("from fiducial.kernels import body; body.native()", **{name: value})
    assert done.returncode != 0
    assert f"{name} of fiducial.kernels {message}" in done.stderr


def test_reference_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIDUCIAL_KERNELS", "reference")
    assert body.native() is None
    assert body.threads() == 1
    assert body.describe()["body"] == "reference"


@needs_native
def test_the_module_refuses_what_does_not_fit() -> None:
    module: Any = body.native()
    array, out = np.zeros((2, 3, 4), np.float32), np.zeros((2, 3, 5), np.float32)
    with pytest.raises(ValueError, match="shapes differ"):
        module.separable(array, out, None, None, None, 0, 0.0, None)
    with pytest.raises(TypeError):
        module.separable(array, out.astype(float), None, None, None, 0, 0.0, None)
    with pytest.raises(TypeError):  # a copy would be filled and thrown away
        module.separable(array, out[..., :4], None, None, None, 0, 0.0, None)


@pytest.mark.parametrize("count", [0, -1, 2000, 1.5])
def test_set_threads_refuses_what_no_count_can_be(count: Any) -> None:
    with pytest.raises(ParameterError, match="count of set_threads"):
        body.set_threads(count)
