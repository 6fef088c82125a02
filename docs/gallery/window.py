"""Windows: the values shown black and white, known and found.  ``window.py [PICTURE.png]``."""

import sys

import numpy as np

import fiducial as fd

volume = fd.phantoms.abdomen_ct(seed=1).image
middle = volume[volume.shape[0] // 2]
print("preset    shade of  known  found")
for preset, centre, width in (("abdomen", 50, 400), ("bone", 400, 1800), ("lung", -600, 1500)):
    ramp = fd.Image(np.array([[centre - width / 2, centre, centre + width / 2]]), unit="HU")
    for value, known, found in zip(
        ramp.array[0], (0, 0.5, 1), fd.window(ramp, preset=preset).array[0], strict=True
    ):
        print(f"{preset:<9} {value:>5.0f} HU  {known:>5}  {found:.3f}")

if len(sys.argv) > 1:
    from matplotlib.figure import Figure

    figure = Figure((9, 3.2), layout="constrained")
    for ax, preset in zip(figure.subplots(1, 3), ("abdomen", "bone", "lung"), strict=True):
        ax.imshow(fd.window(middle, preset=preset), cmap="gray", vmin=0, vmax=1)
        ax.set(title=preset, xticks=[], yticks=[])
    figure.savefig(sys.argv[1], dpi=80)
