"""Equalisation makes every shade as frequent.  ``python equalize_hist.py [PICTURE.png]``."""

import sys

import numpy as np

import fiducial as fd

ct = fd.phantoms.abdomen_ct(seed=1).image
middle = ct[ct.shape[0] // 2]
values = np.random.default_rng(0).gamma(2.0, 30.0, (256, 256))
shades = fd.equalize_hist(fd.Image(values), bins=2000).array

print("shades from  to    known share  found share")
for low in (0.0, 0.25, 0.5, 0.75):
    share = np.mean((shades > low) & (shades <= low + 0.25))
    print(f"{low:>11}  {low + 0.25:<4}  {0.25:>11}  {share:>11.4f}")

if len(sys.argv) > 1:
    from matplotlib.figure import Figure

    figure = Figure((8, 3.2), layout="constrained")
    first, second = figure.subplots(1, 2)
    first.imshow(middle, cmap="gray")
    first.set(title="CT", xticks=[], yticks=[])
    second.imshow(fd.equalize_hist(middle), cmap="gray", vmin=0, vmax=1)
    second.set(title="equalised", xticks=[], yticks=[])
    figure.savefig(sys.argv[1], dpi=80)
