"""Where the logs were left survives a restart, and its loss ends nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.daemon.log_hearsay import Kept, Report
from core.daemon.log_memory import LogMemory, restore, save
from core.maillog.bookmark import Bookmark
from core.maillog.place import Place

MEMORY = LogMemory(
    Bookmark(("/x",), {"/x": (Place(1, 2, 3, b"\0" * 16, 9, 4.5),)}, "cursor"),
    Kept(1.0, (Report(1.0, "192.0.2.1", "a@x", True),), (("ABC", 1.0),), (), {"imap": 2.0}),
)


def test_there_and_back(tmp_path: Path) -> None:
    """Replaced as a whole, and readable by nobody else."""
    path = tmp_path / "logs"
    assert save(path, LogMemory()) == ""
    assert save(path, MEMORY) == ""
    assert restore(path) == (MEMORY, "")
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["logs"]


def test_the_first_time_is_no_problem(tmp_path: Path) -> None:
    """There is nothing to read."""
    assert restore(tmp_path / "logs") == (LogMemory(), "")


@pytest.mark.parametrize("damage", [b"", b"\xc1", b"\x80x", b"hello"])
def test_damage_is_told(damage: bytes, tmp_path: Path) -> None:
    """It goes on at the logs' ends."""
    path = tmp_path / "logs"
    path.write_bytes(damage)
    memory, problem = restore(path)
    assert memory == LogMemory()
    assert "damaged" in problem


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """And nothing raises."""
    assert "not kept" in save(tmp_path / "absent" / "logs", MEMORY)
    assert "could not be read" in restore(tmp_path)[1]
