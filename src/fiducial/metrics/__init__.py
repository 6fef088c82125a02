"""Metrics: how well two masks agree, in numbers whose undefined cases are NaN."""
