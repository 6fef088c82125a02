"""Files opened safely and written whole."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fiducial.errors import FileDefectError, ParameterError
from fiducial.io.files import (
    Witness,
    beside,
    check_size,
    joined_digest,
    memory_budget,
    new_file,
    open_regular,
    publish,
    read_digest,
    write_text,
)


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    with open_regular(tmp_path / "a") as stream:
        assert stream.read() == b"abc"
    (tmp_path / "link").symlink_to(tmp_path / "a")
    with open_regular(tmp_path / "link") as stream:
        assert stream.read() == b"abc"
    for path, words in (
        (tmp_path, "a folder"),
        (tmp_path / "none", "no such file"),
        (Path(os.devnull), "a device"),
    ):
        with pytest.raises(FileDefectError, match=words):
            open_regular(path)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(FileDefectError, match="link to a file that is not there"):
        open_regular(tmp_path / "dangling")
    with pytest.raises(FileDefectError, match="zero byte"):
        open_regular("a\0b")


@pytest.mark.parametrize("name", ["../a", "/etc/hostname", "x/../../a", ".", "", "a\0b"])
def test_data_stay_in_the_folder_of_their_header(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileDefectError, match="outside its folder"):
        beside(tmp_path / "a.mhd", name)
    assert beside(tmp_path / "a.mhd", "sub/a.raw") == (tmp_path / "sub" / "a.raw").resolve()


def test_sizes_are_held_against_file_and_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    check_size("f", 100, 100)
    with pytest.raises(FileDefectError, match=r"asks for 101 bytes of values.* holds 100"):
        check_size("f", 101, 100)
    monkeypatch.setenv("FIDUCIAL_MEMORY_BUDGET", "1000")
    assert memory_budget() == 1000
    with pytest.raises(FileDefectError, match=r"memory budget.*FIDUCIAL_MEMORY_BUDGET=1001"):
        check_size("f", 1001)
    # Beyond 64 bits nothing wraps around.
    with pytest.raises(FileDefectError, match="memory budget"):
        check_size("f", 2**64 + 8)
    monkeypatch.setenv("FIDUCIAL_MEMORY_BUDGET", "much")
    with pytest.raises(ParameterError, match="must be a number of bytes"):
        memory_budget()


def test_the_budget_is_a_share_of_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIDUCIAL_MEMORY_BUDGET", raising=False)
    assert 1 << 28 < memory_budget() < 1 << 48


def test_a_new_file_appears_at_once_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with new_file(path) as (stream, temporary):
        stream.write(b"abc")
        stream.flush()
        assert not path.exists()
        assert temporary.parent == tmp_path
        publish(temporary, path, overwrite=False)
    assert path.read_bytes() == b"abc"
    with pytest.raises(FileDefectError, match="exists already"), new_file(path) as (_, temporary):
        publish(temporary, path, overwrite=False)
    assert os.listdir(tmp_path) == ["a"]


def test_an_error_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(TypeError), new_file(tmp_path / "a") as (stream, _):
        stream.write(3)  # type: ignore[arg-type]
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(os.name == "nt", reason="locks of this kind are those of POSIX")
def test_litter_of_the_dead_is_removed_and_work_of_the_living_is_not(tmp_path: Path) -> None:
    (tmp_path / ".a.0123.fiducial-part").write_bytes(b"litter")
    (tmp_path / ".b.0123.fiducial-part").write_bytes(b"of another file")
    with new_file(tmp_path / "a") as (_, first):
        assert not (tmp_path / ".a.0123.fiducial-part").exists()
        with new_file(tmp_path / "a"):
            assert first.exists()
    assert os.listdir(tmp_path) == [".b.0123.fiducial-part"]


def test_permissions_are_those_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_bytes(b"")
    with new_file(tmp_path / "a") as (_, temporary):
        publish(temporary, tmp_path / "a", overwrite=True)
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_witness_sees_a_disk_that_lies(tmp_path: Path) -> None:
    path = tmp_path / "a"
    with open(path, "w+b") as stream:
        witness = Witness(stream)
        witness.write(b"abcdef")
        witness.flush()
        assert witness.check(path, path) == read_digest(path)
        stream.seek(2)
        stream.write(b"X")
        stream.flush()
        with pytest.raises(FileDefectError, match="does not read back"):
            witness.check(path, path)


def test_digests_of_several_files_become_one() -> None:
    one = "sha256:" + "00" * 32
    assert joined_digest([one]) == one
    assert joined_digest([one, one]) != one


def test_a_text_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_text(path, "µm\n")
    assert path.read_bytes() == "µm\n".encode()
    with pytest.raises(FileDefectError, match="exists already"):
        write_text(path, "other", overwrite=False)
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "\ud800")  # half of a character
    assert path.read_bytes() == "µm\n".encode()
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.csv"]
