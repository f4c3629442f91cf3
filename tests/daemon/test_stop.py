"""A clean end under load: whoever has asked is answered, and nobody can keep it from ending."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

import pytest

from tests.daemon.conftest import NewDaemon
from tests.daemon.running import RunningDaemon
from tests.daemon.wires import YES, Client, DovecotClient, ServerGone, knock, mail
from tests.daemon.world import GERMANY, REFUSE_RUSSIA, RUSSIA

NO = "REJECT 5.7.1 Logins from Russia are not permitted; ask your mail administrator"


def in_threads(works: Iterable[Callable[[], None]]) -> list[threading.Thread]:
    """Begin all the work at once."""
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    return threads


class Asker:
    """A mail server that sends a request on one connection as soon as it has its answer.

    Attributes:
        sent: requests that were taken from it whole.
        answered: answers that it read.
    """

    def __init__(self, client: Client, together: int) -> None:
        self.client = client
        self.sent = self.answered = 0
        self._requests = b"".join([knock(RUSSIA)] * together)
        self._together = together

    def run(self) -> None:
        """Ask until the daemon hangs up."""
        try:
            while True:
                self.client.send(self._requests)
                self.sent += self._together
                for _ in range(self._together):
                    assert self.client.answer() == NO
                    self.answered += 1
        except ServerGone:
            pass


def test_every_request_that_was_taken_is_answered(new_daemon: NewDaemon) -> None:
    """A15: eight connections that never stop asking, singly and by pipelines of 20."""
    daemon = new_daemon(REFUSE_RUSSIA)
    for _ in range(5):
        daemon.start()
        askers = [Asker(daemon.client(), 1 if n % 2 else 20) for n in range(8)]
        threads = in_threads([asker.run for asker in askers])
        while min(asker.answered for asker in askers) < 200:
            time.sleep(0.001)
        daemon.stop()
        for thread in threads:
            thread.join()
        for asker in askers:
            asker.client.close()
            assert asker.answered == asker.sent
        assert daemon.counted() == sum(event.count for event in daemon.events())


def test_nobody_who_connects_for_each_request_keeps_it_from_ending(new_daemon: NewDaemon) -> None:
    """A15: Postfix connects anew for every check; a daemon that waits for a pause never ends."""
    daemon = new_daemon(REFUSE_RUSSIA).start()
    lost: list[str] = []
    asked = [0] * 8

    def keep_knocking(number: int) -> None:
        while True:
            try:
                client = daemon.client()
            except OSError:
                return  # the door is closed
            with client:
                try:
                    assert client.knock(RUSSIA) == NO
                except ServerGone:
                    lost.append(f"after {asked[number]} answers")
                    return
            asked[number] += 1

    threads = in_threads(partial(keep_knocking, number) for number in range(8))
    while min(asked) < 200:
        time.sleep(0.001)
    daemon.signal(signal.SIGTERM)
    assert daemon.ended() == 0
    for thread in threads:
        thread.join()
    assert lost == []


def test_a_tcp_door_closes_however_many_knock(new_daemon: NewDaemon) -> None:
    """A port cannot be taken away from those who knock, as a socket's name can; it still ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        endpoint = f"tcp:127.0.0.1:{probe.getsockname()[1]}"
    daemon = new_daemon(REFUSE_RUSSIA, listen={"policy": [endpoint]})
    daemon.policy = endpoint
    daemon.start()
    asked = [0] * 8

    def keep_knocking(number: int) -> None:
        with suppress(OSError, ServerGone):
            while True:
                with daemon.client() as client:
                    assert client.knock(RUSSIA) == NO
                asked[number] += 1

    threads = in_threads(partial(keep_knocking, number) for number in range(8))
    while min(asked) < 200:
        time.sleep(0.001)
    daemon.stop()
    for thread in threads:
        thread.join()
    assert daemon.counted() >= sum(asked)


def test_dovecot_is_answered_to_the_end(new_daemon: NewDaemon) -> None:
    """A2: its connections are kept for hours, and a request may be on its way at any moment."""
    daemon = new_daemon(REFUSE_RUSSIA)
    endpoint = f"unix:{daemon.root}/dovecot.sock"
    text = daemon.config.read_text().replace('dovecot = "off"', f'dovecot = "{endpoint}"')
    daemon.config.write_text(text)
    daemon.start()
    key = (daemon.state / "dovecot.secret").read_text().strip()
    login = {"login": "a@example.test", "protocol": "imap", "remote": RUSSIA}
    answered, lost = [0] * 6, []

    def ask(number: int) -> None:
        with DovecotClient(endpoint, key) as dovecot:
            while True:
                try:
                    dovecot.request("allow", **login)
                except ServerGone:
                    return  # it was not sent
                try:
                    assert dovecot.reply()["status"] == -1
                except ServerGone:
                    lost.append(number)
                    return
                answered[number] += 1

    threads = in_threads(partial(ask, number) for number in range(6))
    while min(answered) < 100:
        time.sleep(0.001)
    daemon.stop()
    for thread in threads:
        thread.join()
    assert lost == []


def test_a_client_that_does_not_read_cannot_keep_it_from_ending(new_daemon: NewDaemon) -> None:
    """A mail server that hangs with unread answers must not cost the windows of all accounts."""
    daemon = new_daemon({**REFUSE_RUSSIA, "send.limit": 2}).start()
    assert daemon.mail("bob@example.test") == YES
    with daemon.client() as hung:
        # More answers than its socket holds, and fewer than what it is hung up on for.
        hung.send(b"".join([knock(RUSSIA)] * 2000))
        assert daemon.mail("bob@example.test") == YES
        daemon.stop()
    daemon.start()
    assert daemon.mail("bob@example.test").startswith("DEFER")


SLOW_DISK = """
import os, time
from pathlib import Path
flush = os.fdatasync
def slowly(descriptor):
    Path({begun!r}).touch()
    while not Path({go!r}).exists():
        time.sleep(0.01)
    flush(descriptor)
os.fdatasync = slowly
"""


def test_an_end_waits_for_a_block_that_is_being_written(new_daemon: NewDaemon) -> None:
    """B7: the client learns of its block, and the ledger has it, though the disk was slow."""
    daemon = new_daemon({"send.limit": 1})
    begun, go = daemon.root / "begun", daemon.root / "go"
    daemon.prelude = SLOW_DISK.format(begun=str(begun), go=str(go))
    daemon.start()
    with daemon.client() as client, daemon.client() as other:
        assert client.mail("bob@example.test") == YES
        client.send(mail("bob@example.test"))
        while not begun.exists():
            time.sleep(0.01)
        assert other.knock(GERMANY) == YES, "nobody else waits for the disk"
        daemon.signal(signal.SIGTERM)
        daemon.await_notice("STOPPING=1")
        assert daemon.is_running
        go.touch()
        assert client.answer().startswith("DEFER")
    assert daemon.ended() == 0
    assert daemon.ledger(time.time()).keys() == {"bob@example.test"}


HUNG_NOTICE = """
import threading
from core.daemon import daemon
from core.notify import announce
daemon.LAST_WRITES = 3.0
announce.announce = lambda *_: threading.Event().wait()
"""


def test_notices_that_hang_cost_no_events(new_daemon: NewDaemon) -> None:
    """A mail system that hangs with fifty notices must not stop reloads, nor the last writes."""
    daemon = new_daemon({"send.limit": 1}, prelude=HUNG_NOTICE).start()
    with daemon.client() as client:
        for number in range(50):
            client.mail(f"user{number}@example.test")
            assert client.mail(f"user{number}@example.test").startswith("DEFER")
    assert daemon.control.call("reload") == {"problems": []}
    assert daemon.ask(policy_context="connect", client_address=RUSSIA) == YES
    daemon.signal(signal.SIGTERM)
    assert daemon.ended() == 0
    assert daemon.counted() == 101
    assert len(daemon.ledger(time.time())) == 50
    assert '"blocks": 50' in daemon.output(), "whom nobody was told of is told at least to the log"


def test_a_connection_that_says_nothing_is_hung_up_on(new_daemon: NewDaemon) -> None:
    """Idle connections and half requests are owed nothing."""
    daemon = new_daemon().start()
    with daemon.client() as idle, daemon.client() as half:
        half.send(knock(GERMANY)[:-1])
        daemon.stop()
        for client in (idle, half):
            with pytest.raises(ServerGone):
                client.answer()


def left_over(daemon: RunningDaemon) -> list[str]:
    """Sockets that lie in the run directory."""
    return sorted(path.name for path in daemon.run.iterdir())


def test_nothing_is_left_behind(new_daemon: NewDaemon) -> None:
    """No socket, no temporary file; a restart finds what it needs and nothing else."""
    daemon = new_daemon().start()
    assert daemon.mail("bob@example.test") == YES
    assert left_over(daemon) == ["control.sock", "policy.sock"]
    daemon.stop()
    assert left_over(daemon) == []
    assert not [path for path in daemon.state.rglob("*") if path.suffix in (".new", ".tmp")]
