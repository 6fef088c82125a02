"""Gzip: read to its end, bounded, and written the same whatever the threads."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path

import numpy as np
import pytest

from fiducial.errors import FileDefectError
from fiducial.io.compressed import inflate, read_gzip, write_gzip

DATA = np.random.default_rng(0).integers(0, 50, 3_000_000, dtype=np.uint8)
FILE = Path("some.gz")


@pytest.mark.parametrize("is_gzip", [True, False])
def test_what_was_deflated_comes_back(is_gzip: bool) -> None:
    packed = gzip.compress(DATA.tobytes(), 1) if is_gzip else zlib.compress(DATA.tobytes(), 1)
    np.testing.assert_array_equal(inflate(FILE, packed, DATA.size, is_gzip=is_gzip), DATA)


def test_several_members_are_one_stream(tmp_path: Path) -> None:
    half = DATA.size // 2
    packed = gzip.compress(DATA[:half].tobytes(), 1) + gzip.compress(DATA[half:].tobytes(), 1)
    np.testing.assert_array_equal(inflate(FILE, packed, DATA.size, is_gzip=True), DATA)
    (tmp_path / "a.gz").write_bytes(packed)
    out, _ = read_gzip(tmp_path / "a.gz", DATA.size)
    np.testing.assert_array_equal(out, DATA)


@pytest.mark.parametrize("kept", [1, 10, 17, 0.5, 0.9, -9, -1])
def test_a_cut_stream_is_truncated(kept: float) -> None:
    packed = gzip.compress(DATA.tobytes(), 1)
    cut = packed[: int(kept * len(packed)) if isinstance(kept, float) else kept]
    with pytest.raises(FileDefectError, match="truncated"):
        inflate(FILE, cut, DATA.size, is_gzip=True)


def test_a_stream_too_long_or_too_short_is_refused() -> None:
    packed = gzip.compress(DATA.tobytes(), 1)
    with pytest.raises(FileDefectError, match="go on beyond the 1000 bytes"):
        inflate(FILE, packed, 1000, is_gzip=True)
    with pytest.raises(FileDefectError, match="asks for 4000000 bytes and the data hold 3000000"):
        inflate(FILE, packed, 4_000_000, is_gzip=True)
    small = inflate(FILE, gzip.compress(b"abcdef"), 4, is_gzip=True, may_exceed=True)
    assert small.tobytes() == b"abcd"


def test_what_follows_must_be_padding() -> None:
    packed = gzip.compress(b"abcd")
    assert inflate(FILE, packed + b"\0" * 9, 4, is_gzip=True).tobytes() == b"abcd"
    with pytest.raises(FileDefectError, match="something else follows"):
        inflate(FILE, packed + b"more", 4, is_gzip=True)


@pytest.mark.parametrize("place", [-8, -5, -4, -1])
def test_checksum_and_length_are_held_against_the_data(tmp_path: Path, place: int) -> None:
    packed = bytearray(gzip.compress(DATA.tobytes(), 1))
    packed[place] ^= 1
    (tmp_path / "a.gz").write_bytes(bytes(packed))
    with pytest.raises(FileDefectError, match="damaged"):
        read_gzip(tmp_path / "a.gz", DATA.size)


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3_000_000])
def test_any_gzip_reader_reads_what_is_written(size: int) -> None:
    stream = io.BytesIO()
    write_gzip(stream, [b"head", DATA[:size]])
    assert gzip.decompress(stream.getvalue()) == b"head" + DATA[:size].tobytes()
    # One member, for browsers and others that stop after the first.
    engine = zlib.decompressobj(31)
    engine.decompress(stream.getvalue())
    assert engine.eof
    assert engine.unused_data == b""


def test_the_bytes_are_always_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = io.BytesIO(), io.BytesIO()
    write_gzip(one, [DATA])
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    write_gzip(other, [DATA])
    assert one.getvalue() == other.getvalue()
