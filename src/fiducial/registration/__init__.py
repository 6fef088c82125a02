"""Registration: a transform, a similarity, an optimiser; and a verdict on the result."""
