"""Speaks the wires as Postfix and Dovecot do, where the real servers cannot be had.

The daemon sees no difference: the same questions, in the same order, each on the connection that
the mail server would use (facts/mta_hooks.md 2 and 3).
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
from collections.abc import Callable
from random import Random

from core.settings.config import Config
from core.system import secret_file
from core.words import Service
from demo.visit import PORTS, SMTP, Visit

TIMEOUT = 10.0

_PROTOCOL = {
    Service.IMAP: "imap",
    Service.IMAPS: "imap",
    Service.POP3: "pop3",
    Service.POP3S: "pop3",
    Service.SUBMISSION: "smtp",
    Service.SMTPS: "smtp",
}
_ENCRYPTED = frozenset({Service.SMTPS, Service.IMAPS, Service.POP3S})


class Wire:
    """Stands for Postfix and Dovecot. Threads may share it.

    Args:
        config: where the daemon's doors are.
        random: for the numbers that mail servers make up.
        wait: waits for some seconds; True when everything is to end.
    """

    def __init__(self, config: Config, random: Random, wait: Callable[[float], bool]) -> None:
        self._policy = config.policy[0].removeprefix("unix:")
        host, _, port = config.listen.dovecot.removeprefix("tcp:").rpartition(":")
        self._dovecot = host, int(port)
        self._key = secret_file.read(config.state / "dovecot.secret")
        self._random = random
        self._guard = threading.Lock()
        self._wait = wait

    def perform(self, visit: Visit) -> None:
        """Ask what the mail servers would ask about a visit, until it is refused."""
        if visit.service in SMTP:
            self._send(visit)
        else:
            self._read(visit)

    def change_password(self, account: str) -> None:
        """Nothing to do: a visit says itself whether its password is right."""

    def _read(self, visit: Visit) -> None:
        session = self._number()
        if self._allowed(visit, session):
            self._ask_dovecot("report", visit, session, success=visit.knows)

    def _send(self, visit: Visit) -> None:
        port, session = 1024 + self._number() % 60000, self._number()
        if not self._passes(visit, "connect", "CONNECT", port):
            return
        if not self._allowed(visit, session):
            return
        self._ask_dovecot("report", visit, session, success=visit.knows)
        if not visit.knows:
            return
        for _ in range(visit.mails):
            instance = f"{self._number():x}"
            if not self._passes(visit, "auth", "MAIL", port, instance):
                return
            if not self._passes(visit, "send", "END-OF-MESSAGE", port, instance):
                return
            if visit.gap and self._wait(visit.gap):
                return

    def _passes(
        self, visit: Visit, context: str, state: str, port: int, instance: str = ""
    ) -> bool:
        """One policy request, on a connection of its own as Postfix has it; False for a refusal."""
        sent = state == "END-OF-MESSAGE"
        attributes = {
            "request": "smtpd_access_policy",
            "protocol_state": state,
            "protocol_name": "ESMTP",
            "client_address": visit.address,
            "client_name": "unknown",
            "client_port": port,
            "sender": visit.account if instance else "",
            "recipient_count": visit.recipients if sent else 0,
            "queue_id": f"{instance[:10].upper()}" if sent else "",
            "instance": instance,
            "sasl_method": "plain" if instance else "",
            "sasl_username": visit.account if instance else "",
            "policy_context": context,
            "server_port": PORTS[visit.service],
        }
        text = "".join(f"{name}={value}\n" for name, value in attributes.items()) + "\n"
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(TIMEOUT)
            connection.connect(self._policy)
            connection.sendall(text.encode())
            with connection.makefile("rb") as answers:
                answer = answers.readline().decode()
        return answer.removeprefix("action=").startswith("DUNNO")

    def _allowed(self, visit: Visit, session: int) -> bool:
        return self._ask_dovecot("allow", visit, session) >= 0

    def _ask_dovecot(
        self, command: str, visit: Visit, session: int, success: bool | None = None
    ) -> int:
        """One question as Dovecot's auth process asks it; returns the answer's status."""
        body: dict[str, object] = {
            "login": visit.account,
            "remote": visit.address,
            "protocol": _PROTOCOL[visit.service],
            "session_id": f"{session:x}",
            "tls": visit.service in _ENCRYPTED,
        }
        if visit.service not in SMTP:
            body["lport"] = PORTS[visit.service]
        if success is not None:
            body |= {"success": success, "policy_reject": False}
        connection = http.client.HTTPConnection(*self._dovecot, timeout=TIMEOUT)
        try:
            connection.request(
                "POST", f"/?command={command}", json.dumps(body), {"X-Mailward-Key": self._key}
            )
            return int(json.load(connection.getresponse())["status"])
        except (http.client.HTTPException, ValueError, KeyError) as error:
            raise ConnectionError(f"the daemon's answer makes no sense: {error}") from error
        finally:
            connection.close()

    def _number(self) -> int:
        with self._guard:
            return self._random.getrandbits(48)
