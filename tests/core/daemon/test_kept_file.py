"""A file that is kept is whole, is nobody else's, and never costs the one before it."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

import pytest

from core.daemon import kept_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_it_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    """And only its owner may read it, whatever the umask."""
    path = tmp_path / "kept.json"
    before = os.umask(0)
    try:
        assert kept_file.write(path, [b"old"], "x") == ""
        assert kept_file.write(path, [b"a", b"b"], "x") == ""
    finally:
        os.umask(before)
    assert path.read_bytes() == b"ab"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_two_files_whose_names_differ_in_their_ends_do_not_meet(tmp_path: Path) -> None:
    """Each has a place of its own to be written in."""
    first = tmp_path / "kept.a"

    def pieces() -> Iterator[bytes]:
        yield b"first "
        kept_file.write(tmp_path / "kept.b", [b"second"], "x")
        yield b"whole"

    assert kept_file.write(first, pieces(), "x") == ""
    assert first.read_bytes() == b"first whole"


def test_a_disk_that_does_not_do_it_is_told_and_costs_nothing(tmp_path: Path) -> None:
    """Whatever was written until then is not taken for the file."""
    path = tmp_path / "kept"
    path.write_bytes(b"old")

    def pieces() -> Iterator[bytes]:
        yield b"new"
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    said = kept_file.write(path, pieces(), "it was not kept")
    assert said == f"it was not kept: {os.strerror(errno.ENOSPC)}"
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path], "half a file would fill the disk further"


@pytest.mark.parametrize("name", ["nowhere/kept", "."])
def test_a_place_where_nothing_can_be_written_is_told(tmp_path: Path, name: str) -> None:
    """With the reason, and no exception: the daemon is ending and has more to do."""
    assert kept_file.write(tmp_path / name, [b""], "it was not kept").startswith("it was not kept:")
