from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

import fiducial as fd
from fiducial.errors import GridMismatchError, ParameterError
from fiducial.metrics.compare import DEFINITIONS

GRID = fd.Grid.from_spacing((8, 20, 24), (3.0, 1.0, 0.8))


def blocks(*parts: tuple[int, slice, slice, slice]) -> np.ndarray:
    array = np.zeros(GRID.shape, np.uint8)
    for number, z, y, x in parts:
        array[z, y, x] = number
    return array


FOUND = blocks(
    (1, slice(1, 5), slice(2, 8), slice(2, 9)), (4, slice(2, 6), slice(10, 18), slice(12, 20))
)
TRUTH = blocks(
    (1, slice(1, 6), slice(3, 8), slice(2, 9)), (7, slice(2, 6), slice(10, 18), slice(12, 20))
)
NAMES = {1: "liver", 4: "spleen", 9: "stone"}


def test_each_label_has_the_metrics_of_its_masks() -> None:
    found, truth = fd.Labels(FOUND, GRID, names=NAMES), fd.Labels(TRUTH, GRID, names={7: "cyst"})
    table = fd.compare(prediction=found, reference=truth).set_index("label")
    assert table.index.tolist() == [1, 4, 7, 9]
    assert table["name"].tolist() == ["liver", "spleen", "cyst", "stone"]
    a, b = found.mask(1), truth.mask(1)
    row = table.loc[1]
    assert row["precision"] == fd.precision(prediction=a, reference=b)
    assert row["recall"] == fd.recall(prediction=a, reference=b)
    assert row["jaccard"] == fd.jaccard(a, b)
    assert row["dice"] == fd.dice(a, b)
    assert row["centroid_distance_mm"] == pytest.approx(fd.centroid_distance(a, b), abs=1e-12)
    assert row["hausdorff_distance_mm"] == pytest.approx(fd.hausdorff_distance(a, b), abs=1e-12)
    assert (row["prediction_voxels"], row["reference_voxels"]) == (a.count, b.count)


def test_what_is_undefined_is_nan_and_counted() -> None:
    found, truth = fd.Labels(FOUND, GRID, names=NAMES), fd.Labels(TRUTH, GRID)
    table = fd.compare(prediction=found, reference=truth).set_index("label")
    assert table["undefined"].to_dict() == {1: 0, 4: 3, 7: 3, 9: 6}
    assert table.loc[4, "dice"] == 0
    assert np.isnan(table.loc[4, "recall"])
    assert np.isnan(table.loc[7, "precision"])
    assert np.isnan(table.loc[7, "hausdorff_distance_mm"])
    assert not np.isinf(table.select_dtypes("number").to_numpy(float)).any()


def test_two_masks_are_one_row() -> None:
    a, b = fd.Mask(FOUND == 1, GRID), fd.Mask(TRUTH == 1, GRID)
    table = fd.compare(prediction=a, reference=b)
    assert len(table) == 1
    assert table.loc[0, "dice"] == fd.dice(a, b)
    empty = fd.compare(prediction=a - a, reference=b - b)
    assert empty.loc[0, "undefined"] == 6


def test_a_sequence_has_rows_for_each_frame() -> None:
    grid = fd.Grid.from_spacing((6, 7), 1.0, unit="um")
    first = np.zeros((3, 6, 7), np.uint8)
    first[0, 1:4, 1:4] = first[2, 2:5, 2:6] = 2
    second = first.copy()
    second[0, 1, 1] = 0
    table = fd.compare(prediction=fd.Labels(first, grid), reference=fd.Labels(second, grid))
    assert table["frame"].tolist() == [0, 1, 2]
    assert table["recall"].tolist()[0] == 1.0
    assert table["undefined"].tolist() == [0, 6, 0]
    assert "hausdorff_distance_um" in table


def test_it_can_be_written_and_read_and_says_what_its_columns_mean() -> None:
    table = fd.compare(prediction=fd.Labels(FOUND, GRID), reference=fd.Labels(TRUTH, GRID))
    back = pd.read_csv(io.StringIO(table.to_csv(index=False)))
    pd.testing.assert_frame_equal(back, table.astype(back.dtypes.to_dict()))
    assert table.attrs["definitions"] == DEFINITIONS
    for name in DEFINITIONS:
        assert any(column.startswith(name) for column in table.columns)
    assert table.attrs["lineage"].operation == "compare"


def test_without_labels_there_are_no_rows_but_all_columns() -> None:
    none = fd.Labels(np.zeros(GRID.shape, np.uint8), GRID)
    table = fd.compare(prediction=none, reference=none)
    assert len(table) == 0
    assert "hausdorff_distance_mm" in table.columns


def test_what_it_refuses() -> None:
    labels = fd.Labels(FOUND, GRID)
    with pytest.raises(ParameterError, match="must both be masks or both be labels"):
        fd.compare(prediction=labels, reference=labels.mask(1))
    with pytest.raises(GridMismatchError):
        fd.compare(
            prediction=labels,
            reference=fd.Labels(FOUND, GRID.with_spacing(2.0).resized(GRID.shape)),
        )
    frames = fd.Labels(np.stack([FOUND, FOUND]), GRID)
    with pytest.raises(ParameterError, match="must have the same axes"):
        fd.compare(prediction=labels, reference=frames)
