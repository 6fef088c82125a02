"""Precision."""

from __future__ import annotations

from ..image import Mask
from ..operation import operation
from .counts import count, ratio, require_alike

__all__ = ["precision"]


@operation(uses="tc")
def precision(*, prediction: Mask, reference: Mask) -> float:
    """Return the share of a predicted mask that lies in the reference.

    Parameters
    ----------
    prediction
        The mask to be judged.
    reference
        The mask that is taken for true, on the same grid.

    Returns
    -------
    float
        From 0 to 1, also called positive predictive value.  NaN if the prediction is empty;
        0 if only the reference is.

    Raises
    ------
    GridMismatchError
        If they lie on different grids.

    Notes
    -----
    ``|prediction & reference| / |prediction|``, with the voxels of all frames together.  The
    roles have to be named, because exchanging them gives :func:`fiducial.recall`.

    Examples
    --------
    >>> import fiducial as fd
    >>> found, truth = fd.Mask([[1, 1, 1, 1, 0]]), fd.Mask([[0, 1, 1, 0, 0]])
    >>> fd.precision(prediction=found, reference=truth)
    0.5
    """
    require_alike(prediction, reference, "precision", ("prediction", "reference"))
    counts = count(prediction.array, reference.array)
    return ratio(counts.both, counts.first)
