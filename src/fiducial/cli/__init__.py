"""The command line: ``fiducial``, or ``python -m fiducial``."""
