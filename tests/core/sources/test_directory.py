"""The data directory: a file is whole at every moment, and its copy before is kept."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import DataError
from core.sources import directory as places

DAY = 24 * 3600


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_places(tmp_path: Path) -> None:
    """Others write files there too: these names never change."""
    assert places.database_path(tmp_path, "country") == tmp_path / "country.mmdb"
    assert places.receipt_path(tmp_path, "asn") == tmp_path / "asn.json"
    assert places.ranges_path(tmp_path, "aws") == tmp_path / "ranges" / "aws.json"
    assert places.previous_path(tmp_path / "country.mmdb") == tmp_path / "country.mmdb.1"
    assert places.temporary_path(tmp_path / "x").parent == tmp_path


def test_writing_keeps_the_copy_before(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "x"
    for content in (b"1", b"2", b"3"):
        places.write(path, content)
    assert path.read_bytes() == b"3"
    assert places.previous_path(path).read_bytes() == b"2"
    assert names(path.parent) == ["x", "x.1"]


def test_a_note_in_the_margin_leaves_the_copy_before_alone(tmp_path: Path) -> None:
    path = tmp_path / "x"
    places.write(path, b"1")
    places.write(path, b"2")
    places.write(path, b"3", keep=False)
    assert path.read_bytes() == b"3"
    assert places.previous_path(path).read_bytes() == b"1"


def test_a_failed_write_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x"
    places.write(path, b"1")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        places.write(path, b"2")
    assert path.read_bytes() == b"1"
    assert names(tmp_path) == ["x"]


def test_a_reader_of_the_old_file_is_not_disturbed(tmp_path: Path) -> None:
    """It is mapped into the daemon's memory: never rewritten, always replaced."""
    path = tmp_path / "x"
    places.write(path, b"old")
    with path.open("rb") as reader:
        places.write(path, b"new")
        assert reader.read() == b"old"


def test_swapping_back_twice_undoes_it(tmp_path: Path) -> None:
    path = tmp_path / "x"
    assert places.swap_back(path) is False
    places.write(path, b"1")
    assert places.swap_back(path) is False
    places.write(path, b"2")
    assert places.swap_back(path) is True
    assert (path.read_bytes(), places.previous_path(path).read_bytes()) == (b"1", b"2")
    assert places.swap_back(path) is True
    assert (path.read_bytes(), places.previous_path(path).read_bytes()) == (b"2", b"1")
    assert names(tmp_path) == ["x", "x.1"]


def test_a_new_file_never_takes_the_place_of_another(tmp_path: Path) -> None:
    (tmp_path / "new").write_bytes(b"new")
    assert places.put_new(tmp_path / "new", tmp_path / "x") is True
    (tmp_path / "newer").write_bytes(b"newer")
    assert places.put_new(tmp_path / "newer", tmp_path / "x") is False
    assert (tmp_path / "x").read_bytes() == b"new"


def test_only_one_updater_is_at_work(tmp_path: Path) -> None:
    with (
        places.locked(tmp_path),
        pytest.raises(places.Busy, match="another update is at work"),
        places.locked(tmp_path),
    ):
        pass
    with places.locked(tmp_path):
        pass


def test_a_killed_updater_leaves_no_lock(tmp_path: Path) -> None:
    program = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from core.sources import directory\n"
        "with directory.locked(Path(sys.argv[1])):\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, tmp_path], check=False)
    assert done.returncode == -9
    with places.locked(tmp_path):
        pass


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DataError, match="cannot be written"), places.locked(tmp_path / "file"):
        pass


def test_unfinished_files_are_removed_once_they_are_old(tmp_path: Path) -> None:
    (tmp_path / "ranges").mkdir()
    names = [".country.mmdb.7.tmp", "..country.mmdb.7.tmp.7.tar", "ranges/.aws.json.7.tmp"]
    for name in [*names, "country.mmdb", "country.mmdb.1", ".country.mmdb.8.tmp"]:
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, (1000, 1000))
    os.utime(tmp_path / ".country.mmdb.8.tmp", (1000 + DAY, 1000 + DAY))
    places.sweep(tmp_path, now=1000 + DAY + 1)
    left = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    assert left == [".country.mmdb.8.tmp", "country.mmdb", "country.mmdb.1", "ranges"]
