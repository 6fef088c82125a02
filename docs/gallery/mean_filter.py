"""The mean over a box given in mm.  ``python mean_filter.py [PICTURE.png]``."""

import sys

import numpy as np

import fiducial as fd

print("noise of 10 HU, averaged over n independent samples, is 10 / sqrt(n) HU")
grid = fd.Grid.from_spacing((40, 120, 120), (3.0, 1.0, 1.0))
noise = fd.Image(np.random.default_rng(0).normal(0, 10, grid.shape), grid, "HU")
for size, count in (("3 mm", 9), ("9 mm", 3 * 81)):
    found = fd.mean_filter(noise, size=size).array[5:-5, 10:-10, 10:-10].std()
    print(f"{size}: known {10 / np.sqrt(count):.3f} HU, found {found:.3f} HU")

if len(sys.argv) > 1:
    from matplotlib.figure import Figure

    ct = fd.phantoms.abdomen_ct(seed=1).image
    middle = ct[ct.shape[0] // 2]
    figure = Figure((8, 3.2), layout="constrained")
    first, second = figure.subplots(1, 2)
    for ax, image, title in (
        (first, middle, "CT"),
        (second, fd.mean_filter(middle, size="10 mm"), "mean over 10 mm"),
    ):
        ax.imshow(fd.window(image, preset="abdomen"), cmap="gray", vmin=0, vmax=1)
        ax.set(title=title, xticks=[], yticks=[])
    figure.savefig(sys.argv[1], dpi=80)
