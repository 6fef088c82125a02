from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

import fiducial as fd
from fiducial.errors import GridMismatchError, ParameterError

SHAPE = (5, 7, 9)
ANISOTROPIC = fd.Grid.from_spacing(SHAPE, (3.0, 0.5, 2.0), origin=(10.0, -20.0, 30.0))
SHEARED = fd.Grid(
    SHAPE, [[0.2, 0.3, 1.0, -4.0], [0.4, -0.9, 0.0, 7.0], [3.0, 0.1, 0.0, 1.0], [0, 0, 0, 1]]
)


def labels(grid: fd.Grid = ANISOTROPIC) -> fd.Labels:
    array = np.zeros(SHAPE, np.uint16)
    array[1:3, 2:5, 3:8] = 7
    array[4, 6, 0] = 300
    return fd.Labels(array, grid, names={7: "liver", 300: "cyst", 9: "stone"})


def values(grid: fd.Grid = ANISOTROPIC) -> fd.Image:
    array = np.random.default_rng(8).normal(50, 20, SHAPE).astype(np.float32)
    return fd.Image(array, grid, "HU")


def test_known_numbers_of_a_box() -> None:
    table = fd.measure(labels()).set_index("label")
    row = table.loc[7]
    assert row["name"] == "liver"
    assert row["voxels"] == 2 * 3 * 5
    assert row["volume_mm3"] == 30 * 3.0
    assert row["volume_mL"] == 0.09  # and not 0.09000000000000002
    assert (row["centre_x_mm"], row["centre_y_mm"], row["centre_z_mm"]) == (20.0, -18.5, 34.5)
    assert (row["low_x_mm"], row["high_x_mm"]) == (15.0, 25.0)
    assert (row["low_y_mm"], row["high_y_mm"]) == (-19.25, -17.75)
    assert (row["low_z_mm"], row["high_z_mm"]) == (31.5, 37.5)
    assert [row[f"first_index_{axis}"] for axis in "zyx"] == [1, 2, 3]
    assert [row[f"last_index_{axis}"] for axis in "zyx"] == [2, 4, 7]
    assert table.loc[300, "voxels"] == 1


@pytest.mark.parametrize("grid", [ANISOTROPIC, SHEARED, SHEARED.flipped((True, False, True))])
def test_places_and_values_are_those_of_the_voxels(grid: fd.Grid) -> None:
    organ, image = labels(grid), values(grid)
    row = fd.measure(organ, images=image).set_index("label").loc[7]
    index = np.argwhere(organ.array == 7)
    world = grid.index_to_world(index)
    inside = image.array[organ.array == 7].astype(np.float64)
    corners = np.array(np.meshgrid(*[(-0.5, 0.5)] * 3)).reshape(3, -1).T
    ends = grid.index_to_world(index[:, None] + corners).reshape(-1, 3)
    for axis, letter in enumerate("xyz"):
        assert row[f"centre_{letter}_mm"] == pytest.approx(world[:, axis].mean(), abs=1e-10)
        assert row[f"low_{letter}_mm"] == pytest.approx(ends[:, axis].min(), abs=1e-10)
        assert row[f"high_{letter}_mm"] == pytest.approx(ends[:, axis].max(), abs=1e-10)
    assert row["mean_HU"] == pytest.approx(inside.mean(), rel=1e-14)
    assert row["sd_HU"] == pytest.approx(inside.std(ddof=1), rel=1e-12)
    assert (row["min_HU"], row["max_HU"]) == (inside.min(), inside.max())
    assert row["median_HU"] == np.median(inside)
    assert row["volume_mm3"] == pytest.approx(30 * grid.voxel_volume)


def test_the_mean_of_large_values_is_exact() -> None:
    """In float32 a sum over a million voxels of 1000.5 would be off in the fourth digit."""
    image = fd.Image(np.full((1000, 1000), 1000.5, np.float32))
    row = fd.measure(image > 0, images=image).iloc[0]
    assert row["mean"] == 1000.5
    assert row["sd"] == 0.0


def test_a_label_without_voxels_has_a_row() -> None:
    row = fd.measure(labels(), images=values()).set_index("label").loc[9]
    assert (row["name"], row["voxels"], row["volume_mm3"]) == ("stone", 0, 0.0)
    assert row[["centre_x_mm", "low_z_mm", "mean_HU", "sd_HU", "median_HU"]].isna().all()
    assert pd.isna(row["first_index_z"])


def test_one_voxel_has_no_spread() -> None:
    row = fd.measure(labels(), images=values()).set_index("label").loc[300]
    assert np.isnan(row["sd_HU"])
    assert row["mean_HU"] == row["median_HU"] == row["min_HU"] == values().array[4, 6, 0]


def test_a_mask_is_one_row_even_when_empty() -> None:
    mask = labels().mask(7)
    assert fd.measure(mask)["voxels"].tolist() == [30]
    empty = fd.measure(mask - mask, images=values())
    assert empty["voxels"].tolist() == [0]
    assert np.isnan(empty.loc[0, "mean_HU"])


def test_no_labels_no_rows() -> None:
    assert len(fd.measure(fd.Labels(np.zeros(SHAPE, np.uint8), ANISOTROPIC))) == 0


def test_nan_is_left_out_and_counted() -> None:
    image = values()
    array = image.array.copy()
    array[1, 2, 3:6] = np.nan
    array[4, 6, 0] = np.nan
    table = fd.measure(labels(), images=fd.Image(array, ANISOTROPIC)).set_index("label")
    assert table["nan_voxels"].to_dict() == {7: 3, 9: 0, 300: 1}
    assert table.loc[7, "mean"] == pytest.approx(np.nanmean(array[1:3, 2:5, 3:8].astype(float)))
    assert np.isnan(table.loc[300, "mean"])


def test_several_images_and_channels_name_their_columns() -> None:
    rgb = fd.Image(np.broadcast_to(np.array([1, 2, 3]), (4, 5, 3)), axes="yxc")
    depth = fd.Image(np.full((4, 5), 7.0), unit="mm")
    mask = fd.Mask(np.ones((4, 5), bool))
    row = fd.measure(mask, images={"photo": rgb, "depth": depth}).iloc[0]
    assert (row["photo_red_mean"], row["photo_blue_mean"]) == (1, 3)
    assert row["depth_mean_mm"] == 7
    numbered = fd.measure(mask, images=[depth, depth])
    assert {"image1_mean_mm", "image2_mean_mm"} <= set(numbered.columns)
    assert "mean_mm" in fd.measure(mask, images=[depth])


def test_planes_and_pixels_name_their_units() -> None:
    plane = fd.measure(labels().mask(7)[1])
    assert plane.loc[0, "area_mm2"] == 15 * 1.0
    assert {"centre_x_mm", "centre_y_mm", "centre_z_mm", "last_index_y"} <= set(plane.columns)
    assert plane.loc[0, "centre_z_mm"] == 33.0
    pixels = fd.measure(fd.Mask(np.ones((4, 5), bool)))
    assert pixels.loc[0, "area_px2"] == 20
    volume = fd.measure(fd.Mask(np.ones((4, 5, 6), bool)))
    assert "volume_mL" not in volume
    single = fd.measure(
        fd.Mask(np.ones((1, 4, 5), bool), ANISOTROPIC.cropped(fd.Region((0, 0, 0), (1, 4, 5))))
    )
    assert single.loc[0, "volume_mm3"] == 60.0


def test_sequences_have_rows_for_each_frame() -> None:
    frames = np.zeros((3, 4, 5), np.uint8)
    frames[0, 1:3, 1:3] = 2
    frames[2, 0, 0] = 5
    cells = fd.Labels(frames, axes="tyx", times=[0.0, 0.5, 1.0])
    table = fd.measure(cells)
    assert table["frame"].tolist() == [0, 0, 1, 1, 2, 2]
    assert table["time_s"].tolist() == [0.0, 0.0, 0.5, 0.5, 1.0, 1.0]
    assert table["voxels"].tolist() == [4, 0, 0, 0, 0, 1]
    cine = fd.Image(np.arange(60.0).reshape(3, 4, 5), axes="tyx")
    fixed = fd.measure(fd.Mask(np.ones((4, 5), bool)), images=cine)
    assert fixed["mean"].tolist() == [9.5, 29.5, 49.5]
    still = fd.measure(cells, images=fd.Image(np.full((4, 5), 3.0)))
    assert still["mean"].tolist()[0] == 3.0


def test_it_can_be_written_and_carries_its_lineage() -> None:
    image = values()
    table = fd.measure(labels(), images={"ct": image})
    back = pd.read_csv(io.StringIO(table.to_csv(index=False)))
    assert back.columns.tolist() == table.columns.tolist()
    lineage = table.attrs["lineage"]
    assert lineage.operation == "measure"
    assert [role for role, _ in lineage.parents] == ["labels", "images.ct"]


def test_many_labels_of_any_number() -> None:
    random = np.random.default_rng(0)
    array = random.integers(0, 70_000, (90, 100)).astype(np.int64)
    array[0, 0] = 10**12
    table = fd.measure(fd.Labels(array), images=fd.Image(array.astype(np.float64)))
    assert table["label"].tolist() == sorted(set(np.unique(array)) - {0})
    assert table["voxels"].sum() == np.count_nonzero(array)
    assert np.array_equal(table["mean"], table["label"].astype(float))


def test_what_it_refuses() -> None:
    with pytest.raises(GridMismatchError, match="labels and ct of measure"):
        fd.measure(labels(), images={"ct": values(SHEARED)})
    with pytest.raises(ParameterError, match="images of measure must be an Image, several"):
        fd.measure(labels(), images=np.zeros(SHAPE))
    frames = [fd.Image(np.zeros((n, 4, 5)), axes="tyx") for n in (2, 3)]
    with pytest.raises(ParameterError, match="as long on the axis t"):
        fd.measure(fd.Mask(np.ones((4, 5), bool)), images=frames)
