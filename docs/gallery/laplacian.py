"""The Laplacian of a bowl on three lattices.  ``python laplacian.py [PICTURE.png]``."""

import sys

import numpy as np

import fiducial as fd

sheared = fd.Grid.from_spacing((9, 9, 9), (2.0, 1.0, 0.5)).affine.copy()
sheared[0, 0] = 0.8
lattices = {
    "unit spacing": fd.Grid.from_spacing((9, 9, 9), 1.0),
    "anisotropic": fd.Grid.from_spacing((9, 9, 9), (3.0, 0.7, 0.9)),
    "sheared": fd.Grid((9, 9, 9), sheared),
}
print("x^2 + 2 y^2 - z^2 in mm has the Laplacian 4 / mm^2")
for name, grid in lattices.items():
    index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
    x, y, z = np.moveaxis(grid.index_to_world(index), -1, 0)
    found = fd.laplacian(fd.Image(x**2 + 2 * y**2 - z**2, grid)).array[1:-1, 1:-1, 1:-1]
    print(f"{name:<12} known 4, found {found.min():.9f} to {found.max():.9f}")

if len(sys.argv) > 1:
    from matplotlib.figure import Figure

    ct = fd.gaussian(fd.phantoms.abdomen_ct(seed=1).image, sigma="4 mm")
    figure = Figure((4.5, 3.2), layout="constrained")
    ax = figure.subplots()
    ax.imshow(fd.laplacian(ct)[ct.shape[0] // 2], cmap="RdBu_r", vmin=-10, vmax=10)
    ax.set(title="Laplacian, HU/mm^2", xticks=[], yticks=[])
    figure.savefig(sys.argv[1], dpi=80)
