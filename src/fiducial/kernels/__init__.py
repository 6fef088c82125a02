"""Loops over arrays: convolution, interpolation, distance, morphology, histogram, rank.

Arrays in, arrays out; no grid, no file, no print.  Each kernel is a Python face that checks
its arguments, a plain NumPy or SciPy reference that says what is meant, and a C++ body that
does the same faster.  `FIDUCIAL_KERNELS=reference` chooses the references.
"""
