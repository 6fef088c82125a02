"""A CT-like abdomen: organs and lesions at known HU, with volumes in closed form."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import parameter_error
from ..geometry import Grid
from ..image import Image, Labels, Points, Sampled
from .ellipsoid import Cut, Ellipsoid, rotation
from .patch import Patch, averaged, centres, check_samples
from .phantom import phantom, require_unit

__all__ = ["Abdomen", "Organ", "abdomen_ct"]


@dataclass(frozen=True)
class Organ:
    """What is known of one organ or lesion.

    Attributes
    ----------
    number, name
        Its label.
    hu
        Its value, in HU, before noise.
    volume
        Exact volume in mm3, or area in mm2 of what a plane cuts out of it; without what lies
        inside it (a liver without its lesions).  NaN where the organ runs through the ends of
        any lattice.
    center
        World point of the ellipsoid's centre, of the cut's for a plane; NaN where there is
        none.  For an organ with lesions inside it is that of the whole ellipsoid.
    is_present
        Whether the lattice's plane or space meets it.
    """

    number: int
    name: str
    hu: float
    volume: float
    center: tuple[float, ...]
    is_present: bool


@dataclass(frozen=True)
class Abdomen:
    """A CT-like image of an abdomen, and its truth.

    Attributes
    ----------
    image
        int16, HU.
    labels
        Organs and lesions at the voxel centres, with names.
    organs
        What is known of each, in the order of their numbers.
    lesions
        Exact centres of the lesions, named.
    """

    image: Image
    labels: Labels
    organs: tuple[Organ, ...]
    lesions: Points

    def organ(self, name: str) -> Organ:
        """Return what is known of one organ, by name."""
        for organ in self.organs:
            if organ.name == name:
                return organ
        known = ", ".join(organ.name for organ in self.organs)
        raise parameter_error("Abdomen.organ", "name", f"one of {known}", name)


@dataclass(frozen=True)
class _Part:
    name: str
    hu: float
    shape: Ellipsoid
    is_long: bool = False
    host: str = ""


def _long(x: float, y: float, wide: float, deep: float) -> Ellipsoid:
    """Return an ellipsoid so long in z that it is a cylinder to 1e-6 within a metre."""
    return Ellipsoid((x, y, 0.0), (wide, deep, 1e6))


_AIR = -1000.0
_PARTS = (
    _Part("skin and fat", -105.0, _long(0, 0, 168, 122), is_long=True),
    _Part("muscle", 55.0, _long(0, 4, 152, 106), is_long=True),
    _Part("inner fat", -90.0, _long(0, 0, 143, 96), is_long=True),
    _Part("liver", 110.0, Ellipsoid((-60, -20, 16), (75, 57, 66), rotation(3, 0, 12, -14))),
    _Part("spleen", 125.0, Ellipsoid((101, 26, 34), (22, 38, 42), rotation(3, 12, 0, 22))),
    _Part("left kidney", 165.0, Ellipsoid((56, 50, -30), (24, 21, 50), rotation(3, 8, 10, 0))),
    _Part("right kidney", 165.0, Ellipsoid((-58, 52, -56), (24, 21, 50), rotation(3, 8, -10, 0))),
    _Part("stomach", 25.0, Ellipsoid((60, -46, 34), (40, 34, 40), rotation(3, 0, 0, -24))),
    _Part("gas", -950.0, Ellipsoid((58, -60, 38), (20, 9, 20)), host="stomach"),
    _Part("bowel 1", 35.0, Ellipsoid((30, -40, -56), (30, 24, 30))),
    _Part("bowel 2", 30.0, Ellipsoid((92, -14, -54), (24, 30, 34))),
    _Part("bowel 3", 38.0, Ellipsoid((-28, -36, -74), (24, 24, 20))),
    _Part("spine", 320.0, _long(0, 70, 23, 20), is_long=True),
    _Part("spinal canal", 20.0, _long(0, 78, 9, 7.5), is_long=True, host="spine"),
    _Part("aorta", 230.0, _long(16, 37, 10.5, 10.5), is_long=True),
    _Part("vena cava", 170.0, _long(-14, 40, 12, 8.5), is_long=True),
    _Part("lesion 1", 62.0, Ellipsoid((-92, -28, 26), (15, 15, 15)), host="liver"),
    _Part(
        "lesion 2", 75.0, Ellipsoid((-46, -46, 2), (10, 8, 9), rotation(3, 0, 0, 30)), host="liver"
    ),
    _Part("lesion 3", 150.0, Ellipsoid((-62, 2, -14), (7, 7, 7)), host="liver"),
    _Part("lesion 4", 8.0, Ellipsoid((58, 48, -52), (9, 9, 9)), host="left kidney"),
)
"""In the order of painting: a later part covers an earlier one.  Behind the first three, no two
share a point unless one is the other's host, which holds it whole: so volumes are exact."""


@phantom
def abdomen_ct(
    grid: Grid | Sampled | None = None,
    *,
    noise: float = 12.0,
    samples: int = 2,
    seed: int = 0,
) -> Abdomen:
    """Compute a CT-like abdomen with organs and lesions of known value, volume and place.

    Parameters
    ----------
    grid
        Any lattice in mm, or an image to take it from: a volume or a plane in a patient's 3D
        world, tilted as it may be, or a 2D world (the axial plane z = 0).  The body is
        336 x 244 mm around the world's origin and runs through both ends; liver, spleen and
        kidneys lie between z = -105 and z = 85.  48 slices of 4 mm with pixels of 2.5 mm when
        None.
    noise
        Standard deviation of the Gaussian noise in HU, drawn for each voxel.
    samples
        Midpoints along each axis of a voxel over which the image is a mean.
    seed
        Chooses the noise.

    Returns
    -------
    Abdomen
        Exact: HU, volumes and centres (ellipsoids in closed form; less what lies inside).
        Point-sampled: the labels.  Supersampled: the image, a mean of HU over `samples`
        midpoints along each axis of a voxel, plus noise, rounded to whole HU.

    Raises
    ------
    ParameterError
        If the grid is not in mm.

    Examples
    --------
    >>> import fiducial as fd
    >>> scan = fd.phantoms.abdomen_ct(noise=0)
    >>> lesion = scan.organ("lesion 1")
    >>> lesion.hu, round(lesion.volume), lesion.center
    (62.0, 14137, (-92.0, -28.0, 26.0))
    >>> round(scan.labels.mask("lesion 1").count * scan.labels.grid.voxel_volume)
    14400
    """
    check_samples(samples, "abdomen_ct")
    lattice, view = _lattice(grid)
    if not noise >= 0:
        raise parameter_error("abdomen_ct", "noise", "0 or more", noise)
    values = np.array([_AIR, *(part.hu for part in _PARTS)])
    hu = averaged(lattice, lambda patch: values[_painted(patch)], samples, view)
    hu += noise * np.random.default_rng([seed, 1]).standard_normal(hu.shape)
    at = centres(lattice, view)
    organs = _truth(at.affine, lattice.frame.dimension)
    lesions = [item for item in organs if item.name.startswith("lesion") and item.is_present]
    return Abdomen(
        image=Image(
            np.round(hu).astype(np.int16), lattice, "HU", about={"modality": "CT"}, copy=False
        ),
        labels=Labels(
            _painted(at), lattice, names={item.number: item.name for item in organs}, copy=False
        ),
        organs=organs,
        lesions=Points(
            np.array([item.center for item in lesions]).reshape(-1, lattice.frame.dimension),
            lattice.frame,
            names=[item.name for item in lesions],
        ),
    )


def _lattice(grid: Grid | Sampled | None) -> tuple[Grid, NDArray[np.float64]]:
    if grid is None:
        lattice = Grid.from_spacing(
            (48, 104, 140), (4.0, 2.5, 2.5), origin=(-173.75, -128.75, -106.0)
        )
    else:
        lattice = grid if isinstance(grid, Grid) else grid.grid
    require_unit(lattice, "mm", "abdomen_ct")
    world = lattice.frame.dimension
    if world < 2 or lattice.dimension < 2:
        raise parameter_error("abdomen_ct", "grid", "a plane or a volume", lattice)
    return lattice, np.eye(3)[:, :world]


def _painted(patch: Patch) -> NDArray[np.uint8]:
    found = np.zeros(patch.shape, np.uint8)
    for number, part in enumerate(_PARTS, 1):
        hit = part.shape.inside(patch)
        if hit is not None:
            key, inside = hit
            found[key][inside] = number
    return found


def _truth(affine: NDArray[np.float64], world: int) -> tuple[Organ, ...]:
    cuts: dict[str, Cut | None] = {part.name: part.shape.cut(affine) for part in _PARTS}
    is_volume = affine.shape[1] == 4
    nowhere = (float("nan"),) * world
    organs = []
    for number, part in enumerate(_PARTS, 1):
        cut = cuts[part.name]
        volume, center = (0.0, nowhere) if cut is None else (cut.size, cut.center[:world])
        if cut is not None and is_volume:
            volume, center = part.shape.volume, np.asarray(part.shape.center)
        for guest in _PARTS:
            inner = cuts[guest.name]
            if guest.host == part.name and inner is not None:
                volume -= guest.shape.volume if is_volume else inner.size
        if part.is_long:
            volume, center = float("nan"), nowhere
        place = tuple(float(value) for value in center)
        organs.append(Organ(number, part.name, part.hu, float(volume), place, cut is not None))
    return tuple(organs)
