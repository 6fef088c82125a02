"""Figures by name: one figure, one module, found by the catalogue."""
