"""A disk that is full, or may only be read: answers and blocks go on, events wait, all is said."""

from __future__ import annotations

import os
import resource
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.daemon.conftest import NewDaemon
from tests.daemon.patience import await_true
from tests.daemon.preludes import IMPATIENT, POWERLESS
from tests.daemon.running import RunningDaemon
from tests.daemon.stranger import needs_root
from tests.daemon.wires import YES, knock, mail
from tests.daemon.world import REFUSE_RUSSIA, RUSSIA

RULES = {**REFUSE_RUSSIA, "send.limit": 1}
NO = "REJECT 5.7.1 Logins from Russia are not permitted; ask your mail administrator"


def block(daemon: RunningDaemon, number: int) -> str:
    """Get another account blocked; returns its name."""
    account = f"user{number}@example.test"
    with daemon.client() as client:
        assert client.mail(account) == YES
        assert client.mail(account).startswith("DEFER 4.7.1")
    return account


def note_events(daemon: RunningDaemon, count: int, first: int = 0) -> None:
    """Events of so many addresses."""
    with daemon.client() as client:
        questions = (
            knock(f"203.0.113.{n % 256}") if n < 256 else knock(f"2001:db8::{n:x}")
            for n in range(first, first + count)
        )
        client.pipeline(questions)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m,mode=0755", "tmpfs", str(place)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place: Path) -> Path:
    """Leave no octet free; returns the file that takes it all."""
    hog = place / "hog"
    with hog.open("wb", buffering=0) as file:
        for size in (65_536, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue
    return hog


@needs_root
def test_a_disk_that_fills_up_while_the_daemon_runs(
    new_daemon: NewDaemon, small_disk: Path
) -> None:
    """E17, B7: answers go on, announced blocks last, events wait until there is room again."""
    daemon = RunningDaemon(small_disk / "d", RULES)
    with daemon:
        blocked = {block(daemon, 0)}
        daemon.await_written()
        before = daemon.counted()
        hog = fill(small_disk)
        for number in range(1, 60):
            blocked.add(block(daemon, number))
            assert daemon.ask(policy_context="connect", client_address=RUSSIA) == NO
        assert "full" in daemon.await_problem("store")
        assert "ledger" not in daemon.problems(), "the room for it was reserved before"
        assert daemon.status()["events"]["waiting"] > 0
        hog.unlink()
        daemon.await_problem("store", absent=True)
        daemon.await_written()
        assert daemon.counted() >= before + 2 * 59
        assert sum(event.count for event in daemon.events()) == daemon.counted()
        daemon.kill()
        assert daemon.ledger(time.time()).keys() == blocked


@needs_root
def test_a_disk_without_room_even_for_blocks(new_daemon: NewDaemon, small_disk: Path) -> None:
    """The reserve is used up: blocks hold all the same, it is said, and made good for later."""
    daemon = RunningDaemon(small_disk / "d", RULES)
    with daemon:
        hog = fill(small_disk)
        blocked: set[str] = set()
        while "ledger" not in daemon.problems():
            blocked |= {block(daemon, len(blocked) + number) for number in range(40)}
            assert len(blocked) < 2000
        assert len(blocked) > 100, "the reserve is for many blocks"
        assert "A restart would forget" in daemon.problems()["ledger"]
        assert daemon.blocked().keys() == blocked
        hog.unlink()
        blocked.add(block(daemon, len(blocked)))
        daemon.await_problem("ledger", absent=True)
        daemon.kill()
        assert daemon.ledger(time.time()).keys() == blocked


@needs_root
def test_a_start_on_a_full_disk(new_daemon: NewDaemon, small_disk: Path) -> None:
    """A server that reboots with a full disk is guarded, with the blocks and settings it had."""
    daemon = RunningDaemon(small_disk / "d", RULES)
    with daemon:
        blocked = {block(daemon, number) for number in range(5)}
        daemon.stop()
        hog = fill(small_disk)
        daemon.start()
        assert daemon.ask(policy_context="connect", client_address=RUSSIA) == NO
        assert daemon.blocked().keys() == blocked
        hog.unlink()
        assert daemon.ask(policy_context="connect", client_address="203.0.113.99") == NO
        daemon.await_problem("store", absent=True)
        daemon.await_written()
        daemon.stop()
        with closing(daemon.store()) as store:
            assert store.check() == ""


def test_files_that_may_not_grow(new_daemon: NewDaemon) -> None:
    """RLIMIT_FSIZE stands for a full disk where no root is: a write fails in its midst."""
    prelude = (
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, resource.RLIM_INFINITY))\n"
    )
    daemon = new_daemon(RULES).start()
    daemon.stop()
    daemon.prelude = prelude
    daemon.start()
    note_events(daemon, 3000)
    assert daemon.await_problem("store")
    assert daemon.await_problem("log")
    blocked = {block(daemon, number) for number in range(20)}
    assert daemon.ask(policy_context="connect", client_address=RUSSIA) == NO
    status = daemon.status()
    assert status["faults"] == 0
    assert status["events"]["log_lost"] > 0
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.prlimit(daemon.pid, resource.RLIMIT_FSIZE, unlimited)
    daemon.await_problem("store", absent=True)
    daemon.await_written()
    assert sum(event.count for event in daemon.events()) == daemon.counted() == 3000 + 40 + 1
    note_events(daemon, 1, first=5000)
    daemon.await_problem("log", absent=True)
    daemon.stop()
    assert daemon.ledger(time.time()).keys() == blocked


@pytest.mark.parametrize("what", ["file", "directory"])
def test_a_store_that_may_only_be_read(new_daemon: NewDaemon, what: str) -> None:
    """Settings and blocks count; events wait until somebody mends it, and then are written."""
    daemon = new_daemon(RULES).start()
    blocked = block(daemon, 0)
    daemon.stop()
    daemon.prelude = IMPATIENT + POWERLESS
    places = [daemon.state / "store.sqlite"]
    if what == "directory":
        places.append(daemon.state)
    for place in places:
        place.chmod(0o555 if place.is_dir() else 0o444)
    (daemon.state / "lock").chmod(0o644)
    daemon.start()
    assert daemon.ask(policy_context="connect", client_address=RUSSIA) == NO
    assert daemon.blocked().keys() == {blocked}
    assert daemon.await_problem("store")
    for place in reversed(places):
        place.chmod(0o755 if place.is_dir() else 0o644)
    daemon.await_problem("store", absent=True)
    await_true(lambda: daemon.counted() == 3, "events", daemon.output)
    assert os.access(daemon.state, os.W_OK)


def test_a_log_directory_that_fills_up(new_daemon: NewDaemon) -> None:
    """Lines are lost and counted; nothing else depends on them."""
    daemon = new_daemon(RULES)
    daemon.log.mkdir()
    (daemon.log / "events.jsonl").symlink_to("/dev/full")
    daemon.start()
    assert "log" in daemon.problems()
    (daemon.log / "events.jsonl").unlink()
    assert daemon.ask(policy_context="connect", client_address=RUSSIA) == NO
    daemon.await_problem("log", absent=True)
    assert [event.address for event in daemon.logged()] == [RUSSIA]


def test_standard_error_on_a_full_disk(new_daemon: NewDaemon) -> None:
    """A daemon ends over no line of its log, and a clean end stays one."""
    daemon = new_daemon(RULES, stderr="/dev/full").start()
    blocked = {block(daemon, number) for number in range(3)}
    daemon.control.call("reload")
    daemon.await_written()
    daemon.stop()
    assert daemon.counted() == 6
    assert daemon.ledger(time.time()).keys() == blocked


def test_standard_error_that_nobody_reads_any_more(new_daemon: NewDaemon) -> None:
    """The program at the other end of the pipe has gone."""
    read_end, write_end = os.pipe()
    daemon = new_daemon(RULES, stderr=f"/proc/{os.getpid()}/fd/{write_end}").start()
    os.close(read_end)
    os.close(write_end)
    block(daemon, 0)
    block(daemon, 1)
    daemon.await_written()
    assert daemon.status()["faults"] == 0
    daemon.stop()
    assert daemon.counted() == 4


def test_a_mail_that_is_asked_about_during_all_that(new_daemon: NewDaemon) -> None:
    """A store that fails slowly holds nobody up."""
    prelude = """
import time
from core.errors import StoreError
from core.store.store import Store
def slow(self, *arguments):
    time.sleep(0.5)
    raise StoreError("the disk fails")
Store.record = slow
"""
    daemon = new_daemon(RULES, prelude=prelude).start()
    with daemon.client() as client:
        for number in range(200):
            assert client.put(mail(f"user{number}@example.test")) == YES
    assert daemon.await_problem("store") == "the disk fails"
    daemon.signal(15)
    assert daemon.ended() == 0
    assert "the store took no more events" in daemon.output()
