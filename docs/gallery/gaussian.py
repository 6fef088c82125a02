"""One Gaussian object, smoothed on three lattices.  ``python gaussian.py [PICTURE.png]``."""

import sys

import numpy as np

import fiducial as fd

smoothed = {}
known = 1000 * (3.0 / np.hypot(3.0, 2.5)) ** 3
print(f"1000 HU, 3 mm wide, smoothed by 2.5 mm: the peak is {known:.1f} HU")
for name, spacing in {
    "fine": (1, 1, 1),
    "coarse": (2, 2, 2),
    "anisotropic": (2.5, 1, 1.25),
}.items():
    shape = [2 * round(18 / step) + 1 for step in spacing]
    origin = [-step * (size // 2) for size, step in zip(shape, spacing, strict=True)][::-1]
    grid = fd.Grid.from_spacing(shape, spacing, origin=origin)
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    apart = np.sum(grid.index_to_world(index) ** 2, axis=-1)
    blob = fd.Image(1000 * np.exp(-apart / (2 * 3.0**2)), grid, "HU")
    smoothed[name] = fd.gaussian(blob, sigma="2.5 mm", truncate=6)
    print(f"{name:<12} known {known:.1f}  found {smoothed[name].array.max():.1f}")

if len(sys.argv) > 1:
    from matplotlib.figure import Figure

    figure = Figure((9, 3.2), layout="constrained")
    for ax, (name, image) in zip(figure.subplots(1, 3), smoothed.items(), strict=True):
        spacing = image.spacing
        ax.imshow(image.array[:, image.shape[1] // 2], cmap="gray", aspect=spacing.z / spacing.x)
        ax.set(title=name, xticks=[], yticks=[])
    figure.savefig(sys.argv[1], dpi=80)
