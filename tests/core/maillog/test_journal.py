"""The journal is read entry by entry, and gone on with at a cursor."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.maillog.journal import ABSENT, FACILITIES, RETRY, Journal, Told
from core.maillog.record import Login

JOURNALCTL = """\
import json, sys, time
place, options = sys.argv[1], sys.argv[2:]
if "--output=json" not in options or "--quiet" not in options:
    sys.exit("unexpected options")
entries = lambda: open(place, "rb").read().splitlines(keepends=True)
if "--lines=1" in options:
    sys.stdout.buffer.write(b"".join(entries()[-1:]))
    sys.exit(0)
after = [o.partition("=")[2] for o in options if o.startswith("--after-cursor=")]
seen = 0
if after:
    if not after[0].startswith("c"):
        sys.exit("Failed to seek to cursor: Invalid argument")
    seen = int(after[0][1:])
while True:
    new = entries()[seen:]
    for entry in new:
        if entry == b"END\\n":
            sys.exit("Journal file corrupted")
        seen += 1
        sys.stdout.buffer.write(entry)
    sys.stdout.buffer.flush()
    time.sleep(0.01)
"""
"""Stands in for journalctl(1): prints the entries of a file, and goes on as it grows."""

LOGIN = "imap-login: Login: user=<a@example.test>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.2"


class Machine:
    """A machine with a journal."""

    def __init__(self, folder: Path) -> None:
        self.entries = folder / "entries"
        self.entries.touch()
        program = folder / "journalctl.py"
        program.write_text(JOURNALCTL)
        self.command = (sys.executable, str(program), str(self.entries))
        self.count = 0
        self.open: list[Journal] = []

    def write(self, **fields: Any) -> None:
        """Add an entry."""
        self.count += 1
        entry = {
            "__CURSOR": f"c{self.count}",
            "__REALTIME_TIMESTAMP": "1795000000000000",
            "SYSLOG_IDENTIFIER": "dovecot",
            "MESSAGE": LOGIN,
            "_UID": "97",
        } | fields
        with self.entries.open("a") as file:
            file.write(json.dumps(entry) + "\n")

    def journal(self, cursor: str = "") -> Journal:
        """A journal that runs."""
        journal = Journal(cursor, self.command)
        self.open.append(journal)
        journal.look(0.0)
        return journal


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """One that is cleaned up."""
    made = Machine(tmp_path)
    yield made
    for each in made.open:
        each.close()


def await_told(journal: Journal, count: int) -> list[Told]:
    """Read until so many entries have come."""
    deadline = time.monotonic() + 20
    told: list[Told] = []
    while journal.lines < count and time.monotonic() < deadline:
        told += journal.read(0.0) or ()
        time.sleep(0.005)
    assert journal.lines == count, journal.problem
    return told


def test_entries_are_read_as_lines_of_their_programs(machine: Machine) -> None:
    """From now on; what was there before is history."""
    machine.write()
    journal = machine.journal()
    machine.write(_SOURCE_REALTIME_TIMESTAMP="1795000001500000")
    machine.write(SYSLOG_IDENTIFIER="cron")
    told = await_told(journal, 2)
    assert len(told) == 1
    login = told[0].record
    assert isinstance(login, Login)
    assert (login.at, login.account) == (1_795_000_001.5, "a@example.test")
    assert told[0].message == LOGIN.encode()


def test_it_goes_on_at_its_cursor(machine: Machine) -> None:
    """Nothing twice, nothing left out."""
    journal = machine.journal()
    machine.write()
    await_told(journal, 1)
    journal.close()
    machine.write(MESSAGE=LOGIN.replace("a@", "b@"))
    again = machine.journal(journal.cursor)
    told = await_told(again, 1)
    assert [each.record.account for each in told if isinstance(each.record, Login)] == [
        "b@example.test"
    ]


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"MESSAGE": list(LOGIN.encode())}, 1),
        ({"MESSAGE": None}, 0),
        ({"SYSLOG_IDENTIFIER": ["dovecot", "other"]}, 1),
        ({"SYSLOG_IDENTIFIER": None}, 0),
        ({"__REALTIME_TIMESTAMP": "soon"}, 0),
        ({"_UID": "1000"}, 0),
        ({"_UID": "999"}, 1),
        ({"MESSAGE": [1000, -1, "x"]}, 0),
        ({"__CURSOR": ""}, 1),
    ],
)
def test_entries_of_every_kind(machine: Machine, fields: dict[str, Any], told: int) -> None:
    """Octets, several values, nothing at all; and what a customer's own program has written."""
    journal = machine.journal()
    machine.write(**fields)
    assert len(await_told(journal, 1)) == told


def test_garbage_is_counted(machine: Machine) -> None:
    """It ends nothing."""
    journal = machine.journal()
    with machine.entries.open("a") as file:
        file.write("{broken\n[]\n")
    machine.write()
    assert len(await_told(journal, 3)) == 1
    assert journal.unknown == 2


def await_problem(journal: Journal) -> None:
    """Read until something is wrong."""
    deadline = time.monotonic() + 20
    while not journal.problem and time.monotonic() < deadline:
        journal.read(0.0)
        time.sleep(0.005)


def test_a_journalctl_that_ends_is_started_again(machine: Machine) -> None:
    """After a pause, and where it was."""
    journal = machine.journal()
    machine.write()
    await_told(journal, 1)
    with machine.entries.open("a") as file:
        file.write("END\n")
    await_problem(journal)
    assert journal.problem == "Journal file corrupted"
    assert journal.fileno() == -1
    journal.look(RETRY / 2)
    assert journal.fileno() == -1
    machine.entries.write_text(machine.entries.read_text().replace("END\n", ""))
    machine.write()
    journal.look(RETRY + 1)
    await_told(journal, 2)
    assert journal.problem == ""


def test_a_cursor_that_is_none_is_given_up(machine: Machine) -> None:
    """The journal was made anew: it goes on at its end."""
    machine.write()
    journal = machine.journal("nonsense")
    await_problem(journal)
    assert "cursor" in journal.problem
    journal.look(RETRY + 1)
    machine.write()
    await_told(journal, 1)


def test_an_absent_journalctl_is_a_problem() -> None:
    """A clear one."""
    journal = Journal(command=("/nonexistent/journalctl",))
    journal.look(0.0)
    assert journal.problem == ABSENT
    assert journal.read(0.0) is None
    journal.close()


@pytest.mark.skipif(shutil.which("journalctl") is None, reason="there is no journalctl")
def test_the_real_one_takes_our_options(tmp_path: Path) -> None:
    """An empty journal."""
    done = subprocess.run(
        [
            "journalctl",
            f"--directory={tmp_path}",
            "--quiet",
            "--no-pager",
            "--output=json",
            "--no-tail",
            "--lines=1",
            *(f"SYSLOG_FACILITY={number}" for number in FACILITIES),
        ],
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, b""), done.stderr
