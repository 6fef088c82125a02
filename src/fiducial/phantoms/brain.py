"""A pair of brain-like images joined by a mapping that is known everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import parameter_error
from ..geometry import Frame, Grid
from ..image import Image, Labels, Points, Sampled
from ..transforms import Rigid
from ..units import Length
from .ellipsoid import Ellipsoid, rotation
from .known import KnownTransform
from .patch import averaged, centres, check_samples
from .phantom import phantom, require_unit
from .waves import WaveMotion, directions, texture

__all__ = ["TISSUES", "BrainPair", "brain_pair"]

TISSUES = {1: "cerebrospinal fluid", 2: "grey matter", 3: "white matter", 4: "skull", 5: "scalp"}
"""Names of the labels; 0 is air."""

_VALUES = {
    "T1": np.array([0.0, 55.0, 125.0, 180.0, 25.0, 205.0]),
    "T2": np.array([0.0, 220.0, 140.0, 95.0, 20.0, 160.0]),
}
_HEAD = np.array([72.0, 92.0, 84.0])
_VENTRICLES = tuple(
    Ellipsoid((side * 10.0, 1.0, 9.0), (5.5, 23.0, 9.5), rotation(3, 8.0, 0.0, side * 9.0))
    for side in (-1, 1)
)
_NUCLEI = tuple(
    Ellipsoid((side * 25.0, 3.0, 3.0), (7.5, 17.0, 11.0), rotation(3, 0.0, 0.0, side * -14.0))
    for side in (-1, 1)
)
_LEVEL = 6.0
"""z in mm at which a 2D world cuts the head."""

_LANDMARKS = {
    "left frontal horn": (14.0, -20.0, 8.0),
    "right frontal horn": (-14.0, -20.0, 8.0),
    "left occipital horn": (7.0, 22.0, 10.0),
    "right occipital horn": (-7.0, 22.0, 10.0),
    "left deep nucleus": (25.0, 3.0, 3.0),
    "right deep nucleus": (-25.0, 3.0, 3.0),
    "frontal pole": (0.0, -74.0, 0.0),
    "occipital pole": (0.0, 74.0, 0.0),
    "left temporal pole": (58.0, 0.0, 0.0),
    "right temporal pole": (-58.0, 0.0, 0.0),
}


@dataclass(frozen=True)
class BrainPair:
    """Two images of one head, and the mapping between them.

    Attributes
    ----------
    fixed, moving
        The images: the fixed one at p shows what the moving one shows at
        ``transform.map(p)``.
    fixed_labels, moving_labels
        Tissues at the voxel centres, with names.
    fixed_points, moving_points
        The same named landmarks in both, exact:
        ``transform.map(fixed_points)`` is `moving_points`.
    displacement
        ``transform.map(p) - p`` at the voxel centres: a vector image in world order, in mm.
    transform
        The true mapping from fixed world to moving world, exact at every point: what a
        registration should find.  A Rigid, or a closed form with an inverse.
    """

    fixed: Image
    moving: Image
    fixed_labels: Labels
    moving_labels: Labels
    fixed_points: Points
    moving_points: Points
    displacement: Image
    transform: Rigid | KnownTransform


@phantom
def brain_pair(
    grid: Grid | Sampled | None = None,
    *,
    kind: Literal["deformation", "rigid"] = "deformation",
    size: Length = "9 mm",
    angle: float | Sequence[float] = 8.0,
    shift: Sequence[float] | None = None,
    contrasts: Sequence[str] = ("T1", "T1"),
    noise: float = 3.0,
    samples: int = 2,
    seed: int = 0,
) -> BrainPair:
    """Compute two images of one head that a known mapping joins.

    Parameters
    ----------
    grid
        Any lattice in mm, or an image to take it from: 3D, a plane in a 3D world, or 2D (an
        axial cut, x to the left and y to the back).  The head is 144 x 184 x 168 mm around
        the world's origin.  When None, 3D with voxels of 3 mm.
    kind
        ``"deformation"``: smooth, folds nowhere; ``"rigid"``: a rotation and a shift.
    size
        For the deformation: no point moves further than this length, up to 18 mm.
    angle
        For the rigid motion, degrees: one number in 2D or about z; three about x, y and z.
    shift
        For the rigid motion, mm, x first; (6, -4) or (6, -4, 3) when None.
    contrasts
        Of the fixed and of the moving image: ``"T1"`` or ``"T2"``.
    noise
        Standard deviation of the Gaussian noise, drawn for each voxel of each image; white
        matter has the value 180 in T1.
    samples
        Midpoints along each axis of a voxel over which the image is a mean.
    seed
        Chooses folds, deformation and noise.

    Returns
    -------
    BrainPair
        Exact: the transform at any point, the displacement at the voxel centres, and, given the
        transform, the landmarks (through its inverse, to 1e-10 mm for the deformation).
        Point-sampled: the labels.  Supersampled: the images, means of the head's exact values
        over `samples` midpoints along each axis, plus noise; no image is made by
        interpolating another.

    Raises
    ------
    ParameterError
        If the grid is not in mm, or the deformation would be larger than 18 mm.

    Notes
    -----
    The head is a function of the world point alone: nested ellipsoids, folds from plane waves
    of 15 to 26 mm, ventricles and deep nuclei.  The deformation is
    ``u(p) = sum_i a_i sin(k_i . p + c_i)`` with six waves of 120 to 220 mm; its slope stays
    below 1, so that it has an inverse.

    Examples
    --------
    >>> import fiducial as fd
    >>> grid = fd.Grid.from_spacing((48, 40), 4.0, origin=(-78, -94))
    >>> pair = fd.phantoms.brain_pair(grid, size="6 mm")
    >>> away = pair.transform.map(pair.fixed_points).distance_to(pair.moving_points)
    >>> bool(away.max() < 1e-9)
    True
    """
    check_samples(samples, "brain_pair")
    lattice = _lattice(grid)
    world = lattice.frame.dimension
    if len(contrasts) != 2 or any(name not in _VALUES for name in contrasts):
        raise parameter_error("brain_pair", "contrasts", 'two of "T1" and "T2"', contrasts)
    if not noise >= 0:
        raise parameter_error("brain_pair", "noise", "0 or more", noise)
    motion: Rigid | KnownTransform
    if kind == "deformation":
        waves = _waves(lattice.in_unit(size, "size of brain_pair"), world, seed)
        motion = KnownTransform(waves, lattice.frame, lattice.frame)
    elif kind == "rigid":
        motion = _rigid(angle, shift, lattice.frame)
    else:
        raise parameter_error("brain_pair", "kind", '"deformation" or "rigid"', kind)
    random = np.random.default_rng([seed, 3])

    def image(contrast: str, is_fixed: bool) -> Image:
        values = averaged(
            lattice,
            lambda patch: _VALUES[contrast][
                _tissue(motion.map(patch.points()) if is_fixed else patch.points(), seed)
            ],
            samples,
        )
        values += noise * random.standard_normal(values.shape)
        return Image(values.astype(np.float32), lattice, about={"modality": "MR"}, copy=False)

    at = centres(lattice).points()
    moved = motion.map(at)
    named = np.array(list(_LANDMARKS.values()))
    if world == 2:
        named = named[:, :2]
    names = list(_LANDMARKS)
    return BrainPair(
        fixed=image(contrasts[0], True),
        moving=image(contrasts[1], False),
        fixed_labels=Labels(_tissue(moved, seed), lattice, names=TISSUES, copy=False),
        moving_labels=Labels(_tissue(at, seed), lattice, names=TISSUES, copy=False),
        fixed_points=Points(motion.inverse().map(named), lattice.frame, names=names),
        moving_points=Points(named, lattice.frame, names=names),
        displacement=Image(
            moved - at,
            lattice,
            "mm",
            axes=lattice.axes + "c",
            channels=tuple("xyz"[:world]),
            copy=False,
        ),
        transform=motion,
    )


def _lattice(grid: Grid | Sampled | None) -> Grid:
    if grid is None:
        return Grid.from_spacing((60, 66, 54), 3.0, origin=(-79.5, -97.5, -88.5))
    lattice = grid if isinstance(grid, Grid) else grid.grid
    require_unit(lattice, "mm", "brain_pair")
    if lattice.frame.dimension < 2:
        raise parameter_error("brain_pair", "grid", "in a 2D or 3D world", lattice)
    return lattice


def _waves(size: float, dimension: int, seed: int) -> WaveMotion:
    if not 0 < size <= 18:
        raise parameter_error("brain_pair", "size", "above 0 and at most 18 mm", f"{size:g} mm")
    random = np.random.default_rng([seed, 2])
    count = 6
    waves = directions(random, count, dimension)
    waves *= (2 * np.pi / random.uniform(120.0, 220.0, count))[:, None]
    amplitudes = directions(random, count, dimension) * (size / count)
    return WaveMotion(waves, amplitudes, random.uniform(0, 2 * np.pi, count))


def _rigid(angle: float | Sequence[float], shift: Sequence[float] | None, frame: Frame) -> Rigid:
    given = [float(angle)] if isinstance(angle, int | float) else [float(part) for part in angle]
    if frame.dimension == 3 and len(given) == 1:
        given = [0.0, 0.0, given[0]]
    if len(given) != (1 if frame.dimension == 2 else 3):
        raise parameter_error("brain_pair", "angle", "one angle, or three in 3D", angle)
    moved = np.asarray((6.0, -4.0, 3.0)[: frame.dimension] if shift is None else shift, float)
    if moved.shape != (frame.dimension,):
        raise parameter_error("brain_pair", "shift", f"{frame.dimension} numbers, x first", shift)
    turn = rotation(frame.dimension, *given)
    return Rigid(turn, moved, fixed_frame=frame, moving_frame=frame)


def _tissue(points: NDArray[np.float64], seed: int) -> NDArray[np.uint8]:
    """Return the tissue at points (..., 2 or 3) of the moving image's world, in mm."""
    if points.shape[-1] == 2:
        level = np.full((*points.shape[:-1], 1), _LEVEL)
        points = np.concatenate([points, level], axis=-1)
    shape = points.shape[:-1]
    flat = points.reshape(-1, 3)
    radius = np.linalg.norm(flat / _HEAD, axis=1)
    found = np.select([radius <= 0.865, radius <= 0.93, radius <= 1.0], [1, 4, 5], 0)
    (inner,) = np.nonzero(radius <= 0.85)
    at, level = flat[inner], radius[inner]
    folds = texture(at, (seed, 0), (15.0, 26.0), 14)
    gyri = texture(at, (seed, 1), (18.0, 30.0), 14)
    # Sulci run where the waves cancel; the white matter keeps a cortex's breadth from them.
    surface = 0.845 - 0.17 * np.exp(-((folds / 0.13) ** 2))
    white = 0.765 + 0.015 * gyri - 0.20 * np.exp(-((folds / 0.55) ** 2))
    tissue = np.where(level <= white, 3, np.where(level <= surface, 2, 1))
    gap = np.abs(at[:, 0])
    is_fissure = level > 0.46
    tissue = np.where(is_fissure & (gap <= 4.5) & (tissue == 3), 2, tissue)
    tissue = np.where(is_fissure & (gap <= 1.2), 1, tissue)
    for group, number in ((_NUCLEI, 2), (_VENTRICLES, 1)):
        for part in group:
            tissue[part.level(at) <= 1.0] = number
    found[inner] = tissue
    return np.asarray(found.reshape(shape), dtype=np.uint8)
