"""Brightness: histograms, windows and equalisation."""
