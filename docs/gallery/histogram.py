"""The histogram of a normal distribution.  ``python histogram.py [PICTURE.png]``."""

import math
import sys

import numpy as np

import fiducial as fd

values = np.random.default_rng(0).normal(40, 15, (64, 64, 64))
found = fd.histogram(fd.Image(values, unit="HU"), width=2)

print("share below  known HU  found HU")
for share, deviations in ((0.05, -1.6449), (0.5, 0.0), (0.95, 1.6449)):
    print(f"{share:>11}  {40 + 15 * deviations:>8.2f}  {found.quantile(share):>8.2f}")
peak = 2 * values.size / (15 * math.sqrt(2 * math.pi))
print(f"highest bin: known {peak:.0f}, found {found.counts.max()}")

if len(sys.argv) > 1:
    found.plot(title="N(40 HU, 15 HU)").savefig(sys.argv[1], dpi=80)
