"""Which files are followed, and from where."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.maillog.bookmark import Bookmark, Wanted
from core.maillog.follower import IDLE, MISSING, PATTERN_SECONDS, Follower


class Watcher:
    """A follower and what it has read."""

    def __init__(self, *wanted: Wanted) -> None:
        self.wanted = wanted
        self.now = time.time()
        self.follower = Follower(wanted, None, self.now)
        self.read: list[tuple[str, bytes]] = []

    def follow(self) -> None:
        """Look, and read all there is."""
        self.now += PATTERN_SECONDS
        self.follower.look(self.now)
        found = True
        while found:
            found = False
            for path, lines in self.follower.read(1000, self.now):
                found = True
                self.read += [(Path(path).name, line) for line in lines]

    def restart(self) -> None:
        """Another process goes on."""
        bookmark = Bookmark(self.follower.patterns, self.follower.places)
        self.follower.close()
        self.follower = Follower(self.wanted, bookmark, self.now)


@pytest.fixture
def watchers() -> Iterator[list[Watcher]]:
    """All are closed in the end."""
    made: list[Watcher] = []
    yield made
    for each in made:
        each.follower.close()


def add(path: Path, *lines: bytes) -> None:
    """Write lines."""
    with path.open("ab") as file:
        file.writelines(line + b"\n" for line in lines)


def test_several_files_take_turns(tmp_path: Path, watchers: list[Watcher]) -> None:
    """None waits for another that never ends."""
    a, b = tmp_path / "a", tmp_path / "b"
    a.touch()
    b.touch()
    watcher = Watcher(Wanted(str(a)), Wanted(str(b)))
    watchers.append(watcher)
    watcher.follow()
    add(a, *[b"x" * 500] * 10)
    add(b, b"y")
    watcher.follow()
    assert ("b", b"y") in watcher.read[:3]
    assert len(watcher.read) == 11


def test_a_pattern_finds_what_comes(tmp_path: Path, watchers: list[Watcher]) -> None:
    """What was there is read from its end, what comes later from its beginning."""
    add(tmp_path / "ex1.log", b"old")
    watcher = Watcher(Wanted(str(tmp_path / "ex*.log")))
    watchers.append(watcher)
    watcher.follow()
    add(tmp_path / "ex1.log", b"new")
    add(tmp_path / "ex2.log", b"first")
    add(tmp_path / "other.log", b"strange")
    (tmp_path / "ex0.log.gz").write_bytes(b"packed")
    watcher.follow()
    assert sorted(watcher.read) == [("ex1.log", b"new"), ("ex2.log", b"first")]
    watcher.restart()
    add(tmp_path / "ex3.log", b"while nobody looked")
    watcher.follow()
    assert watcher.read[2:] == [("ex3.log", b"while nobody looked")]


def test_a_file_that_comes_while_nobody_looks_is_new(
    tmp_path: Path, watchers: list[Watcher]
) -> None:
    """It was wanted before, and was not there."""
    path = tmp_path / "mail.log"
    watcher = Watcher(Wanted(str(path)))
    watchers.append(watcher)
    watcher.follow()
    assert watcher.follower.problems == {str(path): MISSING}
    watcher.restart()
    add(path, b"first")
    watcher.follow()
    assert watcher.read == [("mail.log", b"first")]
    assert watcher.follower.problems == {}


def test_what_may_be_missing_is_no_problem(tmp_path: Path, watchers: list[Watcher]) -> None:
    """A list of usual places is no promise."""
    watcher = Watcher(
        Wanted(str(tmp_path / "mail.log"), optional=True), Wanted(f"{tmp_path}/*.log")
    )
    watchers.append(watcher)
    watcher.follow()
    assert watcher.follower.problems == {f"{tmp_path}/*.log": MISSING}
    assert watcher.follower.following == {}


def test_files_of_former_days_are_closed(tmp_path: Path, watchers: list[Watcher]) -> None:
    """A server with a file for each day has many; one that is written to again is read on."""
    day = tmp_path / "ex1.log"
    watcher = Watcher(Wanted(str(tmp_path / "ex*.log")))
    watchers.append(watcher)
    watcher.follow()
    add(day, b"one")
    watcher.follow()
    watcher.now += IDLE + PATTERN_SECONDS
    watcher.follow()
    assert watcher.follower.following == {}
    watcher.restart()
    watcher.follow()
    assert watcher.follower.following == {}
    add(day, b"two")
    os.utime(day, (watcher.now, watcher.now))
    watcher.follow()
    assert watcher.read == [("ex1.log", b"one"), ("ex1.log", b"two")]


def test_a_renamed_file_that_a_pattern_finds_is_no_other(
    tmp_path: Path, watchers: list[Watcher]
) -> None:
    """Its lines are not read twice."""
    first, second = tmp_path / "mail.log", tmp_path / "mail.log.1"
    first.touch()
    watcher = Watcher(Wanted(str(tmp_path / "mail.log*")))
    watchers.append(watcher)
    watcher.follow()
    add(first, b"one")
    watcher.follow()
    first.rename(second)
    watcher.follow()
    add(first, b"two")
    watcher.follow()
    watcher.follow()
    assert [line for _, line in watcher.read] == [b"one", b"two"]
