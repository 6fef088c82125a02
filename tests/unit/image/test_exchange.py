"""To and from SimpleITK and nibabel: the same voxel at the same place."""

from __future__ import annotations

import nibabel
import numpy as np
import pytest
import SimpleITK as sitk
from scipy.spatial.transform import Rotation

import fiducial as fd
from fiducial.errors import ParameterError


def oblique() -> fd.Image:
    turn = Rotation.from_euler("xyz", (10, 20, 30), degrees=True).as_matrix()[:, ::-1]
    grid = fd.Grid.from_spacing((4, 5, 6), (3, 2, 1), origin=(1, 2, 3), direction=turn)
    return fd.Image(np.arange(120, dtype=np.float32).reshape(4, 5, 6), grid, "HU")


@pytest.mark.parametrize("image", [oblique(), oblique()[::-1], oblique()[:, :, ::2]])
def test_simpleitk_places_each_voxel_where_we_do(image: fd.Image) -> None:
    itk = image.to_simpleitk()
    for index in [(0, 0, 0), (3, 4, 2), (1, 2, 1)]:
        point = itk.TransformContinuousIndexToPhysicalPoint([float(i) for i in index[::-1]])
        # Nanometres: both compute in double precision.
        np.testing.assert_allclose(point, image.grid.index_to_world(index), atol=1e-6)
        assert itk[tuple(int(i) for i in index[::-1])] == image[index]
    again = fd.Image.from_simpleitk(itk, unit="HU")
    assert again.grid.is_close(image.grid)
    np.testing.assert_array_equal(again.array, image.array)


@pytest.mark.parametrize("image", [oblique(), oblique()[:, ::-1]])
def test_nibabel_places_each_voxel_where_we_do(image: fd.Image) -> None:
    nifti = image.to_nibabel()
    for index in [(0, 0, 0), (3, 4, 5), (1, 2, 1)]:
        ras = nibabel.affines.apply_affine(nifti.affine, index[::-1])
        lps = ras * [-1, -1, 1]
        # The affine is float32 in the header: a ten-thousandth of a millimetre.
        np.testing.assert_allclose(lps, image.grid.index_to_world(index), atol=1e-4)
        assert np.asarray(nifti.dataobj)[index[::-1]] == image[index]
    again = fd.Image.from_nibabel(nifti, unit="HU")
    assert again.grid.is_close(image.grid)
    np.testing.assert_array_equal(again.array, image.array)


def test_units_other_than_millimetres_are_converted() -> None:
    grid = fd.Grid.from_spacing((4, 5, 6), (30, 20, 10), unit="um")
    image = fd.Image(np.zeros((4, 5, 6), np.uint8), grid)
    np.testing.assert_allclose(image.to_simpleitk().GetSpacing(), (0.01, 0.02, 0.03))
    np.testing.assert_allclose(image.to_nibabel().header.get_zooms(), (0.01, 0.02, 0.03), rtol=1e-6)


def test_a_plane_of_a_patient_becomes_a_volume_of_one_slice() -> None:
    plane = oblique()[2]
    itk = plane.to_simpleitk()
    assert itk.GetSize() == (6, 5, 1)
    point = itk.TransformContinuousIndexToPhysicalPoint((3.0, 2.0, 0.0))
    np.testing.assert_allclose(point, plane.grid.index_to_world((2, 3)), atol=1e-6)


def test_colour_2d_and_masks_are_exchanged() -> None:
    rgb = fd.Image(np.zeros((4, 5, 3), np.uint8), axes="yxc")
    assert rgb.to_simpleitk().GetNumberOfComponentsPerPixel() == 3
    assert fd.Image.from_simpleitk(rgb.to_simpleitk()).axes == "yxc"
    from fiducial.image.exchange import to_nibabel, to_simpleitk

    mask = oblique() > 50
    assert to_simpleitk(mask).GetPixelID() == sitk.sitkUInt8
    assert np.asarray(to_nibabel(mask).dataobj).dtype == np.uint8


def test_what_they_cannot_hold_is_refused() -> None:
    sheared = oblique().grid.affine.copy()
    sheared[:3, 0] += 0.3 * sheared[:3, 1]
    image = fd.Image(np.zeros((4, 5, 6), np.uint8), fd.Grid((4, 5, 6), sheared))
    with pytest.raises(ParameterError, match="orthogonal"):
        image.to_simpleitk()
    with pytest.raises(ParameterError, match="one frame"):
        fd.Image(np.zeros((2, 4, 5)), axes="tyx").to_simpleitk()
    with pytest.raises(ParameterError, match="channels"):
        fd.Image(np.zeros((4, 5, 3), np.uint8), axes="yxc").to_nibabel()
