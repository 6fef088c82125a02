"""What is known of replaying a file."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import FileDefectError, GeometryWarning
from fiducial.io import write_transform
from fiducial.recipes.replay import SHARE_TOLERANCE, VALUE_TOLERANCE, Replay

GRIDS = {
    "anisotropic": fd.Grid.from_spacing((5, 8, 9), (3.0, 1.5, 1.0), origin=(-4, 2, 9)),
    "oblique, flipped": fd.Grid.from_spacing(
        (5, 8, 9), 1.5, direction=[[0, 0.6, -0.8], [0, 0.8, 0.6], [-1, 0, 0]]
    ),
    "single slice": fd.Grid.from_spacing((1, 8, 9), (3.0, 1.5, 1.0)),
    "2D": fd.Grid.from_spacing((8, 9), (1.5, 1.0)),
}


def smooth(grid: fd.Grid) -> fd.Image:
    return fd.gaussian(fd.phantoms.ball(grid, radius="4 mm").image, sigma="2 mm")


def edit(path: Path, change: Any) -> None:
    """Change the record beside a file."""
    beside = path.with_name(path.name + ".lineage.json")
    document = json.loads(beside.read_text())
    change(document)
    beside.write_text(json.dumps(document))


def with_values(path: Path, change: Any) -> None:
    """Change a file's values and let its record's digest follow, as another build would."""
    import hashlib

    before = fd.read(path)
    lineage, text = before.lineage, path.with_name(path.name + ".lineage.json").read_text()
    fd.write(before._like(array=change(before.array.copy()), lineage=lineage), path)
    path.with_name(path.name + ".lineage.json").write_text(text)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    edit(path, lambda document: document["file"].update(sha256=digest))


@pytest.mark.parametrize("name", GRIDS)
def test_images_masks_and_tables_are_made_again_bit_by_bit(name: str, tmp_path: Path) -> None:
    image = smooth(GRIDS[name])
    inside = fd.threshold(image, above=0.5)
    fd.write(image, tmp_path / "image.nii.gz")
    fd.write(inside, tmp_path / "inside.nii.gz")
    fd.write(fd.measure(inside, images=image), tmp_path / "table.csv")
    for file in ("image.nii.gz", "inside.nii.gz", "table.csv"):
        assert fd.replay(tmp_path / file) == Replay(str(tmp_path / file), "identical")


def test_a_file_that_was_converted_replays_from_its_source(tmp_path: Path) -> None:
    fd.write(smooth(GRIDS["2D"]), tmp_path / "a.nii.gz")
    fd.write(fd.read(tmp_path / "a.nii.gz"), tmp_path / "b.nii")
    assert fd.replay(tmp_path / "b.nii").identical


@pytest.mark.parametrize("file", ["image.mhd", "image.mha", "image.nrrd", "image.nhdr", "a.npy"])
def test_formats_of_one_file_and_of_two(file: str, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", GeometryWarning)  # .npy keeps its pose in the sidecar
        fd.write(smooth(GRIDS["anisotropic"]), tmp_path / file)
    assert fd.replay(tmp_path / file).identical
    assert "changed" not in fd.history(tmp_path / file)


def test_the_data_file_beside_a_header_belongs_to_it(tmp_path: Path) -> None:
    fd.write(smooth(GRIDS["anisotropic"]), tmp_path / "image.mhd")
    (data,) = [path for path in tmp_path.iterdir() if path.suffix in (".raw", ".zraw")]
    bits = bytearray(data.read_bytes())
    bits[100] ^= 1
    data.write_bytes(bits)
    assert "changed since" in fd.history(tmp_path / "image.mhd")
    assert fd.replay(tmp_path / "image.mhd").verdict == "differs"


def test_a_registration_and_what_it_moved(tmp_path: Path) -> None:
    y, x = np.indices((40, 44))
    fixed = fd.Image(np.exp(-((x - 20.0) ** 2 + (y - 18.0) ** 2) / 60))
    moving = fd.Image(np.exp(-((x - 23.0) ** 2 + (y - 18.0) ** 2) / 60))
    fd.write(fixed, tmp_path / "fixed.nrrd")
    fd.write(moving, tmp_path / "moving.nrrd")
    found = fd.register(
        fd.read(tmp_path / "fixed.nrrd"),
        fd.read(tmp_path / "moving.nrrd"),
        transform="translation",
        check=False,
    )
    fd.write(found.moved, tmp_path / "moved.nrrd")
    assert fd.replay(tmp_path / "moved.nrrd").identical
    write_transform(found.transform, tmp_path / "found.json")
    assert fd.replay(tmp_path / "found.json").identical


def test_large_arrays_beside_the_record_are_used(tmp_path: Path) -> None:
    image = fd.phantoms.checker(fd.Grid.from_spacing((40, 50), 1.0)).image
    noise = np.random.default_rng(0).normal(size=image.shape)
    fd.write(image + noise, tmp_path / "noisy.nii.gz")
    assert fd.replay(tmp_path / "noisy.nii.gz").identical


def test_the_first_opaque_step_is_named(tmp_path: Path) -> None:
    fd.write(fd.gaussian(fd.Image(np.zeros((8, 9)), GRIDS["2D"]), sigma=1), tmp_path / "a.nii.gz")
    found = fd.replay(tmp_path / "a.nii.gz")
    assert (found.verdict, found.identical, found.holds) == ("impossible", False, False)
    assert found.differences == ("the image of gaussian is from memory (Image float64 (8, 9))",)


def test_a_changed_file_differs_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.nii.gz"
    fd.write(smooth(GRIDS["2D"]), path)
    text = path.with_name("a.nii.gz.lineage.json").read_text()
    fd.write(smooth(GRIDS["2D"]) + 1, path)
    path.with_name("a.nii.gz.lineage.json").write_text(text)
    found = fd.replay(path)
    assert found.verdict == "differs"
    assert found.differences[0] == "the file was changed after it was written"
    assert "72 of 72 values differ, by up to 1" in found.differences[1]


def test_a_changed_parameter_differs(tmp_path: Path) -> None:
    path = tmp_path / "a.nii.gz"
    fd.write(smooth(GRIDS["2D"]), path)

    def change(document: dict[str, Any]) -> None:
        for node in document["lineage"]["nodes"].values():
            if node["operation"] == "gaussian":
                node["resolved"]["sigma"] = "3 mm"

    edit(path, change)
    assert fd.replay(path).verdict == "differs"


def test_a_source_that_changed_makes_it_impossible(tmp_path: Path) -> None:
    fd.write(smooth(GRIDS["2D"]), tmp_path / "a.nii")
    fd.write(fd.threshold(fd.read(tmp_path / "a.nii"), above=0.5), tmp_path / "b.nii")
    fd.write(smooth(GRIDS["anisotropic"]), tmp_path / "a.nii")
    found = fd.replay(tmp_path / "b.nii")
    assert found.verdict == "impossible"
    assert "not the file that was recorded" in found.differences[0]
    (tmp_path / "a.nii").unlink()
    assert "there is no such file" in fd.replay(tmp_path / "b.nii").differences[0]


@pytest.mark.parametrize(
    ("share", "verdict"), [(0.3, "within tolerance"), (3.0, "differs")], ids=["close", "far"]
)
def test_another_build_may_differ_by_the_stated_tolerance(
    share: float, verdict: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.nii"
    fd.write(smooth(GRIDS["anisotropic"]), path)
    largest = float(fd.read(path).array.max())
    step = np.float32(share * VALUE_TOLERANCE * largest)

    def shift(values: np.ndarray) -> np.ndarray:
        values.flat[7] += step
        return values

    with_values(path, shift)
    assert fd.replay(path).verdict == "differs"  # by the same build not a bit may differ
    edit(path, lambda document: document["determined_by"]["versions"].update(numpy="1.0"))
    found = fd.replay(path)
    assert found.verdict == verdict
    assert found.holds == (verdict == "within tolerance")
    assert any(line.startswith("numpy 1.0, now ") for line in found.environment)


@pytest.mark.parametrize(
    ("count", "verdict"), [(1, "within tolerance"), (3, "differs")], ids=["few", "many"]
)
def test_masks_of_another_build_may_differ_in_a_few_samples(
    count: int, verdict: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.nii"
    grid = fd.Grid.from_spacing((10, 15, 15), 1.0)
    assert 1 <= SHARE_TOLERANCE * 2250 < 3
    fd.write(fd.phantoms.ball(grid, radius=4).mask, path)

    def flip(values: np.ndarray) -> np.ndarray:
        values.flat[:count] = 1 - values.flat[:count]
        return values

    with_values(path, flip)
    edit(path, lambda document: document["determined_by"]["kernels"].update(body="other"))
    edit(path, lambda document: document["describes"].update(kind="mask"))
    found = fd.replay(path)
    assert found.verdict == verdict
    assert f"{count} of 2250 samples differ" in found.differences


def test_numbers_of_a_table_that_differ_are_shown(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    fd.write(fd.measure(fd.phantoms.ball(GRIDS["2D"], radius=4).mask), path)
    path.write_text(path.read_text().replace("1,mask", "2,mask"))
    found = fd.replay(path)
    assert found.verdict == "differs"
    assert found.differences[1].startswith("1 of 2 lines differ, first '2,mask")


def test_without_a_record_there_is_nothing_to_replay(tmp_path: Path) -> None:
    (tmp_path / "a.nii").write_bytes(b"x")
    with pytest.raises(FileDefectError, match="no record"):
        fd.replay(tmp_path / "a.nii")


def test_its_words_and_its_json() -> None:
    found = Replay("a.nii", "differs", ("3 of 9 samples differ",), ("numpy 1.0, now 2.0",))
    assert found.lines() == [
        "a.nii: differs",
        "  3 of 9 samples differ",
        "  other than then: numpy 1.0, now 2.0",
    ]
    assert found.as_json()["identical"] is False
