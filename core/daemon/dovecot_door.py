"""One connection from Dovecot's authentication process: JSON over HTTP/1.1, kept alive.

Only what Dovecot's policy client sends (facts/mta_hooks.md 3.2) is understood; no web framework,
because each login asks twice. A request that makes no sense gets an HTTP error, which Dovecot takes
for "no opinion". Of the password there is a truncated hash in a request, which tells equal tries
apart and nothing else; it is read of reports only, kept in memory only, and never printed.
"""

from __future__ import annotations

import asyncio
import hmac
import re
import time
from collections.abc import Callable
from typing import Any, cast

import msgspec

from core.daemon.asker import Answer, Asker
from core.daemon.connections import Connections, stop_reading
from core.daemon.guard import Guard
from core.engine.request import Request
from core.settings.account import LONGEST
from core.words import SERVICE_OF_PORT, Service, Stage, Verdict

LONGEST_HEAD = 16_384
LONGEST_BODY = 65_536

LONGEST_ADDRESS = 128
"""Letters of a remote address that are kept; the longest real one has half."""

LONGEST_HASH = 64
"""Letters of a password hash that are looked at; Dovecot sends four."""

HEADS = 64
"""Different heads of requests that are remembered for each connection, before it begins anew."""

_CONNECT, _AUTH, _ALLOW = Stage.CONNECT, Stage.AUTH, Verdict.ALLOW
"""Slow to look up in their class before Python 3.12."""

KEY_HEADER = "X-Mailward-Key"
"""Header that carries the shared secret: any local user can reach a TCP port."""

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*\r\n", re.IGNORECASE)
_KEY = re.compile(rb"\r\n" + KEY_HEADER.lower().encode() + rb":[ \t]*([^\r\n]*)", re.IGNORECASE)
_COMMAND = re.compile(
    rb"^POST [^ ?]*\?(?:[^ ]*&)?command=(allow|report)(?:&[^ ]*)? HTTP/1\.[01]\r\n"
)

_NOT_TOLD = (Service.UNKNOWN, Service.UNKNOWN)
_PROTOCOL = {
    "imap": (Service.IMAP, Service.IMAPS),
    "pop3": (Service.POP3, Service.POP3S),
    "smtp": (Service.SMTP, Service.SMTP),
    "submission": (Service.SUBMISSION, Service.SMTPS),
}


class Login(msgspec.Struct):
    """What is read of Dovecot's JSON; everything else in it, the password hash too, is skipped."""

    login: str = ""
    remote: str = ""
    protocol: str = ""
    session_id: str = ""
    tls: bool = False
    success: bool = False
    policy_reject: bool = False
    lport: Any = 0


class Report(Login):
    """What is read of a report: the password hash as well (facts/mta_hooks.md 3.2)."""

    pwhash: Any = ""

    def __repr__(self) -> str:
        return f"Report({self.login!r}, {self.remote!r}, {self.protocol!r})"

    def __rich_repr__(self) -> list[tuple[str, str]]:
        return [("login", self.login)]


_decoder = msgspec.json.Decoder(Login)
_report_decoder = msgspec.json.Decoder(Report)


def service_of(login: Login) -> Service:
    """The service a login came through: by its port where Dovecot tells it, else by protocol."""
    if login.lport:
        port = str(login.lport)
        known = SERVICE_OF_PORT.get(int(port)) if port.isdigit() and len(port) < 6 else None
        if known is not None:
            return known
    plain, encrypted = _PROTOCOL.get(login.protocol, _NOT_TOLD)
    return encrypted if login.tls else plain


def response(status: str, body: bytes, close: bool = False) -> bytes:
    """An HTTP response."""
    ending = b"Connection: close\r\n" if close else b""
    return b"HTTP/1.1 %s\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s" % (
        status.encode(),
        ending,
        len(body),
        body,
    )


ALLOWED = response("200 OK", b'{"status":0,"msg":""}')


class DovecotConnection(asyncio.Protocol):
    """Answers Dovecot on one connection.

    Args:
        guard: answers.
        key: the shared secret.
        connections: the door's open connections, to which this one adds itself.
        seen: called with each login name, for the probe that checks an installation.

    Attributes:
        known_heads: heads that were read, with the command and the size of the body.
    """

    def __init__(
        self,
        guard: Guard,
        key: bytes,
        connections: Connections[DovecotConnection],
        seen: Callable[[str], None],
    ) -> None:
        self._guard = guard
        self._key = key
        self._connections = connections
        self._seen = seen
        self._buffer = b""
        self.known_heads: dict[bytes, tuple[bytes, int]] = {}
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the connection."""
        self._transport = cast(asyncio.Transport, transport)
        self._connections.add(self)

    def connection_lost(self, _: Exception | None) -> None:
        """Forget the connection."""
        self._connections.discard(self)

    def data_received(self, data: bytes) -> None:
        """Take bytes; answer every whole request among them, in order."""
        if not self._buffer:
            # The usual case: exactly one request, whose head is known.
            head_ends = data.find(b"\r\n\r\n")
            found = self.known_heads.get(data[: head_ends + 2])
            if found is not None and len(data) == head_ends + 4 + found[1]:
                self._handle(found[0], data[head_ends + 4 :])
                return
        self._buffer += data
        while self._buffer:
            head_ends = self._buffer.find(b"\r\n\r\n")
            if head_ends < 0:
                if len(self._buffer) > LONGEST_HEAD:
                    self._refuse("431 Request Header Fields Too Large")
                return
            head = self._buffer[: head_ends + 2]
            # Before the body has come: a stranger's is not kept.
            found = self.known_heads.get(head) or self._read_head(head)
            if found is None:
                return
            command, size = found
            ends = head_ends + 4 + size
            if len(self._buffer) < ends:
                return
            body, self._buffer = self._buffer[head_ends + 4 : ends], self._buffer[ends:]
            self._handle(command, body)

    def finish(self) -> None:
        """Take nothing that is not sent yet, answer what is, then hang up."""
        stop_reading(self._transport)

    def close(self) -> None:
        """Hang up once everything written has left."""
        self._transport.close()

    def _refuse(self, status: str) -> None:
        """Answer with an error and hang up: the stream cannot be trusted any more."""
        self._buffer = b""
        self._transport.write(response(status, b"{}", close=True))
        self._transport.close()

    def _read_head(self, head: bytes) -> tuple[bytes, int] | None:
        """What is asked for, and the size of the body; None where it was refused.

        Dovecot's heads differ in the size, and in the date from one second to the next.
        """
        command = self._command(head)
        if not command:
            return None
        length = _LENGTH.search(head)
        size = int(length[1]) if length else 0
        if len(head) > LONGEST_HEAD or size > LONGEST_BODY:
            self._refuse("413 Content Too Large")
            return None
        if len(self.known_heads) >= HEADS:
            self.known_heads.clear()
        self.known_heads[head] = command, size
        return command, size

    def _command(self, head: bytes) -> bytes:
        """What is asked for; b"" where it was refused."""
        command = _COMMAND.match(head)
        if command is None:
            self._refuse("404 Not Found")
            return b""
        key = _KEY.search(head)
        if key is None or not hmac.compare_digest(key[1].strip(), self._key):
            self._refuse("403 Forbidden")
            return b""
        self._connections.know(self)
        return command[1]

    def _handle(self, command: bytes, body: bytes) -> None:
        try:
            if command == b"report":
                self._report(_report_decoder.decode(body))
                answer = ALLOWED
            else:
                answer = self._allow(_decoder.decode(body))
        except (msgspec.DecodeError, UnicodeDecodeError):
            answer = response("400 Bad Request", b"{}")
        self._transport.write(answer)

    def _allow(self, login: Login) -> bytes:
        """Ask both stages: Dovecot has no hook before the login name, and none of ours after it.

        Where the mail server has our hook for submission, that one applies the account's own
        rules after the password, so only the server's rules are asked here.
        """
        guard, name = self._guard, login.login
        self._seen(name[:LONGEST])
        guard.dovecot[login.protocol] = time.time()
        remote, service = login.remote[:LONGEST_ADDRESS], service_of(login)
        if len(name) > LONGEST:
            name = guard.snapshot.account(name)
        asker = self._asker(_CONNECT, remote, service, name if guard.suspects(remote) else "")
        answer = guard.answer_login(asker, login.session_id)
        if answer.decision.verdict is _ALLOW and login.protocol != "smtp":
            asker = self._asker(_AUTH, remote, service, name)
            if asker.request.account:
                answer = guard.answer_login(asker, login.session_id)
        if answer.decision.verdict is _ALLOW:
            return ALLOWED
        return _refusal(answer, login.protocol)

    def _asker(self, stage: Stage, remote: str, service: Service, name: str) -> Asker:
        """Who asks, known by the login name as it came: what account it is takes longer to tell."""
        key = (stage, remote, service, name)
        asker = self._guard.askers.get(key)
        if asker is None:
            account = self._guard.snapshot.account(name)
            known, claimed = (account, "") if stage is _AUTH else ("", account)
            request = Request(stage, remote, service, known, quiet=True, claimed=claimed)
            asker = self._guard.meet(key, request)
        return asker

    def _report(self, login: Report) -> None:
        """Note how the password check ended; our own refusals are noted already.

        A successful login for sending is noted by the mail server's own hook, once it sends.
        """
        if login.policy_reject or (login.success and login.protocol == "smtp"):
            return
        account = self._guard.snapshot.account(login.login)
        request = Request(Stage.AUTH, login.remote, service_of(login), account)
        attempt = login.pwhash[:LONGEST_HASH] if isinstance(login.pwhash, str) else ""
        self._guard.report(request, login.success, attempt)


def _refusal(answer: Answer, protocol: str) -> bytes:
    """Mail programs show the text of IMAP and POP3 refusals as it is; SMTP wants a status code."""
    text = answer.text if protocol in ("imap", "pop3") else f"5.7.1 {answer.text}"
    return response("200 OK", msgspec.json.encode({"status": -1, "msg": text}))
