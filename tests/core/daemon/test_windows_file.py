"""Send windows outlast a clean restart, on a clock that may have changed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from core.daemon import windows_file
from core.engine.window import SendWindows


def test_they_count_the_same_after_a_restart(tmp_path: Path) -> None:
    """B7: and the file is used once, so that a crash later does not bring back the past."""
    path = tmp_path / "windows"
    before, after, third = SendWindows(), SendWindows(), SendWindows()
    now = time.monotonic()
    for age in (290, 200, 10):
        before.add("a@example.test", now - age, 300, 1, 150)
    assert windows_file.save(path, before) == ""
    assert windows_file.restore(path, after) == ""
    assert after.used("a@example.test", time.monotonic(), 250) == 2
    assert windows_file.restore(path, third) == ""
    assert len(third) == 0


@pytest.mark.parametrize(("passed", "used"), [(100.0, 1), (1000.0, 0), (-5000.0, 2)])
def test_time_passes_while_we_are_away(tmp_path: Path, passed: float, used: int) -> None:
    """A clock that was set back makes nothing older or younger than it was."""
    path = tmp_path / "windows"
    path.write_text(f'{time.time() - passed}\n["a", [250.0, 10.0]]\n')
    windows = SendWindows()
    windows_file.restore(path, windows)
    assert windows.used("a", time.monotonic(), 300) == used


@pytest.mark.parametrize("content", [b"", b"\xff" * 50, b'{"ages": 7}\n', b"1.0\n[7]\n"])
def test_a_damaged_file_is_reported_and_left_out(tmp_path: Path, content: bytes) -> None:
    """Lenient for one window's length, and never a reason not to start."""
    path = tmp_path / "windows"
    path.write_bytes(content)
    windows = SendWindows()
    assert "damaged" in windows_file.restore(path, windows)
    assert len(windows) == 0


def test_what_stands_before_the_damage_is_kept(tmp_path: Path) -> None:
    """A file that was cut off by a full disk still says most of what it should."""
    path = tmp_path / "windows"
    path.write_text(f'{time.time()}\n["a", [1.0]]\n["b", [1.0, 2.0]]\n["c", [1.0')
    windows = SendWindows()
    assert "2 accounts" in windows_file.restore(path, windows)
    assert windows.used("b", time.monotonic(), 300) == 2


def test_a_directory_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    """The daemon still ends."""
    assert "not kept" in windows_file.save(tmp_path / "absent" / "windows", SendWindows())
