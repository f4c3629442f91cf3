"""The wires, as the demo speaks them: against the real daemon's guard in `test_demo`, and here
against a stand-in that refuses what it is told to."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from random import Random
from typing import Any

import pytest

from core.settings.config import load
from core.words import Service
from demo.visit import Visit
from demo.wire import Wire


class Daemon:
    """Answers on both wires; `asked` holds what it was asked, in order."""

    def __init__(self, directory: Path) -> None:
        self.asked: list[str] = []
        self.attributes: list[dict[str, str]] = []
        self.refuses: set[str] = set()
        (directory / "state").mkdir()
        (directory / "run").mkdir()
        (directory / "state/dovecot.secret").write_text("secret\n")
        self._policy = socketserver.ThreadingUnixStreamServer(
            str(directory / "run/policy.sock"), policy_handler(self)
        )
        self._dovecot = ThreadingHTTPServer(("127.0.0.1", 0), dovecot_handler(self))
        for server in (self._policy, self._dovecot):
            threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        file = directory / "mailward.toml"
        file.write_text(
            '[paths]\nstate = "state"\nrun = "run"\nlog = "log"\n'
            f'[listen]\ndovecot = "tcp:127.0.0.1:{self._dovecot.server_port}"\n'
        )
        self.wire = Wire(load(str(file)), Random(1), lambda seconds: False)

    def close(self) -> None:
        """End both."""
        for server in (self._policy, self._dovecot):
            server.shutdown()
            server.server_close()


def policy_handler(daemon: Daemon) -> type[socketserver.StreamRequestHandler]:
    """The policy wire: one request on each connection, as Postfix has it."""

    class Policy(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            found: dict[str, str] = {}
            while line := self.rfile.readline().decode().rstrip("\n"):
                name, _, value = line.partition("=")
                found[name] = value
            daemon.attributes.append(found)
            daemon.asked.append(found["policy_context"])
            verdict = "REJECT no" if found["policy_context"] in daemon.refuses else "DUNNO"
            self.wfile.write(f"action={verdict}\n\n".encode())

    return Policy


def dovecot_handler(daemon: Daemon) -> type[BaseHTTPRequestHandler]:
    """Dovecot's wire: JSON over HTTP, with the secret."""

    class Dovecot(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body: dict[str, Any] = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            command = self.path.partition("command=")[2]
            success = {None: "", True: " good", False: " bad"}[body.get("success")]
            daemon.asked.append(command + success)
            assert self.headers["X-Mailward-Key"] == "secret"
            status = -1 if command in daemon.refuses else 0
            answer = json.dumps({"status": status, "msg": ""}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name there
            """Say nothing."""

    return Dovecot


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    """One that allows everything."""
    daemon = Daemon(tmp_path)
    yield daemon
    daemon.close()


READ, SEND = Service.IMAPS, Service.SUBMISSION
MAIL = ["auth", "send"]


@pytest.mark.parametrize(
    ("service", "knows", "mails", "refuses", "expected"),
    [
        (READ, True, 0, "", ["allow", "report good"]),
        (READ, False, 0, "", ["allow", "report bad"]),
        (READ, True, 0, "allow", ["allow"]),
        (SEND, True, 2, "", ["connect", "allow", "report good", *MAIL, *MAIL]),
        (SEND, True, 2, "connect", ["connect"]),
        (SEND, True, 2, "allow", ["connect", "allow"]),
        (SEND, False, 2, "", ["connect", "allow", "report bad"]),
        (SEND, True, 2, "auth", ["connect", "allow", "report good", "auth"]),
        (SEND, True, 2, "send", ["connect", "allow", "report good", "auth", "send"]),
    ],
)
def test_questions_come_as_the_mail_servers_ask_them(
    daemon: Daemon, service: Service, knows: bool, mails: int, refuses: str, expected: list[str]
) -> None:
    """Until one is refused; facts/mta_hooks.md 2 and 3."""
    daemon.refuses = {refuses}
    daemon.wire.perform(Visit("a@x.example", "192.0.2.1", service, knows, mails))
    assert daemon.asked == expected


def test_each_mail_is_an_instance_of_its_own(daemon: Daemon) -> None:
    daemon.wire.perform(Visit("a@x.example", "192.0.2.1", SEND, mails=3, recipients=2))
    sent = [each for each in daemon.attributes if each["policy_context"] == "send"]
    assert len({each["instance"] for each in sent}) == 3
    assert {each["recipient_count"] for each in sent} == {"2"}
    assert {each["server_port"] for each in daemon.attributes} == {"587"}
    assert len({each["client_port"] for each in daemon.attributes}) == 1


def test_a_daemon_that_is_away_is_an_os_error(daemon: Daemon, tmp_path: Path) -> None:
    (tmp_path / "run/policy.sock").unlink()
    with pytest.raises(OSError, match="No such file"):
        daemon.wire.perform(Visit("a@x.example", "192.0.2.1", SEND))
