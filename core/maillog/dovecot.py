"""Dovecot 2.2 to 2.4: logins and failed logins at IMAP, POP3, ManageSieve and submission.

Read are the login processes and the password check; formats from Dovecot's strings and its logs
(2.3.13, 2.3.19, 2.4.1). Passwords that ``auth_verbose_passwords`` writes stand behind everything
that is looked at. Without ``auth_verbose`` Dovecot does not tell a policy's refusal from a wrong
password (seen with 2.3 and 2.4): where Mailward's own hook is in place, its reports know better.
"""

from __future__ import annotations

import re

from core.maillog import fields
from core.maillog.calendar import Calendar
from core.maillog.dovecot_sessions import End, Sessions, Try
from core.maillog.halves import Half, Halves
from core.maillog.reading import Reading
from core.maillog.record import Failure, Login, Record
from core.words import SERVICE_OF_PORT, Service

FORM = re.compile(
    rb"(?:[A-Z][a-z][a-z] [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\S*) "
    rb"[a-z][a-z0-9-]*(?:\(.{0,400}?\))?(?:<[^>]{0,100}>){0,3}: "
    rb"(?:request \[\d+\]: )?(?:Info|Warning|Error|Fatal|Panic|Debug): "
)
"""How a line of Dovecot's own file begins (``log_path``, ``info_log_path``)."""

_HEADER = re.compile(
    rb"(?:([A-Z][a-z][a-z] [ \d]\d \d\d:\d\d:\d\d)|(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d\S*)) "
).match

_ENDED = re.compile(rb"(imap|pop3|managesieve|sieve|submission)-login: (?:Info: )?(.*)", re.DOTALL)

_ATTEMPTS = re.compile(rb"\((?:auth failed|authorization failed), (\d{1,9}) attempts")
_OFF = re.compile(rb"\((?:user disabled|password expired|login disabled)")

_CLIENT = re.compile(
    rb"(.*)>,? (?:method=[^,<> ]*,? )?rip=(" + fields.ADDRESS + rb")(?=[, ]|$)(.*)", re.DOTALL
)
"""Greedy: whatever a login name holds, the last ``rip=`` is the true one."""

_SESSION = re.compile(rb"session=<?([^>,\s]*)>?\s*$")
_PORT = re.compile(rb"\blport=(\d{1,5})\b")

_OLD_TRY = re.compile(
    rb"auth(?:-worker)?(?:\(\d+\))?: (?:Info: )?"
    rb"(?:conn [^)]*\): )?(?:auth(?:-worker)?<\d+>: )?"
    rb"([a-z][a-z0-9_-]*)\((.*?),(" + fields.ADDRESS + rb")(?:,master)?(?:,<([^>]*)>)?\): (.*)",
    re.DOTALL,
)
"""``auth: passwd-file(bob,192.0.2.1,<session>): text``, by way of a worker or not; 2.2 and 2.3."""

_TRY = re.compile(
    rb"auth(?:-worker)?\((.*?),(" + fields.ADDRESS + rb")(?:,sasl:[^)]*)?\)"
    rb"(?:<\d+>)?(?:<([^>]*)>)?: (?:request \[\d+\]: )?(?:Info: )?"
    rb"([a-z][a-z0-9_-]*): (.*)",
    re.DOTALL,
)
"""``auth(bob,192.0.2.1,sasl:plain)<session>: passwd-file: text``; 2.4, by way of a worker
``auth-worker(bob,192.0.2.1)<process><session>: request [1]: pam: text``."""

_REASONS = (
    (b"Password mismatch", Failure.PASSWORD),
    (b"password mismatch", Failure.PASSWORD),
    (b"unknown user", Failure.UNKNOWN_ACCOUNT),
    (b"Authentication failure due to policy server refusal", Failure.REFUSED),
    (b"Username character disallowed", Failure.UNKNOWN_ACCOUNT),
    (b"pam_authenticate() failed: User not known", Failure.UNKNOWN_ACCOUNT),
    (b"pam_authenticate() failed: Authentication service cannot", Failure.OTHER),
    (b"pam_authenticate() failed: ", Failure.PASSWORD),
    (b"pam_acct_mgmt() failed: ", Failure.DISABLED),
    (b"invalid credentials", Failure.PASSWORD),
    (b"Invalid credentials", Failure.PASSWORD),
    (b"Login failed", Failure.PASSWORD),
    (b"Password expired", Failure.DISABLED),
    (b"user disabled", Failure.DISABLED),
)
"""How what the password check says begins. Everything else is about the server, not the client."""

_SERVICES = {
    b"imap": (Service.IMAP, Service.IMAPS),
    b"pop3": (Service.POP3, Service.POP3S),
    b"submission": (Service.SUBMISSION, Service.SUBMISSION),
}


class Dovecot:
    """All programs of Dovecot whose lines are in one log."""

    def __init__(self, halves: Halves) -> None:
        """A reader. halves: is told what Dovecot knows of logins that Postfix asks it about."""
        self._halves = halves
        self._sessions = Sessions()

    def __call__(self, name: bytes) -> Reading | None:
        """Who reads this program: Dovecot writes to syslog under one name."""
        return self.read if name == b"dovecot" else None

    def read(self, message: bytes, at: float) -> Record | None:
        """What a message says, as it stands behind ``dovecot:`` or the file's time."""
        if b"-login: " in message[:24]:
            return self._ended(message, at)
        if message.startswith(b"auth"):
            return self._tried(message, at)
        return self._sessions.late()

    def _ended(self, message: bytes, at: float) -> Record | None:
        match = _ENDED.fullmatch(message)
        if match is None:
            return self._sessions.late()
        reason, found, rest = match[2].partition(b": user=<")
        outcome = _outcome(reason) if found else None
        if outcome is None:
            return self._sessions.late()
        failure, attempts = outcome
        client = _CLIENT.fullmatch(rest)
        account, address, more = client.groups() if client else (rest.partition(b">,")[0], b"", b"")
        session = _SESSION.search(more)
        login = Login(
            at,
            _service(match[1], more),
            fields.address(address),
            fields.name(account),
            failure,
            attempts,
        )
        return self._sessions.end(End(login, session[1] if session else b""))

    def _tried(self, message: bytes, at: float) -> Record | None:
        new = _TRY.fullmatch(message)
        old = None if new else _OLD_TRY.fullmatch(message)
        if new is not None:
            account, address, session, database, text = new.groups()
        elif old is not None:
            database, account, address, session, text = old.groups()
        else:
            return self._sessions.late()
        failure = next((reason for start, reason in _REASONS if text.startswith(start)), None)
        if failure is None:
            return self._sessions.late()
        name = "" if account == b"?" else fields.name(account)
        client = fields.address(address)
        if session:
            return self._sessions.add(Try(at, database, name, client, failure, session))
        # asked by an SMTP server, which tells of the same try itself
        self._halves.know(Half(at, name, failure, client))
        return self._sessions.late()


def _outcome(reason: bytes) -> tuple[Failure | None, int] | None:
    """How a session ended, and after how many tries; None where nobody tried a password."""
    if reason in (b"Login", b"Logged in"):
        return None, 1
    tries = _ATTEMPTS.search(reason)
    if tries is not None:
        return Failure.PASSWORD, max(1, int(tries[1]))
    if _OFF.search(reason):
        return Failure.DISABLED, 1
    return None


def _service(protocol: bytes, more: bytes) -> Service:
    """What the client talked to: by the port if the log tells it, else with TLS the encrypted one.

    By default Dovecot does not tell STARTTLS from TLS at once.
    """
    port = _PORT.search(more)
    if port is not None and int(port[1]) in SERVICE_OF_PORT:
        return SERVICE_OF_PORT[int(port[1])]
    plain, encrypted = _SERVICES.get(protocol, (Service.UNKNOWN, Service.UNKNOWN))
    return encrypted if b", TLS" in more or b" TLS" in more else plain


class DovecotReader:
    """Reads the lines of Dovecot's own log file."""

    def __init__(self, calendar: Calendar) -> None:
        self._calendar = calendar
        self._read = Dovecot(Halves()).read

    def __call__(self, line: bytes) -> Record | None:
        """What the line says; None for everything that is of no interest."""
        header = _HEADER(line)
        if header is None or len(line) > fields.LONGEST_LINE:
            return None
        traditional, iso = header.groups()
        at = self._calendar.traditional(traditional) if traditional else self._calendar.iso(iso)
        return None if at is None else self._read(line[header.end() :].rstrip(b"\r\n"), at)
