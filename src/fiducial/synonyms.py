"""What an operation is called elsewhere, so that an unknown name can be answered with ours."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = ["SYNONYMS", "nearest"]

SYNONYMS = {
    "affine_transform": "resample",
    "active_contour": "chan_vese",
    "area": "measure",
    "binary_closing": "closing",
    "binary_dilation": "dilate",
    "binary_erosion": "erode",
    "binary_fill_holes": "fill_holes",
    "binary_opening": "opening",
    "blur": "gaussian",
    "box_filter": "mean_filter",
    "connected_components": "label",
    "convolve2d": "convolve",
    "dice_coefficient": "dice",
    "dilation": "dilate",
    "directed_hausdorff": "hausdorff_distance",
    "distance_map": "distance_transform",
    "distance_transform_edt": "distance_transform",
    "erosion": "erode",
    "gaussian_filter": "gaussian",
    "histogram_equalization": "equalize_hist",
    "imsave": "write",
    "imshow": "show",
    "imwrite": "write",
    "intersection_over_union": "jaccard",
    "iou": "jaccard",
    "laplace": "laplacian",
    "load": "read",
    "plot": "show",
    "regionprops": "measure",
    "regionprops_table": "measure",
    "registration": "register",
    "rescale": "to_spacing",
    "resize": "to_spacing",
    "rgb2gray": "gray",
    "save": "write",
    "sensitivity": "recall",
    "smooth": "gaussian",
    "sobel": "gradient",
    "uniform_filter": "mean_filter",
    "volume": "measure",
    "warp": "resample",
    "zoom": "to_spacing",
}
"""Names from other libraries and from everyday speech, and the operation that does it here."""


def nearest(word: str, names: Iterable[str]) -> str:
    """Return a question that names what may have been meant, or nothing.

    Parameters
    ----------
    word
        What was written.
    names
        What there is.

    Examples
    --------
    >>> nearest("binary_erosion", ["erode", "precision"])
    'Did you mean erode?'
    >>> nearest("gausian", ["gaussian", "otsu"])
    'Did you mean gaussian?'
    >>> nearest("xyz", ["gaussian"])
    ''
    """
    known = list(names)
    ours = SYNONYMS.get(word.lower(), "")
    if ours in known:
        return f"Did you mean {ours}?"
    folded = {name.lower(): name for name in reversed(known)}
    close = difflib.get_close_matches(word.lower(), list(folded), n=3, cutoff=0.6)
    return f"Did you mean {' or '.join(folded[name] for name in close)}?" if close else ""
