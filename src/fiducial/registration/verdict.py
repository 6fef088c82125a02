"""Did it work?  The evidence, and what follows from it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..transforms import Linear
from .align import Alignment
from .checks import Mirrored
from .contenders import APART, apart
from .initialise import overlap_limit
from .level import Level, products
from .models import Model
from .optimisers.levenberg_marquardt import undetermined

__all__ = ["Evidence", "gather", "judged"]

FAIL, WARN, PASS = "fail", "warn", "pass"

_LEAST_CORRELATION = (0.15, 0.4)
_LEAST_DETAIL = ((0.1, 0.35), (0.03, 0.12))
"""For transforms that keep lengths, which say that this is one and the same object, and for
the others, which allow for another one."""
_LEAST_PEAK = (0.02, 0.06)
_MIRROR = (0.5, 0.9)
_LEAST_OVERLAP = (0.25, 0.5)
_SCALES = ((0.5, 2.0), (0.8, 1.25))
_MOST_INCONSISTENT = (5.0, 1.0)
_SHIFT_SAMPLES = 5.0
_MOST_DOUBTS = 3
_UNDETERMINED = "undetermined"


@dataclass(frozen=True)
class Evidence:
    """One thing that was looked at.

    Attributes
    ----------
    name : str
    value : float
        NaN where it does not apply.
    unit : str
    verdict : str
        ``"pass"``, ``"warn"``, ``"fail"``, or ``""`` for what is only told.
    says : str
        What it means, in one sentence.
    """

    name: str
    value: float
    unit: str
    verdict: str
    says: str

    def as_json(self) -> dict[str, object]:
        """Return the form that is saved."""
        return {
            "name": self.name,
            "value": self.value if math.isfinite(self.value) else None,
            "unit": self.unit,
            "verdict": self.verdict,
            "says": self.says,
        }


def judged(evidence: Sequence[Evidence]) -> str:
    """Return the worst of the single verdicts; three doubts are a failure.

    What the images cannot show is no doubt about what they do show, and counts once only.
    """
    found = [item.verdict for item in evidence]
    doubts = sum(1 for item in evidence if item.verdict == WARN and item.name != _UNDETERMINED)
    if FAIL in found or doubts >= _MOST_DOUBTS:
        return FAIL
    return WARN if WARN in found else PASS


def gather(
    alignment: Alignment,
    checks: tuple[Alignment | None, Mirrored | None],
    levels: tuple[Level, Level],
    model: Model,
    transform: Linear,
    header: NDArray[np.float64],
) -> list[Evidence]:
    """Look at a result from every side.

    Parameters
    ----------
    alignment
        Fixed to moving.
    checks
        The same with the roles exchanged, and with a mirrored copy; None where not looked for.
    levels
        The finest level, and its detail alone (see :func:`detail_level`).
    model
        What could move.
    transform
        The result.
    header
        Where the images lay before.
    """
    level, detail = levels
    matrix = alignment.matrix
    unit = level.grid.unit
    before = products(level, header, None, is_scaled=True)
    after = products(level, matrix, None, is_scaled=True)
    found = [
        _similarity(before.correlation, after.correlation, before.overlap),
        _detail(detail, matrix, model),
        _overlap(after.overlap, level),
        _starts(alignment, level),
    ]
    backward, mirror = checks
    if backward is not None:
        found.append(_consistency(matrix, backward.matrix, level))
    if mirror is not None:
        found.append(_mirror(mirror))
    found += _plausible(transform, unit)
    flat = undetermined(alignment.found[-1].slope)
    if flat.any():
        names = ", ".join(name for name, is_flat in zip(model.names, flat, strict=True) if is_flat)
        found.append(
            Evidence(
                _UNDETERMINED,
                float(np.count_nonzero(flat)),
                "motions",
                WARN,
                f"the images do not show {names}; left as at the start",
            )
        )
    return found


def _similarity(before: float, after: float, overlap_before: float) -> Evidence:
    least, good = _LEAST_CORRELATION
    says = f"correlation {before:.4f} before, {after:.4f} after"
    verdict = PASS if after >= good else WARN if after >= least else FAIL
    if verdict != PASS:
        says += ": the images look little alike"
    if overlap_before > 0.5 and after < before - 1e-6:
        verdict, says = FAIL, says + ": worse than before"
    return Evidence("similarity", after, "", verdict, says)


def _detail(detail: Level, matrix: NDArray[np.float64], model: Model) -> Evidence:
    """Compare fine detail at the result with copies shifted on purpose."""
    here = products(detail, matrix, None, is_scaled=True).correlation
    shifted = []
    for generator in model.generators:
        if np.any(generator[:, :-1]):
            continue
        direction = generator[:, -1]
        length = _SHIFT_SAMPLES * max(
            detail.spacing, float(np.abs(detail.grid.direction.T @ direction) @ detail.grid.spacing)
        )
        for sign in (-1.0, 1.0):
            moved = matrix.copy()
            moved[:-1, -1] += sign * length * (matrix[:-1, :-1] @ direction)
            shifted.append(products(detail, moved, None, is_scaled=True).correlation)
    peak = here - max(shifted)
    says = (
        f"fine detail correlates {here:.3f}, and at most {max(shifted):.3f} in copies shifted by "
        f"{_SHIFT_SAMPLES:g} samples"
    )
    verdict = PASS
    least, good = _LEAST_DETAIL[0 if model.name in ("translation", "rigid") else 1]
    if here < good or peak < _LEAST_PEAK[1]:
        verdict = WARN
    if here < least or peak < _LEAST_PEAK[0]:
        verdict, says = FAIL, says + ": the result stands out from nothing"
    return Evidence("detail", peak, "", verdict, says)


def _overlap(share: float, level: Level) -> Evidence:
    least, good = _LEAST_OVERLAP
    relative = share / (overlap_limit(level) / least)
    verdict = PASS if relative >= good else WARN if relative >= least else FAIL
    says = f"{share:.1%} of the fixed points lie inside the moving image"
    return Evidence("overlap", share, "", verdict, says)


def _starts(alignment: Alignment, level: Level) -> Evidence:
    """Count the starts that led to the same place, and name those that led elsewhere as well."""
    chosen = alignment.tried[0].found
    near = APART * max(level.grid.extent)
    agree = sum(
        1 for item in alignment.tried if apart(item.found.matrix, chosen.matrix, level) <= near
    )
    count = len(alignment.tried)
    says = f"{agree} of {count} starts led here; the best was: {alignment.tried[0].start.name}"
    if alignment.rivals:
        names = "; ".join(item.start.name for item in alignment.rivals)
        says += f"; equally good elsewhere: {names}"
    return Evidence("starts", agree / count, "", WARN if alignment.rivals else PASS, says)


def _consistency(
    forward: NDArray[np.float64], backward: NDArray[np.float64], level: Level
) -> Evidence:
    """Map points there and back again with a transform that was found the other way round."""
    points = level.grid.index_to_world(level.index[:: max(1, level.count // 1000)])
    apart = _distance(backward @ forward, np.eye(len(forward)), points)
    mean = float(np.mean(apart))
    worst, good = _MOST_INCONSISTENT
    samples = mean / max(min(level.grid.spacing), min(level.moving_grid.spacing))
    share = mean / max(level.grid.extent)
    verdict = PASS
    if samples > good and share > 0.005:
        verdict = WARN
    if samples > worst and share > 0.05:
        verdict = FAIL
    says = f"there and back again ends {mean:.3g} {level.grid.unit} away on average"
    return Evidence("inverse consistency", mean, level.grid.unit, verdict, says)


def _mirror(mirror: Mirrored) -> Evidence:
    """Judge whether the images would match better if one were mirrored."""
    least, good = _MIRROR
    ratio = mirror.cost / max(mirror.own_cost, 1e-12)
    says = f"a mirrored copy costs {mirror.cost:.4g}, the result {mirror.own_cost:.4g}"
    verdict = PASS
    if ratio < good and mirror.own_cost > 1e-3:
        verdict = WARN if ratio >= least else FAIL
        says += ": left and right of one image may be exchanged"
    return Evidence("mirror", ratio, "", verdict, says)


def _plausible(transform: Linear, unit: str) -> list[Evidence]:
    if transform.rank < 2:
        return []
    parts = transform.decompose()
    sizes = np.linalg.svd(transform.matrix, compute_uv=False)
    extreme = float(max(sizes.max(), 1.0 / sizes.min()))
    (low, high), (usual_low, usual_high) = _SCALES
    verdict = PASS
    if sizes.min() < usual_low or sizes.max() > usual_high:
        verdict = WARN
    if sizes.min() < low or sizes.max() > high or min(parts.scale) < 0:
        verdict = FAIL
    says = f"lengths change by factors from {sizes.min():.3f} to {sizes.max():.3f}"
    return [Evidence("scale", extreme, "", verdict, says)]


def _distance(
    first: NDArray[np.float64], second: NDArray[np.float64], points: NDArray[np.float64]
) -> NDArray[np.float64]:
    difference = first - second
    return np.asarray(np.linalg.norm(points @ difference[:-1, :-1].T + difference[:-1, -1], axis=1))
