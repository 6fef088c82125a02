"""Every phantom: lineage that makes it again, seeds, refusals."""

from __future__ import annotations

import dataclasses
import json
import pickle
from typing import Any

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import ParameterError
from fiducial.geometry import Grid
from fiducial.image import Sampled
from fiducial.lineage import Call, Opaque, from_document, to_document

MM2 = Grid.from_spacing((24, 20), 10.0, origin=(-95.0, -115.0))
MM3 = Grid.from_spacing((12, 14, 12), 16.0, origin=(-88.0, -104.0, -88.0))
UM2 = Grid.from_spacing((40, 40), 2.0, origin=(1.0, 1.0), unit="um")
UM3 = Grid.from_spacing((6, 16, 16), 4.0, origin=(2.0, 2.0, 2.0), unit="um")

CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "ball": ("ball", {"grid": MM3, "radius": "30 mm"}),
    "ball 2D": ("ball", {"grid": MM2, "radius": "3 px"}),
    "box": ("box", {"grid": MM3, "size": ["30 mm", "40 mm", "5 cm"]}),
    "blob": ("gaussian_blob", {"grid": MM2, "sigma": 20}),
    "checker": ("checker", {"grid": MM3, "period": 32}),
    "brain": ("brain_pair", {"grid": MM3}),
    "brain 2D": ("brain_pair", {"grid": MM2, "kind": "rigid", "contrasts": ("T1", "T2")}),
    "thorax": ("breathing_thorax", {"grid": MM2, "frames": 3}),
    "thorax in a patient": ("breathing_thorax", {"grid": MM3, "frames": 2}),
    "abdomen": ("abdomen_ct", {"grid": MM3}),
    "abdomen 2D": ("abdomen_ct", {"grid": MM2}),
    "nuclei": ("nuclei_field", {"grid": UM2, "count": 10}),
    "nuclei 3D": ("nuclei_field", {"grid": UM3, "count": 10}),
    "tissue": ("two_stain_tissue", {"grid": UM2}),
}
SEEDED = ("brain", "thorax", "abdomen", "nuclei", "tissue")


def make(case: str, **changes: Any) -> Any:
    name, parameters = CASES[case]
    return getattr(fd.phantoms, name)(**{**parameters, **changes})


def arrays(result: Any) -> dict[str, np.ndarray]:
    found = {}
    for field in dataclasses.fields(result):
        value = getattr(result, field.name)
        if isinstance(value, Sampled):
            found[field.name] = value.array
        elif isinstance(value, fd.Points):
            found[field.name] = value.world
    return found


@pytest.mark.parametrize("case", CASES)
def test_the_record_makes_every_part_again(case: str) -> None:
    result = make(case)
    for name, expected in arrays(result).items():
        lineage = getattr(result, name).lineage
        assert isinstance(lineage, Call)
        written = json.loads(json.dumps(to_document(lineage)))
        read = from_document(written)
        assert read.id == lineage.id
        again = fd.phantoms.remake(read)
        np.testing.assert_array_equal(np.asarray(again), expected)
        assert again.lineage.id == lineage.id


@pytest.mark.parametrize("case", CASES)
def test_pickles_and_is_frozen(case: str) -> None:
    result = make(case)
    back = pickle.loads(pickle.dumps(result))
    for name, expected in arrays(result).items():
        np.testing.assert_array_equal(arrays(back)[name], expected)
    with pytest.raises(dataclasses.FrozenInstanceError):
        result.image = None


@pytest.mark.parametrize("case", SEEDED)
def test_the_seed_decides_everything_that_is_random(case: str) -> None:
    first, same, other = (arrays(make(case, seed=seed)) for seed in (3, 3, 4))
    for name in first:
        np.testing.assert_array_equal(first[name], same[name])
    assert any(not np.array_equal(first[name], other[name]) for name in first)


def test_an_image_gives_its_grid() -> None:
    image = make("abdomen").image
    again = fd.phantoms.ball(image, radius=30)
    assert again.mask.grid is image.grid
    assert isinstance(again.mask.lineage, Call)
    assert again.mask.lineage.given["grid"] == image.grid.as_json()


@pytest.mark.parametrize(
    ("name", "grid", "message"),
    [
        ("abdomen_ct", UM3, "grid of abdomen_ct must be in mm"),
        ("breathing_thorax", UM2, "grid of breathing_thorax must be in mm"),
        ("brain_pair", UM2, "grid of brain_pair must be in mm"),
        ("nuclei_field", MM2, "grid of nuclei_field must be in um"),
        ("two_stain_tissue", MM2, "grid of two_stain_tissue must be in um"),
        ("two_stain_tissue", UM3, "grid of two_stain_tissue must be 2D"),
        ("ball", 5, "grid of ball must be a Grid or an image"),
    ],
)
def test_a_wrong_grid_is_refused(name: str, grid: Any, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        getattr(fd.phantoms, name)(grid)


def test_remake_refuses_what_is_no_phantom() -> None:
    with pytest.raises(ParameterError, match="call of remake must be the lineage of a phantom"):
        fd.phantoms.remake(Call("gaussian", "1", {}, {}))
    with pytest.raises(ParameterError, match="call of remake"):
        fd.phantoms.remake(Call("phantoms.remake", "1", {}, {}))
    with pytest.raises(ParameterError, match="call of remake"):
        fd.phantoms.remake(Opaque("array"))


def test_the_package_names_what_it_lacks() -> None:
    with pytest.raises(AttributeError, match="no attribute 'potato'"):
        _ = fd.phantoms.potato
