"""The mail server's log is followed through rotation, restarts and kill -9: each login once."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

from core.words import Reason
from tests.daemon.conftest import NewDaemon
from tests.daemon.patience import await_true
from tests.daemon.running import RunningDaemon


class MailLog:
    """A mail server that writes logins into a log, and logrotate."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.written = 0
        path.touch()

    def write(self, count: int) -> None:
        """Logins, each of an account of its own."""
        stamp = time.strftime("%b %e %H:%M:%S")
        with self.path.open("a") as file:
            for _ in range(count):
                file.write(
                    f"{stamp} mail dovecot: imap-login: Login: user=<u{self.written}@example.test>,"
                    f" method=PLAIN, rip=203.0.113.7, lip=192.0.2.2, TLS, session=<x>\n"
                )
                self.written += 1

    def rotate(self, number: int) -> None:
        """As logrotate does with dates."""
        self.path.rename(self.path.with_name(f"{self.path.name}-2026010{number}"))
        self.path.touch()

    def wanted(self) -> Counter[str]:
        """Each account once."""
        return Counter(f"u{number}@example.test" for number in range(self.written))


def found(daemon: RunningDaemon) -> Counter[str]:
    """How often each account has logged in, as the store has it."""
    events = daemon.events(reasons=frozenset({Reason.LOGIN_OK}))
    return Counter(event.account for event in events for _ in range(event.count))


def await_followed(daemon: RunningDaemon) -> None:
    """Wait until the reader has found the log."""
    await_true(lambda: bool(daemon.status()["logs"]["following"]), "the reader", daemon.output)


def await_kept(daemon: RunningDaemon, log: MailLog) -> None:
    """Wait until all is in the store, and the place behind it is written down."""
    await_true(lambda: found(daemon) == log.wanted(), "all logins", daemon.output)
    seen = (daemon.state / "logs").stat().st_mtime_ns
    with log.path.open("a") as file:
        file.write("\n")
    await_true(
        lambda: (daemon.state / "logs").stat().st_mtime_ns != seen, "its place", daemon.output
    )


def await_ended(process: Path) -> None:
    """Wait until a process is gone."""
    await_true(lambda: not process.exists(), "its end")


def test_each_login_once_through_rotation_and_kill(new_daemon: NewDaemon, tmp_path: Path) -> None:
    """A9, A19: written while it runs, while it is dead, before and behind a rotation."""
    log = MailLog(tmp_path / "mail.log")
    daemon = new_daemon(logs=[str(log.path)]).start()
    await_followed(daemon)
    for number in range(3):
        log.write(20)
        await_kept(daemon, log)
        log.rotate(2 * number)
        log.write(20)
        await_kept(daemon, log)
        daemon.kill()
        log.write(20)
        log.rotate(2 * number + 1)
        log.write(20)
        daemon.start()
        await_kept(daemon, log)
    daemon.stop()
    assert found(daemon) == log.wanted()
    assert daemon.counted() == log.written


def test_a_kill_in_the_middle_costs_a_second_at_most(new_daemon: NewDaemon, tmp_path: Path) -> None:
    """No login is lost; doubled are only those of the last second before it."""
    log = MailLog(tmp_path / "mail.log")
    daemon = new_daemon(logs=[str(log.path)]).start()
    await_followed(daemon)
    began = time.monotonic()
    while time.monotonic() - began < 3.3:
        log.write(10)
        time.sleep(0.02)
    daemon.kill()
    lasted = time.monotonic() - began
    daemon.start()
    await_true(lambda: set(found(daemon)) == set(log.wanted()), "all logins", daemon.output)
    daemon.stop()
    doubled = sum(count - 1 for count in found(daemon).values())
    assert doubled <= 2.5 * log.written / lasted


def test_the_reader_ends_with_its_daemon(new_daemon: NewDaemon, tmp_path: Path) -> None:
    """However that ended."""
    log = MailLog(tmp_path / "mail.log")
    daemon = new_daemon(logs=[str(log.path)]).start()
    for end in (daemon.kill, daemon.stop):
        if not daemon.is_running:
            daemon.start()
        await_followed(daemon)
        process = Path(f"/proc/{daemon.status()['logs']['pid']}")
        end()
        await_ended(process)
