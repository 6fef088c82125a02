"""Stains of known concentration come apart.  ``python separate_stains.py [PICTURE.png]``."""

import sys

import numpy as np

import fiducial as fd

slide = fd.phantoms.two_stain_tissue()
stains = fd.separate_stains(slide.image, background=[0.94 * 255] * 3)

print("stain        mean known  mean found  RMS error")
for name in ("hematoxylin", "DAB"):
    known = slide.concentrations.channel(name).array
    found = stains.channel(name).array
    error = np.sqrt(np.mean((found - known) ** 2))
    print(f"{name:<11}  {known.mean():>10.5f}  {found.mean():>10.5f}  {error:>9.5f}")
print(f"eosin        {0:>10.5f}  {stains.channel('eosin').array.mean():>10.5f}")
print("\n".join(stains.lines()))

if len(sys.argv) > 1:
    from matplotlib.figure import Figure

    figure = Figure((9, 3.2), layout="constrained")
    pictures = {"slide": slide.image} | {n: stains.color(n) for n in ("hematoxylin", "DAB")}
    for ax, (title, picture) in zip(figure.subplots(1, 3), pictures.items(), strict=True):
        ax.imshow(picture)
        ax.set(title=title, xticks=[], yticks=[])
    figure.savefig(sys.argv[1], dpi=80)
