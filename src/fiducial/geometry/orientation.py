"""Anatomical orientation codes, and the one place where RAS and LPS meet."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError

__all__ = ["axis_assignment", "orientation_code", "parse_orientation", "swap_ras_lps"]

_LETTERS = (("L", "R"), ("P", "A"), ("S", "I"))


def swap_ras_lps(affine: NDArray[np.float64]) -> NDArray[np.float64]:
    """Flip the first two world axes: RAS becomes LPS and LPS becomes RAS.

    NIfTI's world is RAS, DICOM's and ours LPS.  No other line of the project does this.

    Parameters
    ----------
    affine
        A matrix whose first two rows are world x and y: (4, N) or (3, N).
    """
    flipped = np.array(affine, dtype=np.float64)
    flipped[:2] *= -1.0
    return flipped + 0.0  # no negative zeros


def axis_assignment(direction: NDArray[np.float64]) -> tuple[tuple[int, int], ...]:
    """Say for each column of `direction` which world axis it follows best, and its sign.

    Each world axis is given away once, the best-aligned pair first; ties go to the lower
    column, then the lower world axis.

    Parameters
    ----------
    direction
        (W, D), unit columns in world coordinates.

    Returns
    -------
    tuple of (world axis, sign)
        One for each column.
    """
    strength = np.round(np.abs(direction), 9)
    found: dict[int, tuple[int, int]] = {}
    free_rows = set(range(direction.shape[0]))
    free_columns = set(range(direction.shape[1]))
    while free_columns:
        column, row = max(
            ((c, r) for c in free_columns for r in free_rows),
            key=lambda pair: (strength[pair[1], pair[0]], -pair[0], -pair[1]),
        )
        found[column] = (row, 1 if direction[row, column] >= 0 else -1)
        free_columns.discard(column)
        free_rows.discard(row)
    return tuple(found[column] for column in range(direction.shape[1]))


def orientation_code(direction: NDArray[np.float64]) -> str:
    """Return the letters towards which the axes grow, in the order x, y, z.

    That is the order of ITK and nibabel, the reverse of array order: a plain axial CT,
    whose array axes grow to Superior, Posterior and Left, is ``"LPS"``.

    Parameters
    ----------
    direction
        (3, D), columns in array order, LPS coordinates.

    Examples
    --------
    >>> orientation_code(np.eye(3)[:, ::-1])
    'LPS'
    """
    assignment = axis_assignment(direction)
    return "".join(_LETTERS[row][0 if sign > 0 else 1] for row, sign in reversed(assignment))


def parse_orientation(code: str) -> tuple[tuple[int, int], ...]:
    """Return (world axis, sign) for each array axis of an orientation code such as ``"RAS"``.

    Raises
    ------
    ParameterError
        If the code is not three letters, one of each of L/R, P/A and S/I.

    Examples
    --------
    >>> parse_orientation("RAS")
    ((2, 1), (1, -1), (0, -1))
    """
    found = []
    for letter in str(code).upper():
        for row, (positive, negative) in enumerate(_LETTERS):
            if letter in (positive, negative):
                found.append((row, 1 if letter == positive else -1))
    if len(found) != 3 or len(code) != 3 or len({row for row, _ in found}) != 3:
        raise ParameterError(
            f"orientation must be three letters, one of each of L/R, P/A, S/I; got {code!r}. "
            'Write "LPS", "RAS", ...'
        )
    return tuple(reversed(found))
