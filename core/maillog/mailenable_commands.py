"""What MailEnable's servers and their clients said to each other, row by row, whatever the file.

Rows of a login hold the password, in clear or in base64: of their details nothing is kept but the
name. Facts: facts/mailenable.md 1.7, and MailEnable 9.76's own logs.
"""

from __future__ import annotations

import binascii
import re
from collections import OrderedDict
from typing import TYPE_CHECKING

from msgspec import Struct

from core.maillog import fields
from core.maillog.record import Delivery, Failure, Login, Mail, Outcome
from core.words import Service

if TYPE_CHECKING:
    from core.maillog.record import Record

MOST_SESSIONS = 4_096
"""Sessions that are remembered. Sockets are used anew, so forgotten ones are the oldest."""

_OUTCOMES = {b"2": Outcome.DELIVERED, b"4": Outcome.DEFERRED, b"5": Outcome.FAILED}

_QUOTED = re.compile(rb'\S+ "((?:[^"\\]|\\.)*)"(?: |$)').match
_ATOM = re.compile(rb'\S+ ([^\s"{]+)(?: |$)').match
_PLAIN = re.compile(rb"(?:AUTH|AUTHENTICATE) PLAIN ([A-Za-z0-9+/=]{4,2000})$", re.IGNORECASE).match
_RECIPIENT = re.compile(rb"RCPT TO: ?<([^<>]*)>", re.IGNORECASE).match
_STATUS = re.compile(rb"\d\d\d[ -]([245]\.\d{1,3}\.\d{1,3})(?![\d.])").match
_TAGGED = re.compile(rb"[^\s*+]\S* (OK|NO|BAD)\b").match


class Row(Struct, frozen=True, gc=False):
    """One row.

    Attributes:
        at: seconds since 1970.
        agent: which server, and whether as server or client: ``SMTP-IN``, ``SMTP-OU``, ``POP-IN``.
        address: of the other side.
        socket: tells sessions of one address apart.
        service: where the port is told, else `UNKNOWN`.
        verb: command, in capitals.
        detail: what the client said: never to be shown for a login.
        response: what the server said.
        user: the account's columns, joined.
        queue_id: name of the mail's file, "" where it is not told.
    """

    at: float
    agent: bytes
    address: str
    socket: bytes
    service: Service
    verb: bytes
    detail: bytes
    response: bytes
    user: bytes
    queue_id: str = ""


class _Session(Struct):
    """account: typed or logged in; recipients: accepted for the mail that is being said."""

    account: str = ""
    recipients: int = 0


class Commands:
    """Reads rows. One for each log."""

    def __init__(self) -> None:
        self._sessions: OrderedDict[tuple[bytes, str], _Session] = OrderedDict()

    def read(self, row: Row) -> Record | None:
        """What the row says; None for everything that is of no interest."""
        if row.agent == b"SMTP-IN":
            return self._smtp(row)
        if row.agent == b"SMTP-OU":
            return _delivered(row)
        if row.agent == b"IMAP-IN":
            return _imap(row) if row.verb in {b"LOGIN", b"AUTHENTICATE"} else None
        if row.agent.startswith(b"POP") and row.agent.endswith(b"-IN"):
            return self._pop(row)
        return None

    def _smtp(self, row: Row) -> Record | None:
        if row.verb == b"AUTH":
            return self._auth(row)
        if not row.verb or row.verb == b"QUIT":
            self._sessions.pop((row.socket, row.address), None)
            return None
        if row.verb not in {b"MAIL", b"RCPT", b"DATA"}:
            return None
        session = self._sessions.get((row.socket, row.address))
        account = _name(row.user) or (session.account if session else "")
        if not account:
            return None
        session = session or self._begin(row)
        if row.response[:1] == b"5":
            refused = fields.text(row.response)
            number = 1 if row.verb == b"RCPT" else 0
            return Mail(row.at, row.service, row.address, account, row.queue_id, number, refused)
        if row.verb == b"MAIL":
            session.recipients = 0
        elif row.verb == b"RCPT" and row.response[:1] == b"2":
            session.recipients += 1
        elif row.verb == b"DATA" and row.response[:3] == b"354":
            number, session.recipients = session.recipients, 0
            return Mail(row.at, row.service, row.address, account, row.queue_id, number)
        return None

    def _auth(self, row: Row) -> Login | None:
        code = row.response[:3]
        if code not in {b"235", b"535"}:
            return None
        account = _name(row.user) or _name_of_plain(row.detail)
        if code == b"535":
            return Login(row.at, row.service, row.address, account, Failure.PASSWORD)
        self._begin(row).account = account
        return Login(row.at, row.service, row.address, account)

    def _pop(self, row: Row) -> Login | None:
        service = row.service if row.service is not Service.UNKNOWN else Service.POP3
        good = row.response.startswith(b"+OK")
        if row.verb == b"USER":
            self._begin(row).account = _typed(row.detail)
            return None
        if row.verb not in {b"PASS", b"APOP"}:
            return None
        session = self._sessions.pop((row.socket, row.address), None)
        typed = _typed(row.detail) if row.verb == b"APOP" else session.account if session else ""
        account = typed or _name(row.user)
        if good:
            return Login(row.at, service, row.address, account)
        if not row.response.startswith(b"-ERR"):
            return None
        wrong = b"log on" in row.response or b"password" in row.response.lower()
        failure = Failure.PASSWORD if wrong else Failure.OTHER
        return Login(row.at, service, row.address, account, failure)

    def _begin(self, row: Row) -> _Session:
        session = self._sessions[row.socket, row.address] = _Session()
        if len(self._sessions) > MOST_SESSIONS:
            self._sessions.popitem(last=False)
        return session


def _imap(row: Row) -> Login | None:
    service = row.service if row.service is not Service.UNKNOWN else Service.IMAP
    answer = _TAGGED(row.response)
    if answer is None:
        return None
    typed = _typed(row.detail) if row.verb == b"LOGIN" else _name_of_plain(row.detail)
    account = typed or _name(row.user)
    if answer[1] == b"OK":
        return Login(row.at, service, row.address, account)
    wrong = b"invalid username or password" in row.response.lower()
    if answer[1] == b"BAD" and not wrong:
        return None
    failure = Failure.PASSWORD if wrong else Failure.OTHER
    return Login(row.at, service, row.address, account, failure)


def _delivered(row: Row) -> Delivery | None:
    """What the other server said to a recipient."""
    recipient = _RECIPIENT(row.detail) if row.verb == b"RCPT" else None
    outcome = _OUTCOMES.get(row.response[:1])
    if recipient is None or outcome is None or not row.queue_id:
        return None
    status = _STATUS(row.response)
    known = status[1].decode("ascii") if status else ""
    return Delivery(row.at, row.queue_id, _name(recipient[1]), outcome, known)


def _typed(detail: bytes) -> str:
    """The first word behind a command: a name. A name in another form is not looked for."""
    quoted = _QUOTED(detail)
    if quoted is not None:
        return _name(re.sub(rb"\\(.)", rb"\1", quoted[1]))
    atom = _ATOM(detail)
    return _name(atom[1]) if atom else ""


def _name_of_plain(detail: bytes) -> str:
    """The login name in what AUTH PLAIN sends: who to act as, who logs in, password (RFC 4616)."""
    match = _PLAIN(detail)
    if match is None:
        return ""
    try:
        parts = binascii.a2b_base64(match[1]).split(b"\0")
    except binascii.Error:
        return ""
    return _name(parts[1]) if len(parts) == 3 else ""


def _name(raw: bytes) -> str:
    """Text in UTF-8 or, on old Windows, in its code page for Western Europe."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        raw = raw.decode("cp1252", "replace").encode("utf-8")
    return fields.name(raw.strip())
