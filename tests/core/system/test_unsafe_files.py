"""Root reads no more, and nothing else, than it should where others may write."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.system import unsafe_files


@pytest.fixture
def top(tmp_path: Path) -> Path:
    """A folder with a file in a folder, beside another file."""
    (tmp_path / "top/inner").mkdir(parents=True)
    (tmp_path / "top/inner/file").write_bytes(b"0123456789")
    (tmp_path / "secret").write_bytes(b"secret")
    return tmp_path / "top"


@pytest.mark.parametrize(("most", "data"), [(4, b"0123"), (10, b"0123456789"), (99, b"0123456789")])
def test_so_much_of_a_file(top: Path, most: int, data: bytes) -> None:
    assert unsafe_files.read(top, ("inner", "file"), most) == data
    assert unsafe_files.read(top / "inner", ("file",), most, os.getuid()) == data


def test_a_file_of_somebody_else(top: Path) -> None:
    with pytest.raises(OSError, match="regular file of who"):
        unsafe_files.read(top, ("inner", "file"), 10, os.getuid() + 1)


@pytest.mark.parametrize("how", ["link", "folder link", "pipe", "folder", "nothing"])
def test_what_is_no_file_is_not_waited_for(top: Path, how: str) -> None:
    """E4"""
    file = top / "inner/file"
    file.unlink()
    if how == "link":
        file.symlink_to(top.parent / "secret")
    elif how == "folder link":
        (top / "inner").rmdir()
        (top / "inner").symlink_to(top.parent)
        (top.parent / "file").write_bytes(b"secret")
    elif how == "pipe":
        os.mkfifo(file)
    elif how == "folder":
        file.mkdir()
    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(OSError):  # noqa: PT011  each has a reason of its own
        unsafe_files.read(top, ("inner", "file"), 10)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


@pytest.mark.parametrize("step", ["..", ".", "", "a/b", "a\x00"])
def test_a_step_is_one_name(top: Path, step: str) -> None:
    with pytest.raises(ValueError, match=r"no name|null"):
        unsafe_files.read(top, (step, "secret"), 10)
