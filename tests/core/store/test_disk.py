"""Files are written whole or not at all."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from core.store.disk import (
    give_to_owner_of,
    read_all,
    sync_directory,
    write_all,
    write_durably,
)


def test_written_content_is_read_back(tmp_path: Path) -> None:
    descriptor = write_durably(tmp_path / "file", b"abc")
    try:
        write_all(descriptor, b"XY", 1)
        assert read_all(descriptor) == b"aXY"
        assert read_all(descriptor) == b"aXY"
    finally:
        os.close(descriptor)
    sync_directory(tmp_path)
    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o600


def test_a_file_that_does_not_fit_is_not_left_half_written(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OSError, match="File too large"):
            write_durably(tmp_path / "file", b"x" * 2000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert not (tmp_path / "file").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_root_leaves_files_to_the_owner_of_the_directory(tmp_path: Path) -> None:
    os.chown(tmp_path, 12345, 23456)
    descriptor = os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT)
    try:
        give_to_owner_of(tmp_path, descriptor)
        owner = os.fstat(descriptor)
    finally:
        os.close(descriptor)
    assert (owner.st_uid, owner.st_gid) == (12345, 23456)
