"""The hooks as the demo's pages see them: in place, because the demo asks as mail servers would.

Where the real Postfix and Dovecot run, they do so in a network of their own, in which the pages'
process cannot look; so it believes these, and the self-test knocks at the daemon's own doors.
Nothing is installed or changed by them.
"""

from __future__ import annotations

import http.client
import json
import secrets
import socket
from collections.abc import Callable

from core.errors import PlanError
from core.panel import Change, Doors, HookState, MailHook
from core.words import Stage

TIMEOUT = 10.0
FIRST_PORT = 1024
"""The lowest port that a client comes from."""


class DemoHook:
    """A hook that is in place.

    Args:
        name: of the mail server.
        stages: at which it asks.
        knock: asks the daemon as that server does, and returns what it will be known by.
    """

    def __init__(self, name: str, stages: frozenset[Stage], knock: Callable[[], str]) -> None:
        self.name = name
        self.stages = stages
        self._knock = knock

    def plan(self) -> Change:
        """None.

        Raises:
            PlanError: always.
        """
        raise PlanError("the demo changes no mail server")

    def recorded(self) -> Change | None:
        """Nothing was changed."""
        return None

    def verify(self) -> HookState:
        """In place: the demo asks."""
        return HookState.INSTALLED

    def probe(self, asked: Callable[[str], bool]) -> None:
        """Ask, and see whether that arrived.

        Raises:
            PlanError: it did not.
        """
        try:
            marker = self._knock()
        except OSError as error:
            raise PlanError(f"{self.name} cannot ask the daemon: {error.strerror}") from error
        if not asked(marker):
            raise PlanError(f"{self.name} has asked, and the daemon knows nothing of it")


def hooks(doors: Doors) -> list[MailHook]:
    """Those of both servers.

    Args:
        doors: at which they ask.
    """
    sends = frozenset({Stage.CONNECT, Stage.AUTH, Stage.SEND})
    return [
        DemoHook("dovecot", frozenset({Stage.AUTH}), lambda: _ask_as_dovecot(doors)),
        DemoHook("postfix", sends, lambda: _ask_as_postfix(doors)),
    ]


def _ask_as_postfix(doors: Doors) -> str:
    port = str(FIRST_PORT + secrets.randbelow(60_000))
    fields = {
        "request": "smtpd_access_policy",
        "protocol_state": "CONNECT",
        "client_address": "127.0.0.1",
        "client_port": port,
        "policy_context": "connect",
        "server_port": 587,
    }
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(TIMEOUT)
        connection.connect(doors.policy[0].removeprefix("unix:"))
        connection.sendall("".join(f"{k}={v}\n" for k, v in fields.items()).encode() + b"\n")
        connection.recv(1024)
    return port


def _ask_as_dovecot(doors: Doors) -> str:
    login = f"mailward-{secrets.token_hex(6)}"
    body = {"login": login, "remote": "127.0.0.1", "protocol": "imap", "session_id": "1"}
    host, _, port = doors.dovecot.removeprefix("tcp:").rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=TIMEOUT)
    try:
        key = {"X-Mailward-Key": doors.dovecot_secret}
        connection.request("POST", "/?command=allow", json.dumps(body), key)
        connection.getresponse().read()
    finally:
        connection.close()
    return login
