"""Laws of brightness and colour: counts add up, order is kept, mixtures come apart."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import fiducial as fd

floats = arrays.arrays(
    np.float64, st.tuples(st.integers(1, 8), st.integers(1, 8)), elements=st.floats(-1e6, 1e6)
)
integers = arrays.arrays(np.int16, st.tuples(st.integers(1, 8), st.integers(1, 8)))


@given(floats | integers, st.none() | st.integers(1, 50))
def test_every_value_is_counted_once(values: np.ndarray, bins: int | None) -> None:
    found = fd.histogram(fd.Image(values), bins=bins)
    assert found.counts.sum() == found.total == values.size
    assert found.edges[0] <= values.min()
    assert found.edges[-1] >= values.max()


@given(floats | integers, st.floats(0.7, 1e4))
def test_bins_of_a_width_hold_every_value(values: np.ndarray, width: float) -> None:
    if np.ptp(values.astype(float)) / width > 1e5:
        width = float(np.ptp(values.astype(float))) / 1e5
    found = fd.histogram(fd.Image(values), width=width)
    assert found.counts.sum() == values.size
    assert (found.below, found.above) == (0, 0)


@given(floats, st.floats(0, 1), st.floats(0, 1))
def test_quantiles_grow_with_their_share(values: np.ndarray, first: float, second: float) -> None:
    found = fd.histogram(fd.Image(values))
    low, high = sorted((first, second))
    assert found.quantile(low) <= found.quantile(high)


@given(floats | integers, st.floats(-1e5, 1e5), st.floats(1, 1e5))
def test_windows_keep_the_order_and_stay_within_0_and_1(
    values: np.ndarray, centre: float, width: float
) -> None:
    for rule in ("linear_exact", "linear", "sigmoid"):
        shades = fd.window(fd.Image(values), centre=centre, width=width, rule=rule).array
        assert shades.min() >= 0
        assert shades.max() <= 1
        order = np.argsort(values, axis=None, kind="stable")
        assert np.all(np.diff(shades.ravel()[order]) >= 0)


@given(floats | integers)
def test_equalisation_keeps_the_order_and_reaches_1(values: np.ndarray) -> None:
    shades = fd.equalize_hist(fd.Image(values)).array.ravel()
    order = np.argsort(values, axis=None, kind="stable")
    assert np.all(np.diff(shades[order]) >= -2e-7)  # float32 rounding between two bins
    assert np.argmax(shades) == np.argmax(values) or shades.max() == shades[np.argmax(values)]
    assert 0 <= shades.min() <= shades.max() <= 1


@given(arrays.arrays(np.float64, (3, 4, 3), elements=st.floats(0, 0.2)))
def test_mixtures_come_apart(concentrations: np.ndarray) -> None:
    names = ("hematoxylin", "eosin", "DAB")
    truth = fd.Image(concentrations, axes="yxc", channels=names)
    found = fd.separate_stains(fd.combine_stains(truth))
    np.testing.assert_allclose(found.image.array, concentrations, atol=1e-12)  # float64
    assert sum(found.negative.values()) == 0
