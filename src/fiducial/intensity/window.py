"""Windowing: the span of values that a display shows from black to white."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import ParameterError, parameter_error
from ..image import Image, working_dtype
from ..kernels import pointwise
from ..operation import operation
from ..progress import report

__all__ = ["PRESETS", "window"]

PRESETS: dict[str, tuple[float, float]] = {
    "lung": (-600.0, 1500.0),
    "mediastinum": (50.0, 350.0),
    "soft tissue": (50.0, 400.0),
    "abdomen": (50.0, 400.0),
    "liver": (30.0, 150.0),
    "bone": (400.0, 1800.0),
    "spine": (50.0, 250.0),
    "brain": (40.0, 80.0),
    "stroke": (40.0, 40.0),
    "subdural": (75.0, 215.0),
    "temporal bone": (600.0, 2800.0),
    "angiography": (300.0, 600.0),
}
"""Centre and width in HU of the windows in common use for CT."""

_CHUNK = 1 << 16
"""Samples worked on at a time: their float32 copy stays in the cache between the steps."""


@operation(uses="tc", example={"centre": 100.0, "width": 150.0})
def window(
    image: Image,
    *,
    centre: float | None = None,
    width: float | None = None,
    preset: str | None = None,
    center: float | None = None,
    rule: Literal["linear_exact", "linear", "sigmoid"] = "linear_exact",
) -> Image:
    """Show a span of values from black to white: a copy for display, from 0 to 1.

    Use it before a picture is drawn or saved.  What comes out are shades, no longer
    measurements: the unit is dropped.

    Parameters
    ----------
    image
        Any image: 2D, 3D, a sequence, with channels.
    centre
        The value shown as middle grey, in the image's unit.
    width
        The span from black to white, in the image's unit; above 0.
    preset
        A window for CT by its name, instead of centre and width: ``"lung"``,
        ``"mediastinum"``, ``"soft tissue"``, ``"abdomen"``, ``"liver"``, ``"bone"``,
        ``"spine"``, ``"brain"``, ``"stroke"``, ``"subdural"``, ``"temporal bone"`` or
        ``"angiography"``.  The image's unit must be HU.
    center
        Another spelling of `centre`.
    rule
        ``"linear_exact"``: 0 at centre - width / 2, 1 at centre + width / 2.  ``"linear"`` and
        ``"sigmoid"`` are the other functions of DICOM (see the notes).

    Returns
    -------
    Image
        float32 from 0 to 1 on the same grid, without unit.  NaN stays NaN.

    Raises
    ------
    ParameterError
        If no window is given, or two are; if the width is not above 0; if a preset is not
        known, or the image is not in HU.

    Notes
    -----
    With c the centre, w the width and x the value, clipped to 0 and 1:

    - linear_exact: (x - c) / w + 1/2.
    - linear: (x - c + 1/2) / (w - 1) + 1/2, DICOM's default for stored integers, for w of 1 or
      more: the w integers from c - w/2 to c + w/2 - 1 share the shades from 0 to 1.  At w = 1
      it is a step above c - 1/2.
    - sigmoid: 1 / (1 + exp(-4 (x - c) / w)).

    A border plays no part.  Cost: one pass.

    References
    ----------
    .. [1] DICOM PS3.3, C.11.2.1.2 and C.11.2.1.3, window center, window width and VOI LUT
       function.

    Examples
    --------
    >>> import fiducial as fd
    >>> ct = fd.Image([[-1000, -160, 40, 240]], unit="HU")
    >>> fd.window(ct, centre=40, width=400).array
    array([[0. , 0. , 0.5, 1. ]], dtype=float32)
    >>> fd.window(ct, preset="brain").array.round(2)
    array([[0. , 0. , 0.5, 1. ]], dtype=float32)
    """
    middle, span = _chosen(image, centre, width, preset, center)
    if not (np.isfinite(span) and span > 0):
        raise parameter_error("window", "width", "above 0 and finite", span)
    if not np.isfinite(middle):
        raise parameter_error("window", "centre", "finite", middle)
    if rule == "linear" and span < 1:
        raise parameter_error(
            "window", "width", "1 or more for the rule linear", span, "Use rule='linear_exact'."
        )
    if rule == "sigmoid":
        values = _sigmoid(image.array, middle, span)
    elif rule == "linear" and span == 1:
        values = _step(image.array, middle - 0.5)
    else:
        low = middle - span / 2
        if rule == "linear":
            low, span = middle - 0.5 - (span - 1) / 2, span - 1
        if not low < low + span:
            small = "a value that the width still counts beside"
            raise parameter_error("window", "centre", small, middle)
        values = pointwise.ramp(image.array, low, low + span)
    return image._like(array=values, unit=None)


def _chosen(
    image: Image,
    centre: float | None,
    width: float | None,
    preset: str | None,
    center: float | None,
) -> tuple[float, float]:
    if center is not None:
        if centre is not None:
            raise parameter_error(
                "window", "center", "left out where centre is given", center, "It is the same."
            )
        centre = center
    if preset is None:
        if centre is None or width is None:
            raise ParameterError(
                f"centre and width of window must both be given, or a preset; "
                f"got centre={centre} and width={width}. Write centre=40, width=400, or "
                "preset='abdomen' for CT."
            )
        return centre, width
    if centre is not None or width is not None:
        raise parameter_error(
            "window", "preset", "left out where centre or width is given", preset, "Give one."
        )
    name = preset.strip().lower().replace("_", " ").replace("-", " ")
    if name not in PRESETS:
        raise parameter_error("window", "preset", f"one of {', '.join(PRESETS)}", preset)
    if image.unit != "HU":
        raise ParameterError(
            f"image of window must be in HU for the preset {name!r}; got unit {image.unit}. "
            f"Give centre and width in the image's own unit, or image.with_unit('HU') if its "
            "values are Hounsfield units."
        )
    return PRESETS[name]


def _sigmoid(array: NDArray[Any], centre: float, width: float) -> NDArray[np.float32]:
    kind = working_dtype(array.dtype).type
    result = np.empty(array.shape, np.float32)
    source, target = np.ascontiguousarray(array).reshape(-1), result.reshape(-1)
    for start in range(0, source.size, _CHUNK):
        values = source[start : start + _CHUNK].astype(kind)
        values -= kind(centre)
        values *= kind(-4.0 / width)
        with np.errstate(over="ignore"):  # the exponential of a dark value: 1 / inf is 0
            np.exp(values, out=values)
        values += kind(1)
        np.divide(kind(1), values, out=target[start : start + _CHUNK])
        report(start + values.size, source.size, "window")
    return result


def _step(array: NDArray[Any], limit: float) -> NDArray[np.float32]:
    """Return 0 up to the limit and 1 above it; NaN stays."""
    missing = np.isnan(array)
    return np.where(missing, np.float32(np.nan), array > limit).astype(np.float32, copy=False)
