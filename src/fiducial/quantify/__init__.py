"""Quantify: from masks, labels and images to tables."""
