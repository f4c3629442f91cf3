"""The whole daemon as a process of its own, and everybody who talks to it; no mail server.

It runs as ``mailward serve`` does: its files in a directory of the test, its real sockets, its
readiness told as to a service manager. A test kills, freezes, starves and floods it, and reads
afterwards what it left behind.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from core.control import Control
from core.errors import MailwardError
from core.store.event import Event
from core.store.event_filter import EventFilter, StoredEvent
from core.store.ledger import Ledger
from core.store.statistics import StatisticsFilter
from core.store.store import Store
from tests.daemon import world
from tests.daemon.manager import Manager
from tests.daemon.patience import PATIENCE, await_true
from tests.daemon.wires import Client

EVERYTHING = 10_000_000
FOREVER = StatisticsFilter(since=0, until=4e9)

SERVE = """\
import fcntl, os, sys
spare = [fcntl.fcntl(fd, fcntl.F_DUPFD, 100) for fd in {inherited}]
for number, descriptor in enumerate(spare):
    os.dup2(descriptor, 3 + number, inheritable=True)
for descriptor in {{*spare, *{inherited}}} - set(range(3, 3 + len(spare))):
    os.close(descriptor)
os.environ["LISTEN_PID"] = str(os.getpid())
sys.argv = ["mailward", "--config", {config!r}, "serve"]
{prelude}
from core.__main__ import main
sys.exit(main())
"""
"""What the process runs. A service manager, too, puts sockets from 3 on and writes the pid, between
fork and exec (sd_listen_fds(3))."""


class RunningDaemon:
    """A daemon in a directory of its own, started and ended as often as a test likes.

    Args:
        root: an empty directory.
        server: settings of the server.
        listen: lines of the configuration's ``[listen]``.
        logs: what it follows; none of the machine's that the test runs on.
        store_url: another store than SQLite in the state directory.
        prelude: Python that the process runs before the daemon's own code.
        environment: further variables for the process.
        inherited: sockets that the service manager hands over, by the name of their door.
        stderr: where its log goes instead of a file.
    """

    def __init__(
        self,
        root: Path,
        server: Mapping[str, Any] | None = None,
        *,
        listen: Mapping[str, Any] | None = None,
        logs: Iterable[str] = (),
        store_url: str = "",
        prelude: str = "",
        environment: Mapping[str, str] | None = None,
        inherited: Iterable[tuple[str, socket.socket]] = (),
        stderr: str = "",
    ) -> None:
        self.root = root
        self.state, self.run, self.log = (root / name for name in ("state", "run", "log"))
        self.data = self.state / "data"
        self.config = root / "mailward.toml"
        self.prelude = prelude
        self.environment = dict(environment or {})
        self.inherited = list(inherited)
        self.stderr = Path(stderr) if stderr else root / "stderr"
        self.store_url = store_url or f"sqlite:///{self.state}/store.sqlite"
        self.policy = f"unix:{self.run}/policy.sock"
        self.control = Control(f"unix:{self.run}/control.sock")
        self.process: subprocess.Popen[bytes] | None = None
        self.manager: Manager | None = None
        self._write(listen or {}, logs, store_url)
        world.write(self.data)
        if server:
            self.configure(server)

    def _write(self, listen: Mapping[str, Any], logs: Iterable[str], store_url: str) -> None:
        self.state.mkdir(parents=True, exist_ok=True)
        config: dict[str, Mapping[str, Any]] = {
            "paths": {"state": "state", "run": "run", "log": "log"},
            "store": {"url": store_url},
            "logs": {"follow": list(logs)},
            "listen": {"dovecot": "off", **listen},
        }
        lines = []
        for table, values in config.items():
            lines.append(f"[{table}]")
            # What JSON writes of a string or a list is TOML too.
            lines += [f"{key} = {json.dumps(value)}" for key, value in values.items()]
        self.config.write_text("\n".join(lines) + "\n")

    # its life

    def start(self, *, ready: bool = True) -> Self:
        """Start it, and wait until it says that it is ready.

        Args:
            ready: False to return at once.
        """
        self.manager = Manager(self.root / "notify")
        inherited = [channel.fileno() for _, channel in self.inherited]
        program = SERVE.format(config=str(self.config), prelude=self.prelude, inherited=inherited)
        environment = os.environ | {"NOTIFY_SOCKET": str(self.manager.path)} | self.environment
        if self.inherited:
            environment |= {
                "LISTEN_FDS": str(len(self.inherited)),
                "LISTEN_FDNAMES": ":".join(name for name, _ in self.inherited),
            }
        with self.stderr.open("ab") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-c", program],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=stderr,
                stderr=stderr,
                pass_fds=inherited,
                start_new_session=True,
            )
        if ready:
            self.await_notice("READY=1")
        return self

    @property
    def pid(self) -> int:
        """The process."""
        assert self.process is not None
        return self.process.pid

    def await_notice(self, line: str, count: int = 1) -> None:
        """Wait until the service manager has been told this line so often."""
        assert self.manager is not None
        manager = self.manager

        def told() -> bool:
            if manager.count(line) >= count:
                return True
            assert self.is_running, f"the daemon ended instead of {line}\n{self.output()}"
            return False

        await_true(told, f"{line} x {count}", self.output)

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self.process is not None and self.process.poll() is None

    def signal(self, number: int) -> None:
        """Send it a signal."""
        assert self.process is not None
        self.process.send_signal(number)

    def ended(self, seconds: float = PATIENCE) -> int:
        """Wait for its end; returns the exit status."""
        assert self.process is not None
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"it does not end\n{self.output()}") from None
        if self.manager is not None:
            self.manager.close()
        return status

    def stop(self) -> None:
        """A clean end."""
        self.signal(signal.SIGTERM)
        assert self.ended() == 0, self.output()

    def kill(self) -> None:
        """No time for anything."""
        self.signal(signal.SIGKILL)
        assert self.ended() == -signal.SIGKILL

    def restart(self) -> None:
        """A clean end and a new start."""
        self.stop()
        self.start()

    def __enter__(self) -> Self:
        return self if self.process is not None else self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it, whatever happened, by its pid."""
        if self.process is not None and self.is_running:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait(PATIENCE)
        if self.manager is not None:
            self.manager.close()

    # what it is told and asked

    def client(self) -> Client:
        """A new connection to its policy socket."""
        return Client(self.policy)

    def ask(self, **attributes: object) -> str:
        """One question on a connection of its own; the action."""
        with self.client() as client:
            return client.ask(**attributes)

    def mail(self, account: str, **attributes: object) -> str:
        """One more mail of an account; the action."""
        with self.client() as client:
            return client.mail(account, **attributes)

    def status(self) -> dict[str, Any]:
        """Its own account of itself."""
        status: dict[str, Any] = self.control.call("status")
        return status

    def problems(self) -> dict[str, str]:
        """What it says is wrong; that nobody is told of blocks is as the tests want it."""
        problems: dict[str, str] = self.status()["problems"]
        return {part: text for part, text in problems.items() if part != "notify.address"}

    def await_problem(self, part: str, *, absent: bool = False) -> str:
        """Wait until a part has a problem, or has none any more; returns its text."""
        await_true(
            lambda: (part in self.problems()) is not absent, f"the problem {part}", self.output
        )
        return self.problems().get(part, "")

    def blocked(self) -> dict[str, float]:
        """The accounts that may not send now, and the seconds that are left."""
        found = self.control.call("blocks")["blocked"]
        return {block["account"]: block["left"] for block in found}

    def configure(self, server: Mapping[str, Any], *, reload: bool = False) -> None:
        """Set settings of the server in the store."""
        with closing(Store.open(self.store_url)) as store:
            store.settings.change(("server", ""), server, "a test", 1.0)
        if reload:
            assert self.control.call("reload") == {"problems": []}

    # what it leaves behind

    def store(self) -> Store:
        """Its store; the caller closes it."""
        return Store.open(self.store_url)

    def events(self, **wanted: Any) -> list[StoredEvent]:
        """What is in the store now, newest first."""
        with closing(self.store()) as store:
            return store.events.find(EventFilter(**wanted), limit=EVERYTHING)

    def counted(self) -> int:
        """All verdicts in the statistics."""
        with closing(self.store()) as store:
            return sum(total.count for total in store.statistics.totals(FOREVER, ()))

    def await_written(self) -> None:
        """Wait until everything that was noted until now has reached the store."""
        await_true(lambda: self.status()["events"]["waiting"] == 0, "the writer", self.output)

    def ledger(self, now: float) -> dict[str, float]:
        """Accounts in the ledger that stand at a time, and their ends; it must not run."""
        ledger = Ledger.open(self.state / "ledger", now=now)
        try:
            return {block.account: block.until for block in ledger.standing(now)}
        finally:
            ledger.close()

    def logged(self) -> list[Event]:
        """The lines of the event log."""
        lines = (self.log / "events.jsonl").read_bytes().splitlines()
        return [msgspec.json.decode(line, type=Event) for line in lines]

    def output(self) -> str:
        """What it has said on standard error."""
        try:
            return self.stderr.read_text(errors="replace") if self.stderr.is_file() else ""
        except OSError as error:
            return str(error)

    def answers(self) -> bool:
        """Whether its control socket answers."""
        try:
            return bool(self.control.call("status"))
        except MailwardError:
            return False

    # what it uses

    def memory(self) -> int:
        """Resident octets (proc(5))."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def descriptors(self) -> int:
        """How many files it has open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    def maps(self) -> str:
        """What is mapped into its memory."""
        return Path(f"/proc/{self.pid}/maps").read_text()
