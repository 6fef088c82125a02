"""File formats: one module each, found by scanning this folder.

A module is a format when it holds ``FORMAT``, a :class:`fiducial.io.format.Format`.  Dropping
in a file is all it takes.
"""
