"""One file, read on from a place."""

from __future__ import annotations

import gzip
import os
from pathlib import Path

import pytest

from core.maillog.log_file import LogFile
from core.maillog.place import digest

MOST = 1 << 16


def test_it_is_read_as_it_grows(tmp_path: Path) -> None:
    """None where nothing is new; its place is behind the last whole line."""
    path = tmp_path / "log"
    path.write_bytes(b"one\ntw")
    file = LogFile(path)
    assert file.read(MOST) == [b"one"]
    assert file.read(MOST) is None
    assert (file.place.offset, file.reached) == (4, 6)
    with path.open("ab") as more:
        more.write(b"o\n")
    assert file.read(MOST) == [b"two"]
    assert file.place.offset == file.size == 8
    assert file.place.head == digest(b"one\ntwo\n")
    file.close()


@pytest.mark.parametrize(
    ("offset", "lines"),
    [(0, [b"one", b"two"]), (4, [b"two"]), (5, []), (-1, None), (8, None)],
)
@pytest.mark.parametrize("packed", [False, True])
def test_it_goes_on_at_a_place(
    offset: int, lines: list[bytes] | None, packed: bool, tmp_path: Path
) -> None:
    """In the middle of a line, with the next one; packed or not."""
    if packed and offset < 0:
        pytest.skip("nobody begins at the end of a packed file")
    path = tmp_path / "log"
    data = b"one\ntwo\n"
    path.write_bytes(gzip.compress(data) if packed else data)
    file = LogFile.at(path, offset)
    assert file.read(MOST) == lines
    if lines:
        assert file.place.head == digest(data)
    file.close()


@pytest.mark.parametrize("packed", [False, True])
def test_a_place_behind_the_end_is_none(packed: bool, tmp_path: Path) -> None:
    """Then it is not the file that it was."""
    path = tmp_path / "log"
    path.write_bytes(gzip.compress(b"one\n") if packed else b"one\n")
    with pytest.raises(OSError, match="shorter"):
        LogFile.at(path, 5)


@pytest.mark.parametrize("now", [b"", b"x\n", b"something else\nof the same length\n\n\n"])
def test_an_emptied_file_is_noticed(now: bytes, tmp_path: Path) -> None:
    """Also when it has grown again to the same length before anybody looked."""
    path = tmp_path / "log"
    path.write_bytes(b"the first line\nand one more line\n")
    file = LogFile(path)
    assert not file.was_emptied()
    file.read(MOST)
    assert not file.was_emptied()
    os.truncate(path, 0)
    with path.open("r+b") as again:
        again.write(now)
    assert file.was_emptied()
    file.close()
