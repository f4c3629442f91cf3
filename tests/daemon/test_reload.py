"""Reloads under load: no connection lost, no answer missing, and one clean change of mind."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from itertools import groupby

import pytest

from tests.daemon import world
from tests.daemon.conftest import NewDaemon
from tests.daemon.patience import await_true
from tests.daemon.running import RunningDaemon
from tests.daemon.wires import YES, DovecotClient, knock
from tests.daemon.world import GERMANY, REFUSE_RUSSIA, RUSSIA

NO = "REJECT 5.7.1 Logins from Russia are not permitted; ask your mail administrator"
OPEN = {"country.mode": "off"}


def by_hangup(daemon: RunningDaemon) -> None:
    """As the service manager asks for it."""
    assert daemon.manager is not None
    before = daemon.manager.count("READY=1")
    daemon.signal(signal.SIGHUP)
    daemon.await_notice("READY=1", before + 1)


def by_verb(daemon: RunningDaemon) -> None:
    """As the command line does."""
    assert daemon.control.call("reload") == {"problems": []}


class Asker:
    """A mail server that asks the same question on one connection until it is told to end.

    Attributes:
        answers: everything that it was told, in order.
    """

    def __init__(self, daemon: RunningDaemon) -> None:
        self.answers: list[str] = []
        self._client = daemon.client()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def _ask(self) -> None:
        with self._client as client:
            while not self._ending.is_set():
                self.answers.append(client.knock(RUSSIA))

    def await_more(self, count: int = 50) -> None:
        """Wait for further answers."""
        enough = len(self.answers) + count
        await_true(lambda: len(self.answers) >= enough, "answers")

    def end(self) -> list[str]:
        """Hang up; returns the answers with equal neighbours put together."""
        self._ending.set()
        self._thread.join()
        return [answer for answer, _ in groupby(self.answers)]


@pytest.mark.parametrize("reload", [by_hangup, by_verb])
def test_each_connection_changes_its_mind_once_for_each_reload(
    new_daemon: NewDaemon, reload: Callable[[RunningDaemon], None]
) -> None:
    """D7: from the old rule to the new one, never back and forth, on connections that stay."""
    daemon = new_daemon(OPEN).start()
    askers = [Asker(daemon) for _ in range(4)]
    expected = [YES]
    for rules, action in ((REFUSE_RUSSIA, NO), (OPEN, YES), (REFUSE_RUSSIA, NO)):
        for asker in askers:
            asker.await_more()
        daemon.configure(rules)
        reload(daemon)
        expected.append(action)
        # Whoever asks after the reload has been acknowledged is answered by the new rule.
        assert daemon.ask(policy_context="connect", client_address=RUSSIA) == action
    for asker in askers:
        asker.await_more()
        assert asker.end() == expected
    assert daemon.status()["faults"] == 0


def test_many_reloads_at_once(new_daemon: NewDaemon) -> None:
    """An impatient administrator: each is done in its turn, and the last settings count."""
    daemon = new_daemon(OPEN).start()
    asker = Asker(daemon)
    for number in range(30):
        daemon.signal(signal.SIGHUP)
        if number == 15:
            daemon.configure(REFUSE_RUSSIA)
    threads = [threading.Thread(target=by_verb, args=(daemon,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asker.await_more()
    assert asker.end() == [YES, NO]
    assert daemon.problems() == {}


def test_a_stop_during_a_reload(new_daemon: NewDaemon) -> None:
    """Both are carried out; nothing hangs and nothing is left."""
    daemon = new_daemon(REFUSE_RUSSIA).start()
    for _ in range(5):
        daemon.signal(signal.SIGHUP)
    daemon.stop()
    assert list(daemon.run.iterdir()) == []
    assert "Traceback" not in daemon.output()


def test_new_data_under_load(new_daemon: NewDaemon) -> None:
    """E17: the databases are replaced as an update does it, while everybody asks."""
    daemon = new_daemon(REFUSE_RUSSIA).start()
    asker = Asker(daemon)
    asker.await_more()
    world.write(daemon.data, **{"203.0.113.0/24": "FR"})
    by_verb(daemon)
    asker.await_more()
    world.write(daemon.data)
    by_verb(daemon)
    asker.await_more()
    assert asker.end() == [NO, YES, NO]


def test_dovecot_s_connection_outlives_a_reload(new_daemon: NewDaemon) -> None:
    """A2: it is kept alive for hours."""
    daemon = new_daemon(OPEN, listen={"dovecot": "unix:/placeholder"})
    endpoint = f"unix:{daemon.root}/dovecot.sock"
    daemon.config.write_text(daemon.config.read_text().replace("unix:/placeholder", endpoint))
    daemon.start()
    key = (daemon.state / "dovecot.secret").read_text().strip()
    login = {"login": "a@example.test", "protocol": "imap", "remote": RUSSIA}
    with DovecotClient(endpoint, key) as dovecot:
        assert dovecot.command("allow", **login)["status"] == 0
        daemon.configure(REFUSE_RUSSIA, reload=True)
        assert dovecot.command("allow", **login)["status"] == -1
        assert dovecot.command("allow", **login | {"remote": GERMANY})["status"] == 0


def test_a_reload_keeps_windows_and_blocks(new_daemon: NewDaemon) -> None:
    """B7: other settings count from now on; what was sent was sent."""
    daemon = new_daemon({"send.limit": 3}).start()
    with daemon.client() as client:
        assert [client.mail("bob@example.test") for _ in range(2)] == [YES] * 2
        daemon.configure({"send.limit": 2}, reload=True)
        assert client.mail("bob@example.test").startswith("DEFER")
        daemon.configure({"send.limit": 100}, reload=True)
        assert client.mail("bob@example.test").startswith("DEFER")
    assert daemon.blocked().keys() == {"bob@example.test"}


def test_the_event_log_is_begun_anew(new_daemon: NewDaemon) -> None:
    """logrotate renames it and asks for a reload; no line is lost and none written twice."""
    daemon = new_daemon(REFUSE_RUSSIA).start()
    addresses = [f"203.0.113.{number}" for number in range(1, 61)]
    with daemon.client() as client:
        for number, address in enumerate(addresses):
            assert client.knock(address) == NO
            if number % 20 == 19:
                daemon.await_written()
                (daemon.log / "events.jsonl").rename(daemon.log / f"rotated.{number}")
                by_verb(daemon)
    daemon.stop()
    lines = b"".join(path.read_bytes() for path in daemon.log.iterdir()).splitlines()
    assert sorted(path.name for path in daemon.log.iterdir()) == [
        "events.jsonl",
        "rotated.19",
        "rotated.39",
        "rotated.59",
    ]
    assert sorted(line.split(b'"address":"')[1].split(b'"')[0].decode() for line in lines) == (
        sorted(addresses)
    )


def test_questions_in_one_packet_are_answered_by_one_rule(new_daemon: NewDaemon) -> None:
    """A pipeline is not torn apart by a reload in its midst."""
    daemon = new_daemon(OPEN).start()
    torn = threading.Event()
    ending = threading.Event()

    def ask() -> None:
        with daemon.client() as client:
            while not ending.is_set():
                if len(set(client.pipeline([knock(RUSSIA)] * 50))) != 1:
                    torn.set()

    thread = threading.Thread(target=ask)
    thread.start()
    for rules in (REFUSE_RUSSIA, OPEN) * 3:
        daemon.configure(rules, reload=True)
    ending.set()
    thread.join()
    assert not torn.is_set()


@pytest.mark.parametrize("reload", [by_hangup, by_verb])
def test_a_licence_that_ends_opens_the_door_and_hangs_up_on_nobody(
    new_daemon: NewDaemon, reload: Callable[[RunningDaemon], None]
) -> None:
    """E7, K10: before the password only; what cannot be read takes nothing away."""
    daemon = new_daemon(REFUSE_RUSSIA).start()
    asker = Asker(daemon)
    asker.await_more()
    memory = daemon.state / "licence.json"
    began = memory.read_bytes()
    (daemon.state / "licence.key").write_bytes(b"\x00 no key")
    reload(daemon)
    asker.await_more()
    memory.write_bytes(b'{"trial_began": 1767225601, "latest": 1772409600}')
    reload(daemon)
    asker.await_more()
    assert daemon.status()["off"].keys() == {"connect", "domain_rules", "reports"}
    memory.write_bytes(began)
    reload(daemon)
    asker.await_more()
    assert asker.end() == [NO, YES, NO]
