"""Registration from end to end."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest

import fiducial as fd
from fiducial.errors import Cancelled, FrameMismatchError, ParameterError
from fiducial.lineage import Call
from fiducial.progress import listening
from fiducial.registration.objectives import MeanSquaredError
from fiducial.registration.optimisers import LevenbergMarquardt

from .conftest import Picture, centred

TURNED = fd.Rigid((10, -20, 30)).matrix
SHEAR = np.eye(3)[:, ::-1] + np.array([[0, 0, 0], [0, 0, 0.2], [0, 0, 0]])
GRIDS = {
    "isotropic": centred((48, 48, 48), 2.2),
    "anisotropic": centred((18, 100, 100), (6.0, 1.0, 1.0)),
    "oblique left-handed": centred((44, 46, 48), 2.3, TURNED @ np.diag([-1.0, 1.0, 1.0])[:, ::-1]),
    "sheared": centred((46, 46, 46), 2.3, SHEAR),
    "2D": centred((100, 110), 1.0),
    "2D anisotropic": centred((50, 110), (2.0, 1.0)),
}
TRUTH = fd.Rigid((6, -10, 15), (7.3, -4.1, 5.2), center=(3, 2, 1))
TRUTH_2D = fd.Rigid(12, (7.3, -4.1), center=(3, 2))
INSIDE = np.random.default_rng(1).uniform(-25, 25, (100, 3))


def truth_on(name: str) -> fd.Rigid:
    return TRUTH_2D if name.startswith("2D") else TRUTH


def error(found: fd.Transform, truth: fd.Transform) -> float:
    """Give the mean distance between two transforms' images of points in the head."""
    points = INSIDE[:, : truth.dimension]
    return float(np.linalg.norm(found.map(points) - truth.map(points), axis=1).mean())


@pytest.mark.parametrize(
    ("name", "moving"),
    [
        ("isotropic", "isotropic"),
        ("anisotropic", "anisotropic"),
        ("isotropic", "anisotropic"),
        ("oblique left-handed", "isotropic"),
        ("anisotropic", "oblique left-handed"),
        ("sheared", "isotropic"),
        ("2D", "2D"),
        ("2D", "2D anisotropic"),
    ],
)
def test_a_known_rigid_transform_is_found_on_any_lattice(
    picture: Picture, name: str, moving: str
) -> None:
    truth = truth_on(name)
    result = fd.register(picture(GRIDS[name]), picture(GRIDS[moving], truth))
    assert isinstance(result.transform, fd.Rigid)
    # A tenth of the coarser image's finest spacing.
    finest = max(min(GRIDS[name].spacing), min(GRIDS[moving].spacing))
    assert error(result.transform, truth) < 0.1 * finest
    assert result.verdict == "pass"


@pytest.mark.parametrize(
    ("kind", "truth"),
    [
        ("translation", fd.Translation((9.0, -12.0, 4.0))),
        ("similarity", fd.Similarity((6, -10, 15), 1.08, (7, -4, 5))),
        ("affine", fd.Affine([[1.06, 0.05, 0], [-0.04, 0.95, 0.03], [0, 0.02, 1.02]], (7, -4, 5))),
    ],
)
def test_other_kinds_are_found(picture: Picture, kind: str, truth: fd.Transform) -> None:
    grid = GRIDS["isotropic"]
    result = fd.register(picture(grid), picture(grid, truth), transform=kind)
    assert type(result.transform) is type(truth)
    assert error(result.transform, truth) < 0.1 * 2.2
    assert result.verdict == "pass"


@pytest.mark.parametrize("similarity", ["ncc", "mse", MeanSquaredError()])
def test_both_similarities_find_it_in_noise(picture: Picture, similarity: str) -> None:
    grid = GRIDS["isotropic"]
    result = fd.register(
        picture(grid, noise=5.0), picture(grid, TRUTH).astype("float64"), similarity=similarity
    )
    assert error(result.transform, TRUTH) < 0.1 * 2.2


def test_brightness_and_contrast_do_not_move_the_result(picture: Picture) -> None:
    grid = GRIDS["isotropic"]
    fixed = picture(grid)
    plain = fd.register(fixed, picture(grid, TRUTH))
    other = fd.register(fixed, picture(grid, TRUTH, scale=-0.0 + 7.0, offset=-1000.0))
    # 1e-3 mm: the same sums, rounded otherwise.
    assert error(other.transform, plain.transform) < 1e-3


@pytest.mark.parametrize(
    ("name", "kind"), [*((name, "rigid") for name in GRIDS), ("isotropic", "affine")]
)
def test_an_image_onto_itself_is_the_identity(picture: Picture, name: str, kind: str) -> None:
    image = picture(GRIDS[name], noise=3.0)
    result = fd.register(image, image, transform=kind)
    points = image.grid.corners
    assert np.abs(result.transform.map(points) - points).max() < 1e-3 * min(image.spacing)
    assert result.verdict == "pass"


@pytest.mark.parametrize(("degrees", "shift"), [(0, 40), (20, 20), (30, 20), (60, 10), (90, 0)])
def test_capture_of_large_motions(picture: Picture, degrees: float, shift: float) -> None:
    truth = fd.Rigid((0.6 * degrees, -0.64 * degrees, 0.48 * degrees), (shift, 0, -shift / 2))
    grid = GRIDS["isotropic"]
    result = fd.register(picture(grid), picture(grid.padded(10), truth))
    assert error(result.transform, truth) < 0.1 * 2.2
    assert result.verdict == "pass"


def test_half_of_the_moving_image_is_enough(picture: Picture) -> None:
    grid = GRIDS["isotropic"]
    half = picture(grid, TRUTH)[:24]
    result = fd.register(picture(grid), half)
    assert error(result.transform, TRUTH) < 0.1 * 2.2
    overlap = next(item for item in result.evidence if item.name == "overlap")
    assert 0.3 < overlap.value < 0.6


def test_the_moved_image_is_the_fixed_one(picture: Picture) -> None:
    fixed = picture(GRIDS["isotropic"])
    result = fd.register(fixed, picture(GRIDS["oblique left-handed"], TRUTH))
    moved = result.moved
    assert moved.grid == fixed.grid
    seen = np.isfinite(moved.array)
    assert seen.mean() > 0.7
    # Two percent of the range: linear interpolation of blobs of 4 mm at 2.3 mm.
    assert np.abs(moved.array - fixed.array)[seen].mean() < 2.0
    before = fd.resample(picture(GRIDS["oblique left-handed"], TRUTH), fixed)
    both = seen & np.isfinite(before.array)
    assert (
        np.abs(moved.array - fixed.array)[both].mean()
        < 0.1 * np.abs(before.array - fixed.array)[both].mean()
    )


def test_masks_hide_what_differs_on_any_lattice(picture: Picture) -> None:
    grid = GRIDS["isotropic"]
    fixed = picture(grid)
    values = picture(grid, TRUTH).array.copy()
    values[:, :16] = 400.0
    moving = fd.Image(values, grid)
    seen = np.ones(grid.shape, bool)
    seen[:, :17] = False
    coarse = grid.resized((24, 24, 24)).padded(2)
    masks = {
        "same": fd.Mask(seen, grid),
        "other": fd.resample(fd.Mask(seen, grid), coarse),
    }
    errors = {
        name: error(fd.register(fixed, moving, moving_mask=mask).transform, TRUTH)
        for name, mask in masks.items()
    }
    assert errors["same"] < 0.1 * 2.2
    assert errors["other"] < 0.1 * 2.2
    assert error(fd.register(fixed, moving).transform, TRUTH) > errors["same"]
    ball = np.linalg.norm(grid.index_to_world(np.moveaxis(np.indices(grid.shape), 0, -1)), axis=-1)
    fixed_mask = fd.Mask(ball < 40.0, grid)
    found = fd.register(fixed, moving, fixed_mask=fixed_mask, moving_mask=masks["same"])
    assert error(found.transform, TRUTH) < 0.1 * 2.2


def test_nan_is_left_out(picture: Picture) -> None:
    grid = GRIDS["2D"]
    values = picture(grid, TRUTH_2D).array.copy()
    values[:, :35] = np.nan
    result = fd.register(picture(grid), fd.Image(values, grid))
    assert error(result.transform, TRUTH_2D) < 0.1
    assert any("NaN" in note for note in result.notes)


def test_hot_pixels_do_not_matter(picture: Picture) -> None:
    grid = GRIDS["2D"]
    values = picture(grid, TRUTH_2D).array.copy()
    values[50, 60] = 1e6
    result = fd.register(picture(grid), fd.Image(values, grid))
    assert error(result.transform, TRUTH_2D) < 0.1


def test_integers_and_hu_padding(picture: Picture) -> None:
    grid = GRIDS["2D"]
    fixed = (picture(grid).array * 10 - 1000).astype(np.int16)
    moving = (picture(grid, TRUTH_2D).array * 10 - 1000).astype(np.int16)
    moving[:, :5] = -3024
    result = fd.register(fd.Image(fixed, grid, "HU"), fd.Image(moving, grid, "HU"))
    assert error(result.transform, TRUTH_2D) < 0.1
    assert any("padding" in note for note in result.notes)


def test_colour_images_are_compared_by_luminance_and_moved_in_colour(picture: Picture) -> None:
    grid = GRIDS["2D"]
    colours = []
    for transform in (None, TRUTH_2D):
        gray = np.clip(picture(grid, transform).array, 0, 255)
        stack = np.stack([gray, 0.8 * gray, 0.5 * gray], axis=-1).astype(np.uint8)
        colours.append(fd.Image(stack, grid, axes="yxc"))
    result = fd.register(*colours)
    assert error(result.transform, TRUTH_2D) < 0.1
    assert result.moved.axes == "yxc"


def test_slices_keep_their_pose_in_the_patient(picture: Picture) -> None:
    volume = picture(GRIDS["oblique left-handed"])
    plane = volume[20]
    turn = fd.Rigid(
        fd.Rigid((0, 0, 0)).matrix, plane.grid.direction[:, 0] * 5 + plane.grid.direction[:, 1] * 3
    )
    moving = fd.Image(plane.array, fd.Grid(
        plane.grid.shape, turn.homogeneous @ plane.grid.affine, plane.frame, plane.grid.axes
    ))  # fmt: skip
    result = fd.register(plane, moving)
    points = plane.grid.corners
    assert result.transform.dimension == 3
    assert result.transform.map(points) == pytest.approx(turn.map(points), abs=0.1)
    apart = fd.Image(plane.array, volume.grid.sliced((24,)))
    shifted = fd.register(plane, apart)
    assert shifted.transform.map(points) == pytest.approx(apart.grid.corners, abs=1e-6)


def test_slices_that_share_no_plane_are_refused(picture: Picture) -> None:
    volume = picture(GRIDS["isotropic"])
    with pytest.raises(ParameterError, match="90 deg between them"):
        fd.register(volume[24], volume[:, 24])
    with pytest.raises(ParameterError, match="both be slices or both volumes"):
        fd.register(volume[24], volume)


def test_a_volume_of_one_slice_moves_only_as_it_can_be_seen(picture: Picture) -> None:
    grid = GRIDS["isotropic"]
    fixed, moving = (
        picture(grid, transform)[24:25] for transform in (None, fd.Translation((4.0, 3.0, 0.0)))
    )
    result = fd.register(fixed, moving)
    assert result.transform.translation == pytest.approx([4.0, 3.0, 0.0], abs=0.1)
    note = next(item for item in result.evidence if item.name == "undetermined")
    assert "shift z" in note.says
    assert result.verdict == "warn"


def test_worlds_of_different_ids_are_joined(picture: Picture) -> None:
    frames = fd.Frame(id="a"), fd.Frame(id="b")
    fixed = picture(GRIDS["isotropic"]).with_frame(frames[0])
    moving = picture(GRIDS["isotropic"], TRUTH).with_frame(frames[1])
    result = fd.register(fixed, moving)
    assert (result.transform.fixed_frame, result.transform.moving_frame) == frames
    assert result.points(fd.Points([[1.0, 2.0, 3.0]], frames[0])).frame == frames[1]
    assert result.moved.frame == frames[0]
    with pytest.raises(FrameMismatchError):
        result.points(fd.Points([[1.0, 2.0, 3.0]], frames[1]))


def test_worlds_of_different_units_are_refused(picture: Picture) -> None:
    grid = GRIDS["2D"]
    small = fd.Image(picture(grid).array, fd.Grid.from_spacing(grid.shape, 1.0, unit="um"))
    with pytest.raises(FrameMismatchError, match="one dimension and unit"):
        fd.register(picture(grid), small)


@pytest.mark.parametrize("initial", ["header", "center", "mass", fd.Translation((6.0, -3.0, 4.0))])
def test_a_start_can_be_chosen(picture: Picture, initial: object) -> None:
    grid = GRIDS["isotropic"]
    result = fd.register(picture(grid), picture(grid, TRUTH), initial=initial)
    assert error(result.transform, TRUTH) < 0.1 * 2.2


def test_levels_and_parts_can_be_chosen(picture: Picture) -> None:
    grid = GRIDS["isotropic"]
    result = fd.register(
        picture(grid),
        picture(grid, TRUTH),
        spacings=["9 mm", "4.5 mm"],
        optimiser=LevenbergMarquardt(damping=0.01),
        check=False,
    )
    assert error(result.transform, TRUTH) < 0.1 * 4.5
    assert result.table()["spacing"].nunique() == 2
    assert result.table()["spacing"].min() == pytest.approx(4.5, abs=0.2)
    assert all(item.name != "mirror" for item in result.evidence)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"transform": "spline"}, "transform of register"),
        ({"similarity": "mi"}, "similarity of register"),
        ({"optimiser": "adam"}, "optimiser of register"),
        ({"initial": "luck"}, "initial of register"),
        ({"initial": fd.Translation((1, 2))}, "3 coordinates"),
        ({"spacings": [1.0, 2.0]}, "from coarse to fine"),
        ({"spacings": []}, "from coarse to fine"),
        ({"initial": fd.Translation((1000.0, 0, 0))}, "must overlap"),
    ],
)
def test_bad_parameters_are_refused(picture: Picture, options: dict, message: str) -> None:
    image = picture(GRIDS["isotropic"])
    with pytest.raises(ParameterError, match=message):
        fd.register(image, image, **options)


def test_images_without_anything_to_align_are_refused(picture: Picture) -> None:
    grid = GRIDS["2D"]
    image = picture(grid)
    flat = fd.Image(np.full(grid.shape, 7.0), grid)
    with pytest.raises(ParameterError, match="fixed of register must not be constant"):
        fd.register(flat, image)
    with pytest.raises(ParameterError, match="moving of register must not be constant"):
        fd.register(image, flat)
    with pytest.raises(ParameterError, match="finite value"):
        fd.register(image, fd.Image(np.full(grid.shape, np.nan), grid))
    with pytest.raises(ParameterError, match="fixed_mask of register must hold voxels"):
        fd.register(image, image, fixed_mask=fd.Mask(np.zeros(grid.shape, bool), grid))
    away = fd.Grid.from_spacing((5, 5), 1.0, origin=(1e4, 1e4))
    with pytest.raises(ParameterError, match="moving_mask of register must hold voxels"):
        fd.register(image, image, moving_mask=fd.Mask(np.ones((5, 5), bool), away))
    corner = np.zeros(grid.shape, bool)
    corner[:4, :4] = True
    with pytest.raises(ParameterError, match="constant inside its mask"):
        fd.register(fd.Image(np.pad(image.array[8:, 8:], ((8, 0), (8, 0))), grid), image,
                    fixed_mask=fd.Mask(corner, grid))  # fmt: skip
    with pytest.raises(ParameterError, match="2D or 3D"):
        fd.register(fd.Image([1.0, 2.0, 3.0]), fd.Image([1.0, 2.0, 3.0]))
    with pytest.raises(ParameterError, match="one frame"):
        fd.register(fd.Image(np.zeros((2, 5, 5)), axes="tyx"), image)


def test_images_that_lie_far_apart_are_brought_together(picture: Picture) -> None:
    grid = GRIDS["isotropic"]
    truth = fd.Translation((1500.0, -800.0, 300.0)) @ TRUTH
    moving = picture(grid, TRUTH)
    affine = grid.affine.copy()
    affine[:3, 3] += [1500.0, -800.0, 300.0]
    result = fd.register(picture(grid), fd.Image(moving.array, fd.Grid(grid.shape, affine)))
    assert error(result.transform, truth) < 0.1 * 2.2
    assert result.verdict == "pass"


def test_unrelated_images_never_pass(picture: Picture) -> None:
    grid = centred((40, 40, 40), 2.5)
    rng = np.random.default_rng(0)
    image = picture(grid)
    noise = fd.Image(rng.standard_normal(grid.shape).astype(np.float32), grid)
    soft = fd.gaussian(noise, sigma="10 mm")
    other = fd.Image(rng.standard_normal(grid.shape).astype(np.float32), grid)
    assert fd.register(image, noise).verdict == "fail"
    assert fd.register(image, soft, transform="affine").verdict == "fail"
    assert fd.register(fd.gaussian(other, sigma="6 mm"), soft).verdict == "fail"


def test_a_mirrored_image_is_flagged(picture: Picture) -> None:
    grid = GRIDS["isotropic"]
    mirrored = fd.Image(picture(grid).array[:, :, ::-1].copy(), grid)
    result = fd.register(picture(grid), mirrored)
    assert result.verdict in ("warn", "fail")
    assert next(item for item in result.evidence if item.name == "mirror").verdict != "pass"
    assert np.linalg.det(result.transform.matrix) > 0


def test_inverted_contrast_is_flagged(picture: Picture) -> None:
    grid = GRIDS["isotropic"]
    result = fd.register(picture(grid), picture(grid, TRUTH, scale=-1.0, offset=200.0))
    assert result.verdict != "pass"


def test_swapping_the_roles_gives_the_inverse(picture: Picture) -> None:
    a, b = picture(GRIDS["isotropic"]), picture(GRIDS["anisotropic"], TRUTH)
    there, back = fd.register(a, b).transform, fd.register(b, a).transform
    assert error(back @ there, fd.Translation((0, 0, 0))) < 0.1


def test_the_result_is_the_same_every_time_and_inputs_stay(picture: Picture) -> None:
    fixed, moving = picture(GRIDS["isotropic"], noise=2.0), picture(GRIDS["anisotropic"], TRUTH)
    copies = fixed.array.copy(), moving.array.copy()
    first, second = fd.register(fixed, moving), fd.register(fixed, moving)
    assert first.transform == second.transform
    assert first.trace == second.trace
    assert np.array_equal(copies[0], fixed.array)
    assert np.array_equal(copies[1], moving.array)


THREADS = """
import numpy as np, fiducial as fd
rng = np.random.default_rng(0)
g = fd.Grid.from_spacing((48, 50, 52), 1.5)
noise = fd.Image(rng.standard_normal(g.shape).astype(np.float32), g)
fixed = fd.gaussian(noise, sigma="5 mm")
moving = fd.resample(fixed, g, transform=fd.Rigid((2, 3, 4), (3, 2, 1)), outside=0.0)
r = fd.register(fixed, moving, transform="affine")
print(r.transform.matrix.tobytes().hex(), r.transform.translation.tobytes().hex())
print([item.value.hex() for item in r.evidence])
"""


def test_the_number_of_threads_changes_no_bit() -> None:
    seen = set()
    for threads in ("1", "3"):
        names = ("FIDUCIAL_THREADS", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
        environment = {**os.environ, **dict.fromkeys(names, threads)}
        done = subprocess.run(
            [sys.executable, "-c", THREADS], env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        seen.add(done.stdout)
    assert len(seen) == 1


def test_it_reports_progress_and_can_be_cancelled(picture: Picture) -> None:
    image = picture(GRIDS["2D"])
    told: list[str] = []
    with listening(lambda done, total, message: told.append(message)):
        fd.register(image, image)
    assert any("starts" in message for message in told)
    assert any("roles exchanged" in message for message in told)
    with pytest.raises(Cancelled), listening(lambda done, total, message: False):
        fd.register(image, image)


def test_the_record_tells_transform_and_moved_image(picture: Picture) -> None:
    fixed, moving = picture(GRIDS["2D"]), picture(GRIDS["2D"], TRUTH_2D)
    result = fd.register(fixed, moving)
    node = result.transform.lineage
    assert isinstance(node, Call)
    assert (node.operation, node.output) == ("register", "transform")
    assert [role for role, _ in node.parents] == ["fixed", "moving"]
    made = result.moved.lineage
    assert isinstance(made, Call)
    assert made.operation == "resample"
    assert dict(made.parents)["transform"].id == node.id
    assert pickle.loads(pickle.dumps(result)).transform == result.transform
