"""Recall."""

from __future__ import annotations

from ..image import Mask
from ..operation import operation
from .counts import count, ratio, require_alike

__all__ = ["recall"]


@operation(uses="tc")
def recall(*, prediction: Mask, reference: Mask) -> float:
    """Return the share of the reference that a predicted mask found.

    Parameters
    ----------
    prediction
        The mask to be judged.
    reference
        The mask that is taken for true, on the same grid.

    Returns
    -------
    float
        From 0 to 1, also called sensitivity.  NaN if the reference is empty; 0 if only the
        prediction is.

    Raises
    ------
    GridMismatchError
        If they lie on different grids.

    Notes
    -----
    ``|prediction & reference| / |reference|``, with the voxels of all frames together.  The
    roles have to be named, because exchanging them gives :func:`fiducial.precision`.

    Examples
    --------
    >>> import fiducial as fd
    >>> found, truth = fd.Mask([[1, 1, 1, 1, 0]]), fd.Mask([[0, 1, 1, 0, 0]])
    >>> fd.recall(prediction=found, reference=truth)
    1.0
    """
    require_alike(prediction, reference, "recall", ("prediction", "reference"))
    counts = count(prediction.array, reference.array)
    return ratio(counts.both, counts.second)
