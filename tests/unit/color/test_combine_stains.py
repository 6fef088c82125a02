"""The colour of mixtures, and of one stain alone."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.color.stains import stain_vectors

NAMES = ("hematoxylin", "eosin", "DAB")


def test_a_stain_of_known_density_has_the_colour_of_its_vector() -> None:
    pure = fd.Image(np.array([[[0.0, 0.0, 0.1]]]), axes="yxc", channels=NAMES)
    found = fd.combine_stains(pure).array[0, 0]
    vector = stain_vectors("HED", None, None, "test").rows[2]
    np.testing.assert_allclose(-np.log10(found), 0.6 * vector, atol=1e-12)


def test_one_stain_alone_is_the_others_at_zero() -> None:
    generator = np.random.default_rng(17)
    values = generator.uniform(0, 0.2, (5, 6, 3)).astype(np.float32)
    image = fd.Image(values, axes="yxc", channels=NAMES)
    alone = values * [1, 0, 0]
    expected = fd.combine_stains(fd.Image(alone.astype(np.float32), axes="yxc")).array
    found = fd.combine_stains(image, only="haematoxylin")
    np.testing.assert_allclose(found.array, expected, atol=1e-6)  # float32 sums of one and three
    assert (found.dtype, found.channels) == (np.float32, ("red", "green", "blue"))


def test_it_undoes_the_separation_of_what_is_a_mixture() -> None:
    truth = np.random.default_rng(18).uniform(0, 0.1, (2, 3, 4, 3))
    image = fd.combine_stains(fd.Image(truth, axes="tyxc"), stains="H&E")
    found = fd.separate_stains(image, stains="H&E", negative="keep").image
    # The residual's vector has negative entries: where it outweighs, the colour is cut at white.
    inside = np.all(image.array < 1, axis=-1)
    np.testing.assert_allclose(found.array[inside], truth[inside], atol=1e-12)
    assert inside.any()


def test_negative_concentrations_are_cut_at_white_and_nan_stays() -> None:
    values = np.array([[[-1.0, -1.0, -1.0], [np.nan, 0.0, 0.0]]])
    found = fd.combine_stains(fd.Image(values, axes="yxc")).array
    assert found[0, 0].tolist() == [1, 1, 1]
    assert np.isnan(found[0, 1]).all()


def test_what_is_refused() -> None:
    with pytest.raises(fd.errors.ParameterError, match="must have three channels"):
        fd.combine_stains(fd.Image(np.zeros((3, 3))))
    image = fd.Image(np.zeros((2, 2, 3)), axes="yxc")
    with pytest.raises(fd.errors.ParameterError, match="only of combine_stains must be one of"):
        fd.combine_stains(image, only="giemsa")
