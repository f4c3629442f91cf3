"""The reader as the process that it is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from core.maillog.batch import HEADER, Batch, Frames, Order, frame
from core.maillog.bookmark import JOURNAL, Bookmark, Wanted
from core.maillog.place import read_exactly
from core.maillog.reader import MISFITS, STRANGE, LogReader
from core.maillog.record import Login

TIMEOUT = 30


def login(number: int) -> bytes:
    """A line of a syslog file."""
    return (
        b"Nov 22 03:36:16 mail dovecot: imap-login: Login: user=<u%d@example.test>, "
        b"method=PLAIN, rip=192.0.2.1, lip=192.0.2.2, TLS, session=<%d>\n" % (number, number)
    )


class Process:
    """A reader that runs."""

    def __init__(self, order: Order) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "core.maillog.reader"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        assert self.process.stdin is not None
        self.process.stdin.write(frame(order))
        self.process.stdin.flush()
        self.logins: list[str] = []
        self.last = Batch(Bookmark())

    def take(self) -> Batch:
        """The next batch."""
        stream = cast(BinaryIO, self.process.stdout)
        frames = Frames(Batch)
        self.last = frames.read(read_exactly(stream, frames.size(read_exactly(stream, HEADER))))
        self.logins += [each.account for each in self.last.logins]
        return self.last

    def await_logins(self, count: int) -> None:
        """Take until so many logins have come."""
        while len(self.logins) < count:
            self.take()

    def end(self) -> None:
        """Close its standard input, and wait."""
        self.process.communicate(timeout=TIMEOUT)


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    """All are ended."""
    made: list[Process] = []
    yield made
    for each in made:
        each.process.kill()
        each.process.communicate()


def test_it_reads_tells_and_ends_with_its_input(tmp_path: Path, processes: list[Process]) -> None:
    """What comes is told, with a bookmark at which another goes on."""
    path = tmp_path / "mail.log"
    path.write_bytes(login(0))
    order = Order((Wanted(str(path)),))
    first = Process(order)
    processes.append(first)
    assert first.take().behind == {str(path): 0}
    with path.open("ab") as file:
        file.write(login(1) + login(2))
    first.await_logins(2)
    first.end()
    assert first.process.returncode == 0
    with path.open("ab") as file:
        file.write(login(3))
    path.rename(tmp_path / "mail.log.1")
    path.write_bytes(login(4))
    second = Process(Order(order.wanted, first.last.bookmark))
    processes.append(second)
    second.await_logins(2)
    assert first.logins + second.logins == [f"u{number}@example.test" for number in (1, 2, 3, 4)]


def test_it_ends_when_nobody_listens(tmp_path: Path, processes: list[Process]) -> None:
    """The daemon is gone, and has taken the pipe with it."""
    path = tmp_path / "mail.log"
    path.touch()
    process = Process(Order((Wanted(str(path)),)))
    processes.append(process)
    process.take()
    assert process.process.stdout is not None
    process.process.stdout.close()
    with path.open("ab") as file:
        file.write(login(1))
    assert process.process.wait(TIMEOUT) == 0


def take(reader: LogReader) -> Batch:
    """Look, read everything, tell."""
    reader.look()
    while reader.read():
        pass
    return reader.batch()


def test_a_line_in_two_logs_counts_once(tmp_path: Path) -> None:
    """As where syslog writes the same messages to two files."""
    paths = [tmp_path / "mail.log", tmp_path / "syslog"]
    for path in paths:
        path.touch()
    reader = LogReader(Order(tuple(Wanted(str(path)) for path in paths)))
    take(reader)
    for path in paths:
        path.write_bytes(login(1) + login(1))
    batch = take(reader)
    assert len(batch.logins) == 2
    reader.close()
    with paths[0].open("ab") as file:
        file.write(login(2))
    reader = LogReader(Order(tuple(Wanted(str(path)) for path in paths), batch.bookmark))
    batch = take(reader)
    reader.close()
    with paths[1].open("ab") as file:
        file.write(login(2) + login(3))
    reader = LogReader(Order(tuple(Wanted(str(path)) for path in paths), batch.bookmark))
    assert [each.account for each in take(reader).logins] == ["u3@example.test"]
    reader.close()


def test_what_is_wrong_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that is not there, one in no known form, and a journal without a journalctl."""
    monkeypatch.setenv("PATH", str(tmp_path))
    strange, absent = tmp_path / "strange", tmp_path / "absent"
    strange.touch()
    wanted = (Wanted(str(strange)), Wanted(str(absent)), Wanted(JOURNAL))
    reader = LogReader(Order(wanted))
    take(reader)
    strange.write_bytes(b"<html>\n" * MISFITS)
    batch = take(reader)
    assert set(batch.problems) == {str(strange), str(absent), JOURNAL}
    assert batch.problems[str(strange)] == STRANGE
    assert (batch.lines, batch.unknown) == (MISFITS, MISFITS)
    reader.close()


def test_an_order_to_go_on_at_the_end(tmp_path: Path) -> None:
    """What has brought a reader down again and again is left out."""
    path = tmp_path / "mail.log"
    path.write_bytes(login(1))
    reader = LogReader(Order((Wanted(str(path)),)))
    bookmark = take(reader).bookmark
    reader.close()
    with path.open("ab") as file:
        file.write(login(2))
    reader = LogReader(Order((Wanted(str(path)),), bookmark, at_end=True))
    assert take(reader).logins == ()
    with path.open("ab") as file:
        file.write(login(3))
    assert [type(each) for each in take(reader).logins] == [Login]
    reader.close()
