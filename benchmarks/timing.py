"""Ours and the peers side by side: alternating runs, medians, ratios, peak memory.

On a shared machine the state of the moment matters more than the code; runs therefore take turns,
so that a busy second hits everybody alike, and the ratio to ours is what counts.
"""

from __future__ import annotations

import gc
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

_STATUS = Path("/proc/self/status")
_RESET = Path("/proc/self/clear_refs")
_MOST_RUNS = 200


@dataclass(frozen=True)
class Row:
    """What one contender took."""

    name: str
    milliseconds: float
    """The median."""
    best: float
    runs: int
    peak_mebibytes: float
    """Memory beyond what was held before the call, at its highest; NaN where it is not told."""


def compare(
    contenders: dict[str, Callable[[], object]], *, seconds: float = 1.5, least: int = 3
) -> list[Row]:
    """Run the contenders in turn until each has had its time, the first one warming up.

    Parameters
    ----------
    contenders
        Name and call; the first is the one that others are compared with.
    seconds
        How long each may take in all; at least `least` runs are done.
    """
    peaks = {name: peak_memory(call) for name, call in contenders.items()}
    times: dict[str, list[float]] = {name: [] for name in contenders}
    waiting = dict(contenders)
    while waiting:
        for name, call in list(waiting.items()):
            started = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - started)
            enough = len(times[name]) >= least and sum(times[name]) >= seconds
            if enough or len(times[name]) >= _MOST_RUNS:
                del waiting[name]
    return [
        Row(name, statistics.median(taken) * 1e3, min(taken) * 1e3, len(taken), peaks[name])
        for name, taken in times.items()
    ]


def _memory(field: str) -> float:
    for line in _STATUS.read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    return float("nan")


def peak_memory(call: Callable[[], object]) -> float:
    """Return by how many mebibytes a call raised the process's memory (Linux; else NaN)."""
    if not _RESET.exists():
        call()
        return float("nan")
    gc.collect()
    _RESET.write_text("5")
    before = _memory("VmRSS:")
    call()
    return max(_memory("VmHWM:") - before, 0.0)


def copy_bandwidth(threads: int, megabytes: int = 64) -> float:
    """Return the bytes per second, read and written, of copying arrays in several threads."""
    pairs = [
        (np.ones(megabytes * 131072), np.empty(megabytes * 131072)) for _ in range(max(threads, 1))
    ]
    best = float("inf")
    for _ in range(7):
        workers = [threading.Thread(target=np.copyto, args=(out, given)) for given, out in pairs]
        started = time.perf_counter()
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        best = min(best, time.perf_counter() - started)
    return 2 * sum(given.nbytes for given, _ in pairs) / best


def table(headings: list[str], rows: list[list[str]]) -> str:
    """Return a Markdown table, padded so that it reads as text too."""
    widths = [max(len(row[i]) for row in [headings, *rows]) for i in range(len(headings))]
    lines = [headings, ["-" * width for width in widths], *rows]
    return "\n".join(
        "| " + " | ".join(cell.ljust(w) for cell, w in zip(line, widths, strict=True)) + " |"
        for line in lines
    )
