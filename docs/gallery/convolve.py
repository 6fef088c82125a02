"""The textbook's kernels and their impulse responses.  ``python convolve.py [PICTURE.png]``."""

import sys

import numpy as np

import fiducial as fd
from fiducial.filters.convolve import KERNELS

spike = np.zeros((7, 7))
spike[3, 3] = 1.0
y, x = np.mgrid[:7, :7].astype(float)
print("kernel      impulse response is the kernel  on x  on y (known slopes times 6, flipped)")
for name, kernel in KERNELS.items():
    response = fd.convolve(fd.Image(spike), name).array[2:5, 2:5]
    on_x, on_y = (fd.convolve(fd.Image(ramp), name)[3, 3] for ramp in (x, y))
    is_same = bool(np.allclose(response, kernel))
    print(f"{name:<11} known True, found {is_same!s:<14}  {on_x:>4.0f}  {on_y:>4.0f}")

if len(sys.argv) > 1:
    from matplotlib.figure import Figure

    ct = fd.phantoms.abdomen_ct(seed=1).image
    middle = ct[ct.shape[0] // 2]
    figure = Figure((14, 2.8), layout="constrained")
    for ax, name in zip(figure.subplots(1, len(KERNELS)), KERNELS, strict=True):
        shown = fd.convolve(middle, name)
        is_smooth = name in ("mean3", "gaussian3")
        limits = (-160, 240) if is_smooth else (-600, 600)
        ax.imshow(shown, cmap="gray", vmin=limits[0], vmax=limits[1])
        ax.set(title=name, xticks=[], yticks=[])
    figure.savefig(sys.argv[1], dpi=80)
