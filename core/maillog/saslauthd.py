"""The programs that check passwords for Postfix and know no address: saslauthd, Plesk's, qmail's.

What they say of a failed login waits for Postfix's line (`halves.py`). Facts: plesk.md 7.3.
"""

from __future__ import annotations

import re

from core.maillog import fields
from core.maillog.halves import Half, Halves
from core.maillog.reading import Reading
from core.maillog.record import Failure, Login, Record
from core.words import Service

_FAILURE = re.compile(
    rb"(?:\w*\s*: )?auth failure: \[user=(.{0,400})\] \[service=([^\]]*)\] \[realm=(.{0,400})\] "
    rb"\[mech=([^\]]*)\] \[reason=(.*)\](?: \[remote=.*)?"
)
_BROKEN = re.compile(
    rb"(?i)unavailable|cannot|could not|unable|system error|permission denied|timed"
)
_UNKNOWN = re.compile(rb"(?i)unknown|not found|no such")

_PLESK_UNKNOWN = re.compile(rb"No such user '(.*)' in mail authorization database")
_PLESK_FAILED = re.compile(
    rb"failed mail authentication attempt for user '(.*)' \(password len=\d+\)"
)

_QMAIL = re.compile(
    rb"(?:smtp_auth: )?(?:(?:SMTP )?user (.*) : logged in"
    rb"|(?:FAILED: (.*) - password incorrect)) from \S* ?\[([^\]]*)\]"
)


class Saslauthd:
    """Reads what these programs say in one log."""

    def __init__(self, halves: Halves) -> None:
        self._halves = halves
        self._unknown = ""

    def __call__(self, name: bytes) -> Reading | None:
        """Who reads this program, if it is one of them."""
        return {
            b"saslauthd": self._failed,
            b"plesk_saslauthd": self._plesk,
            b"smtp_auth": _qmail,
        }.get(name)

    def _failed(self, message: bytes, at: float) -> Record | None:
        match = _FAILURE.fullmatch(message) if b"auth failure: " in message else None
        if match is None:
            return None
        user, service, realm, _, reason = match.groups()
        # whoever asked for other services (Cyrus) tells of the failure with the address
        if service != b"smtp" or _BROKEN.search(reason):
            return None
        account = fields.name(user + b"@" + realm if realm and b"@" not in user else user)
        unknown = _UNKNOWN.search(reason) is not None
        return self._wait(at, account, Failure.UNKNOWN_ACCOUNT if unknown else Failure.PASSWORD)

    def _plesk(self, message: bytes, at: float) -> Record | None:
        unknown = _PLESK_UNKNOWN.fullmatch(message)
        if unknown is not None:
            self._unknown = fields.name(unknown[1])
            return None
        failed = _PLESK_FAILED.fullmatch(message)
        if failed is None:
            return None
        account = fields.name(failed[1])
        known = account != self._unknown
        self._unknown = ""
        return self._wait(at, account, Failure.PASSWORD if known else Failure.UNKNOWN_ACCOUNT)

    def _wait(self, at: float, account: str, failure: Failure) -> Record | None:
        alone = self._halves.wait(Half(at, account, failure))
        if alone is None:
            return None
        return Login(alone.at, Service.UNKNOWN, "", alone.account, alone.failure)


def _qmail(message: bytes, at: float) -> Record | None:
    """Plesk's qmail: the client's address is in the same line."""
    match = _QMAIL.fullmatch(message)
    if match is None:
        return None
    good, bad, address = match.groups()
    failure = None if good is not None else Failure.PASSWORD
    account = fields.name(good if good is not None else bad)
    return Login(at, Service.UNKNOWN, fields.address(address), account, failure)
