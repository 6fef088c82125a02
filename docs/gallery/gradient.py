"""The slope of a ramp on an oblique lattice.  ``python gradient.py [PICTURE.png]``."""

import sys

import numpy as np

import fiducial as fd

turn = np.array([[0.8, -0.6, 0.0], [0.6, 0.8, 0.0], [0.0, 0.0, 1.0]])[:, ::-1]
grid = fd.Grid.from_spacing((8, 20, 20), (3.0, 0.7, 0.9), direction=turn)
index = np.stack(np.meshgrid(*map(np.arange, grid.shape), indexing="ij"), axis=-1)
slope = np.array([2.0, -3.0, 0.7])
ramp = fd.Image(grid.index_to_world(index) @ slope, grid, "HU")
found = fd.gradient(ramp)

print(f"axis  known  least found  most found  ({found.unit})")
for name, known in zip(found.channels, slope, strict=True):
    part = found.channel(name).array
    print(f"{name:<4}  {known:>5}  {part.min():>11.6f}  {part.max():>10.6f}")

if len(sys.argv) > 1:
    from matplotlib.figure import Figure

    ct = fd.gaussian(fd.phantoms.abdomen_ct(seed=1).image, sigma="3 mm")
    middle = ct.shape[0] // 2
    figure = Figure((9, 3.2), layout="constrained")
    for ax, component in zip(figure.subplots(1, 3), ("x", "y", "magnitude"), strict=True):
        shown = fd.gradient(ct, component=component)[middle]
        is_length = component == "magnitude"
        ax.imshow(
            shown, cmap="gray" if is_length else "RdBu", vmin=0 if is_length else -60, vmax=60
        )
        ax.set(title=f"{component}, {shown.unit}", xticks=[], yticks=[])
    figure.savefig(sys.argv[1], dpi=80)
