"""Stain separation: mixtures of known concentration, and what cannot be trusted in them."""

from __future__ import annotations

import numpy as np
import pytest

import fiducial as fd
from fiducial.color.stains import stain_vectors

VECTORS = stain_vectors("HED", None, None, "test").rows


def mixture(concentrations: np.ndarray) -> np.ndarray:
    """Beer and Lambert: transmittance from concentrations of 6 optical densities each."""
    return 10.0 ** (-6 * concentrations @ VECTORS)


def concentrations(*shape: int) -> np.ndarray:
    generator = np.random.default_rng(15)
    return generator.uniform(0, 0.12, (*shape, 3))


def test_known_concentrations_come_back() -> None:
    truth = concentrations(8, 9)
    found = fd.separate_stains(fd.Image(mixture(truth), axes="yxc"))
    np.testing.assert_allclose(found.image.array, truth, atol=1e-12)  # float64
    assert found.image.channels == ("hematoxylin", "eosin", "DAB")
    assert found.negative == {"hematoxylin": 0, "eosin": 0, "DAB": 0}
    assert (found.dark, found.bright) == (0, 0)


@pytest.mark.parametrize(("dtype", "tolerance"), [("uint8", 0.02), ("uint16", 8e-5)])
def test_rounding_of_the_camera_bounds_the_error(dtype: str, tolerance: float) -> None:
    truth = concentrations(20, 20) * 0.5
    most = np.iinfo(dtype).max
    counts = np.rint(mixture(truth) * most).astype(dtype)
    found = fd.separate_stains(fd.Image(counts, axes="yxc"))
    # Half a step of the darkest channel, 0.05 of white, is 1 % (4e-5) of its transmittance,
    # 7e-4 (3e-6) of a concentration, which the inverse of the vectors makes up to 6 times more
    # of for each of the three channels.
    np.testing.assert_allclose(found.image.array, truth, atol=tolerance)
    assert found.image.dtype == np.float32


def test_a_background_is_the_white_of_the_slide() -> None:
    truth = concentrations(5, 6)
    background = np.array([230.0, 240.0, 210.0])
    slide = fd.Image(mixture(truth) * background, axes="yxc")
    found = fd.separate_stains(slide, background=background)
    np.testing.assert_allclose(found.image.array, truth, atol=1e-12)
    signed = fd.Image(np.full((1, 1, 3), 300, np.int16), axes="yxc")
    assert np.all(fd.separate_stains(signed, background=(300, 300, 300)).image.array == 0)


def test_negative_dark_and_bright_pixels_are_counted() -> None:
    pixels = [[0, 120, 130], [255, 200, 255], [10, 250, 250], [255, 255, 255], [120, 90, 140]]
    image = fd.Image(np.array([pixels], np.uint8), axes="yxc")
    clipped = fd.separate_stains(image)
    kept = fd.separate_stains(image, negative="keep")
    below = kept.image.array < -1e-6
    assert below.any()
    assert list(clipped.negative.values()) == below.sum(axis=(0, 1)).tolist()
    assert clipped.negative == kept.negative
    np.testing.assert_array_equal(clipped.image.array, np.maximum(kept.image.array, 0))
    assert clipped.dark == 1
    assert clipped.bright == 2
    assert np.isfinite(clipped.image.array).all()


def test_stains_of_ones_own_and_pairs() -> None:
    rows = np.array([[0.2, 0.9, 0.4], [0.8, 0.3, 0.1]])
    truth = np.random.default_rng(16).uniform(0, 0.1, (4, 5, 2))
    image = fd.Image(10.0 ** (-6 * truth @ rows), axes="yxc")
    found = fd.separate_stains(image, vectors=rows, names=["red dye", "blue dye"])
    np.testing.assert_allclose(found.channel("red dye").array, truth[..., 0], atol=1e-12)
    np.testing.assert_allclose(found.channel("residual").array, 0, atol=1e-12)
    again = fd.combine_stains(found.image, vectors=rows)
    np.testing.assert_allclose(again.array, image.array, atol=1e-12)


def test_sequences_volumes_and_nan() -> None:
    truth = concentrations(2, 3, 4, 5)
    image = fd.Image(mixture(truth), axes="tzyxc", times=(0.0, 1.0))
    found = fd.separate_stains(image).image
    assert (found.axes, found.times) == ("tzyxc", (0.0, 1.0))
    np.testing.assert_allclose(found.array, truth, atol=1e-12)
    values = mixture(concentrations(2, 2))
    values[0, 0, 1] = np.nan
    part = fd.separate_stains(fd.Image(values, axes="yxc")).image.array
    assert np.isnan(part[0, 0]).all()
    assert np.isfinite(part[1]).all()


def test_more_pixels_than_a_chunk() -> None:
    truth = concentrations(150, 131)
    found = fd.rgb2hed(fd.Image(mixture(truth), axes="yxc"))
    np.testing.assert_allclose(found.image.array, truth, atol=1e-12)


@pytest.mark.parametrize(
    ("array", "axes", "given", "words"),
    [
        (np.zeros((3, 4), np.uint8), "yx", {}, "must have red, green and blue"),
        (np.zeros((3, 4, 4), np.uint8), "yxc", {}, "Leave alpha out"),
        (np.zeros((3, 4, 3), np.int16), "yxc", {}, "background of separate_stains must be given"),
        (np.full((3, 4, 3), 200.0), "yxc", {}, "must hold floats from 0 to 1; got up to 200"),
        (np.ones((3, 4, 3)), "yxc", {"background": (1, 0, 1)}, "red, green and blue above 0"),
        (np.ones((3, 4, 3)), "yxc", {"background": (1, 1)}, "red, green and blue above 0"),
        (np.ones((3, 4, 3)), "yxc", {"negative": "hide"}, "negative of separate_stains must be"),
        (np.ones((3, 4, 3)), "yxc", {"stains": "PAS"}, "stains of separate_stains must be one of"),
    ],
)
def test_what_is_refused(
    array: np.ndarray, axes: str, given: dict[str, object], words: str
) -> None:
    with pytest.raises(fd.errors.ParameterError, match=words):
        fd.separate_stains(fd.Image(array, axes=axes), **given)


def test_the_phantom_of_two_stains_gives_its_concentrations_back() -> None:
    slide = fd.phantoms.two_stain_tissue()
    clear = 0.94
    exact = fd.separate_stains(slide.transmittance, background=[clear] * 3)
    truth = slide.concentrations
    for name in ("hematoxylin", "DAB"):
        # float32 transmittances down to 0.01: 6e-8 of it, over ln(10^6), times the inverse
        np.testing.assert_allclose(exact.channel(name).array, truth.channel(name).array, atol=2e-6)
    np.testing.assert_allclose(exact.channel("eosin").array, 0, atol=2e-6)

    rounded = fd.separate_stains(slide.image, background=[clear * 255] * 3)
    for name in ("hematoxylin", "DAB"):
        error = rounded.channel(name).array - truth.channel(name).array
        # A step of 8 bits is 3e-4 of a concentration in clear glass, and scatters evenly.
        assert abs(float(error.mean())) < 1e-5
        assert float(np.sqrt(np.mean(error**2))) < 5e-4


def test_jpeg_and_noise_scatter_the_concentrations_but_do_not_bias_them() -> None:
    from io import BytesIO

    from PIL import Image as Picture

    slide = fd.phantoms.two_stain_tissue()
    noise = np.random.default_rng(25).normal(0, 2, slide.image.shape)  # 2 of 255
    noisy = np.clip(np.rint(slide.transmittance.array * 255 + noise), 0, 255).astype(np.uint8)
    stream = BytesIO()
    Picture.fromarray(noisy).save(stream, "JPEG", quality=92, subsampling=0)
    stored = fd.Image(np.asarray(Picture.open(stream)), slide.image.grid, axes="yxc")
    found = fd.separate_stains(stored, background=[0.94 * 255] * 3, negative="keep")
    for name in ("hematoxylin", "DAB"):
        error = found.channel(name).array - slide.concentrations.channel(name).array
        # Two steps of noise and one or two of JPEG: ten times the rounding, and no bias to see.
        assert abs(float(error.mean())) < 3e-4
        assert float(np.sqrt(np.mean(error**2))) < 6e-3
