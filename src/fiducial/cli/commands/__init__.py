"""The hand-written commands, one module each: ``arguments(parser)`` and ``run(given)``."""
