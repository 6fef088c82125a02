"""PNG, JPEG, BMP: pixels as they are, turned as EXIF says, whole or refused."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Picture

from fiducial.errors import FiducialWarning, FileDefectError, GeometryWarning, ParameterError
from fiducial.geometry import Grid
from fiducial.image import Image, Labels, Mask
from fiducial.io import read, read_info, read_labels, read_mask, write

GRAY = (np.arange(48).reshape(6, 8) * 5).astype(np.uint8)
COLOUR = np.stack([GRAY, GRAY[::-1], 255 - GRAY], axis=-1)


def saved(path: Path, picture: Any, **options: Any) -> Path:
    picture.save(path, **options)
    return path


@pytest.mark.parametrize("ending", ["png", "bmp"])
def test_gray_and_colour(tmp_path: Path, ending: str) -> None:
    gray = read(saved(tmp_path / f"g.{ending}", Picture.fromarray(GRAY)))
    np.testing.assert_array_equal(gray.array, GRAY)
    assert (gray.axes, gray.grid.unit) == ("yx", "px")
    colour = read(saved(tmp_path / f"c.{ending}", Picture.fromarray(COLOUR)))
    np.testing.assert_array_equal(colour.array, COLOUR)
    assert colour.channels == ("red", "green", "blue")


def test_dots_per_inch_are_no_spacing(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", Picture.fromarray(GRAY), dpi=(300, 300))
    assert read(path).grid.unit == "px"


def test_sixteen_bits_are_kept_gray_and_colour(tmp_path: Path) -> None:
    deep = (np.arange(48, dtype=np.uint16).reshape(6, 8) * 1301).astype(np.uint16)
    again = read(saved(tmp_path / "a.png", Picture.fromarray(deep)))
    np.testing.assert_array_equal(again.array, deep)
    colour = np.stack([deep, deep[::-1], deep[:, ::-1]], axis=-1)
    again = read(write(Image(colour, axes="yxc"), tmp_path / "c.png"))
    np.testing.assert_array_equal(again.array, colour)


@pytest.mark.parametrize("turn", range(1, 9))
def test_exif_orientation_is_applied(tmp_path: Path, turn: int) -> None:
    exif = Picture.Exif()
    exif[0x0112] = turn
    path = saved(tmp_path / "a.png", Picture.fromarray(GRAY), exif=exif)
    flipped = {
        1: GRAY,
        2: GRAY[:, ::-1],
        3: GRAY[::-1, ::-1],
        4: GRAY[::-1],
        5: GRAY.T,
        6: GRAY.T[:, ::-1],
        7: GRAY.T[::-1, ::-1],
        8: GRAY.T[::-1],
    }
    np.testing.assert_array_equal(read(path).array, flipped[turn])
    assert read_info(path).entries[0].shape == flipped[turn].shape


def test_a_palette_becomes_colours_or_labels(tmp_path: Path) -> None:
    index = Picture.fromarray((GRAY // 100).astype(np.uint8), "P")
    index.putpalette([0, 0, 0, 255, 0, 0, 0, 0, 255])
    path = saved(tmp_path / "a.png", index)
    np.testing.assert_array_equal(read(path).array[-1, -1], [0, 0, 255])
    labels = read_labels(path)
    np.testing.assert_array_equal(labels.array, GRAY // 100)
    assert labels.color(1) == (255, 0, 0)


def test_transparency_is_a_channel(tmp_path: Path) -> None:
    path = saved(
        tmp_path / "a.png", Picture.fromarray(COLOUR), transparency=tuple(COLOUR[0, 0].tolist())
    )
    image = read(path)
    assert image.channels == ("red", "green", "blue", "alpha")
    assert image.array[0, 0, 3] == 0


def test_one_bit_is_0_and_255(tmp_path: Path) -> None:
    path = saved(tmp_path / "a.png", Picture.fromarray(GRAY > 100))
    np.testing.assert_array_equal(np.unique(read(path).array), [0, 255])
    np.testing.assert_array_equal(read_mask(path).array, GRAY > 100)


@pytest.mark.parametrize("ending", ["png", "jpg", "bmp"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.97])
def test_truncated_pictures_are_refused(
    tmp_path: Path, outcome: Any, ending: str, share: float
) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    path = saved(tmp_path / f"a.{ending}", Picture.fromarray(noise))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    image, refusal, _ = outcome(path)
    assert image is None
    assert "truncated" in refusal


def test_a_damaged_chunk_is_noticed(tmp_path: Path, outcome: Any) -> None:
    path = saved(tmp_path / "a.png", Picture.fromarray(GRAY))
    data = bytearray(path.read_bytes())
    data[data.index(b"IDAT") + 20] ^= 4
    path.write_bytes(bytes(data))
    image, refusal, _ = outcome(path)
    assert image is None
    assert "IDAT is damaged (checksum)" in refusal


def test_a_bomb_is_refused_by_its_header(
    tmp_path: Path, outcome: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIDUCIAL_MEMORY_BUDGET", str(1 << 28))
    body = struct.pack(">IIBBBBB", 60000, 60000, 8, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + b"IHDR" + body + struct.pack(">I", zlib.crc32(b"IHDR" + body))
    end = struct.pack(">I", 0) + b"IEND" + struct.pack(">I", zlib.crc32(b"IEND"))
    path = tmp_path / "a.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk + end)
    image, refusal, _ = outcome(path)
    assert image is None
    assert "memory budget" in refusal


def test_an_index_beyond_the_palette_is_refused(tmp_path: Path, outcome: Any) -> None:
    index = Picture.fromarray(np.full((4, 4), 9, np.uint8), "P")
    index.putpalette([0, 0, 0] * 10)
    target = io.BytesIO()
    index.save(target, "PNG")
    data = target.getvalue()
    place = data.index(b"PLTE")
    length = struct.unpack(">I", data[place - 4 : place])[0]
    short = b"PLTE" + data[place + 4 : place + 7]
    chunk = struct.pack(">I", 3) + short + struct.pack(">I", zlib.crc32(short))
    path = tmp_path / "a.png"
    path.write_bytes(data[: place - 4] + chunk + data[place + 8 + length :])
    image, refusal, _ = outcome(path)
    assert image is None
    assert "beyond" in refusal


def test_an_animation_says_so(tmp_path: Path, outcome: Any) -> None:
    pictures = [Picture.fromarray(GRAY + step) for step in (0, 1, 2)]
    path = tmp_path / "a.png"
    pictures[0].save(path, save_all=True, append_images=pictures[1:])
    image, _, notes = outcome(path)
    np.testing.assert_array_equal(image.array, GRAY)
    assert any("3 pictures" in note for note in notes)


def test_floats_and_hu_are_refused_with_the_remedy(tmp_path: Path) -> None:
    ct = Image(GRAY.astype(np.int16) - 1000, unit="HU")
    with pytest.raises(ParameterError, match=r"int16.*window\(image"):
        write(ct, tmp_path / "a.png")
    with pytest.raises(ParameterError, match=r"from -3 to 2\. Make a copy.*window"):
        write(Image([[-3.0, 2.0]]), tmp_path / "a.png")
    with pytest.raises(ParameterError, match="window"):
        write(Image([[0.0, 1.0]], unit="HU"), tmp_path / "a.png")
    assert list(tmp_path.iterdir()) == []


def test_a_copy_for_display_is_written_as_0_to_255_with_a_word(tmp_path: Path) -> None:
    with pytest.warns(FiducialWarning, match="0 to 255"):
        path = write(Image([[0.0, 0.5, 1.0]]), tmp_path / "a.png")
    np.testing.assert_array_equal(read(path).array, [[0, 128, 255]])


def test_spacing_is_lost_with_a_word_and_kept_in_the_sidecar(tmp_path: Path) -> None:
    image = Image(GRAY, Grid.from_spacing((6, 8), (0.5, 0.25), unit="um"))
    with pytest.warns(GeometryWarning, match="holds no spacing"):
        path = write(image, tmp_path / "a.png")
    assert read(path).grid == image.grid
    (tmp_path / "a.png.lineage.json").unlink()
    assert read(path).grid.unit == "px"


def test_masks_and_labels_survive(tmp_path: Path) -> None:
    mask = Mask(GRAY > 100)
    np.testing.assert_array_equal(read_mask(write(mask, tmp_path / "m.png")).array, mask.array)
    labels = Labels(GRAY // 50, names={1: "liver"})
    again = read_labels(write(labels, tmp_path / "l.png"))
    np.testing.assert_array_equal(again.array, labels.array)
    assert again.names == {1: "liver"}
    with pytest.raises(ParameterError, match="JPEG"):
        write(mask, tmp_path / "m.jpg")


def test_jpeg_says_that_it_changes_values(tmp_path: Path) -> None:
    with pytest.warns(FiducialWarning, match="JPEG changes values"):
        path = write(Image(COLOUR, axes="yxc"), tmp_path / "a.jpg")
    # Quality 95 of a smooth picture: a few gray levels.
    assert np.abs(read(path).array.astype(int) - COLOUR).max() <= 24


def test_a_text_called_png_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_text("hello")
    with pytest.raises(FileDefectError):
        read(path)
