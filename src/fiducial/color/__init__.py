"""Colour: channels, luminance and the stains of histology."""
