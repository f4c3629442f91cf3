from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.system import files
from core.system.files import FileState


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_a_written_file_reads_back_whole(tmp_path: Path) -> None:
    state = FileState(b"content\n", 0o640, os.getuid(), os.getgid())
    files.write(tmp_path / "file", state)
    assert files.read(tmp_path / "file") == state
    assert names(tmp_path) == ["file"]


def test_there_is_nothing_where_no_file_is(tmp_path: Path) -> None:
    assert files.read(tmp_path / "file") is None


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
def test_owner_and_mode_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    os.chown(path, 1234, 2345)
    path.chmod(0o4750)
    state = files.read(path)
    assert state is not None
    files.write(path, state.holding(b"new"))
    status = path.stat()
    assert (status.st_uid, status.st_gid, status.st_mode & 0o7777) == (1234, 2345, 0o4750)
    assert path.read_bytes() == b"new"


def test_extended_attributes_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    try:
        os.setxattr(path, "user.note", b"label")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    state = files.read(path)
    assert state is not None
    files.write(path, state.holding(b"new"))
    assert os.getxattr(path, "user.note") == b"label"


@pytest.mark.parametrize("call", ["fsync", "replace", "fchmod"])
def test_a_full_disk_leaves_the_old_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OSError, match="No space left"):
        files.write(path, FileState(b"new"))
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_a_file_can_be_dated_back(tmp_path: Path) -> None:
    files.write(tmp_path / "file", FileState(b"x", 0o600, os.getuid(), os.getgid()), age=100)
    assert 90 < time.time() - (tmp_path / "file").stat().st_mtime < 200


def test_what_a_crash_left_beside_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "file"
    files.temporary(path).write_bytes(b"half of a long, long content")
    files.write(path, FileState(b"new"))
    assert (path.read_bytes(), names(tmp_path)) == (b"new", ["file"])


def test_removing_twice_is_removing_once(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")
    files.remove(path)
    files.remove(path)
    assert names(tmp_path) == []


def test_the_temporary_name_matches_no_include_pattern() -> None:
    name = files.temporary(Path("/etc/dovecot/conf.d/99-mailward.conf")).name
    assert name.startswith(".")
    assert not name.endswith(".conf")


@given(st.binary())
def test_any_bytes_survive_being_text(data: bytes) -> None:
    assert files.encode(files.decode(data)) == data
