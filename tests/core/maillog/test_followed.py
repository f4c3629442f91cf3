"""A log is read to its last line, whatever becomes of its file."""

from __future__ import annotations

import gzip
import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.maillog.followed import LINGER, Followed
from core.maillog.place import Place

MOST = 50

LOGS: list[Log] = []
"""Those of the present test."""


@pytest.fixture(autouse=True)
def closing() -> Iterator[None]:
    """Let go of all files in the end."""
    yield
    while LOGS:
        LOGS.pop().followed.close()


class Log:
    """A log that numbers its lines, and what a follower has read of it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "mail.log"
        self.written: list[bytes] = []
        self.read: list[bytes] = []
        self.path.touch()
        self.now = 0.0
        self.followed = Followed(self.path, fresh=True)
        LOGS.append(self)

    def write(self, count: int = 1, *, to: Path | None = None) -> None:
        """Write lines."""
        with (to or self.path).open("ab") as file:
            for _ in range(count):
                line = b"line %d of the log" % len(self.written)
                self.written.append(line)
                file.write(line + b"\n")

    def follow(self) -> None:
        """Read all there is."""
        self.followed.look()
        self.now += 0.25
        while (lines := self.followed.read(MOST, self.now)) is not None:
            self.read += lines

    def restart(self) -> None:
        """Another process goes on where this one was."""
        places = self.followed.places
        self.followed.close()
        self.followed = Followed(self.path, places)

    def rotate(self, *, packed: bool = False) -> None:
        """As logrotate does with `create`."""
        for number in range(8, 0, -1):
            for ending in ("", ".gz"):
                old = self.path.with_name(f"mail.log.{number}{ending}")
                if old.exists():
                    old.rename(self.path.with_name(f"mail.log.{number + 1}{ending}"))
        first = self.path.with_name("mail.log.1")
        self.path.rename(first)
        self.path.touch()
        if packed:
            self.pack(first)

    def pack(self, path: Path) -> None:
        """As gzip does: the time of last change stays."""
        status = path.stat()
        target = path.with_name(path.name + ".gz")
        target.write_bytes(gzip.compress(path.read_bytes()))
        os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
        path.unlink()

    def copy_and_empty(self) -> None:
        """As logrotate does with `copytruncate`."""
        shutil.copy2(self.path, self.path.with_name("mail.log.1"))
        os.truncate(self.path, 0)

    def check(self) -> None:
        """Each line once, and in order."""
        self.follow()
        assert self.read == self.written
        assert self.followed.lost == 0
        assert self.followed.problem == ""


@pytest.fixture
def log(tmp_path: Path) -> Log:
    """A log that is followed from its first line."""
    found = Log(tmp_path)
    found.write(5)
    found.follow()
    return found


def test_a_log_that_was_there_is_read_from_its_end(tmp_path: Path) -> None:
    """History is for `replay`; what comes after is read."""
    log = Log(tmp_path)
    log.write(5)
    log.followed = Followed(log.path)
    log.follow()
    assert log.read == []
    log.write(2)
    log.follow()
    assert log.read == log.written[5:]


def test_a_log_that_comes_later_is_read_from_its_beginning(tmp_path: Path) -> None:
    """It has no history that anybody could have counted."""
    log = Log(tmp_path)
    log.path.unlink()
    log.followed = Followed(log.path)
    log.follow()
    assert log.followed.missing
    log.write(3)
    log.check()
    assert not log.followed.missing


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("restarted", [False, True])
def test_the_rest_of_a_renamed_file_comes_first(log: Log, packed: bool, restarted: bool) -> None:
    """Also when it was packed meanwhile, and when nobody looked meanwhile."""
    log.write(20)
    if restarted:
        log.restart()
    log.rotate(packed=packed)
    log.write(20)
    log.check()


@pytest.mark.parametrize("restarted", [False, True])
def test_several_rotations_unseen(log: Log, restarted: bool) -> None:
    """Files that came and went are read from their beginning to their end."""
    if restarted:
        log.restart()
    for packed in (True, False, True, False):
        log.write(4)
        log.rotate(packed=packed)
        if packed and log.path.with_name("mail.log.1").exists():
            log.pack(log.path.with_name("mail.log.1"))
    log.write(4)
    log.check()


def test_a_writer_that_has_not_left_the_old_file(log: Log) -> None:
    """rsyslog goes on in it until it is told."""
    log.rotate()
    old = log.path.with_name("mail.log.1")
    log.follow()
    log.write(2, to=old)
    log.check()
    log.now += LINGER + 1
    log.follow()
    assert len(log.followed.places) == 1
    log.write(2)
    log.check()


def test_a_last_line_without_an_end(log: Log) -> None:
    """It is told once its file is certainly over."""
    with log.path.open("ab") as file:
        file.write(b"half a li")
    log.follow()
    log.rotate()
    log.follow()
    assert log.read == log.written
    log.now += LINGER + 1
    log.follow()
    assert log.read == [*log.written, b"half a li"]


@pytest.mark.parametrize("restarted", [False, True])
def test_a_copied_and_emptied_file(log: Log, restarted: bool) -> None:
    """What was written before it was emptied is in the copy."""
    log.write(7)
    if restarted:
        log.restart()
    log.copy_and_empty()
    log.write(3)
    log.check()


def test_an_emptied_file_that_has_outgrown_its_place(log: Log) -> None:
    """Its length says nothing, its first line does."""
    log.write(2)
    log.copy_and_empty()
    log.write(50)
    log.check()


@pytest.mark.parametrize("restarted", [False, True])
def test_what_is_gone_for_good_is_counted(log: Log, restarted: bool) -> None:
    """And the new file is read."""
    if restarted:
        log.restart()
    os.truncate(log.path, 0)
    log.written.clear()
    log.read.clear()
    log.write(3)
    log.follow()
    assert log.read == log.written
    assert log.followed.lost == 1


def test_half_a_line_over_a_restart(log: Log) -> None:
    """It is read as a whole by whoever sees its end."""
    with log.path.open("ab") as file:
        file.write(b"half a ")
    log.follow()
    log.restart()
    with log.path.open("ab") as file:
        file.write(b"line\n")
    log.written.append(b"half a line")
    log.check()


def test_a_missing_file_between_rename_and_create(log: Log) -> None:
    """The old one is read on; what comes by the name is new, and read from its beginning."""
    log.write(1)
    old = log.path.with_name("mail.log.1")
    log.path.rename(old)
    log.follow()
    assert log.followed.missing
    log.write(1, to=old)
    log.restart()
    log.follow()
    log.write(2)
    log.check()


def test_a_link_that_points_elsewhere(tmp_path: Path) -> None:
    """Both targets are read: the first to its end, then the second."""
    targets = [tmp_path / "a", tmp_path / "b"]
    for target in targets:
        target.touch()
    log = Log(tmp_path)
    log.path.unlink()
    log.path.symlink_to(targets[0])
    log.write(3)
    log.follow()
    log.write(2)
    log.path.unlink()
    log.path.symlink_to(targets[1])
    log.write(3)
    log.check()


def test_an_unreadable_file_is_a_problem_until_it_is_readable(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its place is kept meanwhile, so nothing is read twice."""
    log.restart()
    log.write(2)
    opened = Path.open

    def refused(path: Path, *arguments: object, **words: object) -> object:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    log.follow()
    assert log.followed.problem == "Permission denied"
    assert log.followed.places[0].offset > 0
    monkeypatch.setattr(Path, "open", opened)
    log.check()


def test_how_far_behind(log: Log) -> None:
    """In octets that wait."""
    assert log.followed.behind == 0
    log.write(1)
    assert log.followed.behind == len(log.written[-1]) + 1


def test_places_hold_the_oldest_first(log: Log) -> None:
    """While the rest of a renamed file waits, there are two."""
    log.write(20)
    log.rotate()
    log.write(1)
    log.followed.look()
    places: tuple[Place, ...] = log.followed.places
    assert [place.inode for place in places] == [
        log.path.with_name("mail.log.1").stat().st_ino,
        log.path.stat().st_ino,
    ]


@pytest.mark.parametrize("seed", range(60))
def test_whatever_happens_in_whatever_order(tmp_path: Path, seed: int) -> None:
    """Writing, rotating, packing, restarting: each line comes once, and in order."""
    chance = random.Random(seed)
    log = Log(tmp_path)
    log.write(3)
    log.follow()
    for _ in range(40):
        deed = chance.choice(["write", "write", "follow", "rotate", "pack", "restart", "copy"])
        if deed == "write":
            log.write(chance.randrange(1, 9))
        elif deed == "follow":
            log.follow()
        elif deed == "rotate":
            log.write()  # nobody rotates what is empty
            log.rotate()
        elif deed == "pack":
            first = log.path.with_name("mail.log.1")
            if first.exists() and not log.path.with_name("mail.log.1.gz").exists():
                log.follow()  # a copy that grows no more
                log.pack(first)
        elif deed == "restart":
            log.restart()
        elif log.path.stat().st_size:
            log.follow()  # what is written while it is copied is lost with any program
            log.rotate()
    log.write(2)
    log.check()
