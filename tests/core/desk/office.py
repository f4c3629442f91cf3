"""Where a desk stands in a test: its directories, a panel, a daemon that says what it is told."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from core.control import Control
from core.desk.desk import Desk
from core.panel import (
    Bridge,
    Change,
    Doors,
    MailDomain,
    MailHook,
    PanelInfo,
    Requirement,
    Viewer,
    Visit,
)
from core.settings.config import load
from core.store.store import Store

Answers = Mapping[str, Callable[[dict[str, Any]], Any]]


class Panel:
    """A panel with the hooks that a test gives it."""

    name = "test"
    requirements: Sequence[Requirement] = ()

    def __init__(self) -> None:
        self.hooks_here: list[MailHook] = []
        self.bridge_here: Bridge | None = None
        self.registration_here: Change | None = None
        self.domains_here: list[MailDomain] = []
        self.doors: Doors | None = None

    def probe(self) -> PanelInfo:
        """Found."""
        return PanelInfo("test", "1", "", "", "")

    def domains(self) -> list[MailDomain]:
        """Those that the test wants."""
        return self.domains_here

    def bridge(self) -> Bridge | None:
        """What the test wants."""
        return self.bridge_here

    def registration(self, state: Path) -> Change | None:
        """What the test wants."""
        return self.registration_here

    def viewer(self, visit: Visit) -> Viewer | None:
        """Nobody."""
        return None

    def hooks(self, doors: Doors, state: Path) -> list[MailHook]:
        """What the test wants."""
        self.doors = doors
        return self.hooks_here


class Office:
    """A server of its own.

    Args:
        directory: for state, log and data.
        run: a short path for sockets, which have room for 107 octets (unix(7)).
    """

    def __init__(self, directory: Path, run: Path) -> None:
        self.directory = directory
        self.panel = Panel()
        self.file = directory / "mailward.toml"
        self.file.write_text(
            f'[paths]\nstate = "state"\nrun = "{run}"\nlog = "log"\n[listen]\ndovecot = "off"\n'
        )
        self.config = load(str(self.file))

    @contextmanager
    def store(self) -> Iterator[Store]:
        """The store, open."""
        self.config.state.mkdir(exist_ok=True)
        store = Store.open(self.config.store_url)
        try:
            yield store
        finally:
            store.close()

    @contextmanager
    def desk(self, who: str = "carol") -> Iterator[Desk]:
        """A desk with a store."""
        with self.store() as store:
            yield self.desk_on(store, who)

    def desk_on(self, store: Store | None, who: str = "carol", absent: str = "") -> Desk:
        """A desk on a store, or without one."""
        control = Control(self.config.control)
        return Desk(self.config, self.panel, control, who, store, absent)

    @contextmanager
    def daemon(self, answers: Answers) -> Iterator[list[dict[str, Any]]]:
        """A daemon that answers as it is told; gives the list of what it was asked."""
        with daemon_at(self.config.control, answers) as asked:
            yield asked


@contextmanager
def daemon_at(endpoint: str, answers: Answers) -> Iterator[list[dict[str, Any]]]:
    """A daemon behind a unix socket, as `Office.daemon`."""
    asked: list[dict[str, Any]] = []
    path = Path(endpoint.removeprefix("unix:"))
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(path))
        listening.listen()
        thread = threading.Thread(target=_answer, args=(listening, answers, asked))
        thread.start()
        try:
            yield asked
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(10)
            path.unlink()


def _answer(listening: socket.socket, answers: Answers, asked: list[dict[str, Any]]) -> None:
    while True:
        try:
            connection, _ = listening.accept()
        except OSError:  # shut down: the test is over
            return
        with connection, connection.makefile("rwb") as stream:
            request = msgspec.json.decode(stream.readline())
            asked.append(request)
            answer = answers.get(request["do"])
            if answer is None:
                reply: dict[str, Any] = {"ok": False, "error": f"no verb {request['do']!r}"}
            else:
                reply = {"ok": True, "result": answer(request)}
            replies = reply["result"] if request["do"] == "follow" else [reply]
            for each in replies:
                line = each if "ok" in each else {"ok": True, "result": each}
                stream.write(msgspec.json.encode(line) + b"\n")
            stream.flush()
