"""The service manager's side: readiness, watchdog, reloads, and sockets that it holds for us."""

from __future__ import annotations

import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from core.control import Control
from tests.daemon.conftest import NewDaemon
from tests.daemon.manager import Manager
from tests.daemon.patience import await_true
from tests.daemon.running import RunningDaemon
from tests.daemon.wires import YES, Client, DovecotClient, knock
from tests.daemon.world import GERMANY, REFUSE_RUSSIA, RUSSIA

NO = "REJECT 5.7.1 Logins from Russia are not permitted; ask your mail administrator"


@contextmanager
def asking(daemon: RunningDaemon, connections: int = 4) -> Iterator[None]:
    """Load, by mail servers that ask without a pause."""
    ending = threading.Event()

    def ask() -> None:
        with daemon.client() as client:
            while not ending.is_set():
                assert client.pipeline([knock(RUSSIA)] * 20) == [NO] * 20

    threads = [threading.Thread(target=ask) for _ in range(connections)]
    for thread in threads:
        thread.start()
    yield
    ending.set()
    for thread in threads:
        thread.join()


def manager_of(daemon: RunningDaemon) -> Manager:
    """Who is told."""
    assert daemon.manager is not None
    return daemon.manager


def test_it_is_ready_when_it_answers(new_daemon: NewDaemon) -> None:
    """Not before: a mail server that is started next asks at once."""
    daemon = new_daemon(REFUSE_RUSSIA).start()
    assert daemon.ask(policy_context="connect", client_address=RUSSIA) == NO
    assert manager_of(daemon).lines()[0] == "READY=1"
    assert manager_of(daemon).lines()[1].startswith("STATUS=answering")


def test_a_reload_and_the_end_are_told(new_daemon: NewDaemon) -> None:
    """As Type=notify-reload wants it: RELOADING with the time, then READY; STOPPING at the end."""
    daemon = new_daemon().start()
    begun = time.monotonic_ns() // 1000
    daemon.signal(signal.SIGHUP)
    daemon.await_notice("READY=1", 2)
    daemon.stop()
    told = [line for line in manager_of(daemon).lines() if not line.startswith("STATUS")]
    assert told[0] == "READY=1"
    assert told[1] == "RELOADING=1"
    name, _, when = told[2].partition("=")
    assert name == "MONOTONIC_USEC"
    assert begun <= int(when) <= time.monotonic_ns() // 1000
    assert told[3:] == ["READY=1", "STOPPING=1"]


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
def test_the_watchdog_is_fed_in_time(new_daemon: NewDaemon, busy: bool) -> None:
    """At half the time that was asked for, idle or under load; here every half second."""
    daemon = new_daemon(REFUSE_RUSSIA, environment={"WATCHDOG_USEC": "1000000"}).start()
    with ExitStack() as load:
        if busy:
            load.enter_context(asking(daemon))
        daemon.await_notice("WATCHDOG=1", 6)
    beats = [at for at, line in manager_of(daemon).heard if line == "WATCHDOG=1"]
    gaps = [later - earlier for earlier, later in pairwise(beats)]
    assert sum(gaps) / len(gaps) < 0.9
    assert min(gaps) > 0.2


def test_a_daemon_that_hangs_does_not_feed_the_watchdog(new_daemon: NewDaemon) -> None:
    """That is what it is for: the loop itself feeds it, and no thread beside it."""
    daemon = new_daemon(environment={"WATCHDOG_USEC": "200000"}).start()
    daemon.await_notice("WATCHDOG=1", 2)
    daemon.signal(signal.SIGSTOP)
    await_true(lambda: state_of(daemon) == "T", "a standstill")
    before = manager_of(daemon).count("WATCHDOG=1")
    # A second of another process is enough for ten beats.
    other = threading.Event()
    assert not other.wait(1.0)
    assert manager_of(daemon).count("WATCHDOG=1") <= before + 1
    daemon.signal(signal.SIGCONT)
    daemon.await_notice("WATCHDOG=1", before + 3)


def state_of(daemon: RunningDaemon) -> str:
    """The process's state as the kernel calls it (proc(5))."""
    return Path(f"/proc/{daemon.pid}/stat").read_text().rpartition(")")[2].split()[0]


def test_without_a_watchdog_nothing_is_fed(new_daemon: NewDaemon) -> None:
    """Nobody asked for it."""
    daemon = new_daemon().start()
    daemon.mail("bob@example.test")
    daemon.await_written()
    assert manager_of(daemon).count("WATCHDOG=1") == 0


def test_a_manager_that_reads_nothing_does_not_stop_the_answers(new_daemon: NewDaemon) -> None:
    """A frozen service manager must not take the mail with it."""
    daemon = new_daemon(REFUSE_RUSSIA, environment={"WATCHDOG_USEC": "20000"}).start()
    path = manager_of(daemon).path
    manager_of(daemon).close()
    path.unlink()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as frozen:
        frozen.bind(str(path))
        fill(path)
        end = time.monotonic() + 1
        while time.monotonic() < end:  # for a hundred messages that nobody reads
            assert daemon.ask(policy_context="connect", client_address=RUSSIA) == NO
        assert daemon.answers()


def fill(path: Path) -> None:
    """Leave no room in a socket that nobody reads, by messages of many senders."""
    while True:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.setblocking(False)
            channel.connect(str(path))
            try:
                channel.send(b"x")
            except BlockingIOError:
                return


class Held:
    """Sockets that the service manager holds: they outlive every daemon."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self.policy, self.control = (socket.socket(socket.AF_UNIX) for _ in range(2))
        self.policy.bind(str(directory / "policy.sock"))
        self.control.bind(str(directory / "control.sock"))
        self.dovecot = socket.socket()
        self.dovecot.bind(("127.0.0.1", 0))
        for channel in (self.policy, self.control, self.dovecot):
            channel.listen(64)
        self.endpoint = f"unix:{directory}/policy.sock"
        self.control_endpoint = f"unix:{directory}/control.sock"
        self.dovecot_endpoint = f"tcp:127.0.0.1:{self.dovecot.getsockname()[1]}"

    def named(self) -> list[tuple[str, socket.socket]]:
        """With the names that FileDescriptorName= gives them."""
        return [("policy", self.policy), ("control", self.control), ("dovecot", self.dovecot)]

    def close(self) -> None:
        """Let go of them."""
        for channel in (self.policy, self.control, self.dovecot):
            channel.close()


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    """Sockets of the service manager."""
    sockets = Held(tmp_path / "held")
    yield sockets
    sockets.close()


def activated(new_daemon: NewDaemon, held: Held) -> RunningDaemon:
    """A daemon that is given its sockets."""
    daemon = new_daemon(
        REFUSE_RUSSIA,
        inherited=held.named(),
        listen={
            "policy": [held.endpoint],
            "control": held.control_endpoint,
            "dovecot": held.dovecot_endpoint,
        },
    )
    daemon.policy = held.endpoint
    daemon.control = Control(held.control_endpoint)
    return daemon


def test_inherited_sockets_serve(new_daemon: NewDaemon, held: Held) -> None:
    """All three doors, and the sockets are still the manager's afterwards."""
    daemon = activated(new_daemon, held).start()
    assert daemon.ask(policy_context="connect", client_address=RUSSIA) == NO
    assert daemon.problems() == {}
    key = (daemon.state / "dovecot.secret").read_text().strip()
    with DovecotClient(held.dovecot_endpoint, key) as dovecot:
        login = {"login": "a@example.test", "protocol": "imap", "remote": RUSSIA}
        assert dovecot.command("allow", **login)["status"] == -1
        assert dovecot.command("allow", **login | {"remote": GERMANY})["status"] == 0
    assert not list(daemon.run.iterdir()), "it made no sockets of its own"
    daemon.stop()
    assert Path(held.endpoint.removeprefix("unix:")).exists()
    assert Path(held.control_endpoint.removeprefix("unix:")).exists()


def test_a_restart_behind_held_sockets_loses_no_connection(
    new_daemon: NewDaemon, held: Held
) -> None:
    """Whoever asks while the daemon is away is answered by the next one."""
    daemon = activated(new_daemon, held).start()
    assert daemon.ask(policy_context="connect", client_address=RUSSIA) == NO
    daemon.stop()
    with ExitStack() as waiting:
        clients = [waiting.enter_context(Client(held.endpoint)) for _ in range(30)]
        for client in clients:
            client.send(knock(RUSSIA))
        daemon.start()
        assert [client.answer() for client in clients] == [NO] * 30


def test_restarts_behind_held_sockets_under_load(new_daemon: NewDaemon, held: Held) -> None:
    """Mail servers that connect anew for each check never meet a closed door nor a lost answer."""
    daemon = activated(new_daemon, held).start()
    ending = threading.Event()
    answers: list[str] = []
    failures: list[Exception] = []

    def keep_knocking() -> None:
        while not ending.is_set():
            try:
                with Client(held.endpoint) as client:
                    answers.append(client.knock(RUSSIA))
            except Exception as error:  # noqa: BLE001  a thread's failure is the test's
                failures.append(error)
                return

    threads = [threading.Thread(target=keep_knocking) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        enough = len(answers) + 200
        while len(answers) < enough and not failures:
            time.sleep(0.01)
        daemon.restart()
    ending.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert set(answers) == {NO}


def test_sockets_of_unknown_names_are_left_alone(new_daemon: NewDaemon, tmp_path: Path) -> None:
    """A unit file of another version must not stop the daemon."""
    with socket.socket(socket.AF_UNIX) as odd:
        odd.bind(str(tmp_path / "odd"))
        odd.listen()
        daemon = new_daemon(inherited=[("", odd), ("future", odd)]).start()
        assert daemon.ask(policy_context="connect", client_address=RUSSIA) == YES
