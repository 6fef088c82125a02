"""A breathing thorax: a sagittal cine whose motion is known at every point and time."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ..errors import parameter_error
from ..geometry import Grid
from ..image import Image, Labels, Points, Sampled
from ..lineage import Call
from ..units import Length
from .breathing import BreathingMotion, FrameMotion
from .known import KnownTransform
from .patch import Patch, averaged, centres, check_samples
from .phantom import phantom, require_unit
from .waves import texture

__all__ = ["ORGANS", "BreathingThorax", "breathing_thorax"]

ORGANS = {1: "body wall", 2: "lung", 3: "diaphragm", 4: "liver", 5: "kidney", 6: "bowel"}
"""Names of the labels; 0 is air around the body."""

_AIR, _WALL, _LUNG, _DIAPHRAGM, _LIVER, _KIDNEY, _BOWEL = range(7)
_LANDMARKS = {
    "top of the dome": (-8.0, 30.0),
    "hilum": (12.0, -30.0),
    "posterior recess": (58.0, 66.0),
    "front of the chest": (-95.0, -5.0),
    "kidney": (46.0, 104.0),
}


@dataclass(frozen=True)
class BreathingThorax:
    """A cine of a breathing thorax, and its truth.

    Attributes
    ----------
    image
        ``t y x``: the frames; the first is exhaled and is the reference of the motion.
    labels
        ``t y x``: organs at the voxel centres, with names.
    displacement
        ``t y x c``: from each voxel centre of frame t to where its tissue was exhaled, in mm,
        components in world order.
    states
        Depth of breath of each frame, 0 to 1.
    landmarks
        Named points of the exhaled thorax.
    tracks
        (T, N, D): where each landmark is in each frame, in world coordinates.
    motion
        The mapping at any point and state.
    """

    image: Image
    labels: Labels
    displacement: Image
    states: tuple[float, ...]
    landmarks: Points
    tracks: NDArray[np.float64]
    motion: BreathingMotion

    def transform(self, fixed: int, moving: int) -> KnownTransform:
        """Return the true mapping from the world of frame `fixed` to that of frame `moving`.

        It is what a registration of the two frames should find: to 1e-10 mm at every point.
        """
        frame = self.landmarks.frame
        motion = FrameMotion(self.motion, self.states[fixed], self.states[moving])
        made = self.image.lineage
        if isinstance(made, Call):
            made = dataclasses.replace(made, output=f"transforms.{fixed}.{moving}")
        return KnownTransform(motion, frame, frame, lineage=made)

    @property
    def transforms(self) -> tuple[tuple[KnownTransform, ...], ...]:
        """The true mapping between every two frames: ``transforms[fixed][moving]``."""
        count = range(len(self.states))
        return tuple(tuple(self.transform(fixed, moving) for moving in count) for fixed in count)


@phantom
def breathing_thorax(
    grid: Grid | Sampled | None = None,
    *,
    frames: int = 8,
    period: float = 4.0,
    descent: Length = "18 mm",
    noise: float = 5.0,
    samples: int = 2,
    seed: int = 0,
) -> BreathingThorax:
    """Compute a sagittal MR-like cine of a breathing thorax.

    Parameters
    ----------
    grid
        Any lattice in mm, or an image to take it from.  In a 2D world x runs to the back and
        y to the feet; in a patient's 3D world (a plane or a volume) the thorax is the same
        at every x.  It fills about 240 mm in depth and 320 mm in height around the world's
        origin.  128 x 96 pixels of 2.5 mm in a 2D world when None.
    frames
        Number of frames of one breath, 1 or more.
    period
        Seconds of one breath.
    descent
        Bound on how far tissue goes down, reached by the diaphragm's middle to within a
        fifth; from 0 to 40 mm.  The chest's front rises by up to 0.28 of it.
    noise
        Standard deviation of the noise in each of the two channels whose magnitude is shown
        (Rician), drawn for each sample; fat has the value 215.
    samples
        Midpoints along each axis of a voxel over which the image is a mean.
    seed
        Chooses vessels, texture and noise.

    Returns
    -------
    BreathingThorax
        Exact: the motion at any point and state, the displacement at the voxel centres, the
        tracks (through the inverse, to 1e-10 mm).  Point-sampled: the labels.  Supersampled:
        the frames, each a mean of the exact object at moved points; no frame is made by
        interpolating another.

    Raises
    ------
    ParameterError
        If the grid is not in mm, the descent is above 40 mm, or there is no frame.

    Notes
    -----
    The state of frame k is ``(1 - cos(2 pi k / frames)) / 2``.  The motion is smooth through
    the pleura: the lung does not slide along the chest as it would.

    Examples
    --------
    >>> import fiducial as fd
    >>> cine = fd.phantoms.breathing_thorax(frames=4)
    >>> cine.image
    Image(t 4 x y 128 x x 96, float32, 2.5 x 2.5 mm)
    >>> dome = cine.tracks[:, 0, 1]
    >>> print((dome - dome[0]).round(1))
    [ 0.   7.5 15.1  7.5]
    """
    check_samples(samples, "breathing_thorax")
    lattice = _lattice(grid)
    if isinstance(frames, bool) or not isinstance(frames, int) or frames < 1:
        raise parameter_error("breathing_thorax", "frames", "a whole number from 1", frames)
    if not period > 0:
        raise parameter_error("breathing_thorax", "period", "above 0", period)
    if not noise >= 0:
        raise parameter_error("breathing_thorax", "noise", "0 or more", noise)
    depth = lattice.in_unit(descent, "descent of breathing_thorax")
    if not 0 <= depth <= 40:
        raise parameter_error("breathing_thorax", "descent", "from 0 to 40 mm", descent)
    is_volume = lattice.frame.dimension == 3
    motion = BreathingMotion(depth, 0.28 * depth, is_volume)
    states = tuple((1 - np.cos(2 * np.pi * k / frames)) / 2 for k in range(frames))
    random = np.random.default_rng([seed, 9])
    at = centres(lattice).points()
    pictures, organs, moves = [], [], []
    for state in states:
        values = averaged(lattice, partial(_frame, motion, state, seed), samples)
        real, imaginary = noise * random.standard_normal((2, *values.shape))
        pictures.append(np.hypot(values + real, imaginary).astype(np.float32))
        moved = motion.map(at, state)
        moves.append(moved - at)
        organs.append(_organ(_flat(moved, is_volume)))
    times = [period * k / frames for k in range(frames)]
    axes = "t" + lattice.axes
    marks = np.array(list(_LANDMARKS.values()))
    if is_volume:
        marks = np.stack([np.zeros(len(marks)), marks[:, 0], -marks[:, 1]], axis=-1)
    tracks = np.stack([motion.inverse_map(marks, state) for state in states])
    tracks.setflags(write=False)
    return BreathingThorax(
        image=Image(
            np.stack(pictures),
            lattice,
            axes=axes,
            times=times,
            about={"modality": "MR"},
            copy=False,
        ),
        labels=Labels(np.stack(organs), lattice, names=ORGANS, axes=axes, times=times, copy=False),
        displacement=Image(
            np.stack(moves),
            lattice,
            "mm",
            axes=axes + "c",
            channels=tuple("xyz"[: lattice.frame.dimension]),
            times=times,
            copy=False,
        ),
        states=tuple(float(state) for state in states),
        landmarks=Points(marks, lattice.frame, names=list(_LANDMARKS)),
        tracks=tracks,
        motion=motion,
    )


def _lattice(grid: Grid | Sampled | None) -> Grid:
    if grid is None:
        return Grid.from_spacing((128, 96), 2.5, origin=(-118.75, -158.75))
    lattice = grid if isinstance(grid, Grid) else grid.grid
    require_unit(lattice, "mm", "breathing_thorax")
    if lattice.frame.dimension < 2:
        raise parameter_error("breathing_thorax", "grid", "in a 2D or 3D world", lattice)
    return lattice


def _frame(motion: BreathingMotion, state: float, seed: int, patch: Patch) -> NDArray[np.float64]:
    return _signal(_flat(motion.map(patch.points(), state), motion.is_volume), seed)


def _flat(points: NDArray[np.float64], is_volume: bool) -> NDArray[np.float64]:
    """Return (..., 2) points: depth towards the back and height towards the feet."""
    if not is_volume:
        return points
    return np.stack([points[..., 1], -points[..., 2]], axis=-1)


def _wall(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how deep under the skin points are, in mm along the depth; negative outside."""
    depth, height = points[..., 0], points[..., 1]
    front = -93.0 - 9.0 * np.exp(-(((height - 70.0) / 75.0) ** 2))
    back = 96.0 + 7.0 * np.exp(-(((height + 50.0) / 60.0) ** 2))
    return np.asarray(np.minimum(depth - front, back - depth))


def _organ(points: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return the organ at (..., 2) points of the exhaled thorax."""
    depth, height = points[..., 0], points[..., 1]
    dome = 30.0 + 36.0 * ((depth + 8.0) / 66.0) ** 2
    chest = np.abs((depth - 2.0) / 74.0) ** 2.6 + np.abs((height + 18.0) / 112.0) ** 2.6
    belly = np.abs((depth - 1.0) / 78.0) ** 3
    edge = 128.0 - 0.45 * (depth + 30.0)
    kidney = ((depth - 46.0) / 19.0) ** 2 + ((height - 104.0) / 34.0) ** 2
    found = np.where(_wall(points) >= 0, _WALL, _AIR)
    is_belly = (belly <= 1.0) & (height > dome)
    found = np.where(is_belly, _BOWEL, found)
    found = np.where(is_belly & (height <= edge), _LIVER, found)
    found = np.where((chest <= 1.0) & (height <= dome), _LUNG, found)
    inside = (belly <= 1.0) & (np.abs(height - dome - 1.5) <= 1.5)
    found = np.where(inside, _DIAPHRAGM, found)
    return np.asarray(np.where((kidney <= 1.0) & is_belly, _KIDNEY, found), dtype=np.uint8)


def _signal(points: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Return the MR-like value at (..., 2) points of the exhaled thorax."""
    flat = points.reshape(-1, 2)
    organ = _organ(flat)
    values = np.array([0.0, 90.0, 16.0, 80.0, 128.0, 165.0, 105.0])[organ]
    skin = _wall(flat)
    values[(organ == _WALL) & (skin <= 8.0)] = 215.0
    values[(organ == _WALL) & (skin <= 1.5)] = 120.0
    fine = texture(flat, (seed, 4), (9.0, 22.0), 12)
    values += np.array([0.0, 4.0, 1.5, 0.0, 4.0, 8.0, 22.0])[organ] * fine
    for depth, height, wide, tall in _RIBS:
        level = ((flat[:, 0] - depth) / wide) ** 2 + ((flat[:, 1] - height) / tall) ** 2
        values[(level <= 1.0) & (organ == _WALL)] = 30.0
        values[(level <= 0.35) & (organ == _WALL)] = 105.0
    (lung,) = np.nonzero(organ == _LUNG)
    values[lung] = np.maximum(values[lung], _vessels(flat[lung], seed))
    (liver,) = np.nonzero(organ == _LIVER)
    values[liver] = np.maximum(values[liver], _veins(flat[liver], seed))
    return np.asarray(np.maximum(values, 0.0).reshape(points.shape[:-1]))


_RIBS = tuple((84.0, -110.0 + 27.0 * k, 5.0, 8.0) for k in range(8)) + tuple(
    (-83.0, -80.0 + 27.0 * k, 4.0, 7.0) for k in range(6)
)
"""Depth, height, and half axes of each rib's section, in mm."""


def _tubes(
    points: NDArray[np.float64], ends: NDArray[np.float64], widths: NDArray[np.float64]
) -> NDArray[np.bool_]:
    inside = np.zeros(len(points), np.bool_)
    for (start, stop), (first, last) in zip(ends, widths, strict=True):
        along = stop - start
        share = np.clip((points - start) @ along / (along @ along), 0.0, 1.0)
        away = points - start - share[:, None] * along
        inside |= np.einsum("ij,ij->i", away, away) <= (first + (last - first) * share) ** 2
    return inside


def _vessels(points: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Return the value of the lung's vessels, 0 between them: they branch from the hilum."""
    random = np.random.default_rng([seed, 5])
    hilum = np.array(_LANDMARKS["hilum"])
    ends, widths = [], []
    for angle in np.arange(11) * (2 * np.pi / 11) + random.uniform(-0.2, 0.2, 11):
        reach = random.uniform(32.0, 52.0)
        fork = hilum + reach * np.array([0.75 * np.cos(angle), np.sin(angle)])
        ends.append((hilum, fork))
        widths.append((3.4, 1.9))
        for turn in (-0.45, 0.35):
            heading = angle + turn + random.uniform(-0.15, 0.15)
            tip = fork + random.uniform(24.0, 42.0) * np.array([np.cos(heading), np.sin(heading)])
            ends.append((fork, tip))
            widths.append((1.8, 0.6))
    return np.where(_tubes(points, np.array(ends), np.array(widths)), 118.0, 0.0)


def _veins(points: NDArray[np.float64], seed: int) -> NDArray[np.float64]:
    """Return the value of the liver's veins, 0 between them."""
    random = np.random.default_rng([seed, 6])
    start = np.array([18.0, 92.0])
    angles = np.linspace(np.pi * 0.95, np.pi * 1.65, 5) + random.uniform(-0.08, 0.08, 5)
    reach = random.uniform(30.0, 55.0, 5)
    tips = start + reach[:, None] * np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    ends = np.stack([np.broadcast_to(start, tips.shape), tips], axis=1)
    return np.where(_tubes(points, ends, np.tile((3.2, 1.4), (5, 1))), 172.0, 0.0)
