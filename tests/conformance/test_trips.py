"""What is frozen stays what it is on any trip: copies, pickles, other processes, Dask."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pytest

import fiducial as fd

LPS = fd.Frame("LPS", "mm", "1.2.3")
GRID = fd.Grid.from_spacing((4, 5, 6), (3.0, 0.8, 0.7), origin=(-10, 20, 30), frame=LPS)


def _scan() -> fd.Image:
    values = np.random.default_rng(0).normal(size=(2, *GRID.shape)).astype(np.float32)
    return fd.Image(values, GRID, "HU", axes="tzyx", times=(0.0, 0.4), about={"modality": "CT"})


def _labels() -> fd.Labels:
    return fd.Labels(np.arange(120).reshape(GRID.shape) % 3, GRID, names={1: "one", 2: "two"})


OBJECTS: dict[str, Callable[[], Any]] = {
    "frame": lambda: LPS,
    "grid": lambda: GRID,
    "a plane of a patient": lambda: _scan()[0, 2],
    "image": _scan,
    "colour": lambda: fd.Image(np.zeros((3, 4, 3), np.uint8), axes="yxc"),
    "mask": lambda: _scan()[1] > 0,
    "labels": _labels,
    "points": lambda: fd.Points([[1.0, 2.0, 3.0]], LPS, names=["apex"]),
    "translation": lambda: fd.Translation((1.0, 2.0, 3.0), fixed_frame=LPS, moving_frame=LPS),
    "a result": lambda: fd.gaussian(_scan(), sigma="1 mm"),
    "a table": lambda: fd.measure(_labels(), images=_scan()[0]),
}


def _by_buffers(item: Any) -> Any:
    """Pickle as schedulers do: arrays travel beside the pickle and come back read-only."""
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(item, protocol=5, buffer_callback=buffers.append)
    return pickle.loads(data, buffers=[bytes(buffer.raw()) for buffer in buffers])


TRIPS: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "the oldest pickle": lambda item: pickle.loads(pickle.dumps(item, 2)),
    "pickle": lambda item: pickle.loads(pickle.dumps(item)),
    "buffers": _by_buffers,
}


def assert_same(found: Any, expected: Any) -> None:
    """Assert that nothing of an object was lost on the way."""
    assert type(found) is type(expected)
    if isinstance(expected, pd.DataFrame):
        assert found.equals(expected)
        assert found.attrs["lineage"].id == expected.attrs["lineage"].id
        return
    for name in ("grid", "axes", "times", "unit", "about", "names", "channels", "frame"):
        assert getattr(found, name, None) == getattr(expected, name, None), name
    lineage = getattr(expected, "lineage", None)
    if lineage is not None:
        assert found.lineage.id == lineage.id
    for name in ("array", "world"):
        if hasattr(expected, name):
            array = getattr(found, name)
            assert array.dtype == getattr(expected, name).dtype
            assert np.array_equal(array, getattr(expected, name))
            assert not array.flags.writeable
    if hasattr(expected, "as_json"):
        assert found.as_json() == expected.as_json()


@pytest.mark.parametrize("trip", TRIPS)
@pytest.mark.parametrize("name", OBJECTS)
def test_it_comes_back_unchanged(name: str, trip: str) -> None:
    expected = OBJECTS[name]()
    assert_same(TRIPS[trip](expected), expected)


def _same(item: Any) -> Any:
    return item


def _smooth(image: fd.Image) -> Any:
    return fd.gaussian(image, sigma="2 mm")


def test_another_process_gives_the_same_bits() -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        for item in [make() for make in OBJECTS.values()]:
            assert_same(pool.submit(_same, item).result(), item)
        scan = _scan()
        assert_same(pool.submit(_smooth, scan).result(), _smooth(scan))


@pytest.mark.parametrize("scheduler", ["sync", "threads", "processes"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning:dask", "ignore::FutureWarning:dask")
def test_dask_carries_it_through_its_graph(scheduler: str) -> None:
    dask = pytest.importorskip("dask", reason="Dask is not installed; the project needs it nowhere")
    scan, items = _scan(), [make() for make in OBJECTS.values()]
    smoothed = [dask.delayed(_smooth)(scan) for _ in range(3)]
    carried = [dask.delayed(_same)(item) for item in items]
    found = dask.compute([carried, smoothed], scheduler=scheduler)[0]
    for back, item in zip(found[0], items, strict=True):
        assert_same(back, item)
    for back in found[1]:
        assert_same(back, _smooth(scan))


def test_dask_knows_equal_objects_by_one_token() -> None:
    pytest.importorskip("dask", reason="Dask is not installed; the project needs it nowhere")
    from dask.tokenize import tokenize

    scan = _scan()
    assert tokenize(scan) == tokenize(_by_buffers(scan))
    assert tokenize(scan) != tokenize(scan + 1)
