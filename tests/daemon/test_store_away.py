"""A store that is elsewhere and does not answer: guarded with the last known settings meanwhile."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from core.store import settings_copy
from core.store.store import Store
from tests.daemon.conftest import NewDaemon
from tests.daemon.patience import await_true
from tests.daemon.preludes import IMPATIENT
from tests.daemon.running import RunningDaemon
from tests.daemon.wires import YES, knock
from tests.daemon.world import REFUSE_RUSSIA, RUSSIA
from tests.lab.conftest import available
from tests.lab.postgres import LabPostgres

NO = "REJECT 5.7.1 Logins from Russia are not permitted; ask your mail administrator"
RULES = {**REFUSE_RUSSIA, "send.limit": 1}


def refused(daemon: RunningDaemon, address: str = RUSSIA) -> bool:
    """Whether an address is refused at connect."""
    return daemon.ask(policy_context="connect", client_address=address) == NO


def remember(daemon: RunningDaemon) -> None:
    """What an earlier run has kept of the settings."""
    settings_copy.write(daemon.state / settings_copy.NAME, {("server", ""): RULES})


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Relay:
    """A way to another port that can be closed, opened and blocked.

    Attributes:
        port: where it is, whether it is open or not.
    """

    def __init__(self, target: int) -> None:
        self.port = closed_port()
        self._target = target
        self._listener: socket.socket | None = None
        self._open = threading.Event()
        self._open.set()
        self._channels: list[socket.socket] = []

    def open(self) -> None:
        """Let connections through."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def block(self) -> None:
        """Keep connections, but let nothing through: the other end has frozen."""
        self._open.clear()

    def unblock(self) -> None:
        """Let everything through again."""
        self._open.set()

    def close(self) -> None:
        """Break everything."""
        self._open.set()
        if self._listener is not None:
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
            self._listener.close()
            self._listener = None
        for channel in self._channels:
            with suppress(OSError):
                channel.shutdown(socket.SHUT_RDWR)

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
                self._channels += [near, far]
                for one, other in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError), source, target:
            while data := source.recv(65536):
                self._open.wait()
                target.sendall(data)


@pytest.mark.parametrize("known", [True, False], ids=["known", "first start"])
def test_a_database_that_nobody_answers_for(new_daemon: NewDaemon, known: bool) -> None:
    """It starts, guards with what it knows, makes blocks last, and says what is wrong."""
    url = f"postgresql://mailward:secret@127.0.0.1:{closed_port()}/mailward"
    daemon = new_daemon(store_url=url)
    if known:
        remember(daemon)
    daemon.start()
    assert refused(daemon) == known
    problems = daemon.problems()
    assert "cannot be opened" in problems["store"]
    assert "secret" not in problems["store"]
    said = "the last known settings" if known else "the built-in defaults"
    assert f"{said} are in force" in problems["settings"]
    if known:
        assert daemon.mail("bob@example.test") == YES
        assert daemon.mail("bob@example.test").startswith("DEFER 4.7.1")
        daemon.kill()
        daemon.start()
        assert daemon.blocked().keys() == {"bob@example.test"}
    daemon.stop()


def test_a_store_that_comes_back(new_daemon: NewDaemon, tmp_path: Path) -> None:
    """Its settings count at once, what has waited is written, and the status is well again."""
    elsewhere = tmp_path / "mounted later"
    daemon = new_daemon(store_url=f"sqlite:///{elsewhere}/store.sqlite", prelude=IMPATIENT)
    daemon.start()
    assert not refused(daemon)
    assert daemon.problems().keys() == {"store", "settings"}
    ready = tmp_path / "ready"
    ready.mkdir()
    with closing(Store.open(f"sqlite:///{ready}/store.sqlite")) as store:
        store.settings.change(("server", ""), RULES, "a test", 1.0)
    ready.rename(elsewhere)
    daemon.await_problem("settings", absent=True)
    assert daemon.problems() == {}
    assert refused(daemon)
    daemon.await_written()
    assert daemon.counted() == 2


def test_a_store_that_comes_back_while_nothing_happens(
    new_daemon: NewDaemon, tmp_path: Path
) -> None:
    """No event has to come first: the very first question is answered by the right settings."""
    elsewhere = tmp_path / "elsewhere"
    daemon = new_daemon(store_url=f"sqlite:///{elsewhere}/store.sqlite", prelude=IMPATIENT)
    daemon.start()
    ready = tmp_path / "ready"
    ready.mkdir()
    with closing(Store.open(f"sqlite:///{ready}/store.sqlite")) as store:
        store.settings.change(("server", ""), RULES, "a test", 1.0)
    ready.rename(elsewhere)
    daemon.await_problem("settings", absent=True)
    assert refused(daemon)


@contextmanager
def postgresql() -> Iterator[LabPostgres]:
    """A real server; skipped aloud where there is none."""
    with available(), LabPostgres() as server:
        yield server


@pytest.mark.lab
def test_a_real_database_server_that_goes_comes_and_hangs(new_daemon: NewDaemon) -> None:
    """PostgreSQL behind a way that opens late, breaks, and freezes; nothing is lost but time."""
    with postgresql() as server:
        direct = server.url
        relay = Relay(int(direct.rpartition(":")[2].partition("/")[0]))
        url = direct.replace("+psycopg", "").replace(
            direct.rpartition(":")[2], f"{relay.port}/postgres"
        )
        with closing(Store.open(direct)) as store:
            store.settings.change(("server", ""), RULES, "a test", 1.0)
        daemon = new_daemon(store_url=url, prelude=IMPATIENT).start()
        daemon.store_url = direct
        try:
            assert not refused(daemon)
            relay.open()
            daemon.await_problem("settings", absent=True)
            assert refused(daemon)
            daemon.await_written()
            assert daemon.counted() == 2

            relay.close()  # the server is restarted
            assert refused(daemon, "203.0.113.8")
            daemon.await_problem("store")
            relay.open()
            daemon.await_problem("store", absent=True)
            await_true(lambda: daemon.counted() == 3, "events", daemon.output)

            relay.block()  # the server hangs: neither answer nor error
            with daemon.client() as client:
                for number in range(500):
                    assert client.put(knock(f"203.0.113.{number % 256}")) == NO
            assert daemon.mail("bob@example.test") == YES
            assert daemon.mail("bob@example.test").startswith("DEFER 4.7.1")
            relay.unblock()
            daemon.await_written()
            assert daemon.counted() == 3 + 500 + 2
            daemon.stop()
        finally:
            relay.close()
