"""Convolution filters: smoothing and derivatives."""
