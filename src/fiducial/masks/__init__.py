"""Masks: grow, shrink, fill, take apart, measure distances."""
