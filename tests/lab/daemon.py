"""The real daemon beside a machine of the lab: started, killed, frozen and asked from outside.

It runs as `mailward serve` does, in a process of its own, with its directories inside the machine's
root. Nothing in it is replaced by a stand-in; what tests want to know they read from its store and
ask at its control socket.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.control import Control
from core.desk.change import differences, make
from core.errors import ControlError, DaemonUnreachable
from core.settings.scope import SERVER_SCOPE, Scope, scope_of
from core.store.event import Event
from core.store.event_filter import EventFilter, StoredEvent
from core.store.store import Store
from tests.lab import world
from tests.lab.event_feed import PATIENCE, EventFeed, fits
from tests.lab.readiness import ServerFailedError, await_true
from tests.lab.skeleton import UID

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tests.lab.machine import Keeper, LabMachine

CONTACT = "postmaster@example.test"

SETTINGS: Mapping[str, Any] = {
    "country.mode": "allow",
    "country.list": ["DE", "US"],
    "country.server": "CH",
    "text.contact": CONTACT,
}
"""What every test starts from: a Swiss hoster with customers in Germany and America."""

EVERYTHING = 1_000_000

CONFIG = """\
[paths]
state = "{state}"
run = "{run}"
log = "{log}"

[listen]
policy = ["unix:{run}/policy.sock", "unix:{policy}"]
dovecot = "tcp:127.0.0.1:{dovecot}"
trusted = ["{postfix}"]
"""


class LabDaemon:
    """A daemon for one machine.

    state, run, log: its directories; policy_socket: where the machine's Postfix finds it;
    dovecot_endpoint: where the machine's Dovecot finds it; control: talks to it;
    population: addresses to come from.
    """

    def __init__(self, machine: LabMachine, policy_socket: Path) -> None:
        """Write its configuration and its data; `start` starts it.

        policy_socket: below Postfix's queue directory, as seen from outside the machine.
        """
        self.machine = machine
        self.policy_socket = policy_socket
        self.state = machine.path("/var/lib/mailward")
        self.run = machine.path("/run/mailward")
        self.log = machine.path("/var/log/mailward")
        self.dovecot_endpoint = f"tcp:127.0.0.1:{machine.reserve('mailward')}"
        self.control = Control(f"unix:{self.run}/control.sock")
        self.population = world.Population()
        self._feed = EventFeed(self.control)
        self.config = machine.path("/etc/mailward.toml")
        self._keeper: Keeper | None = None
        self._number = 0
        self._write_config()
        world.write(self.state / "data")
        self.configure(reload=False)

    # its life

    def start(self) -> None:
        """Start it, and wait until it answers on all its doors. Raises ServerFailedError."""
        self._keeper = self.machine.keep_outside(
            "mailward", sys.executable, "-m", "core", "--config", str(self.config), "serve"
        )
        await_true(self._answers, "the daemon's answer", self.output)
        status = self.status()
        closed = [door for door in status["doors"] if door["problem"]]
        if closed:
            raise ServerFailedError(f"closed doors: {closed}\n{self.output()}")
        self._number = status["pid"]
        self._feed.follow()
        await_true(self._is_followed, "a follower", self.output)

    def stop(self) -> None:
        """SIGTERM, as the service manager does, and wait for its end."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL: no time for anything."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """A clean end and a new start."""
        self.stop()
        self.start()

    def freeze(self) -> None:
        """SIGSTOP: its doors stay open and nobody answers."""
        os.kill(self._number, signal.SIGSTOP)
        await_true(lambda: self._process_states() == {"T"}, "a standstill", self.output)

    def thaw(self) -> None:
        """SIGCONT, and wait until it answers again. Harmless when it runs."""
        os.kill(self._number, signal.SIGCONT)
        await_true(self._answers, "the daemon's answer", self.output)

    @property
    def is_running(self) -> bool:
        """Whether its process is there, frozen or not."""
        return self._keeper is not None and self._keeper.is_running

    def output(self) -> str:
        """What it has printed."""
        return self._keeper.output() if self._keeper else ""

    # what it is told

    def configure(
        self,
        server: Mapping[str, Any] | None = None,
        *,
        scopes: Mapping[str, Mapping[str, Any]] | None = None,
        reload: bool = True,
    ) -> None:
        """Set everything: `SETTINGS` with `server` over them, and nothing else from before.

        scopes: settings of domains and mailboxes, by their names.
        """
        wanted: dict[Scope, Mapping[str, Any]] = {SERVER_SCOPE: {**SETTINGS, **(server or {})}}
        for name, values in (scopes or {}).items():
            scope = scope_of(mailbox=name) if "@" in name else scope_of(domain=name)
            wanted[scope] = values
        store = self._store()
        try:
            make(store, differences(store, wanted, replace=True), "a test")
        finally:
            store.close()
        if reload:
            assert self.control.call("reload") == {"problems": []}

    def mailward(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """The command line. Raises CalledProcessError if it fails and `check` is set."""
        return subprocess.run(
            [sys.executable, "-m", "core", "--config", str(self.config), *arguments],
            check=check,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )

    # what it knows

    def client(self, origin: str, family: int = 4) -> str:
        """A client's address that no test had before; see `world.ORIGINS`."""
        return self.population.client(origin, family)

    def status(self) -> dict[str, Any]:
        """Its own account of itself."""
        status: dict[str, Any] = self.control.call("status")
        return status

    def asked(self) -> dict[str, int]:
        """How many questions it has answered, by stage."""
        return {stage: seen["asked"] for stage, seen in self.status()["stages"].items()}

    def was_asked(self, marker: str) -> bool:
        """Whether a probe with this client port or login name has reached it."""
        return bool(self.control.call("seen", marker=marker)["seen"])

    def blocked(self) -> set[str]:
        """The accounts that may not send now."""
        return {block["account"] for block in self.control.call("blocks")["blocked"]}

    def await_unblocked(self, account: str) -> None:
        """Wait for the end of an account's block."""
        await_true(lambda: account not in self.blocked(), "the block's end", self.output)

    def events(self, **wanted: str) -> list[Event]:
        """Everything that it has decided so far, as it told it, oldest first.

        wanted: values of fields of `Event`. A question that is put now is the last of them.
        """
        self._await_feed()
        return self._feed.find(**wanted)

    def await_events(self, number: int, **wanted: str) -> list[Event]:
        """The events, once there are that many: some things are reported after the answer."""
        self._feed.await_true(
            lambda events: sum(fits(event, wanted) for event in events) >= number, PATIENCE
        )
        return self._feed.find(**wanted)

    def stored(self, **wanted: Any) -> list[StoredEvent]:
        """What its store says, oldest first, once nothing is on its way there.

        wanted: fields of `EventFilter`. New events are written in their order, once a second.
        """
        marker = self._mark()
        await_true(lambda: bool(self._find(address=marker)), "events in the store", self.output)
        return self._find(**wanted)

    def _mark(self) -> str:
        """Put a question of our own; returns the address by which to know its event."""
        marker = self.client("marker", 6)
        ask(self.run / "policy.sock", policy_context="connect", client_address=marker)
        return marker

    def _await_feed(self) -> None:
        """Return when all that was decided before has been told."""
        marker = self._mark()

        def told_of(events: list[Event]) -> bool:
            return any(event.address == marker for event in reversed(events))

        if not self._feed.await_true(told_of, PATIENCE):
            raise ServerFailedError(f"the daemon tells no events\n{self.output()}")

    def _write_config(self) -> None:
        text = CONFIG.format(
            state=self.state,
            run=self.run,
            log=self.log,
            policy=self.policy_socket,
            dovecot=self.dovecot_endpoint.rpartition(":")[2],
            postfix=UID["postfix"],
        )
        self.config.write_text(text, "utf-8")
        self.state.mkdir(parents=True)

    def _answers(self) -> bool:
        if not self.is_running:
            raise ServerFailedError(f"the daemon ended\n{self.output()}")
        try:
            return bool(Control(self.control.endpoint, timeout=2.0).call("status"))
        except (DaemonUnreachable, ControlError):
            return False

    def _is_followed(self) -> bool:
        marker = self._mark()
        return self._feed.await_true(
            lambda events: any(event.address == marker for event in events), 0.05
        )

    def _end(self, signal_number: int) -> None:
        os.kill(self._number, signal_number)
        await_true(lambda: not self.is_running, "the daemon's end", self.output)
        self._number = 0

    def _process_states(self) -> set[str]:
        """Of every thread, as the kernel calls them (proc(5))."""
        stats = Path(f"/proc/{self._number}/task").glob("*/stat")
        return {stat.read_text("utf-8").rpartition(")")[2].split()[0] for stat in stats}

    def _store(self) -> Store:
        return Store.open(f"sqlite:///{self.state}/store.sqlite")

    def _find(self, **wanted: Any) -> list[StoredEvent]:
        store = self._store()
        try:
            return store.events.find(EventFilter(**wanted), limit=EVERYTHING)[::-1]
        finally:
            store.close()


def ask(path: Path, **attributes: str) -> str:
    """Put one question to a policy socket, as a mail server does; returns the action."""
    lines = {"request": "smtpd_access_policy", **attributes}
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(10.0)
        client.connect(str(path))
        client.sendall(
            "".join(f"{name}={value}\n" for name, value in lines.items()).encode() + b"\n"
        )
        with client.makefile("rb") as answer:
            return answer.readline().decode().removeprefix("action=").rstrip("\n")


def told(events: Iterable[Event]) -> list[tuple[str, str, str]]:
    """Events in short: stage, verdict and reason of each."""
    return [(event.stage, event.verdict, event.reason) for event in events]
