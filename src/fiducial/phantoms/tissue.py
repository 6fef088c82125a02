"""A stained section: an RGB brightfield image whose stain concentrations are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import parameter_error
from ..geometry import Grid
from ..image import Image, Labels, Mask, Sampled
from .ellipsoid import Ellipsoid
from .patch import Patch, centres
from .phantom import phantom, require_unit
from .touching import placed
from .waves import texture

__all__ = ["STAINS", "StainedTissue", "two_stain_tissue"]

STAINS = {
    "hematoxylin": (0.65, 0.70, 0.29),
    "eosin": (0.07, 0.99, 0.11),
    "DAB": (0.27, 0.57, 0.78),
}
"""Share of red, green and blue in the optical density of each stain, as published by Ruifrok
and Johnston (2001)."""

DENSITY = 6.0
"""Optical density (base 10) that a concentration of 1 absorbs: the scale of
``separate_stains``."""

_SIZE = 256.0
_EDGE = 0.6
"""Breadth in um over which a stained structure fades out: half the sharpness of the lens."""


@dataclass(frozen=True)
class StainedTissue:
    """A brightfield image of a section with two stains, and its truth.

    Attributes
    ----------
    image
        RGB uint8, as a slide scanner writes it.
    transmittance
        RGB float32: the share of the light that passes, before it is rounded to 8 bits.
    concentrations
        Two channels, named by the stains, on the scale that ``separate_stains`` gives: a
        concentration c absorbs the optical density 6 c times the stain's row of `matrix`.
    nuclei
        Which nucleus each pixel centre lies in, from 1.
    positive
        Pixels whose centre lies in a gland, which alone holds the second stain in amount.
    matrix
        (2, 3): share of red, green and blue in the optical density of each stain.
    positive_share
        Share of the pixels that are positive.
    """

    image: Image
    transmittance: Image
    concentrations: Image
    nuclei: Labels
    positive: Mask
    matrix: NDArray[np.float64]
    positive_share: float


@phantom
def two_stain_tissue(
    grid: Grid | Sampled | None = None,
    *,
    second: Literal["DAB", "eosin"] = "DAB",
    strength: float = 1.0,
    exposure: float = 0.94,
    seed: int = 0,
) -> StainedTissue:
    """Compute a section stained with haematoxylin and DAB (or eosin), with known amounts.

    Parameters
    ----------
    grid
        Any 2D lattice in um in a 2D world, or an image to take it from.  The section is
        256 x 256 um from the world's origin.  256 x 256 pixels of 1 um when None.
    second
        The second stain: ``"DAB"`` or ``"eosin"``.
    strength
        Factor on both concentrations; above 0.  From about 1.6 the darkest pixels come near
        to black and their colour is lost in 8 bits.
    exposure
        Value of clear glass, as a share of white; above 1 it is saturated.
    seed
        Chooses nuclei, glands and texture.

    Returns
    -------
    StainedTissue
        Exact at the pixel centres: concentrations, and the transmittance that follows from
        them by Beer and Lambert's law.  The image is that rounded to 8 bits and clipped.
        Nothing is a mean over a pixel, for the law is not linear.

    Raises
    ------
    ParameterError
        If the grid is not 2D in um, or a number is out of its range.

    Notes
    -----
    ``transmittance = exposure * 10 ** -(6 * concentrations @ matrix)``, so that separating
    the stains of ``transmittance / exposure`` gives the concentrations back, and nothing for
    the third stain.

    References
    ----------
    Ruifrok AC, Johnston DA (2001). Quantification of histochemical staining by color
    deconvolution. Anal Quant Cytol Histol 23:291-299.

    Examples
    --------
    >>> import numpy as np, fiducial as fd
    >>> slide = fd.phantoms.two_stain_tissue()
    >>> density = -np.log10(np.asarray(slide.transmittance, float) / 0.94)
    >>> found = density @ np.linalg.pinv(slide.matrix) / 6
    >>> bool(np.allclose(found, slide.concentrations, atol=1e-5))
    True
    """
    lattice = _lattice(grid)
    if second not in ("DAB", "eosin"):
        raise parameter_error("two_stain_tissue", "second", '"DAB" or "eosin"', second)
    if not strength > 0:
        raise parameter_error("two_stain_tissue", "strength", "above 0", strength)
    if not exposure > 0:
        raise parameter_error("two_stain_tissue", "exposure", "above 0", exposure)
    matrix = np.array([STAINS["hematoxylin"], STAINS[second]])
    matrix.setflags(write=False)
    nuclei, _ = placed(
        np.random.default_rng([seed, 1]), np.array([_SIZE, _SIZE]), 150, (3.8, 7.0), 0.3
    )
    patch = centres(lattice)
    amounts, positive = _amounts(patch, nuclei, seed)
    amounts *= strength / DENSITY
    light = exposure * 10.0 ** -(DENSITY * amounts @ matrix)
    axes = lattice.axes + "c"
    labels = np.zeros(patch.shape, np.uint16)
    for number, item in enumerate(nuclei, 1):
        hit = item.inside(patch)
        if hit is not None:
            labels[hit[0]][hit[1]] = number
    return StainedTissue(
        image=Image(
            np.clip(np.round(light * 255), 0, 255).astype(np.uint8), lattice, axes=axes, copy=False
        ),
        transmittance=Image(light.astype(np.float32), lattice, axes=axes, copy=False),
        concentrations=Image(
            amounts.astype(np.float32),
            lattice,
            axes=axes,
            channels=("hematoxylin", second),
            copy=False,
        ),
        nuclei=Labels(labels, lattice, copy=False),
        positive=Mask(positive, lattice, copy=False),
        matrix=matrix,
        positive_share=float(positive.mean()),
    )


def _lattice(grid: Grid | Sampled | None) -> Grid:
    if grid is None:
        return Grid.from_spacing((256, 256), 1.0, origin=(0.5, 0.5), unit="um")
    lattice = grid if isinstance(grid, Grid) else grid.grid
    require_unit(lattice, "um", "two_stain_tissue")
    if lattice.dimension != 2 or lattice.frame.dimension != 2:
        raise parameter_error("two_stain_tissue", "grid", "2D in a 2D world", lattice)
    return lattice


def _amounts(
    patch: Patch, nuclei: list[Ellipsoid], seed: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return (..., 2) optical densities of the two stains, and where a gland is."""
    points = patch.points()
    random = np.random.default_rng([seed, 2])
    stroma = texture(points, (seed, 3), (18.0, 60.0), 16)
    fibres = texture(points * (1.0, 3.0), (seed, 4), (10.0, 26.0), 12)
    has_tissue = _soft(1.6 - stroma - 0.2 * fibres, 0.15)
    first = has_tissue * (0.09 + 0.025 * fibres)
    second = has_tissue * 0.035 * np.ones(first.shape)
    gland = np.full(first.shape, -np.inf)
    for place in random.permutation(9)[:7]:
        center = 43.0 + 85.0 * np.array(divmod(place, 3)) + random.uniform(-14, 14, 2)
        radius = random.uniform(18.0, 29.0)
        breadth, phase = random.uniform(8.0, 12.0), random.uniform(0, 2 * np.pi, 3)
        away = points - center
        angle = np.arctan2(away[..., 1], away[..., 0])
        ripple = sum(0.07 * np.sin((k + 2) * angle + phase[k]) for k in range(3))
        distance = np.hypot(away[..., 0], away[..., 1]) - radius * (1 + ripple)
        gland = np.maximum(gland, breadth - np.abs(distance))
    strength = 0.42 + 0.09 * texture(points, (seed, 5), (25.0, 70.0), 10)
    grain = 1.0 + 0.18 * texture(points, (seed, 6), (2.5, 7.0), 14)
    second = second + _soft(gland, _EDGE) * np.clip(strength, 0.12, None) * np.clip(
        grain, 0.3, None
    )
    for number, item in enumerate(nuclei):
        outer = Ellipsoid(item.center, tuple(part + 5 * _EDGE for part in item.radii), item.turn)
        cut = outer.cut(patch.affine)
        found = None if cut is None else patch.window(cut.index - cut.half, cut.index + cut.half)
        if found is None:
            continue
        part, key = found
        at = part.points()
        share = _soft(-item.distance(at), _EDGE)
        chromatin = 1.0 + 0.2 * texture(at, (seed, 7, number), (2.0, 5.0), 8)
        depth = random.uniform(0.38, 0.62)
        first[key] += share * depth * np.clip(chromatin, 0.3, None)
        second[key] *= 1.0 - 0.75 * share
    return np.stack([np.clip(first, 0.0, None), second], axis=-1), gland >= 0


def _soft(inward: NDArray[np.float64], breadth: float) -> NDArray[np.float64]:
    """Return 0 outside, 1 inside and a smooth step of this breadth between."""
    return np.asarray(0.5 + 0.5 * np.tanh(inward / breadth))
