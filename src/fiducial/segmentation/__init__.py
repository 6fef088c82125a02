"""Segmentation: from an image to a mask or labels."""
