"""The daemon follows logs: what they say is in the store once, whatever becomes of the reader."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from msgspec.structs import replace

from core.daemon.daemon import Daemon
from core.daemon.log_memory import restore
from core.daemon.log_watch import FILE, STUCK, LogWatch
from core.settings.config import Config, Logs
from core.store.event_filter import EventFilter
from core.store.store import Store
from core.words import Reason
from tests.core.daemon.living import config_in, living, run, settle


def login(number: int, address: str = "203.0.113.7") -> bytes:
    """A line about a login that just was."""
    stamp = time.strftime("%b %e %H:%M:%S").encode()
    return (
        b"%s mail dovecot: imap-login: Login: user=<u%d@example.test>, method=PLAIN, "
        b"rip=%s, lip=192.0.2.2, TLS, session=<%d>\n" % (stamp, number, address.encode(), number)
    )


class Place:
    """A log, and the configuration of a daemon that follows it."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "mail.log"
        self.log.touch()
        self.config = replace(config_in(folder), logs=Logs(follow=(str(self.log),)))
        self.count = 0

    def write(self, count: int) -> None:
        """Logins of one account each."""
        with self.log.open("ab") as file:
            for _ in range(count):
                file.write(login(self.count))
                self.count += 1

    def found(self) -> list[str]:
        """Accounts in the store, in their order."""
        with closing(Store.open(self.config.store_url)) as store:
            events = store.events.find(EventFilter(reasons=frozenset({Reason.LOGIN_OK})), 10_000)
        return sorted(
            (event.account for event in events for _ in range(event.count)),
            key=lambda account: int(account[1:].partition("@")[0]),
        )

    def wanted(self) -> list[str]:
        """All that was written."""
        return [f"u{number}@example.test" for number in range(self.count)]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """An empty log."""
    return Place(tmp_path)


def watch_of(daemon: Daemon) -> LogWatch:
    """Its companion."""
    watch = daemon.company.find(LogWatch)
    assert watch is not None
    return watch


async def until(condition: Callable[[], bool]) -> None:
    """Wait; the session as a whole is bounded."""
    while not condition():
        await asyncio.sleep(0.02)


async def follows(daemon: Daemon) -> LogWatch:
    """Wait until its reader has found the logs."""
    watch = watch_of(daemon)
    await until(lambda: bool(watch.status()["following"]))
    return watch


def test_logins_of_a_log_are_in_the_store(place: Place) -> None:
    """A9: with their country, and in the status."""

    async def session() -> None:
        async with living(place.config) as daemon:
            watch = await follows(daemon)
            place.write(3)
            await until(lambda: watch.status()["logins"] == 3)
            status = watch.status()
            assert status["following"] == {str(place.log): 0}
            assert (status["lines"], status["unknown"]) == (3, 0)
            assert daemon.parts.problems.get("logs", "") == ""

    run(session)
    assert place.found() == place.wanted()
    with closing(Store.open(place.config.store_url)) as store:
        assert {event.country for event in store.events.find(EventFilter())} == {"RU"}


def test_a_restart_loses_and_doubles_nothing(place: Place) -> None:
    """Written before, while nobody looked, and after; rotated in between."""

    async def first() -> None:
        async with living(place.config) as daemon:
            await follows(daemon)
            place.write(5)
            await until(lambda: watch_of(daemon).status()["logins"] == 5)
            place.write(5)

    async def second() -> None:
        async with living(place.config) as daemon:
            await until(lambda: watch_of(daemon).status().get("logins") == place.count - before)
            place.write(2)
            await until(lambda: watch_of(daemon).status()["logins"] == place.count - before)

    run(first)
    before = len(place.found())
    place.write(3)
    place.log.rename(place.log.with_name("mail.log.1"))
    place.write(4)
    run(second)
    assert place.found() == place.wanted()


def test_places_are_kept_behind_the_events(place: Place) -> None:
    """The file is there a second later, and holds for what the store has."""

    async def session() -> None:
        async with living(place.config) as daemon:
            await follows(daemon)
            place.write(2)
            size = place.log.stat().st_size
            path = place.config.state / FILE

            def kept() -> bool:
                bookmark = restore(path)[0].bookmark
                places = bookmark.files.get(str(place.log), ()) if bookmark else ()
                return bool(places) and places[-1].offset == size

            await until(kept)
            assert place.found() == place.wanted()
            await settle(daemon)

    run(session)


def test_a_killed_reader_is_started_again(place: Place) -> None:
    """Where it was; the status says so meanwhile."""

    async def session() -> None:
        async with living(place.config) as daemon:
            watch = await follows(daemon)
            watch._pause = 0.05
            place.write(2)
            await until(lambda: watch.status()["logins"] == 2)
            pid = watch.status()["pid"]
            os.kill(pid, signal.SIGKILL)
            place.write(2)
            await until(lambda: "gone" in daemon.parts.problems.get("logs", ""))
            await until(lambda: watch.status()["logins"] == 4)
            assert watch.status()["pid"] != pid
            assert "logs" not in daemon.parts.problems

    run(session)
    assert place.found() == place.wanted()


def test_a_stopped_reader_is_ended_and_started_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says nothing, so it is taken for hung."""

    def impatient(daemon: Daemon) -> list[LogWatch]:
        return [LogWatch(daemon, silence=7.0, pause=0.05)]

    monkeypatch.setattr("core.daemon.daemon.companions", impatient)

    async def session() -> None:
        async with living(place.config) as daemon:
            watch = await follows(daemon)
            pid = watch.status()["pid"]
            os.kill(pid, signal.SIGSTOP)
            place.write(2)
            await until(lambda: watch.status()["logins"] == 2)
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)

    run(session)
    assert place.found() == place.wanted()


CRASHES = """\
import os, select, sys
from core.maillog import reader, source
read = source.Source.read
def fail(self, lines, is_new=None):
    if any(b"u1@" in line for line in lines):
        os._exit(1)
    return read(self, lines, is_new)
source.Source.read = fail
reader.main()
"""


def test_what_brings_readers_down_is_left_out(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a few of them; what comes behind it is read, and the gap is told."""
    module = f"crashing_reader_{os.getpid()}"
    (tmp_path / f"{module}.py").write_text(CRASHES)
    monkeypatch.syspath_prepend(str(tmp_path))

    def crashing(daemon: Daemon) -> list[LogWatch]:
        return [LogWatch(daemon, module, pause=0.01)]

    monkeypatch.setattr("core.daemon.daemon.companions", crashing)

    async def session() -> None:
        async with living(place.config) as daemon:
            watch = await follows(daemon)
            place.write(1)
            await until(lambda: watch.status()["logins"] == 1)
            place.write(1)
            await until(lambda: "left out" in daemon.parts.problems.get("logs", ""))
            place.write(1)
            await until(lambda: watch.status()["logins"] == 2)

    run(session)
    assert place.found() == ["u0@example.test", "u2@example.test"]
    assert STUCK > 1


def test_without_logs_there_is_no_reader(tmp_path: Path) -> None:
    """The default of the tests."""

    async def session() -> None:
        async with living(config_in(tmp_path)) as daemon:
            assert watch_of(daemon).status() == {"following": {}, "lines": 0}

    run(session)
    assert not (tmp_path / "s" / FILE).exists()


def test_a_wrong_entry_is_told(tmp_path: Path) -> None:
    """And the daemon runs."""
    config: Config = replace(config_in(tmp_path), logs=Logs(follow=("mail.log",)))

    async def session() -> None:
        async with living(config) as daemon:
            assert "no absolute path" in daemon.parts.problems["logs"]

    run(session)


def test_a_missing_log_is_told(place: Place) -> None:
    """Until it comes, and then it is read from its beginning."""
    place.log.unlink()

    async def session() -> None:
        async with living(place.config) as daemon:
            watch = watch_of(daemon)
            await until(lambda: "no such file" in daemon.parts.problems.get("logs", ""))
            place.write(1)
            await until(lambda: watch.status()["logins"] == 1)
            await until(lambda: "logs" not in daemon.parts.problems)

    run(session)
